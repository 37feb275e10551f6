"""By when requests to stop must be honoured by whoever else writes: the gateway itself acts in the same second.

Worked out when asked, from the suppression book. For a person who was a prospect the deadlines are those of the
prospect's own obligations, for everybody else the one that US law sets; the mailbox providers' own are shown for all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from gateway.clocks.calendar import day_of
from gateway.clocks.reckon import Reckoned, reckon
from gateway.domain.ports import PHONE, WHOLE, Cause
from gateway.due.entry import Entry
from gateway.lifecycle.store import find_basis
from gateway.outcomes.origins import batches_of_leads, sources_of_batches
from gateway.outcomes.prospects import load_cases
from gateway.pipeline import Services
from gateway.policy.pack import PolicySet
from gateway.suppression.book import Request, find_requests

CAUSES: tuple[Cause, ...] = ("opt_out", "complaint", "objection")
"""The orders that are a person's own request."""
STOP = "stop_on_opt_out"
_LONGEST = {"day": 1, "business day": 3, "month": 31, "year": 366}  # days that one of the unit takes at most


class _Whom(NamedTuple):
    """Somebody who asked, with the obligations whose deadlines count."""

    request: Request
    codes: tuple[str, ...]
    lead_id: int | None


@dataclass(frozen=True)
class Duties:
    """The obligations that a request to stop sets going."""

    of_mail: frozenset[str]
    of_phone: frozenset[str]
    of_providers: tuple[str, ...]

    @classmethod
    def of(cls, policies: PolicySet) -> "Duties":
        """As these policies have them. Those that only rules about phones name are of the phone."""
        counted = {
            code
            for code, duty in policies.obligations.items()
            if duty.deadline is not None and any(clause.event == "opt_out" for clause in duty.deadline.clauses)
        }
        named = {use: {c for r in policies.rules if r.use == use for c in r.obligations} for use in ("lead", "phone")}
        phone = counted & (named["phone"] - named["lead"])
        mail = counted - phone
        providers = [code for code in sorted(mail) if policies.obligations[code].cites.kind == "provider"]
        return cls(frozenset(mail), frozenset(phone), tuple(providers))

    def for_mail(self, owed: Iterable[str]) -> tuple[str, ...]:
        """Those of a prospect's obligations, or the law's where it has none, and the providers'."""
        own = [code for code in owed if code in self.of_mail] or [code for code in (STOP,) if code in self.of_mail]
        return tuple(dict.fromkeys((*own, *self.of_providers)))


def find_entries(
    connection: Connection, services: Services, now: datetime, *, past: bool, each: bool
) -> Iterator[Entry]:
    """Requests to stop by the day on which they must be honoured; those past due only if ``past``."""
    timetable, duties = services.timetable, Duties.of(services.policies)
    asked = list(_people(connection, duties, None if past else now - _horizon(services, duties)))
    sources = _sources(connection, asked)
    groups: dict[tuple[object, ...], Entry] = {}
    reckoned = _Reckoned(services)
    for one in asked:
        for code in one.codes:
            found = _due(reckoned, code, one.request, now)
            if found is None or (found.due_at <= now and not past):
                continue
            source = None if one.lead_id is None else sources[one.lead_id]
            key = (code, found.due_on, source)
            if key not in groups:
                duty = services.policies.obligations[code]
                groups[key] = Entry(
                    "opt_out", found.due_at, found.due_on, duty.title, code, duty.id, found.safe_on,
                    timetable.deadlines[code].in_words(), duty.cites, source, 0,
                )  # fmt: skip
            groups[key].people = (groups[key].people or 0) + 1
            if each and one.lead_id is not None:
                groups[key].leads.append(one.lead_id)
    yield from groups.values()


def _people(connection: Connection, duties: Duties, since: datetime | None) -> Iterator[_Whom]:
    """Everybody who asked, each once, whatever the causes."""
    asked: dict[bytes, Request] = {}
    for request in find_requests(connection, CAUSES, since):
        held = asked.get(request.key, request)
        asked[request.key] = request._replace(
            first_at=min(held.first_at, request.first_at), last_at=max(held.last_at, request.last_at),
            scope=held.scope if held.scope in WHOLE else request.scope,
        )  # fmt: skip
    known = find_basis(connection, [key for key, request in asked.items() if request.scope != PHONE])
    cases = load_cases(connection, {basis.decision_id for basis in known.values()})
    owed = {number: duties.for_mail(case.obligations) for number, case in cases.items()}
    by_law, of_phone = duties.for_mail(()), tuple(sorted(duties.of_phone))
    for key, request in asked.items():
        basis = known.get(key)
        if request.scope == PHONE:
            yield _Whom(request, of_phone, None)
        elif basis is None:
            yield _Whom(request, by_law, None)
        elif basis.withdrawn or request.scope not in WHOLE:  # else the person said yes again later, by our form
            yield _Whom(request, owed[basis.decision_id], basis.lead_id)


def _sources(connection: Connection, asked: list[_Whom]) -> dict[int, str]:
    batches = batches_of_leads(connection, [one.lead_id for one in asked if one.lead_id is not None])
    names = sources_of_batches(connection, batches.values())
    return {lead: names[batch] for lead, batch in batches.items()}


class _Reckoned(dict[tuple[str, date], Reckoned | None]):
    """When an obligation is due after a request of a day; reckoned once however many asked."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.timetable = services.timetable

    def __missing__(self, key: tuple[str, date]) -> Reckoned | None:
        code, day = key
        self[key] = found = reckon(self.timetable.deadlines[code], {"opt_out": day}, self.timetable.zone)
        return found


def _due(reckoned: _Reckoned, code: str, request: Request, now: datetime) -> Reckoned | None:
    """By the first request; once that is past, by the last: who asks again is owed it again."""
    zone = reckoned.timetable.zone
    first = reckoned[code, day_of(request.first_at, zone)]
    if first is None or first.due_at > now or request.last_at == request.first_at:
        return first
    last = reckoned[code, day_of(request.last_at, zone)]
    return last if last is not None and last.due_at > now else first


def _horizon(services: Services, duties: Duties) -> timedelta:
    """Requests older than this are past due by every deadline."""
    spans = [
        clause.after
        for code in duties.of_mail | duties.of_phone
        for clause in services.timetable.deadlines[code].clauses
        if clause.event == "opt_out" and clause.after is not None
    ]
    days = max((span.count * _LONGEST[span.unit] for span in spans), default=0)
    return timedelta(days=min(days, 36_500) + 7)
