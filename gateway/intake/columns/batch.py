"""Records become a batch of leads, column by column: as few steps per row as there are, because lists are long."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from operator import attrgetter, itemgetter

import orjson

from gateway.domain.lead import Batch, Cell, Origin, Statement
from gateway.domain.lines import Lines
from gateway.intake.columns.headings import ADDRESSES, INSTANTS, REFUSALS
from gateway.intake.columns.leaving import read_status
from gateway.intake.columns.mapping import AS_WELL
from gateway.intake.columns.remarks import find_remarks
from gateway.intake.columns.said import Others
from gateway.intake.even import Even
from gateway.intake.inspection import Inspection, Record, Use
from gateway.intake.values import (
    ABSENT,
    LONGEST_ABSENT,
    Instants,
    read_birth,
    read_box,
    read_coded_phone,
    read_filled,
    read_phone,
    read_stop,
    read_test_id,
    unprotected,
)
from gateway.screening.address.found import find_addresses

Rows = Sequence[list[str]]
Cells = Sequence[str]
"""A column as it stands in the file."""

SLICE = 2_000
"""Rows taken at a time: their cells stay in the processor's cache (100,000 rows in 0.21 s instead of 0.44 s)."""

LOOKED_AT = 100
"""Rows by which a slice's column is taken for one of few texts; either way each cell means the same."""


def _read_wanted(text: str) -> bool | None:
    """A column that asks whether the person is still on the list: a plain no is a stop, so is a status of leaving."""
    return True if read_box(text) is False or text.strip().casefold() in _OUT or read_status(text) else None


def _read_yes(text: str) -> bool | None:
    """A box in which a status may stand instead: ``Revoked`` is no yes that somebody gave."""
    ticked = False if text.strip().casefold() in _OUT else read_box(text)
    return False if ticked is None and text[:1].isalpha() and read_status(text) else ticked


_REFUSES: dict[str, Callable[[str], bool | None]] = {
    "stop": read_stop, "stop.filled": read_filled, "stop.status": read_status, "stop.wanted": _read_wanted,
    "no_sale": read_stop, "do_not_call": read_stop, "is_test": read_box, "is_test.id": read_test_id,
}  # fmt: skip
TEST_MARK = b"<test lead: dummy data for"
"""What Meta fills the answers of its test leads with."""
_SAID = (*REFUSALS, "is_test")
"""Fields of which one column that says yes is enough."""
_OUT = frozenset({"o", "out"})
"""What stands beside I and IN in Responsys's permissions and in brokers' ``opt_status``."""
_LEGIBLE = frozenset({"too_many_cells", "unreadable_characters", "cell_too_long", "unclosed_quote", "broken_json"})
"""Problems of rows in which an address may still be read."""
_SIGNS = re.compile("[\0\ud800-\udfff]")
"""NUL and what stands for bytes that mean nothing: without them an address would be another one."""
_WORD = re.compile(r"[\w' -]{3,40}")
_PHONE_MARKS = frozenset("pP'=")


def to_batch(
    records: Iterable[Record], inspection: Inspection, statement: Statement, origin: Origin, arrived_at: datetime
) -> Batch:
    """The batch of these records, as blocks_to_batch has it."""
    got = records if isinstance(records, Sequence) else list(records)
    return blocks_to_batch([got], inspection, statement, origin, arrived_at)


