"""Evidence bundles: all that shows why one lead ended as it did, for whoever must not need to trust us to check it."""
