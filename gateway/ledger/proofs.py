"""Inclusion paths read from a few stored subtrees, whatever the ledger's size. Pure; the book fetches what is asked.

Each entry keeps the root of the largest whole subtree that ends with it. Every other whole subtree is two smaller ones
side by side, so that a path takes at most log2(n)^2 / 2 of them: 200 for a million entries.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from gateway.ledger.tree import node_hash

Which = Literal["own", "subtree"]
Take = Callable[[int, Which], bytes]
"""The stored hash of an entry: its own, or that of the largest whole subtree that ends with it."""


def entries_of_path(index: int, size: int) -> list[int]:
    """The entries, counted from 1, of which a path takes a stored hash."""
    asked: set[int] = set()

    def take(seq: int, _: Which) -> bytes:
        asked.add(seq)
        return b""

    _path(index, 0, size, take)
    return sorted(asked)


def path_of(index: int, size: int, stored: Mapping[int, tuple[bytes, bytes]]) -> list[bytes]:
    """What leads from the leaf at ``index`` (from 0) to the root, lowest neighbour first (RFC 6962 2.1.1).

    ``stored``: leaf hash and subtree of each entry that entries_of_path names.
    """
    return _path(index, 0, size, lambda seq, which: stored[seq][which == "subtree"])


def _path(index: int, start: int, end: int, take: Take) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + (1 << (end - start - 1).bit_length() - 1)
    if index < middle:
        return [*_path(index, start, middle, take), _root(middle, end, take)]
    return [*_path(index, middle, end, take), _root(start, middle, take)]


def _root(start: int, end: int, take: Take) -> bytes:
    size = end - start
    if size == 1:
        return take(end, "own")
    if size & (size - 1) == 0 and end // size & 1:
        return take(end, "subtree")
    middle = start + (1 << (size - 1).bit_length() - 1)
    return node_hash(_root(start, middle, take), _root(middle, end, take))
