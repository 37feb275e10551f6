"""What happened, append-only: a Merkle tree over entries without addresses, signed at every step."""
