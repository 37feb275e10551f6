"""Texts in which no line ends, held together in few pieces of UTF-8: a list's rows as they arrived.

Cut apart when somebody goes through them, and then no more of them at a time than one piece has: fifty thousand rows of
a batch are not made, looked up in memory and freed one by one just to be handed on.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import overload


class Lines(Sequence[str]):
    """A sequence of texts; equal to any sequence of the same ones."""

    __slots__ = ("_apart", "_size", "pieces")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, pieces: list[bytes], size: int) -> None:
        """``pieces``: each one or more texts with a line feed between them. ``size``: how many texts they are."""
        self.pieces = pieces
        self._size = size
        self._apart: list[str] | None = None

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Lines":
        """The same texts."""
        if isinstance(texts, cls):
            return texts
        return cls(["\n".join(texts).encode()] if texts else [], len(texts))

    def add(self, piece: bytes, size: int) -> None:
        """Put ``size`` more texts behind the others."""
        if not size:
            return
        self.pieces.append(piece)
        self._size += size
        self._apart = None

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(map(str.split, map(bytes.decode, self.pieces), repeat("\n")))

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if self._apart is None:
            self._apart = list(self)
        return self._apart[place]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(other) == self._size and all(map(str.__eq__, self, other))

    def __repr__(self) -> str:
        return f"Lines({list(self)!r})"
