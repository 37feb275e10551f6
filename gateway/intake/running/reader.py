"""A list's file, read on from batch to batch."""

from collections.abc import Iterator, Sequence
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
    unread: Iterator[Sequence[Record]] = field(default_factory=lambda: iter(()))
    rest: Sequence[Record] = ()  # of the block that the last batch ended in

    def blocks(self, first: int, count: int) -> Iterator[Sequence[Record]]:
        """The records from ``first`` on, at most ``count``, block by block: each is read when it is asked for."""
        if self.position != first:
            self.unread, self.rest = read_blocks(self.path, self.inspection, skip=first), ()
        self.position = -1  # should reading fail, the next try opens the file anew
        done, size = 0, 0
        while done < count and size < BATCH_CHARACTERS and (block := self._next()):
            some = block[: count - done] if len(block) > count - done else block
            if len(some) >= MANY:
                size += BLOCK
            else:
                some, size = _fitting(some, size)
            self.rest = block[len(some) :] if len(some) < len(block) else ()
            done += len(some)
            yield some
        self.rest = self._next()
        self.position = first + done

    @property
    def is_at_end(self) -> bool:
        """Whether there are no records behind those that were read last, once they are read to their end."""
        return not self.rest

    def forget(self) -> None:
        """Close the file: whoever reads next opens it anew."""
        self.position, self.unread, self.rest = -1, iter(()), ()

    def _next(self) -> Sequence[Record]:
        return self.rest or next(self.unread, ())


def _fitting(records: Sequence[Record], size: int) -> tuple[Sequence[Record], int]:
    """The first of the records until they are too much together, one at least, and the size with them."""
    for place, (_, cells, _) in enumerate(records, 1):
        size += sum(map(len, cells))
        if size >= BATCH_CHARACTERS:
            return records[:place], size
    return records, size
