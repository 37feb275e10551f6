"""Third parties' certificates and tokens: with whose lead each came, by when they can be claimed, what issuers say."""
