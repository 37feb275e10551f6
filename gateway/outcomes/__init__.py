"""A decision becomes a fate: outcomes are settled, holds wait and are released, all of it sealed in the ledger."""
