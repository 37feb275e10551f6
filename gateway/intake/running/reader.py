"""A list's file, read on from batch to batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from gateway.domain.lead import Origin, Statement
from gateway.intake.inspection import Inspection
from gateway.intake.readers import read_records

BATCH_CHARACTERS = 20_000_000  # an ordinary batch has seven
LOOKED_AT = 50  # records between one look at the size and the next; each is under 1 MiB


def _at_most(records: Iterator[Any]) -> Iterator[Any]:
    """Records until they hold BATCH_CHARACTERS: a batch of long rows must not take more memory than one of many."""
    size = 0
    while size < BATCH_CHARACTERS and (some := list(islice(records, LOOKED_AT))):
        yield from some
        size += sum(map(len, chain.from_iterable([record[1] for record in some])))


@dataclass(slots=True)
class Reader:
    """The list's file, kept open between batches so that each batch reads on where the last one stopped."""

    path: Path
    inspection: Inspection
    statement: Statement
    origin: Origin
    position: int = -1
    records: Iterator[Any] | None = None

    def read(self, first: int, count: int) -> tuple[list[Any], bool]:
        """The records from ``first`` on, at most ``count``, and whether they are the last."""
        if self.records is None or self.position != first:
            self.records = read_records(self.path, self.inspection, skip=first)
        got = list(_at_most(islice(self.records, count)))
        self.position = first + len(got)
        ahead = next(self.records, None)
        self.records = None if ahead is None else chain((ahead,), self.records)
        return got, ahead is None
