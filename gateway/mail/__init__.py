"""Mail that we send ourselves: an outbox in the database, delivered by SMTP or kept for reading here."""
