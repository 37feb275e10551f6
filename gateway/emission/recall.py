"""Recalls: everybody who was told of some people, or may have been, is told that they are withdrawn.

``recall`` writes what is owed for people that the caller knows, for every destination: paused, failing or removed. The
recall of lists, of a vendor's or of those whom emission rules withhold by now, is a long work: asked for here, and done
slice by slice under a lease. It withdraws the prospects of lists in the same transaction.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from gateway.clocks import book as clocks
from gateway.db.base import instant_of
from gateway.db.work import UnitOfWork, reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.emission import feed
from gateway.emission.book import list_all
from gateway.emission.tables import deliveries, destinations, recalls
from gateway.handout import Handout
from gateway.ledger.book import Ledger
from gateway.lifecycle.store import export_some, known, leads_of, withdraw
from gateway.outcomes.origins import keys_of_prospects, ranges_of_list
from gateway.pipeline import Services
from gateway.turns import take_turn
from gateway.vendors.book import fold, list_vendors

CAUSES = {
    "attestation_withdrawn": "An attestation was withdrawn", "vendor_barred": "The vendor was barred",
    "policy_changed": "The rules changed", "late_opt_out": "They had left before they were handed on",
    "complaints": "They complained", "withdrawn_by_source": "Their source took them back",
    "vendor_recalled": "Whoever came in by the vendor is taken back",
    "contract": "A contract asks for it", "mistake": "They were handed on by mistake",
}  # fmt: skip
"""Why people are recalled, in words."""
SIZE = 1000  # leads or prospects a transaction
LEASE = timedelta(minutes=2)
MOST_TRIES = 5
LONGEST_WHY = 500
_CHUNK = 500


class TurnLostError(Exception):
    """Another worker took this recall up meanwhile."""


class Asked(NamedTuple):
    """A recall as it is asked for."""

    lists: tuple[int, ...] | None  # None: whoever emission rules withhold by now
    cause: str  # one of CAUSES
    about: str  # in a few words
    why: str
    vendor: str | None = None  # whose lists these all are


@dataclass(frozen=True, slots=True)
class Effect:
    """What a recall would do."""

    people: int  # prospects who would be withdrawn; of emission rules: who would be revoked
    holding: dict[str, int]  # destination -> people it was told of, or may have been
    sample: tuple[int, ...]  # prospects


def recall(
    work: UnitOfWork, ledger: Ledger, prospect_ids: Sequence[int], cause: str, *, by: str, number: int | None = None
) -> int:
    """Owe every receiver of these people the word that they are revoked; how many messages. Withdraws nobody."""
    told = 0
    for here in list_all(work.connection):
        sofar = feed.told_of(work.connection, here.id, prospect_ids)
        feed.stop(work, [one for state in sofar.values() for one in state.open], cause)
        holders = [(one, "revoked", state.last + 1, cause) for one, state in sorted(sofar.items()) if state.holds]
        told += feed.owe(work, here, holders, number)
    if told or number is None:
        body = {"prospects": len(prospect_ids), "messages": told, "cause": cause, "by": by, "recall": number}
        ledger.append(work, "prospects.revoked", body)
    return told


def ask(work: UnitOfWork, ledger: Ledger, asked: Asked, *, by: str) -> int:
    """Ask for a recall; its number. Raises CallerError with all that is wrong."""
    lists, cause, about, why, vendor = asked
    problems = []
    if cause not in CAUSES:
        problems.append(
            Problem("not_a_choice", phrase("a cause is one of %(causes)s", causes=", ".join(CAUSES)), "cause")
        )
    if not why.strip() or len(why) > LONGEST_WHY or "@" in why:
        problems.append(
            Problem(
                "bad_value",
                phrase("say why in at most %(longest_why)s characters and without an address", longest_why=LONGEST_WHY),
                "why",
            )
        )
    if problems:
        raise CallerError(problems, title="The recall has problems")
    row = insert(recalls).values(
        cause=cause, about=about[:200], vendor=None if vendor is None else fold(vendor), lists=json.dumps(lists),
        why=why.strip(), asked_at=work.at,
        asked_by=by, state="working", reached=0, people=0, messages=0, attempt=0, tries=0,
    )  # fmt: skip
    number = int(work.connection.execute(row.returning(recalls.c.id)).scalar_one())
    body = {"recall": number, "cause": cause, "about": about[:200], "lists": lists, "reason": why, "by": by}
    ledger.append(work, "recall.asked", body)
    return number


def foresee(services: Services, lists: Sequence[int] | None) -> Effect:
    """What a recall of these lists, or of whoever is withheld (None), would do, without writing anything."""
    holding: dict[str, int] = {}
    sample: list[int] = []
    people = reached = 0
    with reading(services.engine, snapshot=True) as connection:
        here = list_all(connection)
        while (found := _next(connection, services, lists, reached, SIZE)) is not None:
            reached, some = found
            people += len(some)
            sample += some[: 5 - len(sample)]
            for one in here:
                told = feed.told_of(connection, one.id, some)
                if count := sum(state.holds for state in told.values()):
                    holding[one.name] = holding.get(one.name, 0) + count
    return Effect(people, holding, tuple(sample))


def find_open(connection: Connection, now: Any) -> list[int]:
    """Recalls that somebody could go on with."""
    r = recalls.c
    free = or_(r.lease_until.is_(None), r.lease_until < now)
    return list(connection.execute(select(r.id).where(r.state == "working", free).order_by(r.id)).scalars())


def work_recall(
    number: int, services: Services, *, seconds: float | None = None, is_stopping: Callable[[], bool] = lambda: False
) -> bool:
    """Go on with a recall for about so long; whether something is left."""
    with services.unit_of_work() as work:
        r = recalls.c
        free = or_(r.lease_until.is_(None), r.lease_until < work.at)
        mine = update(recalls).where(r.id == number, r.state == "working", free)
        taken = mine.values(attempt=r.attempt + 1, lease_until=work.at + LEASE).returning(r.attempt)
        attempt = work.connection.execute(taken).scalar_one_or_none()
    if attempt is None:
        return False
    return take_turn(
        lambda: _slice(number, attempt, services), lambda error: _rest(number, attempt, services, error),
        lost=TurnLostError, seconds=seconds, is_stopping=is_stopping,
    )  # fmt: skip


def _slice(number: int, attempt: int, services: Services) -> bool:
    with services.unit_of_work() as work:
        row = _mine(work, number, attempt)
        lists = json.loads(row.lists)
        found = _next(work.connection, services, lists, row.reached, SIZE)
        if found is None:
            _set(work, number, state="told", lease_until=None, ended_at=work.at)
            body = {"recall": number, "people": row.people, "messages": row.messages}
            services.ledger.append(work, "recall.told", body)
            return False
        reached, some = found
        if lists is not None:
            withdrawn = withdraw(work, _keys(work.connection, some), row.cause)
            clocks.close(work, leads_of(work.connection, withdrawn), by="recall")
        messages = recall(work, services.ledger, some, row.cause, by=row.asked_by, number=number)
        if lists is None:
            _wait_again(work, some)
        _set(
            work, number, reached=reached, people=row.people + len(some), messages=row.messages + messages, tries=0,
            lease_until=work.at + LEASE,
        )  # fmt: skip
    return True


def _next(
    connection: Connection, services: Services, lists: Sequence[int] | None, reached: int, size: int
) -> tuple[int, list[int]] | None:
    """How far the next slice reaches, and the prospects in it; None at the end."""
    if lists is None:
        return _next_withheld(connection, services, reached, size)
    ranges = [part for one in lists for part in ranges_of_list(connection, one)]
    leads = keys_of_prospects(connection, ranges, reached, size)
    if not leads:
        return None
    return max(leads), prospects_of_leads(connection, leads)


def _next_withheld(connection: Connection, services: Services, reached: int, size: int) -> tuple[int, list[int]] | None:
    """People whom a receiver was told of, and who would not be handed out today."""
    d = deliveries.c
    query = select(d.prospect_id).where(d.prospect_id > reached, d.tries > 0, d.kind != "revoked")
    numbers = list(connection.execute(query.distinct().order_by(d.prospect_id).limit(size)).scalars())
    if not numbers:
        return None
    rows = export_some(connection, numbers)
    handout = Handout(services, services.clock.now())
    found = handout.ask(connection, sorted({row["decision_id"] for row in rows}))
    return numbers[-1], [row["id"] for row in rows if found[row["decision_id"]]]


def prospects_of_leads(connection: Connection, leads: dict[int, bytes]) -> list[int]:
    """The prospects that stand on these leads and have not left."""
    there = known(connection, leads.values())
    return sorted(
        one.prospect_id for lead, key in leads.items()
        if (one := there.get(key)) is not None and one.lead_id == lead and not one.withdrawn
    )  # fmt: skip


def _keys(connection: Connection, numbers: Sequence[int]) -> list[bytes]:
    return [bytes(row["match_key"]) for row in export_some(connection, numbers)]


def _wait_again(work: UnitOfWork, numbers: Sequence[int]) -> None:
    """Whoever is withheld and not withdrawn is owed again: looked at until the reason ends."""
    for here in list_all(work.connection):
        if here.state == "removed":
            continue
        told = feed.told_of(work.connection, here.id, numbers)
        again = [(one, "accepted", state.last + 1, None) for one, state in sorted(told.items()) if not state.open]
        feed.owe(work, here, again)


def _mine(work: UnitOfWork, number: int, attempt: int) -> Any:
    r = recalls.c
    query = select(recalls).where(r.id == number, r.attempt == attempt, r.state == "working")
    row = work.connection.execute(query).one_or_none()
    if row is None:
        raise TurnLostError
    return row


def _set(work: UnitOfWork, number: int, **values: Any) -> None:
    work.connection.execute(update(recalls).where(recalls.c.id == number).values(**values))


def _rest(number: int, attempt: int, services: Services, error: Exception | None) -> None:
    with services.unit_of_work() as work:
        try:
            row = _mine(work, number, attempt)
        except TurnLostError:
            return
        tries = row.tries + (error is not None)
        state = "failed" if tries >= MOST_TRIES else "working"
        told = None if error is None else type(error).__name__
        _set(work, number, lease_until=None, tries=tries, state=state, error=told)


def find_barred(connection: Connection) -> list[str]:
    """Vendors who were barred since there is a destination, and whose people were not recalled since."""
    first = connection.execute(select(func.min(destinations.c.created_at))).scalar()
    found = []
    for one in list_vendors(connection) if first is not None else ():
        since = instant_of(one["since"])
        if one["standing"] != "barred" or first is None or since < first:
            continue
        theirs = and_(recalls.c.vendor == fold(one["vendor"]), recalls.c.cause == "vendor_barred")
        if connection.execute(select(recalls.c.id).where(theirs, recalls.c.asked_at >= since)).first() is None:
            found.append(one["vendor"])
    return found
