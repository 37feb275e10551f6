"""A decision becomes a fate: the last look at suppression, duplicates, and exactly one outcome for every lead.

Leads are decided without the duplicate question first; then the first acceptable row of a match key wins, in row
order, against the list and the store alike. So a list gives the same outcomes in one piece, in pieces or row by row.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from gateway.db.work import UnitOfWork
from gateway.domain.decision import Decision
from gateway.domain.lead import Batch
from gateway.domain.outcome import ALREADY_KNOWN, DUPLICATE_IN_LIST, NEVER_ANSWERED, SUPPRESSED_MEANWHILE, Settled
from gateway.domain.ports import Suppression
from gateway.domain.screened import Screened
from gateway.lifecycle.store import known
from gateway.outcomes import holds, write
from gateway.outcomes.cases import keep_decisions
from gateway.outcomes.fates import Fates, Rehearsal
from gateway.outcomes.origins import open_batch, ranges_of_run
from gateway.suppression.book import find


def settle(
    batch: Batch,
    screened: Screened,
    decisions: list[Decision],
    work: UnitOfWork,
    as_of: datetime,
    *,
    by: str = "gateway",
) -> Settled:
    """Write the outcome of every row. Runs inside the one writing transaction; all or nothing.

    ``by``: who answered, where the leads are ones that waited.
    """
    digest = decisions[0].policy_digest if decisions else ""
    batch_id, first = open_batch(work, batch, as_of, digest)
    ids = batch.lead_ids if batch.lead_ids is not None else list(range(first, first + len(batch)))
    fates = Fates(batch, screened, decisions, batch_id, ids)
    if batch.lead_ids is not None:
        fates.waiting = holds.still_waiting(work.connection, ids)
        fates.gone = {i for i, lead in enumerate(ids) if lead not in fates.waiting}
    last_look(fates, work.connection)
    fates.numbers = keep_decisions(work, list({id(decision): decision for decision in decisions}.values()))
    if batch.lead_ids is None:
        write.add_leads(work, fates)
        holds.open_holds(work, fates)
    else:
        _expire(fates, work)
        write.change_leads(work, fates)
        holds.answer_holds(work, fates, by)
    write.admit_winners(work, fates)
    write.remember_stops(work, fates)
    return fates.settled()


def last_look(fates: Fates, connection: Connection, rehearsal: Rehearsal | None = None) -> None:
    """Suppression once more, then duplicates: both against what is true at this very moment. Only reads."""
    keys, origin = fates.screened.keys, fates.batch.origin
    accepted = [i for i, outcome in enumerate(fates.outcomes) if outcome == "prospect" and i not in fates.gone]
    wanted = list({key for i in accepted if (key := keys[i]) is not None})
    orders = find(connection, wanted)
    here = known(connection, wanted)
    ranges = ranges_of_run(connection, origin.run) if here else []
    stopped = _first_stops(fates.screened)
    seen: dict[bytes, int] = {}
    gone = rehearsal.stopped if rehearsal is not None else frozenset[bytes]()
    for index in accepted:
        key = keys[index]
        left = key in gone or (stopped and stopped.get(key, index) < index) if key is not None else True
        if key is None or left or (key in orders and _is_stopped(fates, index, orders[key])):
            fates.refuse(index, SUPPRESSED_MEANWHILE)
        elif rehearsal is not None and key in rehearsal.won:
            fates.refuse(index, DUPLICATE_IN_LIST, None)
        elif key in here:
            first = here[key].lead_id
            in_list = any(start <= first < end for start, end in ranges)
            fates.refuse(index, DUPLICATE_IN_LIST if in_list else ALREADY_KNOWN, first)
        elif key in seen:
            fates.refuse(index, DUPLICATE_IN_LIST if origin.kind == "list" else ALREADY_KNOWN, fates.ids[seen[key]])
        else:
            seen[key] = index
            fates.winners.append(index)
    if rehearsal is not None:
        rehearsal.won.update(seen)
        rehearsal.stopped.update(stopped)


def rehearse(
    batch: Batch, screened: Screened, decisions: list[Decision], connection: Connection, rehearsal: Rehearsal
) -> Settled:
    """What settle would do, without writing: a dry run remembers its earlier batches in ``rehearsal``."""
    fates = Fates(batch, screened, decisions, 0, list(range(1, len(batch) + 1)))
    last_look(fates, connection, rehearsal)
    return fates.settled()


def _is_stopped(fates: Fates, index: int, orders: Sequence[Suppression]) -> bool:
    """Whether an opt-out stands against this row.

    Only the person lifts one: by a form of ours, confirmed, later than every order (15 U.S.C. 7704(a)(4)(B)). No
    list ever does, whoever's export it is. Bounces are the house pack's business, judged at screening.
    """
    standing = [order for order in orders if order.cause != "bounce"]
    if not standing:
        return False
    confirmed = fates.batch.column("confirmed_at")[index]
    said = fates.screened.facts.columns.get("suppression.later_consent")
    later = said[index] if said else fates.screened.facts.constants.get("suppression.later_consent")
    return not (
        fates.batch.origin.kind == "form"
        and later == "confirmed"
        and isinstance(confirmed, datetime)
        and all(order.received_at < confirmed for order in standing)
    )


def _first_stops(screened: Screened) -> dict[bytes, int]:
    """The first row in which each match key says stop; empty for the usual list."""
    facts = screened.facts  # what all rows say is no column
    says = facts.columns.get("lead.says_stop") or [facts.constants.get("lead.says_stop")] * facts.size
    first: dict[bytes, int] = {}
    if True in says:
        for index, (key, said) in enumerate(zip(screened.keys, says, strict=True)):
            if said is True and key is not None:
                first.setdefault(key, index)
    return first


def _expire(fates: Fates, work: UnitOfWork) -> None:
    """A question that nobody answered by its deadline is a refusal."""
    for index, outcome in enumerate(fates.outcomes):
        if outcome == "hold" and index not in fates.gone and fates.waiting[fates.ids[index]][1] <= work.at:
            fates.refuse(index, NEVER_ANSWERED)
