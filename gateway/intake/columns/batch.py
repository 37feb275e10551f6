"""Records become a batch of leads, column by column: as few steps per row as there are, because lists are long."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from operator import itemgetter

import orjson

from gateway.domain.lead import Batch, Cell, Origin, Statement
from gateway.intake.columns.headings import INSTANTS
from gateway.intake.inspection import Inspection, Record
from gateway.intake.values import (
    ABSENT,
    Instants,
    read_box,
    read_filled,
    read_phone,
    read_status,
    read_stop,
    read_wanted,
    unprotected,
)

Rows = Sequence[list[str]]

_STOPS: dict[str, Callable[[str], bool | None]] = {
    "stop": read_stop, "stop.filled": read_filled, "stop.status": read_status, "stop.wanted": read_wanted,
}  # fmt: skip
_PHONE_MARKS = frozenset("pP'=")


def to_batch(
    records: Iterable[Record], inspection: Inspection, statement: Statement, origin: Origin, arrived_at: datetime
) -> Batch:
    """The batch of these records.

    ``statement``: what the source says of all its leads; it becomes the origin's. A row that could not be read has
    no cells (None in every column) and its reason in ``broken``; ``as_arrived`` has what there was of it.
    """
    got = list(records)
    numbers = [number for number, _, _ in got]
    rows = [cells for _, cells, _ in got]
    broken = {index: problem for index, (_, _, problem) in enumerate(got) if problem}
    return Batch(
        origin if origin.statement is statement else replace(origin, statement=statement),
        numbers,
        _columns(rows, inspection, broken),
        _as_arrived(rows),
        arrived_at,
        broken,
    )


def _as_arrived(rows: Rows) -> list[str]:
    """Each row's cells as a JSON list of texts."""
    write = orjson.dumps
    try:
        return [write(cells).decode() for cells in rows]
    except TypeError:  # a lone surrogate stands for a byte that could not be decoded; JSON in UTF-8 cannot carry it
        return [write([_writable(cell) for cell in cells]).decode() for cells in rows]


def _writable(cell: str) -> str:
    return cell.encode("utf-8", "backslashreplace").decode()


def _columns(rows: list[list[str]], inspection: Inspection, broken: dict[int, str]) -> dict[str, list[Cell]]:
    """Our fields, each with a cell per row."""
    uses = inspection.uses
    need = 1 + max((place for _, place in uses), default=0)
    if broken:
        rows = [[] if index in broken else cells for index, cells in enumerate(rows)]
    if rows and min(map(len, rows)) < need:
        rows = [cells if len(cells) >= need else cells + [""] * (need - len(cells)) for cells in rows]
    if inspection.is_protected:
        rows = [[unprotected(cell) for cell in cells] for cells in rows]

    columns: dict[str, list[Cell]] = {}
    instants = Instants(inspection.date_order)
    places = dict(uses)
    for use, place in uses:
        name, _, how = use.partition(".")
        if name in columns or name == "stop" or how == "time":
            continue
        cells = list(map(itemgetter(place), rows))
        if name == "email":
            columns[name] = _addresses(rows, [there for kind, there in uses if kind == "email"])
        elif name in INSTANTS:
            clocks = list(map(itemgetter(places[f"{name}.time"]), rows)) if how == "date" else None
            columns[name] = _instants(cells, clocks, instants)
        else:
            columns[name] = _READERS.get(name, _texts)(cells)
    _forget_unfounded_confirmations(columns)
    if stops := _stops(rows, inspection, broken):
        columns["stop"] = stops
    return columns


def _texts(cells: list[str]) -> list[Cell]:
    return [cell.strip() or None for cell in cells]


def _evidence(cells: list[str]) -> list[Cell]:
    """Texts in which "N/A" and the like mean that there is nothing; a person may be called Null."""
    return [None if (text := cell.strip()).lower() in ABSENT else text for cell in cells]


def _phones(cells: list[str]) -> list[Cell]:
    return [read_phone(cell) if cell[:1] in _PHONE_MARKS else cell.strip() or None for cell in cells]


def _boxes(cells: list[str]) -> list[Cell]:
    return _read_each(cells, read_box)


def _instants(days: list[str], clocks: list[str] | None, instants: Instants) -> list[Cell]:
    """Instants, of one column or of two."""
    if clocks is not None:
        days = [f"{day} {clock}" if clock else day for day, clock in zip(days, clocks, strict=True)]
    return [instants[day] for day in days]


_READERS: dict[str, Callable[[list[str]], list[Cell]]] = {
    "phone": _phones, "consent_ticked": _boxes, "consent_preticked": _boxes, "certificate_url": _evidence,
    "lead_token": _evidence, "consent_ip": _evidence, "consent_url": _evidence, "confirmed_ip": _evidence,
}  # fmt: skip


def _addresses(rows: Rows, places: list[int]) -> list[Cell]:
    """The first filled address of each row, as typed but for the spaces around it."""
    found: list[Cell] = [cell.strip() or None for cell in map(itemgetter(places[0]), rows)]
    for place in places[1:]:
        found = [has or row[place].strip() or None for has, row in zip(found, rows, strict=True)]
    return found


def _read_each(cells: list[str], read: Callable[[str], bool | None]) -> list[Cell]:
    """A column of few distinct texts, each read once."""
    meant = {cell: read(cell) for cell in set(cells)}
    return [meant[cell] for cell in cells]


def _stops(rows: Rows, inspection: Inspection, broken: dict[int, str]) -> list[Cell]:
    """Whether each row itself says stop: one column that does is enough, and no other outweighs it."""
    if inspection.stop:
        return [None if index in broken else True for index in range(len(rows))]
    found: list[Cell] = []
    for use, place in inspection.uses:
        if use in _STOPS:
            says = _read_each(list(map(itemgetter(place), rows)), _STOPS[use])
            if found:
                both = zip(found, says, strict=True)
                found = [True if one or other else one if other is None else other for one, other in both]
            else:
                found = says
    return found


def _forget_unfounded_confirmations(columns: dict[str, list[Cell]]) -> None:
    """A confirmation counts only beside the moment of consent: alone it is the list's owner adding the person."""
    consents = columns.get("consent_at")
    for name in ("confirmed_at", "confirmed_ip"):
        if name in columns:
            if consents is None:
                del columns[name]
            else:
                pairs = zip(consents, columns[name], strict=True)
                columns[name] = [cell if consent else None for consent, cell in pairs]
