"""What intake has of one person, and the whole account and erasure that reach over all rooms."""
