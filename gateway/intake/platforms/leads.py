"""A lead as a platform brought it becomes a Batch of one: known names first, then the headings of lists.

What nobody knows stays with the lead as it came. Nothing is judged here.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from gateway.domain.lead import Batch, Cell, Origin, Statement
from gateway.domain.problem import Problem
from gateway.intake.columns import map_columns, sensitive
from gateway.intake.columns.batch import to_batch as read_row
from gateway.intake.columns.headings import names_address, uses_of
from gateway.intake.columns.leaving import says_left
from gateway.intake.columns.refusing import refusals_in
from gateway.intake.columns.sentences import says_no
from gateway.intake.forms import Source
from gateway.intake.guard.networks import kept_ip
from gateway.intake.inspection import Inspection
from gateway.intake.platforms.boxes import Box, find_no, find_yes, read_answer
from gateway.intake.platforms.call import Settings
from gateway.intake.signups import Evidence, problems_of_form
from gateway.screening.address.found import find_addresses

CONFIRMED = frozenset({"confirmed_at", "confirmed_ip"})
"""Nobody but us knows that somebody confirmed to us."""
OURS_TO_SEE = frozenset({"consent_at", "consent_ip", "consent_agent", "collected_at", "last_dealing_at"})
"""What the server itself sees of a person who posts; a stranger's word for it counts for nothing."""
SKEW = timedelta(minutes=5)
"""A platform's clock may go before ours by so much."""
MOST_FIELDS = 1_000
_LONGEST = {"email": 1_000, "other_emails": 5_000, "consent_wording": 20_000, "consent_url": 2_048}
_LONG = 1_000
_LONGEST_NO = 300  # characters of an answer; longer ones are letters, and speak of many things
_NOBODY = Statement(direct=True)


class Field(NamedTuple):
    """A question and its answer."""

    name: str  # as the platform calls it
    text: str
    use: str | None = None  # what it is, where the platform says so; None: the known headings say


@dataclass(slots=True)
class Came:
    """A lead as a platform brought it."""

    posted: Any  # what came, word for word, without secrets
    fields: list[Field] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    id: str | None = None  # the platform's own number for it
    acted_at: datetime | None = None  # when the person acted, by the platform's clock
    is_test: bool = False
    by_person: bool = False  # posted from the person's own browser: time and network address are ours to see
    no_box_is_no: bool = False  # the platform leaves out a box that is not ticked


class Read(NamedTuple):
    """A batch of one, and from which of its platform's fields the address was read."""

    batch: Batch
    email_field: str | None


def asked(said: str, *names: str) -> Field:
    """An answer under the first of its names that lists know, or else under its first."""
    given = [name for name in names if name]
    known = (name for name in given if uses_of(name) or refusals_in(name)[0])
    return Field(next(known, given[0] if given else ""), said)


def to_batch(came: Came, source: Source, platform: str, seen: Evidence, settings: Settings) -> Read:
    """The batch of one. ``seen``: what the server saw of whoever posted, the person or the platform."""
    fields = [item for item in came.fields if item.name.strip() and item.text.strip()][:MOST_FIELDS]
    columns, email_field = columns_of(fields, came, seen.at)
    chosen = settings.get("consent_box")
    boxes = [*came.boxes, *_named_boxes(fields, came.boxes, chosen)]
    yes = find_yes(boxes, chosen)
    columns.pop("consent_ticked", None)
    if find_no(boxes, chosen) or any(_refuses(item) for item in fields if item.name != chosen):
        columns["stop"] = True
    if yes is not None:
        columns |= {"consent_ticked": yes.ticked}
        columns["consent_wording"] = yes.wording or columns.get("consent_wording")
    elif came.no_box_is_no and source.has_box and "consent_at" not in columns:
        columns["consent_ticked"] = False
    _add_evidence(columns, came, seen)
    if isinstance(ip := columns.get("consent_ip"), str):
        columns["consent_ip"] = kept_ip(ip, source.form.keep_ip)
    if came.is_test:
        columns["is_test"] = True
    statement = source.stated(sensitive([item.name for item in fields]))
    arrived = {
        "posted": came.posted, "platform": platform,
        "seen": {"at": seen.at.isoformat(), "ip": seen.ip, "user_agent": seen.agent},
    }  # fmt: skip
    batch = Batch(
        origin=Origin("form", source.key, statement),
        numbers=[1],
        columns={name: [short(name, cell)] for name, cell in columns.items() if cell is not None},
        as_arrived=[json.dumps(arrived, ensure_ascii=False, separators=(",", ":"))],
        arrived_at=seen.at,
    )
    batch.columns.setdefault("email", [""])
    return Read(batch, email_field)


