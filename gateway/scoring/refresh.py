"""Counting again what changed, and what follows: cards, grades, what is odd, standings that fall. No page waits for it.

What changed is known by numbers that only grow: batches, reports, changes of a state. A list is counted once it has
been quiet for a few seconds, or every few minutes where it never is (leads that are bought one by one come all day).
Every day everything is counted again, for people grow older and lists fall out of the year. All of it may be done
twice, by two workers at once or after a crash: it comes to the same rows, and a standing that has fallen does not fall
again.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway.db.work import UnitOfWork, reading
from gateway.feedback.counts import told_since
from gateway.lifecycle.happenings import leads_of_buyers
from gateway.lifecycle.store import left_since
from gateway.outcomes.scored import find_sources, find_stirred, newest_batch, sources_of_leads
from gateway.pipeline import Services
from gateway.scoring.count import Scored, count_source
from gateway.scoring.judging import Counted, Judging
from gateway.scoring.keep import Mark, find_counted, find_mark, find_scores, keep_scores, set_mark

QUIET = timedelta(seconds=5)  # a list whose last batch is younger is still under way
LONGEST = timedelta(minutes=5)  # so long a list that is never quiet waits until it is counted all the same
MOST_BEHIND = 5_000  # batches that were looked at and of which nothing is to be counted, as of forms
WHOLE = timedelta(days=1)
Source = tuple[str, str]


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether there is anything to count."""
    mark = find_mark(connection)
    if mark.is_asked or mark.whole_at is None or mark.whole_at + WHOLE <= now:
        return mark.is_asked or mark.whole_at is not None or newest_batch(connection) > 0
    event, _ = told_since(connection, mark.event)
    change, _ = left_since(connection, mark.change)
    if event > mark.event or change > mark.change:
        return True
    ready, waits = _stirred(connection, mark.batch, now)
    return bool(ready) or (not waits and newest_batch(connection) > mark.batch + MOST_BEHIND)


def ask_refresh(work: UnitOfWork) -> None:
    """Have everything counted again soon."""
    set_mark(work, replace(find_mark(work.connection), is_asked=True))


def refresh(services: Services, *, whole: bool = False) -> Counted:
    """Count what changed since the last time, or everything, and do what follows."""
    now = services.clock.now()
    with reading(services.engine, snapshot=True) as connection:
        mark = find_mark(connection)
        whole = whole or mark.is_asked or mark.whole_at is None or mark.whole_at + WHOLE <= now
        sources, reached = _changed(connection, mark, now)
        if whole:
            sources = set(find_sources(connection))
            reached = replace(reached, whole_at=now, is_asked=False)
        buyers = leads_of_buyers(connection) if whole else []
        found = {one: count_source(connection, *one, now, buyers=buyers) for one in sorted(sources)}
        if not whole:  # who bought is looked up with everything, once a day
            _keep_buyers(connection, found)
    account = Counted(len(found))
    if not whole and not found and (reached.batch, reached.event, reached.change) == (
        mark.batch, mark.event, mark.change
    ):  # fmt: skip
        return account
    with services.unit_of_work() as work:
        for source, months in found.items():
            keep_scores(work, source, months, at=now)
        touched = {one.vendor for months in found.values() for one in months if one.vendor}
        judging = Judging(work, services, account)
        judging.judge(touched)
        # Whoever asked while it was counted is still to be answered.
        asked = find_mark(work.connection).is_asked and not mark.is_asked
        set_mark(work, replace(reached, counted_at=work.at, is_asked=asked))
    return account


def _keep_buyers(connection: Connection, found: dict[Source, list[Scored]]) -> None:
    kept = {(one.origin_kind, one.source, one.month): one.figures.buyers
            for vendor in {one.vendor for months in found.values() for one in months if one.vendor}
            for one in find_scores(connection, vendor=vendor)}  # fmt: skip
    for months in found.values():
        for one in months:
            one.figures.buyers = kept.get((one.origin_kind, one.source, one.month), 0)


def _changed(connection: Connection, mark: Mark, now: datetime) -> tuple[set[Source], Mark]:
    """The lists to be counted again, and how far that reaches. Forms are counted with everything, once a day."""
    event, told = told_since(connection, mark.event)
    change, gone = left_since(connection, mark.change)
    found = told | set(sources_of_leads(connection, gone).values())
    ready, waits = _stirred(connection, mark.batch, now)
    batch = mark.batch if waits else newest_batch(connection)
    here = {one for one in found if one[0] == "list"} | {("list", source) for source in ready}
    return here, replace(mark, batch=batch, event=event, change=change)


def _stirred(connection: Connection, after: int, now: datetime) -> tuple[list[str], bool]:
    """The lists to be counted by now of those with a batch behind ``after``; whether another is still to come.

    As long as one is to come, the others stay behind the same number, and those that were counted are passed over.
    """
    stirred = find_stirred(connection, after)
    counted = find_counted(connection, [one.source for one in stirred])
    ready: list[str] = []
    waits = False
    for one in stirred:
        before = counted.get(one.source)
        if one.last_at + QUIET <= now:
            if before is None or before < one.last_at + QUIET:
                ready.append(one.source)
        elif max(one.first_at, before or one.first_at) + LONGEST <= now:
            ready.append(one.source)
        else:
            waits = True
    return ready, waits
