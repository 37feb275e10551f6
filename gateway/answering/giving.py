"""Giving an answer to many holds: which leads it would be about, and laying it down.

Looked at first and given afterwards, the two are about the same leads: none that came between are swept along.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from gateway.answering.groups import Filter, Group, find_groups, ids_of
from gateway.answering.releasing import TRIED, in_the_way
from gateway.clocks.calendar import day_of
from gateway.db.work import UnitOfWork
from gateway.domain.decision import Finding
from gateway.domain.override import usual_end
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.outcomes import answers
from gateway.outcomes.answers import Answer, Kind
from gateway.outcomes.queue import Waiter, find_waiters
from gateway.outcomes.queue_people import find_assignees
from gateway.pipeline import Services
from gateway.wordings.shelf import SHORT

DAYS = (7, 14, 30, 60)
"""How much time a vendor may be given."""
SAMPLE = 8
_PLACES = {"domain": "at", "wording": "under the wording", "list": "in", "vendor": "from", "form": "by the form"}
SAMPLED = 5  # questions that the sample is of


@dataclass(slots=True)
class Meant:
    """The leads that an answer would be about."""

    kind: Kind
    groups: list[Group]
    filter: Filter
    leads: int
    sample: list[Waiter]
    sources: dict[tuple[str, str], int]
    left_out: int = 0  # came by a form, so that there is no vendor to ask
    until: int = 0  # the last of them

    @property
    def about(self) -> str:
        """Which they are, in a few words; no address."""
        if len(self.groups) == 1:
            return in_words(self.groups[0])
        return f"{len(self.groups)} questions together"


def in_words(group: Group) -> str:
    """A question in a line."""
    place, name = _PLACES[group.place.kind], group.place.name
    if group.place.kind == "list":
        name = f"list_{name}"
    if group.place.kind == "wording":
        name = name[:SHORT]
    return f"{'; '.join(finding.title for finding in group.asking)} ({place} {name})"


def find_meant(
    connection: Connection, services: Services, wanted: Filter, kind: Kind, *, only: Collection[int] | None = None,
    until: int | None = None,
) -> Meant:  # fmt: skip
    """What an answer to this would be about. ``only``: of it, these leads; ``until``: none behind this number.

    Raises CallerError where nothing waits that could be answered so.
    """
    wanted = replace(wanted, wanted=replace(wanted.wanted, only=only, until=until))
    groups = [
        group for group in find_groups(connection, services, wanted, find_assignees(connection))
        if not group.answers_itself or (kind == "refuse" and wanted.key is not None)
    ]  # fmt: skip
    if kind == "ask" and wanted.key is None:
        groups = [group for group in groups if not group.is_asked]
    left_out = 0
    if kind == "ask":
        left_out = sum(n for group in groups for (source, _), n in group.sources.items() if source == "form")
        groups = [group for group in groups if any(source == "list" for source, _ in group.sources)]
    firm: list[Finding] = []
    if kind == "release":
        firm = [finding for group in groups for finding in in_the_way(group, services)]
        groups = [group for group in groups if not in_the_way(group, services)]
    if not groups:
        raise CallerError([_impossible(firm[0]) if firm else Problem("nothing_waits", _NOTHING[kind])])
    some = [group.wanted(wanted.wanted) for group in groups[:SAMPLED]]
    sources: Counter[tuple[str, str]] = Counter()
    for group in groups:
        sources.update(group.sources)
    sample = find_waiters(connection, some, limit=SAMPLE)
    found = Meant(
        kind, groups, wanted, sum(group.leads for group in groups) - left_out, sample, dict(sources),
        left_out, max(group.last for group in groups),
    )  # fmt: skip
    if kind == "ask":
        found.sources = {source: n for source, n in found.sources.items() if source[0] == "list"}
        found.sample = [one for one in sample if one.kind == "list"]
    return found


def give(
    work: UnitOfWork, services: Services, meant: Meant, *, reason: str, by: str, days: int | None = None,
    expires_on: date | None = None,
) -> Answer:  # fmt: skip
    """Lay the answer down in this transaction. Raises CallerError where others were quicker, and nothing is left."""
    ids = _ids(work.connection, meant)
    terms: dict[str, object] = {}
    if meant.kind == "ask":
        terms["until"] = _deadline(work.at, days).isoformat()
    if meant.kind == "release":
        terms["expires_on"] = (expires_on or usual_end(day_of(work.at, services.settings.zone))).isoformat()
        terms["rules"] = sorted({finding.rule for group in meant.groups for finding in group.findings})
    key = meant.groups[0].key if len(meant.groups) == 1 else None
    answer = answers.give(
        work, meant.kind, ids, about=meant.about, reason=reason, by=by, group=key, terms=terms
    )  # fmt: skip
    if not answer.leads:
        message = phrase("Somebody else has answered these in the meantime, or they wait no longer.")
        raise CallerError([Problem("answered_meanwhile", message)], 409)
    return answer


def some_of(connection: Connection, meant: Meant) -> list[int]:
    """Leads of as many of its questions as may be, to be judged for trial."""
    each = max(1, TRIED // min(len(meant.groups), SAMPLED))
    found: list[int] = []
    for group in meant.groups[:SAMPLED]:
        some = find_waiters(connection, [group.wanted(meant.filter.wanted)], limit=each)
        found += [one.lead for one in some]
    return sorted(found)


def _ids(connection: Connection, meant: Meant) -> list[int]:
    ids = ids_of(connection, meant.groups, meant.filter.wanted)
    return answers.of_lists(connection, ids) if meant.kind == "ask" else ids


def _deadline(at: datetime, days: int | None) -> datetime:
    if days not in DAYS:
        message = phrase(
            "A vendor is given %(names)s or %(days)s days.", names=", ".join(map(str, DAYS[:-1])), days=DAYS[-1]
        )
        raise CallerError([Problem("bad_days", message, field="days")])
    return at + timedelta(days=days)


def _impossible(finding: Finding) -> Problem:
    message = phrase(
        "%(rule)s (%(title)s) rests on %(given)s: nobody may set it aside, so these leads cannot "
        "be released. What it asks for must come, or they are refused.",
        rule=finding.rule,
        title=finding.title,
        given=finding.cites.text,
    )
    return Problem("never", message)


_NOTHING: dict[Kind, str] = {
    "release": phrase("Nothing of this waits for an officer any more."),
    "refuse": phrase("Nothing of this waits any more."),
    "ask": phrase("Nothing of this waits that a vendor could be asked about."),
}
