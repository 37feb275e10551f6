"""The person's side: what we have of somebody, the receipt of a consent, leaving, being erased."""
