"""Which holds are looked at: the filter of the queue as it stands in the address of its pages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from gateway.answering.groups import Filter
from gateway.console.desk.frame import zone_name
from gateway.console.desk.gate import me
from gateway.domain.decision import Question
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.outcomes.queue import Wanted
from gateway.screening.address.found import find_addresses
from gateway.screening.address.keys import key_of
from gateway.vendors.book import fold

NAMES = ("vendor", "list", "form", "code", "domain", "question", "until", "assigned", "find")
KEPT = NAMES[:-1]
"""Those that may be kept under a name: an address may not, it would outlive its person's erasure."""
QUESTIONS: Mapping[str, Question] = {name: name for name in ("review", "evidence", "confirm", "recheck")}
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for, as typed, and what it means."""

    said: Mapping[str, str]
    filter: Filter

    @property
    def is_narrow(self) -> bool:
        """Whether anything was asked for at all."""
        return bool(self.said)

    def query(self, **more: object) -> str:
        """As a query string, with more."""
        found = {**self.said, **{name: str(value) for name, value in more.items() if value is not None}}
        return urlencode(found)

    @property
    def to_keep(self) -> str:
        """What of it may be kept under a name."""
        return urlencode({name: value for name, value in self.said.items() if name in KEPT})


def read_filter(given: Mapping[str, str], *, group: str | None = None) -> Asked:
    """The filter of a page's address or form. Raises CallerError for what means nothing."""
    said = {name: value for name in NAMES if (value := given.get(name, "").strip()[:_LONGEST])}
    wanted = Wanted(
        list_id=_list(said.get("list")), form=said.get("form"),
        domain=said["domain"].lower() if "domain" in said else None,
        due_before=_end_of(said["until"]) if "until" in said else None,
        key=_key(said["find"]) if "find" in said else None,
    )  # fmt: skip
    found = Filter(
        wanted, vendor=fold(said["vendor"]) if "vendor" in said else None, reason=said.get("code"), key=group,
        assignee=_person(said.get("assigned")),
    )  # fmt: skip
    if "question" in said:
        asked = said["question"] == "asked"
        question = None if asked else QUESTIONS.get(said["question"])
        if question is None and not asked:
            raise _wrong("question", phrase("There is no such question."))
        found = replace(found, question=question, is_asked=asked)
    return Asked(said, found)


def _list(text: str | None) -> int | None:
    if text is None:
        return None
    digits = text.removeprefix("list_")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 19):  # noqa: PLR2004 - 64 bits hold 18 digits
        raise _wrong("list", phrase("A list is called by its number, such as list_3."))
    return int(digits)


def _person(text: str | None) -> int | None:
    if text is None:
        return None
    if text == "me":
        return me().person
    if text == "nobody":
        return 0
    if not (text.isascii() and text.isdigit() and len(text) < 19):  # noqa: PLR2004 - as above
        raise _wrong("assigned", phrase("There is nobody of that number."))
    return int(text)


def _end_of(text: str) -> datetime:
    """When the day ends where the reader is."""
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone_name()))
    except (OverflowError, ValueError):
        raise _wrong("until", phrase("A day is written as 2026-12-31.")) from None


def _key(text: str) -> bytes:
    found = find_addresses(text)
    if len(found) != 1:
        raise _wrong("find", phrase("To find somebody, write one whole address, such as ann@example.com."))
    return key_of(found[0], services().world.match_keys)


def _wrong(field: str, message: str) -> CallerError:
    return CallerError([Problem("bad_filter", message, field=field)])
