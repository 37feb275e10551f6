"""Everything that is due, soonest first: requests to stop, clocks, holds, overrides, reference lists, reviews."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from gateway.clocks.book import find_groups
from gateway.clocks.calendar import day_of, end_of, start_of
from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.deadline import EVENTS
from gateway.domain.decision import Citation, Question
from gateway.domain.phrase import phrase
from gateway.due import requests, vendors
from gateway.due.entry import Entry
from gateway.outcomes.holds import find_deadlines
from gateway.outcomes.lifting import find_ending, find_standing
from gateway.outcomes.origins import sources_of_batches
from gateway.pipeline import Services
from gateway.reference.book import FCC_WIRELESS, find_last_load
from gateway.screening.address.kinds import LIST_AGE

QUESTIONS: dict[Question, str] = {
    "recheck": "Mail domains that did not answer yet",
    "confirm": "People who have not confirmed yet",
    "evidence": "Evidence that vendors owe",
    "review": "Leads that an officer must look at",
}
"""What waiting leads wait for; those still waiting at the deadline are refused."""
FCC_TITLE = "Load the FCC's list of wireless domains anew; a stale one holds leads (CS-20)"
FCC_FIRST = "Load the FCC's list of wireless domains; until then phones are known by the public list only (CS-18)"
FCC_LAW = Citation("law", "47 CFR 64.3100(a)(4)", "https://www.law.cornell.edu/cfr/text/47/64.3100")


@dataclass(frozen=True)
class Agenda:
    """What is due, as of one instant."""

    at: datetime
    zone: str
    entries: list[Entry]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        today = day_of(self.at, self.zone)
        return {
            "as_of": text_of(self.at),
            "today": today.isoformat(),
            "zone": self.zone,
            "clocks": [entry.as_dict(self.at, today) for entry in self.entries],
        }


def make_agenda(services: Services, *, until: date | None = None, past: bool = False, each: bool = False) -> Agenda:
    """All that is due, on ``until`` at the latest; ``past``: requests past due too; ``each``: with every lead."""
    now, zone = services.clock.now(), services.settings.zone
    with reading(services.engine) as connection:
        found = [
            *requests.find_entries(connection, services, now, past=past, each=each),
            *_obligations(connection, services, until, each=each),
            *_holds(connection, zone, each=each),
            *overrides_ending(connection, services, now),
            *vendors.certificates_ending(connection, services, now),
            *vendors.files_ending(connection, services, now),
            *reference_lists(connection, now, zone),
            *reviews(services),
        ]
    entries = [entry for entry in found if until is None or entry.due_on <= until]
    return Agenda(now, zone, sorted(entries, key=Entry.sort_key))


def _obligations(connection: Connection, services: Services, until: date | None, *, each: bool) -> Iterator[Entry]:
    groups = list(find_groups(connection, until=until, each=each))
    sources = sources_of_batches(connection, {group.batch_id for group in groups})
    found: dict[tuple[object, ...], Entry] = {}
    for group in groups:
        source = sources.get(group.batch_id)
        key = (group.obligation, group.event, group.due_at, group.safe_on, source)
        if key not in found:
            duty = services.policies.obligations.get(group.obligation)
            title = group.obligation.replace("_", " ") if duty is None else duty.title
            found[key] = Entry(
                "obligation", group.due_at, group.due_on, title, group.obligation, "" if duty is None else duty.id,
                group.safe_on, EVENTS[group.event], None if duty is None else duty.cites, source, 0,
            )  # fmt: skip
        _count(found[key], group.people, group.lead_id)
    yield from found.values()


def _holds(connection: Connection, zone: str, *, each: bool) -> Iterator[Entry]:
    rows = list(find_deadlines(connection, each=each))
    sources = sources_of_batches(connection, {batch for _, _, batch, _, _ in rows})
    found: dict[tuple[object, ...], Entry] = {}
    for question, deadline, batch, count, lead in rows:
        day, source = day_of(deadline, zone), sources[batch]
        key = (question, day, source)
        if key not in found:
            found[key] = Entry("hold", deadline, day, QUESTIONS[question], question, source=source, people=0)
        found[key].due_at = min(found[key].due_at, deadline)
        _count(found[key], count, lead)
    yield from found.values()


def overrides_ending(connection: Connection, services: Services, now: datetime) -> Iterator[Entry]:
    """When overrides end, of those that let somebody in: from then on their prospects are withheld."""
    standing = find_standing(connection, services.ledger, now)
    for one, prospects in find_ending(connection):
        if one.is_in_force(now) or one.name not in standing:  # else another goes on with it
            title = phrase("%(override)s ends (%(rules)s); what it let in is withheld from then on",
                           override=one.name, rules=", ".join(one.rules))  # fmt: skip
            yield Entry("override", one.expires_at, one.expires_on, title, one.name, people=prospects)


def _count(entry: Entry, people: int, lead: int | None) -> None:
    entry.people = (entry.people or 0) + people
    if lead is not None:
        entry.leads.append(lead)


def stale_on(loaded_at: datetime, zone: str) -> date:
    """The day on which a list goes stale, counted on days in the zone: no change of the clock moves it."""
    return day_of(loaded_at, zone) + timedelta(days=LIST_AGE.days)


def reference_lists(connection: Connection, now: datetime, zone: str) -> Iterator[Entry]:
    """When the lists from outside go stale."""
    last = find_last_load(connection, FCC_WIRELESS)
    if last is None:  # one never loaded makes no lead wait, so it is never overdue
        today = day_of(now, zone)
        yield Entry("reference", end_of(today, zone), today, FCC_FIRST, FCC_WIRELESS, cites=FCC_LAW)
        return
    day = stale_on(last.loaded_at, zone)
    # Leads are held from the instant; where a change of the clock puts it on a neighbouring day, the day is kept to.
    stale_at = min(max(last.loaded_at + LIST_AGE, start_of(day, zone)), end_of(day, zone))
    yield Entry("reference", stale_at, day, FCC_TITLE, FCC_WIRELESS, cites=FCC_LAW)


def reviews(services: Services) -> Iterator[Entry]:
    """When somebody must read the law again: each pack, and those of its rules that have a day of their own."""
    zone = services.settings.zone
    for pack in services.policies.packs:
        ours = [rule for rule in pack.rules if not rule.switched_off]
        title = phrase("Read the law of the pack %(pack)s again (1 rule)", pack=pack.name)
        if len(ours) > 1:
            title = phrase("Read the law of the pack %(pack)s again (%(count)s rules)", pack=pack.name, count=len(ours))
        yield Entry("review", end_of(pack.review_again_by, zone), pack.review_again_by, title, pack.name)
        early: dict[date, list[str]] = {}
        for rule in ours:
            if rule.again_by < pack.review_again_by:
                early.setdefault(rule.again_by, []).append(rule.id)
        for day, ids in early.items():
            title = phrase("Read the law of %(rules)s again", rules=", ".join(ids))
            yield Entry("review", end_of(day, zone), day, title, pack.name, id=" ".join(ids))
