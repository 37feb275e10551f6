"""What arrives becomes a Batch: signups, forms, lists. Nothing is judged here."""