def blocks_to_batch(
    blocks: Iterable[Sequence[Record]], inspection: Inspection, statement: Statement, origin: Origin,
    arrived_at: datetime,
) -> Batch:  # fmt: skip
    """The batch of the records of these blocks, each of which is done with before the next is asked for.

    ``statement``: what the source says of all its leads; it becomes the origin's. A row that could not be read has
    no cells (None in every column) and its reason in ``broken``; ``as_arrived`` has what there was of it.
    """
    as_arrived = Lines([], 0)
    batch = Batch(
        origin if origin.statement is statement else replace(origin, statement=statement),
        [],
        {},
        as_arrived,
        arrived_at,
    )
    tests: list[int] = []
    instants = Instants(inspection.date_order)
    others = Others(inspection)
    need = 1 + max((*(place for _, place in inspection.uses), *others.places), default=0)
    legible: dict[int, list[str]] = {}
    for piece in _pieces(blocks):
        start = len(batch)
        numbers, rows, turned, problems = _turned(piece, need)
        batch.numbers += numbers
        as_arrived.add(rows, len(numbers))
        tests += _tests(rows, start)
        others.look(turned, start)
        found = _columns(turned, inspection, instants)
        for index in find_remarks(piece, found.get("email", ()), len(inspection.headings)):
            problems[index] = "remark"
            _leave_out(found, index)
        batch.broken |= {start + index: problem for index, problem in problems.items()}
        legible |= {start + index: piece[index][1] for index, problem in problems.items() if problem in _LEGIBLE}
        for name, cells in found.items():
            batch.columns.setdefault(name, []).extend(cells)
    others.mark(batch)
    for index, row in legible.items():
        _keep_person(batch, index, row, inspection, instants)
    if tests:
        _say_yes(batch.columns.setdefault("is_test", [None] * len(batch)), tests)
    if inspection.stop:
        emails = batch.columns.get("email", [None] * len(batch))
        batch.columns["stop"] = [
            True if index not in batch.broken or emails[index] else None for index in range(len(batch))
        ]
    return batch


def _tests(rows: bytes, start: int) -> list[int]:
    """The places of rows in which a platform says by its filling that nobody filled anything in."""
    if TEST_MARK not in rows:  # once for all: nearly no list has any
        return []
    return [index for index, text in enumerate(rows.split(b"\n"), start) if TEST_MARK in text]


def _leave_out(columns: Mapping[str, list[Cell]], index: int) -> None:
    for cells in columns.values():
        cells[index] = None


def _say_yes(column: list[Cell], indexes: Iterable[int]) -> None:
    for index in indexes:
        column[index] = True


