"""Work that waits: the thin layer over Celery. The database says what is owed; Celery only wakes workers."""
