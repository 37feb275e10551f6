"""A list's file, read on from batch to batch."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gateway.domain.lead import Origin, Statement
from gateway.intake.inspection import Inspection, Record
from gateway.intake.readers import read_blocks
from gateway.intake.readers.lines import BLOCK

BATCH_CHARACTERS = 20_000_000  # an ordinary batch has seven; one of long rows must not take more memory than many rows
MANY = 100  # rows of a block of the file, and none of them can be so long that it matters


@dataclass(slots=True)
class Reader:
    """The list's file, kept open between batches so that each batch reads on where the last one stopped."""

    path: Path
    inspection: Inspection
    statement: Statement
    origin: Origin
    position: int = -1
    blocks: Iterator[list[Record]] = field(default_factory=lambda: iter(()))
    rest: list[Record] = field(default_factory=list)  # of the block that the last batch ended in

    def read(self, first: int, count: int) -> tuple[list[Record], bool]:
        """The records from ``first`` on, at most ``count``, and whether they are the last."""
        if self.position != first:
            self.blocks, self.rest = read_blocks(self.path, self.inspection, skip=first), []
        self.position = -1  # should reading fail, the next try opens the file anew
        got: list[Record] = []
        size = 0
        while len(got) < count and size < BATCH_CHARACTERS and (block := self._next()):
            some = block[: count - len(got)]
            if len(some) >= MANY:
                size += BLOCK
            else:
                some, size = _fitting(some, size)
            got += some
            self.rest = block[len(some) :]
        self.rest = self._next()
        self.position = first + len(got)
        return got, not self.rest

    def forget(self) -> None:
        """Close the file: whoever reads next opens it anew."""
        self.position, self.blocks, self.rest = -1, iter(()), []

    def _next(self) -> list[Record]:
        return self.rest or next(self.blocks, [])


def _fitting(records: list[Record], size: int) -> tuple[list[Record], int]:
    """The first of the records until they are too much together, one at least, and the size with them."""
    for place, (_, cells, _) in enumerate(records, 1):
        size += sum(map(len, cells))
        if size >= BATCH_CHARACTERS:
            return records[:place], size
    return records, size
