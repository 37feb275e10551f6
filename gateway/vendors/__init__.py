"""Who sells to us, and how they stand with us."""
