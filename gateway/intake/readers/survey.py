"""The first rows of a file looked over for what its uploader should know: dates, broken rows, patterns. No verdicts."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from gateway.intake.columns.headings import ADDRESSES, INSTANTS
from gateway.intake.columns.remarks import find_remarks
from gateway.intake.inspection import Inspection, Question
from gateway.intake.readers.generated import looks_generated
from gateway.intake.readers.oddities import Oddities
from gateway.intake.readers.rows import read_records
from gateway.intake.readers.sections import Sections
from gateway.intake.readers.statuses import Statuses
from gateway.intake.values import DateOrder, Remark, read_instant

FIRST_ROWS = 10_000
ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy")
_LONGEST_ADDRESS = 320  # longer ones are none, and patterns are looked for in what could be one
_SAYS = {
    "empty": "are blank",
    "remark": "are remarks and no rows, such as totals or a report's name",
    "too_many_cells": "have more cells than there are headings",
    "unreadable_characters": "hold characters that cannot be read",
    "cell_too_long": "hold a cell that is too long",
    "unclosed_quote": "open a quote that is never closed",
    "broken_json": "are no JSON objects",
}
_ENDS = {
    "empty": "Each counts as a rejection, so that the sums agree with the file's lines.",
    "remark": "Each counts as a rejection, so that the sums agree with the file's lines.",
}


@dataclass(slots=True)
class _Dates:
    """What was seen in one column of dates."""

    heading: str
    is_birth: bool = False  # read on the strict side, and in no time zone
    remarks: Counter[Remark] = field(default_factory=Counter)
    doubtful: str = ""  # the first text that can be read in two ways
    serial: str = ""  # the first that is a day number


@dataclass(slots=True)
class Survey:
    """What the first rows of a file showed."""

    rows: int = 0
    addresses: list[str] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)
    first_broken: dict[str, int] = field(default_factory=dict)
    dates: dict[str, _Dates] = field(default_factory=dict)
    unfounded: int = 0  # confirmations without a moment of consent
    odd: Oddities = field(default_factory=Oddities)
    is_protected: bool = False
    of_statuses: list[str] = field(default_factory=list)

    def questions(self) -> tuple[Question, ...]:
        """What the uploader has to be asked."""
        return tuple(_ask(dates) for dates in self.dates.values() if dates.remarks["ambiguous"])

    def looks_generated(self) -> bool | None:
        """See readers/generated.py."""
        return looks_generated(self.addresses)

    def notes(self) -> list[str]:
        """Sentences for the uploader."""
        if not self.rows:
            return ["The file has headings and no rows."]
        found = [
            f"{count:,} of the first {self.rows:,} rows {_SAYS[problem]}, the first of them row "
            f"{self.first_broken[problem]:,}. {_ENDS.get(problem, 'They will be refused.')}"
            for problem, count in self.broken.most_common()
        ]
        found += self.odd.notes(self.rows)
        found += self.of_statuses
        found += [note for dates in self.dates.values() for note in _notes_on(dates)]
        if self.unfounded:
            found.append(
                f"{self.unfounded:,} of the first {self.rows:,} rows carry a confirmation without a moment of consent: "
                "the list's owner added these people. It is not taken as consent."
            )
        return found


def survey_rows(path: Path, inspection: Inspection) -> Survey:
    """Look over the first rows of a file that is read as ``inspection`` says."""
    found = Survey()
    places = dict(inspection.uses)
    emails = [place for kind in ADDRESSES for use, place in inspection.uses if use == kind]
    for name in INSTANTS:
        place = places.get(name, places.get(f"{name}.date"))
        if place is not None:
            found.dates[name] = _Dates(inspection.headings[place], is_birth=name == "born_on")
    sections, statuses = Sections(emails, everybody_left=inspection.stop), Statuses(inspection)
    for number, cells, problem in islice(read_records(path, inspection), FIRST_ROWS):
        found.rows += 1
        sections.look(number, cells)
        if problem:
            found.broken[problem] += 1
            found.first_broken.setdefault(problem, number)
            continue
        filled = [cells[place] for place in emails if place < len(cells) and cells[place].strip()]
        address = filled[0] if filled else ""
        if list(find_remarks([(number, cells, None)], [address.strip() or None], len(inspection.headings))):
            found.broken["remark"] += 1
            found.first_broken.setdefault("remark", number)
            continue
        phone = _cell(cells, places.get("phone"))
        found.odd.look(number, address, len({cell.strip() for cell in filled}) - 1 if filled else 0, phone)
        found.addresses.append(address[:_LONGEST_ADDRESS])
        found.is_protected = found.is_protected or any(cell.startswith('="') for cell in cells)
        statuses.look(cells)
        _look_at_dates(found, cells, places, inspection)
    found.of_statuses = statuses.notes()
    return found


def _look_at_dates(found: Survey, cells: list[str], places: dict[str, int], inspection: Inspection) -> None:
    empty = set()
    for name, dates in found.dates.items():
        text = _cell(cells, places.get(name, places.get(f"{name}.date")))
        if clock := _cell(cells, places.get(f"{name}.time")):
            text = f"{text} {clock}"
        remark = read_instant(text, inspection.date_order)[1]
        dates.remarks[remark] += 1
        if remark in {"ambiguous", "against_order"} and not dates.doubtful:
            dates.doubtful = text
        if remark == "serial":
            dates.serial = dates.serial or text
        if remark == "empty":
            empty.add(name)
    consents = "consent_at" in found.dates and "consent_at" not in empty
    if "confirmed_at" in found.dates and "confirmed_at" not in empty and not consents:
        found.unfounded += 1


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _readings(text: str) -> list[tuple[str, str]]:
    """What a date that can be read in two ways means in each order."""
    found = [(order, read_instant(text, order)[0]) for order in ORDERS]
    return [(order, f"{at.day} {at:%B %Y}") for order, at in found if at]


def _ask(dates: _Dates) -> Question:
    return Question(
        "date_order", dates.heading, dates.doubtful, tuple(_readings(dates.doubtful)),
        "date_order: dmy or date_order: mdy in the manifest, or --dates dmy or --dates mdy",
    )  # fmt: skip


def _notes_on(dates: _Dates) -> list[str]:
    seen = sum(dates.remarks.values()) - dates.remarks["empty"]
    found: list[str] = []
    if dates.is_birth:
        if count := dates.remarks["ambiguous"]:
            found.append(
                f"{dates.heading!r}: {count:,} of {seen:,} days can be read in two ways. The later one counts, which "
                "makes the person younger; write date_order: dmy or date_order: mdy in the manifest."
            )
        return found
    if count := dates.remarks["ambiguous"]:
        both = " or ".join(means for _, means in _readings(dates.doubtful))
        found.append(
            f"{dates.heading!r}: {count:,} of {seen:,} dates can be read in two ways ({dates.doubtful!r} is {both}). "
            "They count as unknown; write date_order: dmy or date_order: mdy in the manifest."
        )
    if count := dates.remarks["serial"]:
        found.append(
            f"{dates.heading!r}: {count:,} of {seen:,} dates are a spreadsheet's day numbers ({dates.serial!r}). They "
            "are counted from 1900, as Excel does, and taken as UTC."
        )
    if count := dates.remarks["against_order"]:
        found.append(
            f"{dates.heading!r}: {count:,} of {seen:,} dates do not fit the manifest's date_order (such as "
            f"{dates.doubtful!r}). They count as unknown."
        )
    if count := dates.remarks["unreadable"]:
        found.append(f"{dates.heading!r}: {count:,} of {seen:,} cells are no date we can read. They count as unknown.")
    if count := dates.remarks["no_zone"]:
        found.append(f"{dates.heading!r}: {count:,} of {seen:,} dates name no time zone. They are taken as UTC.")
    return found
