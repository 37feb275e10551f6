"""A decision becomes a fate: the last look at suppression, duplicates, and exactly one outcome for every lead.

Leads are decided without the duplicate question first; then the first acceptable row of a match key wins, in row
order, against the list and the store alike. So a list gives the same outcomes in one piece, in pieces or row by row.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import compress
from operator import eq, not_
from typing import NamedTuple

from sqlalchemy import Connection

from gateway.clocks.reckon import Timetable
from gateway.db.work import UnitOfWork
from gateway.domain.decision import Decision
from gateway.domain.lead import Batch
from gateway.domain.outcome import ALREADY_KNOWN, DUPLICATE_IN_LIST, NEVER_ANSWERED, SUPPRESSED_MEANWHILE, Settled
from gateway.domain.ports import BOUNCE, Suppression
from gateway.domain.screened import Screened
from gateway.domain.stops import against, merged, people_of
from gateway.lifecycle.store import Known, known
from gateway.outcomes import duties, holds, tallies, write
from gateway.outcomes.cases import keep_decisions
from gateway.outcomes.erased import refuse_named
from gateway.outcomes.fates import Fates, Rehearsal, first_stops
from gateway.outcomes.origins import is_within, joined, of_run, open_batch, ranges_of_run
from gateway.suppression.book import find
from gateway.suppression.hashes import find_hashed

FEW = 3
"""Leads that are asked after one by one."""


def settle(
    batch: Batch,
    screened: Screened,
    decisions: list[Decision],
    work: UnitOfWork,
    as_of: datetime,
    *,
    timetable: Timetable,
    by: str = "gateway",
) -> Settled:
    """Write the outcome of every row. Runs inside the one writing transaction; all or nothing.

    ``timetable``: by when the new prospects' obligations fall due. ``by``: who answered, where the leads waited.
    """
    if batch.lead_ids is not None:
        return _settle_again(batch, screened, decisions, work, as_of, timetable=timetable, by=by)
    batch_id, first = open_batch(work, batch, as_of, decisions[0].policy_digest if decisions else "")
    fates = Fates(batch, screened, decisions, batch_id, list(range(first, first + len(batch))))
    last_look(fates, work.connection, as_of)
    fates.number(keep_decisions(work, list(fates.distinct.values()), as_of))
    write.add_leads(work, fates)
    settled = fates.settled()
    tallies.count(work, fates, settled)
    holds.open_holds(work, fates)
    write.admit_winners(work, fates)
    duties.start_clocks(work, fates, timetable)
    return settled


def _settle_again(
    batch: Batch,
    screened: Screened,
    decisions: list[Decision],
    work: UnitOfWork,
    as_of: datetime,
    *,
    timetable: Timetable,
    by: str,
) -> Settled:
    """Leads that waited. Where nothing changes, only the hold's calendar is written: no batch, nothing to seal."""
    ids = batch.lead_ids or []
    fates = Fates(batch, screened, decisions, 0, ids)
    fates.waiting = holds.still_waiting(work.connection, ids)
    fates.gone = {i for i, lead in enumerate(ids) if lead not in fates.waiting or _is_answered(fates, i)}
    last_look(fates, work.connection, as_of)
    _expire(fates, work)
    fates.number(keep_decisions(work, list(fates.distinct.values()), as_of))
    if any(_is_changed(fates, i) for i in range(len(ids)) if i not in fates.gone):
        fates.batch_id, _ = open_batch(work, batch, as_of, decisions[0].policy_digest)
        with tallies.moving(work, [lead for i, lead in enumerate(ids) if i not in fates.gone]):
            write.change_leads(work, fates)
        write.admit_winners(work, fates)
        duties.start_clocks(work, fates, timetable)
    holds.answer_holds(work, fates, by)
    return fates.settled()


def _is_answered(fates: Fates, index: int) -> bool:
    """Whether another worker asked the same question meanwhile: its answer counts, and one try is one try."""
    tries = fates.batch.tries
    return tries is not None and fates.waiting[fates.ids[index]].tries != tries[index]


def _is_changed(fates: Fates, index: int) -> bool:
    waiting = fates.waiting[fates.ids[index]]
    return fates.outcomes[index] != "hold" or fates.cases[index] != waiting.decision_id


