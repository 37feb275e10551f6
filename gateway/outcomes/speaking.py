"""How often each rule spoke: leads by what was found about them, counted by distinct decisions."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection, case, func, select

from gateway.db.base import text_of
from gateway.outcomes.tables import batches, decisions, holds, hours, leads, tallies

LENGTH = len("2026-11-21T14")
MOST_DECISIONS = 500
"""In which samples of a rule are looked for, the last ones: it may have spoken in thousands."""


@dataclass(slots=True)
class Spoken:
    """Of how many leads a rule said something, as they stand now."""

    ever: int = 0
    lately: int = 0  # settled since the instant that was asked about
    outcomes: Counter[str] = field(default_factory=Counter)  # what became of them, ever


class Speakers:
    """Which rules spoke in which decision. Decisions never change, so each is read once, whoever asks."""

    def __init__(self) -> None:
        self._rules: dict[int, tuple[str, ...]] = {}
        self._lock = Lock()

    def count(self, connection: Connection, since: datetime) -> dict[str, Spoken]:
        """Every rule that spoke about a lead that stands here, by its id."""
        rules = self._read(connection)
        found: dict[str, Spoken] = {}
        late = func.sum(case((hours.c.hour >= text_of(since)[:LENGTH], hours.c.leads), else_=0))
        kinds = (hours.c.decision_id, hours.c.outcome)
        for decision, outcome, ever, lately in connection.execute(
            select(*kinds, func.sum(hours.c.leads), late).group_by(*kinds)
        ):
            for rule in rules.get(decision, ()):
                spoken = found.setdefault(rule, Spoken())
                spoken.ever += int(ever)
                spoken.lately += int(lately)
                spoken.outcomes[outcome] += int(ever)
        return found

    def find_samples(self, connection: Connection, rule: str, most: int = 5) -> list[int]:
        """The last leads that the rule spoke about, as they stand now."""
        numbers = [decision for decision, rules in self._read(connection).items() if rule in rules]
        if not numbers:
            return []
        wanted = tallies.c.decision_id.in_(numbers[-MOST_DECISIONS:])
        stands = select(tallies.c.batch_id, tallies.c.decision_id).where(wanted).distinct()
        found: list[int] = []
        for batch, decision in connection.execute(stands.order_by(tallies.c.batch_id.desc()).limit(most)):
            found += _leads_of(connection, batch, decision, most - len(found))
            if len(found) >= most:
                break
        return found

    def _read(self, connection: Connection) -> dict[int, tuple[str, ...]]:
        with self._lock:
            last = max(self._rules, default=0)
            fresh = select(decisions.c.id, decisions.c.body).where(decisions.c.id > last).order_by(decisions.c.id)
            for number, body in connection.execute(fresh):
                self._rules[number] = _rules_of(body)
            return dict(self._rules)


def _leads_of(connection: Connection, batch: int, decision: int, most: int) -> list[int]:
    made = connection.execute(select(batches.c.first_lead, batches.c.leads).where(batches.c.id == batch)).one()
    query = select(leads.c.id).where(leads.c.decided_in == batch, leads.c.decision_id == decision)
    if made.first_lead is None:  # they waited before
        query = query.join(holds, holds.c.lead_id == leads.c.id)
    else:
        query = query.where(leads.c.id >= made.first_lead, leads.c.id < made.first_lead + made.leads)
    return list(connection.execute(query.order_by(leads.c.id.desc()).limit(most)).scalars())


def _rules_of(body: str) -> tuple[str, ...]:
    """None where somebody damaged what stands there; `gateway replay --as recorded` tells of it."""
    try:
        return tuple(dict.fromkeys(str(finding["rule"]) for finding in json.loads(body)["findings"]))
    except (KeyError, TypeError, ValueError):
        return ()
