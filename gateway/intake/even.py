"""Rows of a list that are all of one width and have nothing wrong with them, in columns. Data only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import overload

from gateway.intake.inspection import Record


@dataclass(frozen=True, slots=True)
class Even(Sequence[Record]):
    """Records of one width that nothing is wrong with; columns to those who ask for columns."""

    first: int  # number of the first of them
    columns: list[list[str]]
    as_arrived: bytes  # the cells of each as a JSON list of texts, with a line feed between them

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[Record]:
        return zip(range(self.first, self.first + len(self)), map(list, zip(*self.columns, strict=True)), repeat(None))

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> "Even": ...
    def __getitem__(self, place: int | slice) -> "Record | Even":
        if not isinstance(place, slice):
            number = range(self.first, self.first + len(self))[place]
            return number, [column[place] for column in self.columns], None
        start, _, step = place.indices(len(self))
        if step != 1:
            raise ValueError("rows are taken as they follow each other")
        rows = b"\n".join(self.as_arrived.split(b"\n")[place])
        return Even(self.first + start, [column[place] for column in self.columns], rows)
