"""The lines that a vendor bills one by one: a CSV that names each row by its number in the list, its id or its address.

Nothing of the file is kept: a line is found among the delivered rows, and its place in the file is all that stays.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

MOST = 2_000_000  # lines
_LIST, _ROW, _EMAIL = ("list", "list_id"), ("row", "row_number"), ("email", "e-mail", "address", "email_address")


@dataclass(frozen=True, slots=True)
class Line:
    """One billed line: which list, if it says so, and one of the three by which its row can be found."""

    place: int
    list_id: int | None = None
    row: int | None = None
    email: str | None = None
    named: str | None = None  # the vendor's own id


@dataclass(frozen=True, slots=True)
class Lines:
    """A vendor's file of billed lines."""

    heading: str | None  # of the column with the vendor's own ids
    lines: list[Line]


def read_lines(text: str) -> Lines:
    """Read the file. Raises CallerError where no column names rows."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), _dialect(text))
    try:
        return _read(reader)
    except csv.Error as error:
        message = phrase("the lines cannot be read on: %(why)s", why=str(error))
        raise CallerError([Problem("bad_table", message, field="rows")]) from None


def _read(reader: Iterator[list[str]]) -> Lines:
    headings = next(reader, [])
    places = {" ".join(name.casefold().split()): place for place, name in reversed(list(enumerate(headings)))}
    of_list, row, email = (_find(places, names) for names in (_LIST, _ROW, _EMAIL))
    rest = [place for place in range(len(headings)) if place not in {of_list, row, email}]
    own = None if row is not None or email is not None else next(iter(rest), None)
    if row is None and email is None and own is None:
        message = phrase("the first line names no column; write row, email, or the heading of your own row ids")
        raise CallerError([Problem("no_columns", message, field="rows")])
    return Lines(None if own is None else headings[own], list(_lines(reader, of_list, row, email, own)))


def _find(places: dict[str, int], names: tuple[str, ...]) -> int | None:
    return next((places[name] for name in names if name in places), None)


def _dialect(text: str) -> type[csv.Dialect]:
    class Found(csv.excel):
        delimiter = max(",;\t|", key=text.partition("\n")[0].count)

    return Found


def _lines(
    reader: Iterator[list[str]], of_list: int | None, row: int | None, email: int | None, own: int | None
) -> Iterator[Line]:
    def cell(cells: list[str], place: int | None) -> str:
        return cells[place].strip() if place is not None and place < len(cells) else ""

    for place, cells in enumerate((one for one in reader if any(cell.strip() for cell in one)), 2):
        if place > MOST:
            message = phrase("at most %(most)s lines", most=f"{MOST:,}")
            raise CallerError([Problem("too_many", message, field="rows")])
        number, name = cell(cells, row), cell(cells, of_list).removeprefix("list_")
        yield Line(
            place, int(name) if _is_number(name) else None, int(number) if _is_number(number) else None,
            cell(cells, email) or None, cell(cells, own) or None,
        )  # fmt: skip


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19  # noqa: PLR2004 - 64 bits