def last_look(fates: Fates, connection: Connection, as_of: datetime, rehearsal: Rehearsal | None = None) -> None:
    """Suppression once more, then duplicates: both against what is true at this very moment. Only reads."""
    refuse_named(fates, connection)
    keys, origin = fates.screened.keys, fates.batch.origin
    open_rows = [i for i, outcome in enumerate(fates.outcomes) if outcome != "rejection"]
    if fates.gone:
        open_rows = [i for i in open_rows if i not in fates.gone]
    theirs = list(map(keys.__getitem__, open_rows))
    asked = sorted(filter(None, theirs))  # in the order of the indexes, once for both
    twice = set(compress(asked, map(eq, asked, asked[1:])))
    if twice:
        asked = list(dict.fromkeys(asked))
    hashed = find_hashed(connection, people_of(fates.batch, keys, fates.screened.addresses)) if asked else {}
    orders = against(merged(find(connection, asked), hashed), fates.batch)
    here = known(connection, asked)
    ranges = _own_ranges(connection, origin.run, here) if here else []
    stopped = first_stops(fates.screened)
    left = rehearsal.stopped if rehearsal is not None else frozenset[bytes]()
    won = rehearsal.won if rehearsal is not None else frozenset[bytes]()
    taken = _Taken(here, ranges, {}, won)
    outcomes, winners, seen = fates.outcomes, fates.winners, taken.seen
    odd = here.keys() | orders.keys() | left | won | stopped.keys() | twice | {None}
    # Nothing is known of nearly all, and nearly all come once.
    are_odd = list(map(odd.__contains__, theirs))
    winners += [i for i in compress(open_rows, map(not_, are_odd)) if outcomes[i] == "prospect"]
    for index in compress(open_rows, are_odd):
        key = keys[index]
        if key is None:  # cannot be compared, so it cannot be cleared; a hold never gets this far
            if outcomes[index] == "prospect":
                fates.refuse(index, SUPPRESSED_MEANWHILE)
            continue
        gone = key in left or (stopped and stopped.get(key, index) < index)
        if gone or (key in orders and _is_stopped(fates, index, orders[key], as_of)):
            fates.refuse(index, SUPPRESSED_MEANWHILE)
        elif outcomes[index] == "prospect" and not _is_duplicate(fates, index, key, taken):
            if key in here:  # left, and said yes again later: _is_stopped has weighed it
                fates.returned.add(key)
            seen[key] = index
            winners.append(index)
    winners.sort()
    if rehearsal is not None:
        rehearsal.won.update(key for index in winners if (key := keys[index]) is not None)
        rehearsal.stopped.update(stopped)


def _own_ranges(connection: Connection, run: str | None, here: Mapping[bytes, Known]) -> list[tuple[int, int]]:
    """Which lead numbers are of the same run. Of a few only theirs: who buys one by one has a batch for each lead."""
    if run is None:
        return []
    if len(here) <= FEW:
        return [(lead, lead + 1) for lead in of_run(connection, run, [one.lead_id for one in here.values()])]
    return joined(ranges_of_run(connection, run))


class _Taken(NamedTuple):
    """Mailboxes that have their prospect: in the store, in this batch, in a dry run's earlier batches."""

    here: dict[bytes, Known]
    ranges: Sequence[tuple[int, int]]  # lead numbers of the same run
    seen: dict[bytes, int]
    won: AbstractSet[bytes]


def _is_duplicate(fates: Fates, index: int, key: bytes, taken: _Taken) -> bool:
    """Refuse a row whose mailbox is taken: by an earlier row, or by a prospect who did not leave."""
    here = taken.here.get(key)
    if key in taken.won:
        fates.refuse(index, DUPLICATE_IN_LIST)
    elif key in taken.seen:
        finding = DUPLICATE_IN_LIST if fates.batch.origin.kind == "list" else ALREADY_KNOWN
        fates.refuse(index, finding, fates.ids[taken.seen[key]])
    elif here is not None and not (here.withdrawn and fates.batch.origin.kind == "form"):
        in_list = is_within(taken.ranges, here.lead_id)
        fates.refuse(index, DUPLICATE_IN_LIST if in_list else ALREADY_KNOWN, here.lead_id)
    else:
        return False
    return True


def rehearse(
    batch: Batch,
    screened: Screened,
    decisions: list[Decision],
    connection: Connection,
    rehearsal: Rehearsal,
    *,
    as_of: datetime,
) -> Settled:
    """What settle would do, without writing: a dry run remembers its earlier batches in ``rehearsal``."""
    fates = Fates(batch, screened, decisions, 0, list(range(1, len(batch) + 1)))
    last_look(fates, connection, as_of, rehearsal)
    return fates.settled()


def _is_stopped(fates: Fates, index: int, orders: Sequence[Suppression], as_of: datetime) -> bool:
    """Whether an opt-out stands against this row.

    Only the person lifts one: by a form of ours, confirmed, later than every order (15 U.S.C. 7704(a)(4)(B)). No
    list ever does, whoever's export it is. A bounce is answered the same way: a confirmed mailbox is alive.

    A bounce is nobody's will. Where the policies knew of it and all the same only held the lead, because the mailbox
    may have another owner by now (CS-28), it goes on waiting. So does a signup on our own form that the person has yet
    to confirm from the mailbox (H-33). Neither becomes a prospect so.
    """
    said = fates.screened.facts.columns.get("suppression.later_consent")
    later = said[index] if said else fates.screened.facts.constants.get("suppression.later_consent")
    weighed = fates.outcomes[index] == "hold" and all(order.received_at <= as_of for order in orders)
    if weighed and (later == "signed_up" or all(order.cause == BOUNCE for order in orders)):
        return False
    if fates.batch.origin.kind != "form" or later != "confirmed":
        return True
    confirmed = fates.batch.column("confirmed_at")[index]
    return not (isinstance(confirmed, datetime) and all(order.received_at < confirmed for order in orders))


def _expire(fates: Fates, work: UnitOfWork) -> None:
    """A question that nobody answered by its deadline is a refusal."""
    for index, outcome in enumerate(fates.outcomes):
        if outcome != "hold" or index in fates.gone:
            continue
        waiting = fates.waiting[fates.ids[index]]
        if waiting.deadline_at <= work.at and holds.questions(fates.decisions[index])[0] == waiting.question:
            fates.refuse(index, NEVER_ANSWERED)
