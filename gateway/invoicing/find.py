"""The delivered rows, and those of them that a vendor's file names. Reads; a list at a time in memory as numbers."""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from gateway.intake.tables import lists
from gateway.invoicing.book import Billed
from gateway.invoicing.lines import Line, Lines
from gateway.outcomes.origins import ranges_of_list
from gateway.outcomes.scored import Stand, cells_of_rows, stands_of_rows
from gateway.pipeline import Services
from gateway.screening.address.keys import key_of

__all__ = ["Row", "find_rows", "rows_of_list"]


class Row(NamedTuple):
    """One delivered row as it stands now."""

    lead: int
    number: int  # as in the list's file
    key: bytes | None
    stand: Stand


def rows_of_list(connection: Connection, list_id: int) -> Iterator[Row]:
    """Every delivered row of a list with its fate at intake; those of a run that was undone are not there."""
    for lead, number, key, stand in stands_of_rows(connection, ranges_of_list(connection, list_id)):
        if stand.extra != "undone":
            yield Row(lead, number, key, stand)


def find_rows(connection: Connection, services: Services, list_ids: Sequence[int], lines: Lines) -> list[Billed]:
    """Every line with the row that it names; a line that names none of these lists' rows has no row."""
    places = _Places(connection, services, list_ids, lines)
    return [places.find(line) for line in lines.lines]


class _Places:
    """Where the rows of some lists are found: by number, by address and by the vendor's own id."""

    def __init__(self, connection: Connection, services: Services, list_ids: Sequence[int], lines: Lines) -> None:
        self._keys = services.world.match_keys
        self._lists = list(list_ids)
        self._numbers: dict[tuple[int, int], tuple[int, int, int]] = {}
        self._addresses: dict[bytes, deque[tuple[int, int, int]]] = {}
        self._names: dict[str, tuple[int, int, int]] = {}
        by_address = any(line.email for line in lines.lines)
        for list_id in list_ids:
            for row in rows_of_list(connection, list_id):
                here = (list_id, row.number, row.lead)
                self._numbers.setdefault((list_id, row.number), here)
                if by_address and row.key is not None:
                    self._addresses.setdefault(row.key, deque()).append(here)
            if lines.heading is not None:
                self._read_names(connection, list_id, lines.heading)

    def _read_names(self, connection: Connection, list_id: int, heading: str) -> None:
        inspection = connection.execute(select(lists.c.inspection).where(lists.c.id == list_id)).scalar()
        headings = [" ".join(str(one).casefold().split()) for one in json.loads(inspection or "{}").get("headings", [])]
        wanted = " ".join(heading.casefold().split())
        if wanted not in headings:
            return
        place = headings.index(wanted)
        for lead, number, cells in cells_of_rows(connection, ranges_of_list(connection, list_id)):
            if place < len(cells) and cells[place].strip():
                self._names.setdefault(cells[place].strip(), (list_id, number, lead))

    def find(self, line: Line) -> Billed:
        here = None
        if line.row is not None:
            of = [line.list_id] if line.list_id is not None else self._lists
            here = next((found for one in of if (found := self._numbers.get((one, line.row)))), None)
        elif line.email is not None:
            # Billed so often as it was delivered: the first line is the first row, and so on; then the last again.
            rows = self._addresses.get(key_of(line.email, self._keys))
            here = None if rows is None else rows.popleft() if len(rows) > 1 else rows[0]
        elif line.named is not None:
            here = self._names.get(line.named)
        if here is None:
            return Billed(line.place, None, None, None, "not_found", None, None)
        return Billed(line.place, here[0], here[1], here[2], "not_found", None, None)
