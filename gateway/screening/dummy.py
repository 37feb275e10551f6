"""Test leads: what platforms send to try a connection. Nobody is behind them."""

from gateway.domain.lead import Batch
from gateway.screening.address.syntax import Addresses
from gateway.screening.answers import Answers, Column

ADDRESSES = frozenset({"test@fb.com", "test@meta.com"})
"""What Meta's tools fill in for an address."""
_DOMAINS = frozenset(address.partition("@")[2] for address in ADDRESSES)
"""Looked for first: a batch names few domains, and each of its addresses would have to be hashed."""


def establish(batch: Batch, addresses: Addresses) -> Answers:
    """``lead.is_test``: by the address, or by what the row itself says (columns/batch.py)."""
    said = batch.columns.get("is_test")
    if said is None and not batch.broken and _DOMAINS.isdisjoint(addresses.domain):
        return {"lead.is_test": False}
    found: Column = [address in ADDRESSES for address in addresses.normalised]
    if said is not None:
        found = [one or cell is True for one, cell in zip(found, said, strict=True)]
    for i in batch.broken:
        found[i] = None
    return {"lead.is_test": found}
