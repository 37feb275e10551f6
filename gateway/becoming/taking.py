"""Events taken in: each answered by itself, a batch in one transaction, in which whoever said stop leaves, too.

Nothing is lost without a word: of nobody known an event is answered ``unknown_person``, and if it was an order to stop,
the order is kept all the same.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.becoming.derive import derive_due
from gateway.becoming.said import Said
from gateway.db.work import UnitOfWork, reading
from gateway.domain.happening import STOPPED, Happening
from gateway.domain.ports import Suppression
from gateway.domain.problem import Problem
from gateway.lifecycle.happenings import record, told_before
from gateway.lifecycle.standing import mark, names_of
from gateway.lifecycle.store import known
from gateway.outcomes.leave import leave
from gateway.outcomes.person import find_keys
from gateway.pipeline import Services
from gateway.screening.address.keys import key_of

RECORDED, TOLD_BEFORE, UNKNOWN, REFUSED = "recorded", "told_before", "unknown_person", "refused"
STATES = (RECORDED, TOLD_BEFORE, UNKNOWN, REFUSED)
DERIVE_SECONDS = 1.0  # what is left after that is the workers'
_CAUSES = {"opt_out": "opt_out", "complaint": "complaint"}


@dataclass(slots=True)
class Reply:
    """What became of one event."""

    id: str | None
    state: str
    prospect_id: int | None = None
    stopped: bool = False  # the order not to write was kept
    problems: Sequence[Problem] = ()

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
        services.wake()
    return taken


def _look(
    services: Services, connection: Any, teller: str, told: Sequence[Said | Reply]
) -> tuple[Taken, list[tuple[str, Happening]], list[Suppression]]:
    """What becomes of each: the rows to keep and the orders to stop."""
    said = [one for one in told if isinstance(one, Said)]
    keys = _keys(services, connection, said)
    people = {key: one.prospect_id for key, one in known(connection, [key for key in keys if key]).items()}
    named = names_of(
        connection, sorted({one.whom for one in said if isinstance(one.whom, int) and one.name == "prospect"})
    )
    before = told_before(connection, teller, [one.id for one in said])
    taken, rows, stops = Taken(), list[tuple[str, Happening]](), list[Suppression]()
    places = iter(keys)
    for one in told:
        if isinstance(one, Reply):
            taken.replies.append(one)
            continue
        key = next(places)
        here = named.get(one.whom) if one.name == "prospect" and isinstance(one.whom, int) else None
        number = here.id if here is not None and here.is_somebody else people.get(key or b"")
        key = here.key if here is not None and here.is_somebody else key
        if number is not None and one.id in before:
            taken.replies.append(Reply(one.id, TOLD_BEFORE, number))
            continue
        stopped = one.happening.kind in STOPPED and key is not None
        if stopped and key is not None:
            stops.append(Suppression(key, _CAUSES[one.happening.kind], one.happening.at))  # type: ignore[arg-type]
        if number is None:
            taken.replies.append(Reply(one.id, UNKNOWN, None, stopped))
            continue
        before.add(one.id)
        rows.append((one.id, replace(one.happening, prospect_id=number)))
        taken.replies.append(Reply(one.id, RECORDED, number, stopped))
    return taken, rows, stops


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
