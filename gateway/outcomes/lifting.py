"""Which overrides are in force for whom at an instant, and what they make of decisions. Nothing is written here."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from gateway.domain.decision import Decision, Verdict
from gateway.domain.override import Override, set_all_aside, set_aside
from gateway.ledger.book import Ledger
from gateway.outcomes.cases import load_decision
from gateway.outcomes.overrides import Record, digest_of, find_record, leads_of, record_of
from gateway.outcomes.tables import leads, override_leads, overrides

_AT_ONCE = 5000


def under_overrides(
    ids: Sequence[int] | None, decisions: Sequence[Decision], found: Mapping[int, Sequence[Override]]
) -> list[Decision]:
    """The decisions on these leads with what their overrides lift set aside; one object for each distinct case."""
    memo: dict[tuple[int, tuple[Override, ...]], Decision] = {}
    told = []
    for lead, decision in zip(ids or (), decisions, strict=True):
        key = (id(decision), tuple(found.get(lead, ())))
        if key not in memo:
            memo[key] = set_all_aside(decision, key[1])
        told.append(memo[key])
    return told


def find_lifting(
    connection: Connection, ledger: Ledger, ids: Sequence[int], at: datetime
) -> Mapping[int, tuple[Override, ...]]:
    """The overrides in force for leads at an instant. One that does not stand as it was signed has no force."""
    found: dict[int, list[int]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = (
            select(override_leads.c.lead_id, override_leads.c.override_id)
            .join(overrides, overrides.c.id == override_leads.c.override_id)
            .where(override_leads.c.lead_id.in_(ids[start : start + _AT_ONCE]), overrides.c.state == "in_force")
        )
        for lead, number in connection.execute(query):
            found.setdefault(lead, []).append(number)
    firm: dict[int, Override] = {}
    for number in {number for numbers in found.values() for number in numbers}:
        one = find_record(connection, number)
        if (
            one is not None
            and one.is_in_force(at)
            and one.is_signed(ledger)
            and digest_of(leads_of(connection, number)) == one.leads_digest
        ):
            firm[number] = one.override
    return {
        lead: tuple(firm[number] for number in sorted(numbers) if number in firm) for lead, numbers in found.items()
    }


def find_standing(connection: Connection, ledger: Ledger, at: datetime) -> frozenset[str]:
    """The names of all overrides in force at an instant, by themselves or by one that goes on with them."""
    records = {one.id: one for one in map(record_of, connection.execute(select(overrides).order_by(overrides.c.id)))}
    standing: set[int] = set()
    for one in reversed(records.values()):  # whatever goes on with another is younger
        if one.id in standing or (one.is_in_force(at) and one.is_signed(ledger)):
            standing.add(one.id)
            if one.renews is not None:
                standing.add(one.renews)
    return frozenset(records[number].name for number in standing if number in records)


def find_ending(connection: Connection) -> Iterator[tuple[Record, int]]:
    """The overrides that nobody ended and on which prospects stand, with how many of these; the soonest first."""
    let_in = (
        select(override_leads.c.override_id, func.count().label("prospects"))
        .join(overrides, overrides.c.id == override_leads.c.override_id)
        .join(leads, leads.c.id == override_leads.c.lead_id)
        .where(overrides.c.state == "in_force", leads.c.outcome == "prospect")
        .group_by(override_leads.c.override_id).subquery()
    )  # fmt: skip
    query = select(overrides, let_in.c.prospects).join(let_in, let_in.c.override_id == overrides.c.id)
    for row in connection.execute(query.order_by(overrides.c.expires_at, overrides.c.id)):
        yield record_of(row), row.prospects


def foresee(connection: Connection, ids: Sequence[int], override: Override) -> Counter[Verdict]:
    """What leads would be decided as without what an override lifts, by how they were judged last."""
    counts: Counter[int] = Counter()
    for start in range(0, len(ids), _AT_ONCE):
        query = select(leads.c.decision_id, func.count()).where(leads.c.id.in_(ids[start : start + _AT_ONCE]))
        counts.update({row[0]: row[1] for row in connection.execute(query.group_by(leads.c.decision_id))})
    found: Counter[Verdict] = Counter()
    for number, count in counts.items():
        found[set_aside(load_decision(connection, number), override).verdict] += count
    return found
