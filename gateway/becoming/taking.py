"""Events taken in: each answered by itself, a batch in one transaction, in which whoever said stop leaves, too.

Nothing is lost without a word: of nobody known an event is answered ``unknown_person``, and if it was an order to stop,
the order is kept all the same. So it is where the event is refused for something else that is wrong with it, or comes
under an id under which something else was told before.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.becoming.derive import derive_due
from gateway.becoming.said import Said, stops_in
from gateway.db.work import UnitOfWork, reading
from gateway.domain.happening import STOPPED, Happening
from gateway.domain.ports import Cause, Suppression
from gateway.domain.problem import Problem
from gateway.lifecycle.happenings import record, told_under
from gateway.lifecycle.standing import mark, names_of
from gateway.lifecycle.store import known
from gateway.outcomes.leave import leave
from gateway.outcomes.person import find_keys
from gateway.pipeline import Services
from gateway.screening.address.keys import key_of

RECORDED, TOLD_BEFORE, UNKNOWN, REFUSED = "recorded", "told_before", "unknown_person", "refused"
STATES = (RECORDED, TOLD_BEFORE, UNKNOWN, REFUSED)
DERIVE_SECONDS = 1.0  # what is left after that is the workers'
_CAUSES: Mapping[str, Cause] = {"opt_out": "opt_out", "complaint": "complaint"}


@dataclass(slots=True)
class Reply:
    """What became of one event."""

    id: str | None
    state: str
    prospect_id: int | None = None
    stopped: bool = False  # the order not to write was kept
    problems: Sequence[Problem] = ()
    orders: Sequence[Said] = ()  # to stop, in an event that is refused

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        shown: dict[str, Any] = {"id": self.id, "state": self.state, "prospect": self.prospect_id}
        if self.stopped:
            shown["stopped"] = True
        if self.problems:
            shown["problems"] = [problem.as_dict() for problem in self.problems]
        return shown


@dataclass(slots=True)
class Taken:
    """What became of a batch, event by event, in its order."""

    replies: list[Reply] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each state; every state is named."""
        found = Counter(reply.state for reply in self.replies)
        return {state: found[state] for state in STATES}


def take_in(services: Services, teller: str, told: Sequence[Said | Reply], *, dry: bool = False) -> Taken:
    """Keep these events of a teller; what could not be read stands among them as its refusal.

    ``dry``: only look what would become of them.
    """
    if dry:
        with reading(services.engine, snapshot=True) as connection:
            return _look(services, connection, teller, told)[0]
    with services.unit_of_work() as work:
        taken, rows, stops = _look(services, work.connection, teller, told)
        if rows:
            record(work, teller, rows)
            mark(work, [one.prospect_id for _, one in rows])
        _stop(services, work, teller, stops)
        _note(services, work, teller, taken, rows)
    if rows:
        derive_due(services, seconds=DERIVE_SECONDS)
    if rows or stops:
        services.wake()
    return taken


def _look(
    services: Services, connection: Any, teller: str, told: Sequence[Said | Reply]
) -> tuple[Taken, list[tuple[str, Happening]], list[Suppression]]:
    """What becomes of each: the rows to keep and the orders to stop."""
    whose = _whose(
        services, connection, [some for one in told for some in ([one] if isinstance(one, Said) else one.orders)]
    )
    before = told_under(connection, teller, [one.id for one in told if isinstance(one, Said)])
    taken, rows, stops = Taken(), list[tuple[str, Happening]](), list[Suppression]()

    def order(one: Said, key: bytes | None) -> bool:
        """Keep the order to stop, if this is one; whether it is."""
        kind = one.happening.kind
        if kind in STOPPED and key is not None:
            stops.append(Suppression(key, _CAUSES[kind], one.happening.at))
        return kind in STOPPED and key is not None

    for one in told:
        if isinstance(one, Reply):
            one.stopped = sum(order(some, whose(some)[1]) for some in one.orders) > 0  # each of them, so no any()
            taken.replies.append(one)
            continue
        number, key = whose(one)
        if number is None:
            taken.replies.append(Reply(one.id, UNKNOWN, None, order(one, key)))
        elif one.id in before:  # an order under the id of something else is one all the same
            is_same = before[one.id] == (number, one.happening.kind)
            taken.replies.append(Reply(one.id, TOLD_BEFORE, number, not is_same and order(one, key)))
        else:
            before[one.id] = (number, one.happening.kind)
            rows.append((one.id, replace(one.happening, prospect_id=number)))
            taken.replies.append(Reply(one.id, RECORDED, number, order(one, key)))
    return taken, rows, stops


def _whose(
    services: Services, connection: Any, said: Sequence[Said]
) -> Callable[[Said], tuple[int | None, bytes | None]]:
    """Tells of each of these its prospect and match key, as far as they are known."""
    keys = _keys(services, connection, said)
    people = {key: one.prospect_id for key, one in known(connection, [key for key in keys if key]).items()}
    numbers = {one.whom for one in said if isinstance(one.whom, int) and one.name == "prospect"}
    named = names_of(connection, sorted(numbers))
    found: dict[int, tuple[int | None, bytes | None]] = {}
    for one, key in zip(said, keys, strict=True):
        here = named.get(one.whom) if one.name == "prospect" and isinstance(one.whom, int) else None
        is_named = here is not None and here.is_somebody
        found[id(one)] = (here.id, here.key) if here is not None and is_named else (people.get(key or b""), key)
    return lambda one: found[id(one)]


def refused(
    fields: Mapping[str, Any], problems: Sequence[Problem], zone: str, now: datetime, *, clock: str | None = None
) -> Reply:
    """The answer to an event that cannot be kept; an order to stop in it is kept."""
    name = fields.get("id")
    orders = stops_in(fields, zone, now, clock=clock)
    return Reply(name[:200] if isinstance(name, str) else None, REFUSED, problems=problems, orders=orders)


def _keys(services: Services, connection: Any, said: Sequence[Said]) -> list[bytes | None]:
    """The match key of each person, as far as the event gives one."""
    leads = find_keys(
        connection, sorted({one.whom for one in said if one.name == "lead" and isinstance(one.whom, int)})
    )
    found: list[bytes | None] = []
    for one in said:
        if isinstance(one.whom, bytes):
            found.append(one.whom)
        elif isinstance(one.whom, str):
            found.append(key_of(one.whom, services.world.match_keys))
        else:
            found.append(leads.get(one.whom) if one.name == "lead" else None)
    return found


def _stop(services: Services, work: UnitOfWork, teller: str, stops: Sequence[Suppression]) -> None:
    """The one way out; nobody of them can be handed out after the commit."""
    if stops:
        leave(work, services.ledger, stops, by=f"events:{teller}")


def _note(
    services: Services, work: UnitOfWork, teller: str, taken: Taken, rows: Sequence[tuple[str, Happening]]
) -> None:
    counts = taken.counts
    if not (counts[RECORDED] or counts[UNKNOWN] or counts[REFUSED]):
        return
    kinds = dict(sorted(Counter(one.kind for _, one in rows).items()))
    services.ledger.append(work, "events.recorded", {"by": teller, **counts, "kinds": kinds})
