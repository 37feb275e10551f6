"""What became of each person: prospects, their states and the events between. How they got here stands elsewhere."""
