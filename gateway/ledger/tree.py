"""The Merkle tree of RFC 6962 section 2: hashes, growth, inclusion paths. Pure; no keys, no database."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of a tree without entries."""


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its whole subtrees, largest first. All that growth needs."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        self.size = size
        self.hashes = list(hashes)

    def append(self, leaf: bytes) -> bytes:
        """Grow by one leaf hash; the root of the largest whole subtree that ends with it."""
        rest = self.size
        while rest & 1:
            leaf = node_hash(self.hashes.pop(), leaf)
            rest >>= 1
        self.hashes.append(leaf)
        self.size += 1
        return leaf

    def root(self) -> bytes:
        """The root of the whole tree."""
        if not self.hashes:
            return EMPTY
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root


def edges(size: int) -> list[int]:
    """The entries, counted from 1, at which the whole subtrees of a tree's frontier end."""
    found, end = [], 0
    for bit in range(size.bit_length() - 1, -1, -1):
        if size >> bit & 1:
            end += 1 << bit
            found.append(end)
    return found


def inclusion_path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What leads from the leaf at ``index`` (from 0) to the root, lowest neighbour first (RFC 6962 2.1.1)."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*inclusion_path(leaves[:split], index), _root(leaves[split:])]
    return [*inclusion_path(leaves[split:], index - split), _root(leaves[:split])]


@dataclass(frozen=True, slots=True)
class Step:
    """One neighbour on the way from an entry to the root."""

    neighbour: bytes
    is_left: bool  # it stands left of what was reached so far
    reached: bytes  # the hash of both


def steps_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> list[Step]:
    """The way up a path, one hash after the other, to be shown or taken again. The path must be of its length."""
    place, last, reached = index, size - 1, leaf
    steps = []
    for neighbour in path:
        is_left = bool(place & 1) or place == last
        reached = node_hash(neighbour, reached) if is_left else node_hash(reached, neighbour)
        steps.append(Step(neighbour, is_left, reached))
        while is_left and place and not place & 1:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    return steps


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root to which a path leads (RFC 9162 2.1.3.2). Raises ValueError for a path of the wrong length."""
    place, last, root = index, size - 1, leaf
    for neighbour in path:
        if last == 0:
            raise ValueError("the path is too long")
        if place & 1 or place == last:
            root = node_hash(neighbour, root)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, neighbour)
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return root


def _root(leaves: Sequence[bytes]) -> bytes:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()
