"""Leads that a platform has told of and a worker fetches: the small durable queue, and how one is fetched.

The network is asked between two transactions, never inside one. The lead and its "done" commit together, fenced by the
attempt, so that neither a lost worker nor a doubled wake-up loses or doubles a lead.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from gateway.db.work import UnitOfWork
from gateway.domain.outcome import Settled
from gateway.intake.forms import Source, find_source
from gateway.intake.platforms import meta
from gateway.intake.platforms.call import Settings
from gateway.intake.platforms.fetch import GRAPH, FetchError, fetch
from gateway.intake.platforms.leads import to_batch
from gateway.intake.signups import Evidence
from gateway.intake.tables import fetches
from gateway.outgoing import Server
from gateway.pipeline import Services, process

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=3)  # longer than any fetch and the wait for DNS and the writer
FIRST_REST, LONGEST_REST = timedelta(minutes=1), timedelta(hours=6)
MOST_TRIES = 40  # with these rests a little over eight days: time enough to renew a token
OPEN = ("new", "leased")


@dataclass(frozen=True, slots=True)
class Taken:
    """A lead to fetch, leased to this worker by its attempt."""

    number: int
    attempt: int
    tries: int
    lead: str
    source: Source | None
    settings: Settings


class TurnLostError(Exception):
    """Another worker took this lead up meanwhile."""


def remember(work: UnitOfWork, source: str, platform: str, leads: Iterable[str]) -> int:
    """Write down what is owed; how many were new. One that was told of before changes nothing, done or not."""
    new = 0
    for lead in leads:
        known = select(fetches.c.id).where(
            fetches.c.source == source, fetches.c.platform == platform, fetches.c.lead == lead
        )
        if work.connection.execute(known).first() is None:
            work.connection.execute(
                insert(fetches).values(
                    source=source, platform=platform, lead=lead, state="new", tries=0, attempt=0, not_before=work.at,
                    told_at=work.at,
                )
            )  # fmt: skip
            new += 1
    return new


def is_due(connection: Connection, at: datetime) -> bool:
    """Whether somebody could fetch something now."""
    return connection.execute(select(fetches.c.id).where(*_due(at)).limit(1)).first() is not None


def fetch_next(services: Services, server: Server = GRAPH) -> bool:
    """Fetch the lead that waits longest and carry it to its outcome; whether there was one."""
    with services.unit_of_work() as work:
        taken = _take(work)
    if taken is None:
        return False
    try:
        _bring(taken, services, server)
    except FetchError as error:
        with services.unit_of_work() as work:
            _rest(work, taken, str(error))
        log.warning("fetch %d: %s; it is tried again", taken.number, error)
    except TurnLostError:
        log.info("fetch %d was taken up by another worker", taken.number)
    return True


def counts(connection: Connection) -> list[Any]:
    """How many leads of each source and platform wait, are done or were given up, with the latest error."""
    return list(
        connection.execute(
            select(
                fetches.c.source, fetches.c.platform, fetches.c.state, func.count().label("leads"),
                func.max(fetches.c.error).label("error"),
            )
            .group_by(fetches.c.source, fetches.c.platform, fetches.c.state)
            .order_by(fetches.c.source, fetches.c.platform, fetches.c.state)
        )
    )  # fmt: skip


def try_again(work: UnitOfWork) -> int:
    """Take up again at once what waits or was given up; how many."""
    again = update(fetches).where(fetches.c.state.in_(("new", "failed")))
    fresh = again.values(state="new", tries=0, not_before=work.at, lease_until=None).returning(fetches.c.id)
    return len(work.connection.execute(fresh).all())


def _due(at: datetime) -> tuple[ColumnElement[bool], ...]:
    free = or_(fetches.c.lease_until.is_(None), fetches.c.lease_until < at)
    return fetches.c.state.in_(OPEN), fetches.c.not_before <= at, free


def _take(work: UnitOfWork) -> Taken | None:
    row = work.connection.execute(
        select(fetches).where(*_due(work.at)).order_by(fetches.c.not_before, fetches.c.id).limit(1)
    ).one_or_none()
    if row is None:
        return None
    work.connection.execute(
        update(fetches)
        .where(fetches.c.id == row.id)
        .values(state="leased", attempt=row.attempt + 1, lease_until=work.at + LEASE)
    )
    source = find_source(work.connection, row.source)
    settings = {} if source is None else source.form.platforms.get(row.platform, {})
    return Taken(row.id, row.attempt + 1, row.tries, row.lead, source, settings)


def _bring(taken: Taken, services: Services, server: Server) -> None:
    """Ask the platform, then screen, decide and write. Raises FetchError and TurnLostError."""
    token = taken.settings.get("access_token")
    if taken.source is None or not token:
        raise FetchError("the source has no access token for this platform any more")
    path = f"/{taken.lead}?fields={meta.FIELDS}"
    came = meta.came_of(fetch(server, path, {"Authorization": f"Bearer {token}"}))
    if came.id != taken.lead:
        raise FetchError(f"{server.host} answered another lead than was asked for")
    at = services.clock.now()
    read = to_batch(came, taken.source, meta.META.name, Evidence(at, None, None), taken.settings)

    def within(work: UnitOfWork, settled: Settled) -> None:
        del settled
        _end(work, taken, state="done", ended_at=work.at, error=None)

    process(read.batch, services, as_of=at, within=within)


def _rest(work: UnitOfWork, taken: Taken, why: str) -> None:
    rest = min(FIRST_REST * 2 ** min(taken.tries, 20), LONGEST_REST)
    tries = taken.tries + 1
    state = "failed" if tries >= MOST_TRIES else "new"
    try:
        _end(work, taken, state=state, tries=tries, not_before=work.at + rest, error=why[:500])
    except TurnLostError:
        return  # whoever took it up says how it went


def _end(work: UnitOfWork, taken: Taken, **values: Any) -> None:
    mine = (fetches.c.id == taken.number, fetches.c.attempt == taken.attempt, fetches.c.state == "leased")
    told = update(fetches).where(*mine).values(lease_until=None, **values).returning(fetches.c.id)
    if work.connection.execute(told).one_or_none() is None:
        raise TurnLostError
