"""The database: one engine, one base, one unit of work. Rooms own their tables; this one owns none."""