def problems_of(read: Read, source: Source) -> list[Problem]:
    """What a person who posted may be told of the form's own contents, as at our own forms."""
    cells = {name: column[0] for name, column in read.batch.columns.items()}
    signup: dict[str, Any] = {name: cell for name, cell in cells.items() if isinstance(cell, str)}
    purposes = str(cells.get("purposes") or "").split()
    ticked = cells.get("stop") is True or cells.get("consent_ticked")  # who refuses is heard, not asked to agree first
    consent = {"ticked": ticked, "purposes": purposes}
    return problems_of_form(signup | {"accept_as_typed": True, "consent": consent}, source)


def columns_of(fields: list[Field], came: Came, at: datetime) -> tuple[dict[str, Cell], str | None]:
    """Our fields, read as the same columns of a list would be."""
    names = [item.name for item in fields]
    told = {item.name: item.use for item in fields if item.use is not None}
    found = _uses(tuple(names), tuple(told.items()), _address_by_looks(fields))
    barred = CONFIRMED | OURS_TO_SEE if came.by_person else CONFIRMED
    uses = tuple(use for use in found if use[0].partition(".")[0] not in barred)
    inspection = Inspection(
        name="", encoding="utf-8", mark=0, delimiter=",", skip_spaces=False, separator_line=False, first_row=1,
        headings=tuple(names), has_headings=True, layout="plain", uses=uses, not_understood=(), notes=(),
        date_order=None, is_protected=False, stop=False, looks_generated=None, rows_looked_at=1,
    )  # fmt: skip
    origin = Origin("form", "", _NOBODY)
    batch = read_row([(1, [item.text for item in fields], None)], inspection, _NOBODY, origin, at)
    place = next((place for use, place in uses if use == "email"), None)
    return {name: cells[0] for name, cells in batch.columns.items()}, None if place is None else names[place]


@lru_cache(maxsize=1_000)
def _uses(
    names: tuple[str, ...], told: tuple[tuple[str, str], ...], address: int | None
) -> tuple[tuple[str, int], ...]:
    """What each field is used for. A platform's posts have the same fields each time, and looking takes a while."""
    return tuple(map_columns(names, told=dict(told), address_column=address).uses)


def _address_by_looks(fields: list[Field]) -> int | None:
    """Where no question names the address, the answer that is one and nothing else."""
    if any(item.use == "email" or names_address(item.name) for item in fields):
        return None
    return next((place for place, item in enumerate(fields) if _is_address(item.text.strip())), None)


def _is_address(text: str) -> bool:
    return len(text) < _LONG and "@" in text and find_addresses(text) == [text]


def _named_boxes(fields: list[Field], boxes: list[Box], chosen: str | None) -> list[Box]:
    """Boxes that are known by their heading alone, and the one that the source names where it came as a mere answer."""
    named = None if any(box.name == chosen for box in boxes) else chosen
    return [
        Box(item.name, read_answer(item.text), is_consent=True)
        for item in fields
        if item.use is None and ("consent_ticked" in uses_of(item.name) or item.name == named)
    ]


def _refuses(item: Field) -> bool:
    """Whether an answer says in words that the person wants no mail, under a name that means nothing else to us."""
    if item.use is not None or not {"consent_ticked", "purposes"}.issuperset(uses_of(item.name)):
        return False
    return says_left(item.text) or (len(item.text) <= _LONGEST_NO and says_no(item.text) is True)


def _add_evidence(columns: dict[str, Cell], came: Came, seen: Evidence) -> None:
    """When, from where and by which browser: the server's own for a person, the platform's word otherwise."""
    ticked = columns.get("consent_ticked") is True
    if came.by_person:
        columns |= {"consent_ip": seen.ip, "consent_agent": seen.agent, "collected_at": seen.at}
        columns["consent_at"] = seen.at if ticked else None
        return
    acted = came.acted_at
    if acted is not None and seen.at < acted <= seen.at + SKEW:
        acted = seen.at
    columns.setdefault("collected_at", acted or seen.at)
    if ticked:
        columns.setdefault("consent_at", acted or seen.at)


def short(name: str, cell: Cell) -> Cell:
    """A cell cut to what is kept of its field."""
    return cell[: _LONGEST.get(name, _LONG)] if isinstance(cell, str) else cell
