"""The rows of an inspected file, from the first or from any later one. Nothing is looked for here."""

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from gateway.intake.inspection import Inspection, Record
from gateway.intake.readers.encoding import Encoding, TextFile
from gateway.intake.readers.records import Records, Shape


def read_records(path: Path, inspection: Inspection, *, skip: int = 0) -> Iterator[Record]:
    """The records of read_blocks, one after another."""
    return chain.from_iterable(read_blocks(path, inspection, skip=skip))


def read_blocks(path: Path, inspection: Inspection, *, skip: int = 0) -> Iterator[Sequence[Record]]:
    """Every row after the headings, in order; without the first ``skip`` of them.

    A row that cannot be read is a record with its problem, one of row.problem (domain/facts.py); blank rows are
    ``empty``. Memory does not grow with the file. Skipping reads the rows it skips: keep one iterator for a run.
    """
    drop = inspection.first_row - inspection.made.shift - 1 + skip
    return _blocks(path, Encoding(inspection.encoding, inspection.mark), shape_of(inspection), drop)


def shape_of(inspection: Inspection) -> Shape:
    """How the file's cells are cut."""
    return Shape(
        inspection.delimiter,
        skip_spaces=inspection.skip_spaces,
        separator_line=inspection.separator_line,
        width=len(inspection.headings),
        exact=inspection.made.exact,
        shift=inspection.made.shift,
    )


def _blocks(path: Path, encoding: Encoding, shape: Shape, drop: int) -> Iterator[Sequence[Record]]:
    with TextFile(path, encoding) as file:
        for records in Records(shape).blocks(file):
            if drop >= len(records):
                drop -= len(records)
            else:
                yield records[drop:] if drop else records
                drop = 0
