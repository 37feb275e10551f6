"""Facts in, decision out: rules read strictly, tried, explained. Never the web, the database, DNS or a clock."""
