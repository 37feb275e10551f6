"""What stands between a public form and its abuse: the trap, the time to fill, proofs of work, rates, load."""