def _pieces(blocks: Iterable[Sequence[Record]]) -> Iterator[Sequence[Record]]:
    """The blocks in about equal pieces of so many rows; one without rows if there are none, since it has columns."""
    none = True
    for block in blocks:
        size = -(-len(block) // max(1, round(len(block) / SLICE)))
        for start in range(0, len(block), size or 1):
            none = False
            yield block if size == len(block) else block[start : start + size]
    if none:
        yield ()


def _turned(piece: Sequence[Record], need: int) -> tuple[Sequence[int], bytes, Sequence[Cells], dict[int, str]]:
    """The numbers of some rows, the rows as they arrived, their columns, as many as needed, and their problems."""
    if isinstance(piece, Even):
        lacking = [[""] * len(piece)] * (need - len(piece.columns))
        return range(piece.first, piece.first + len(piece)), piece.as_arrived, piece.columns + lacking, {}
    numbers, rows, problems = zip(*piece, strict=True) if piece else ((), (), ())
    as_arrived = _as_arrived(rows)
    broken = {index: problem for index, problem in enumerate(problems) if problem}
    if broken:
        rows = tuple([] if problem else cells for cells, problem in zip(rows, problems, strict=True))
    return numbers, as_arrived, _turn(rows, need), broken


def _turn(rows: Rows, need: int) -> Sequence[Cells]:
    """The columns of these rows, up to the shortest; picking each column's cells by itself took twice as long."""
    if rows and min(map(len, rows)) < need:
        rows = [cells if len(cells) >= need else cells + [""] * (need - len(cells)) for cells in rows]
    return list(zip(*rows, strict=False)) or [()] * need


def _keep_person(batch: Batch, index: int, cells: list[str], inspection: Inspection, instants: Instants) -> None:
    """Of a row that cannot be read whole, who it is about and whether it says stop: no opt-out may be lost with it.

    A line that was not even cut into cells is looked through for an address and a word of leaving.
    """
    if len(cells) == 1 and len(inspection.headings) > 1:
        emails = find_addresses(_SIGNS.sub(" ", cells[0]))
        says = any(read_status(word) for word in _WORD.findall(cells[0])) or None
        found: dict[str, list[Cell]] = {"email": [emails[0] if emails else None], "stop": [says]}
        if says and emails:
            batch.columns.setdefault("stop", [None] * len(batch))
    else:
        row = ["" if _SIGNS.search(cell) else cell for cell in cells]
        found = _columns(
            _turn((row,), 1 + max((place for _, place in inspection.uses), default=0)), inspection, instants
        )
    for name in (*ADDRESSES, "stop"):
        if name in found and name in batch.columns:
            batch.columns[name][index] = found[name][0]


def _as_arrived(rows: Rows) -> bytes:
    """Each row's cells as a JSON list of texts, with a line feed between them: JSON has none that is not escaped."""
    write = orjson.dumps
    try:
        return b"\n".join(map(write, rows))
    except TypeError:  # a lone surrogate stands for a byte that could not be decoded; JSON in UTF-8 cannot carry it
        return b"\n".join(write([_writable(cell) for cell in cells]) for cells in rows)


def _writable(cell: str) -> str:
    return cell.encode("utf-8", "backslashreplace").decode()


def _columns(turned: Sequence[Cells], inspection: Inspection, instants: Instants) -> dict[str, list[Cell]]:
    """Our fields, each with a cell per row; always the same fields for the same file."""
    uses = inspection.uses
    if inspection.is_protected:
        turned = [list(map(unprotected, cells)) for cells in turned]
    columns: dict[str, list[Cell]] = {}
    places = dict(uses)
    for use, place in uses:
        name, _, how = use.partition(".")
        if name in columns or name in _SAID or how in {"time", "too"}:
            continue
        cells = turned[place]
        if name in ADDRESSES:
            _read_addresses(columns, turned, uses)
        elif name == "born_on":
            columns[name] = _births(cells, instants)
        elif name in INSTANTS:
            clocks = turned[places[f"{name}.time"]] if how == "date" else None
            columns[name] = _instants(cells, clocks, instants)
        else:
            columns[name] = _READERS.get(use, _texts)(cells)
    _forget_unfounded_confirmations(columns)
    _take_yes_away(columns, turned, uses)
    for name in _SAID:
        if any(use.partition(".")[0] == name for use, _ in uses):
            columns[name] = _refusals(name, turned, uses)
    return columns


class _Meant(dict[str, Cell]):
    """What each distinct text means. The rows share one object then, which is quicker to look up ever after."""

    def __init__(self, read: Callable[[str], Cell]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Cell:
        found = self[cell] = self._read(cell)
        return found


def _repeats(cells: Cells) -> bool:
    """Whether a column seems to have few distinct texts: names, states, pages."""
    return len(set(cells[:LOOKED_AT])) <= LOOKED_AT // 2


def _texts(cells: Cells) -> list[Cell]:
    if _repeats(cells):
        return list(map(_Meant(_text).__getitem__, cells))
    return [cell.strip() or None for cell in cells]


def _text(cell: str) -> str | None:
    return cell.strip() or None


def _evidence(cells: Cells) -> list[Cell]:
    """Texts in which "N/A" and the like mean that there is nothing; a person may be called Null."""
    if _repeats(cells):
        return list(map(_Meant(_piece).__getitem__, cells))
    return [
        text if len(text := cell.strip()) > LONGEST_ABSENT or text.lower() not in ABSENT else None for cell in cells
    ]


def _piece(cell: str) -> str | None:
    text = cell.strip()
    return None if text.lower() in ABSENT else text


def _phones(cells: Cells) -> list[Cell]:
    together = "\n".join(cells)
    if not any(mark in together for mark in _PHONE_MARKS):
        return [cell.strip() or None for cell in cells]
    return [read_phone(cell) if cell[:1] in _PHONE_MARKS else cell.strip() or None for cell in cells]


def _boxes(cells: Cells) -> list[Cell]:
    return _read_each(cells, _read_yes)


def _instants(days: Cells, clocks: Cells | None, instants: Instants) -> list[Cell]:
    """Instants, of one column or of two."""
    if clocks is not None:
        days = [f"{day} {clock}" if clock else day for day, clock in zip(days, clocks, strict=True)]
    return _plain_instants(days) or [instants[day] for day in days]


def _plain_instants(days: Cells) -> list[Cell] | None:
    """A column whose every cell is plain ISO 8601 in UTC, read at once; None where one is not."""
    try:
        found = list(map(datetime.fromisoformat, days))
    except ValueError:
        return None
    zones = list(map(attrgetter("tzinfo"), found))
    is_plain = set(map(itemgetter(4), days)) == {"-"} and zones.count(UTC) == len(zones)  # no text so short is read
    return [*found] if is_plain else None


def _births(cells: Cells, instants: Instants) -> list[Cell]:
    meant = {cell: read_birth(cell, instants) for cell in set(cells)}
    return [meant[cell] for cell in cells]


def _coded_phones(cells: Cells) -> list[Cell]:
    return [read_coded_phone(cell) for cell in cells]


_READERS: dict[str, Callable[[Cells], list[Cell]]] = {
    "phone": _phones, "phone.coded": _coded_phones,
    "consent_ticked": _boxes, "consent_preticked": _boxes, "certificate_url": _evidence,
    "lead_token": _evidence, "consent_ip": _evidence, "consent_url": _evidence, "confirmed_ip": _evidence,
    "region": _evidence, "age": _evidence, "subscriber": _evidence,
}  # fmt: skip


def _read_addresses(columns: dict[str, list[Cell]], turned: Sequence[Cells], uses: Sequence[Use]) -> None:
    """The address of each row, as typed but for the spaces around it; of several columns the others beside it."""
    places = [place for kind in ADDRESSES for use, place in uses if use == kind]
    cells: list[list[Cell]] = [[cell.strip() or None for cell in turned[place]] for place in places]
    columns["email"] = cells[0]
    if len(places) > 1:
        columns["other_emails"] = [None] * len(cells[0])
        for index, filled in enumerate(list(zip(*cells, strict=True))):
            if filled.count(None) < len(filled) - 1 or filled[0] is None:
                several = list(dict.fromkeys(cell for cell in filled if cell is not None))
                several.sort(key=lambda cell: "@" not in cell)  # "n/a" in the first column hides no address
                columns["email"][index] = several[0] if several else None
                columns["other_emails"][index] = "\n".join(several[1:]) or None


def _read_each(cells: Cells, read: Callable[[str], bool | None]) -> list[Cell]:
    """A column of few distinct texts, each read once."""
    meant = {cell: read(cell) for cell in set(cells)}
    return [meant[cell] for cell in cells]


def _refusals(name: str, turned: Sequence[Cells], uses: Sequence[Use]) -> list[Cell]:
    """Whether each row itself refuses: one column that does is enough, and no other outweighs it."""
    found: list[Cell] = [None] * len(turned[0])
    for use, place in uses:
        if use.partition(".")[0] == name:
            says = _read_each(turned[place], _REFUSES[use])
            both = zip(found, says, strict=True)
            found = [True if one or other else one if other is None else other for one, other in both]
    return found


def _take_yes_away(columns: dict[str, list[Cell]], turned: Sequence[Cells], uses: Sequence[Use]) -> None:
    """Where a list has several columns of yes and no, a plain no in any of them stands."""
    for use, place in uses:
        if use == AS_WELL:
            ticked = columns.get("consent_ticked") or [None] * len(turned[place])  # it may be the only one
            boxes = zip(ticked, _boxes(turned[place]), strict=True)
            columns["consent_ticked"] = [False if too is False else first for first, too in boxes]


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
