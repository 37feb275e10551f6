"""One destination served for a while: fed, then told batch after batch of what it is owed.

A lease holds others off, and an attempt fences out whoever lost it. A request goes out between two transactions. The
first notes that its items are being tried: from then on the receiver may have them, and whoever leaves is revoked
there. Then everybody is looked at once more, and the request follows at once. The second notes what came of it. Killed
in between, the same items are sent again under the same ids.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, literal, or_, select, update

from gateway.db.work import UnitOfWork, reading
from gateway.domain.problem import CallerError
from gateway.emission import feed
from gateway.emission.book import find, find_number, kind_of, whole_settings
from gateway.emission.content import content_of
from gateway.emission.due import ORDER, due_of
from gateway.emission.results import bury, wake, write
from gateway.emission.shape import Answered, Item, Way
from gateway.emission.tables import deliveries, destinations
from gateway.emission.turn import Row, Turn, TurnLostError
from gateway.handout import Handout
from gateway.outcomes.origins import origins_of_leads
from gateway.outcomes.prospects import Looked
from gateway.outgoing import UnreachableError
from gateway.person.links import link_maker
from gateway.pipeline import Services
from gateway.screening.phone import phone_key
from gateway.turns import take_turn

log = logging.getLogger(__name__)
DROPS = "drops"
LEASE = timedelta(minutes=2)  # longer than any request and the wait for the writer
LATEST = 45.0
"""Seconds into the lease: nothing is sent later, lest somebody else serves the destination before it has arrived."""


def deliver(
    number: int, services: Services, way: Way, *, seconds: float | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> bool:  # fmt: skip
    """Serve a destination for about so long, if nobody else does; whether something is left that could go now."""
    turn = _begin(number, services, way)
    if turn is None:
        return False
    try:
        return take_turn(
            lambda: _slice(turn), lambda error: _rest(turn, error), lost=TurnLostError, seconds=seconds,
            is_stopping=is_stopping,
        )  # fmt: skip
    finally:
        turn.receiver.close()


def way_of(services: Services) -> Way:
    """How receivers are reached: over the open internet, and by files under the data folder."""
    return Way(services.settings.data / DROPS)


def try_out(services: Services, name: str, way: Way) -> Answered:
    """Tell a receiver of nobody, to see whether it is there; what it answered."""
    at = services.clock.now()
    with reading(services.engine) as connection:
        here = find(connection, name)
        settings = whole_settings(connection, services, here)
    item = Item(f"test_{int(at.timestamp())}", "test", "prospect_0", 1, at, content={"test": True})
    try:
        receiver = kind_of(here.kind).open(settings, way, here.name)
        try:
            return receiver.send([item], at)[0]
        finally:
            receiver.close()
    except (UnreachableError, ValueError) as error:
        return Answered(False, str(error))


def _begin(number: int, services: Services, way: Way) -> Turn | None:
    with services.unit_of_work() as work:
        d = destinations.c
        free = or_(d.lease_until.is_(None), d.lease_until < work.at)
        mine = update(destinations).where(d.id == number, free, d.state != "removed")
        taken = mine.values(attempt=d.attempt + 1, lease_until=work.at + LEASE).returning(d.attempt)
        attempt = work.connection.execute(taken).scalar_one_or_none()
        here = find_number(work.connection, number)
        if attempt is None or here is None:
            return None
        settings = whole_settings(work.connection, services, here)
    try:
        kind = kind_of(here.kind)
        receiver = kind.open(settings, way, here.name)
    except (CallerError, ValueError, KeyError, OSError) as error:  # what was set is not enough any more
        broken = Turn(services, way, here, attempt, _Nobody(), 1)
        broken.answers = [(None, Answered(False, f"it cannot be opened: {type(error).__name__}"))]
        _rest(broken, None)
        return None
    return Turn(services, way, here, attempt, receiver, int(settings.get("batch", kind.most)))


class _Nobody:
    """In the place of a receiver that cannot be opened."""

    def send(self, items: Sequence[Item], at: datetime) -> Sequence[Answered]:
        """Nobody is told anything."""
        del at
        return [Answered(False, "it cannot be opened")] * len(items)

    def close(self) -> None:
        """There is nothing to close."""


def _slice(turn: Turn) -> bool:
    """What came of the last request is written, the next is chosen, and sent; whether to go on."""
    with turn.services.unit_of_work() as work:
        _hold(work, turn)
        gone = write(work, turn)
        # While the receiver rests nothing can be sent; to write down what it will be owed would only hold up others.
        more = turn.failed is None and feed.feed(work, turn.here)
        feed.bring_up(work, turn.here, dict.fromkeys(gone, "left"))  # whomever the feed did not tell of
        if not turn.is_looked_over:  # days pass by here, and all that waits is looked at: once a turn is enough
            bury(work, turn)
            wake(work, turn)
            turn.is_looked_over = True
        rows = _choose(work, turn) if turn.failed is None else []
        is_resting = turn.failed is not None
    turn.failed = None
    if rows:
        _send(turn, rows)
        return True
    if more and not is_resting:
        return True
    _rest(turn, None)
    return False


def _hold(work: UnitOfWork, turn: Turn) -> None:
    d = destinations.c
    mine = update(destinations).where(d.id == turn.here.id, d.attempt == turn.attempt, d.state != "removed")
    held = mine.values(lease_until=work.at + LEASE).returning(d.id)
    if work.connection.execute(held).scalar_one_or_none() is None:
        raise TurnLostError
    turn.here, turn.held = find_number(work.connection, turn.here.id) or turn.here, time.monotonic()


def _rest(turn: Turn, error: Exception | None) -> None:
    """Hand the destination back, with what is known of the last request."""
    if error is not None:
        log.warning("destination %s: %s", turn.here.name, type(error).__name__)
    with turn.services.unit_of_work() as work:
        try:
            _hold(work, turn)
        except TurnLostError:
            return
        write(work, turn)
        work.connection.execute(update(destinations).where(destinations.c.id == turn.here.id).values(lease_until=None))


def _choose(work: UnitOfWork, turn: Turn) -> list[Row]:
    """The next that may go, and the note that they are being tried."""
    here, now = turn.here, work.at
    if here.rest_until is not None and here.rest_until > now:
        return []
    found: list[Row] = []
    for kind in ORDER if here.state == "on" else ORDER[:1]:
        found = list(work.connection.execute(due_of(here.id, kind, now).limit(turn.most)))
        if found:
            break
    if any(row.next_try_at is not None for row in found):  # it was refused with others: it alone may be why
        found = [next(row for row in found if row.next_try_at is not None)]
    tried = update(deliveries).where(deliveries.c.id.in_([row.id for row in found]))
    if found:
        first = func.coalesce(deliveries.c.first_try_at, literal(now, deliveries.c.first_try_at.type))
        work.connection.execute(tried.values(tries=deliveries.c.tries + 1, first_try_at=first))
        seen = update(destinations).where(destinations.c.id == here.id).values(last_tried_at=now)
        work.connection.execute(seen)
    return found


def _send(turn: Turn, rows: Sequence[Row]) -> None:
    """The last look, and the request right behind it; where each has a request of its own, a look before each."""
    step = 1 if kind_of(turn.here.kind).is_one_by_one else len(rows)
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        is_over = any(not answer.is_taken and not answer.is_its_own for _, answer in turn.answers)
        if is_over or time.monotonic() - turn.held > LATEST:  # the next turn tries them
            turn.dropped += [(row, "pending", None) for row in rows[start:]]
            return
        _send_some(turn, some)


def _send_some(turn: Turn, rows: Sequence[Row]) -> None:
    services, now = turn.services, turn.services.clock.now()
    asked = [row.prospect_id for row in rows if row.kind != "revoked"]
    looked: dict[int, Looked] = {}
    if asked:
        handout = Handout(services, now, link_maker(services))
        looked = {one.prospect["id"]: one for one in handout.look_at(asked)}
    items, going = [], []
    with reading(services.engine) as connection:
        leads = [one.prospect["lead_id"] for one in looked.values()]
        origins = origins_of_leads(connection, leads) if leads else {}
        remotes = _remotes(connection, turn.here.id, [row.prospect_id for row in rows])
        afters = _afters(connection, turn.here.id, [row.prospect_id for row in rows if row.sequence > 1])
    for row in rows:
        item = _item(turn, row, looked.get(row.prospect_id), origins, remotes)
        if item is not None:
            items.append(replace(item, after=afters.get(row.prospect_id)))
            going.append(row)
    if not items:
        return
    try:
        answers: Sequence[Answered] = turn.receiver.send(items, now)
    except UnreachableError as error:
        answers = [Answered(False, str(error)[:200])] * len(items)
    except Exception as error:  # a fault of ours or of a folder: it rests, like a receiver that is away
        log.exception("destination %s", turn.here.name)
        answers = [Answered(False, type(error).__name__)] * len(items)
    turn.answers += zip(going, answers, strict=True)
    turn.sent += len(items)


def _item(
    turn: Turn, row: Row, looked: Looked | None, origins: dict[int, tuple[str, str | None]], remotes: dict[int, str]
) -> Item | None:
    name, prospect = f"dlv_{row.id}", f"prospect_{row.prospect_id}"
    remote = remotes.get(row.prospect_id)
    if row.kind == "revoked":
        return Item(name, "revoked", prospect, row.sequence, row.made_at, cause=row.cause, remote=remote)
    if looked is None or looked.is_stopped:
        turn.dropped.append((row, "stopped", None))
        return None
    origin = origins.get(looked.prospect["lead_id"])
    if looked.row is not None:
        purposes = None if looked.row["purposes"] is None else " ".join(looked.row["purposes"])
        if not feed.fits(turn.here.terms, purposes, looked.row["country"], origin):
            turn.dropped.append((row, "stopped", None))  # other filters by now, or they left a purpose that these name
            return None
    content = content_of(looked, turn.here, origin, turn.services.settings.public_url)
    if content is None:
        turn.dropped.append((row, "withheld", looked.prospect["decision_id"]))
        return None
    if content.get("phone"):
        turn.phones[row.id] = phone_key(content["phone"], turn.services.world.match_keys)
    return Item(name, row.kind, prospect, row.sequence, row.made_at, content=content, remote=remote)


def _afters(connection: Connection, number: int, prospects: Sequence[int]) -> dict[int, str]:
    """Why this receiver was last told of these people that they are revoked."""
    d = deliveries.c
    some = (d.destination_id == number, d.prospect_id.in_(prospects), d.kind == "revoked", d.tries > 0)
    query = select(d.prospect_id, d.cause).where(*some).order_by(d.sequence)
    return {row.prospect_id: row.cause or "" for row in connection.execute(query)} if prospects else {}


def _remotes(connection: Connection, number: int, prospects: Sequence[int]) -> dict[int, str]:
    """The receiver's own numbers of these people."""
    d = deliveries.c
    some = d.prospect_id.in_(prospects)
    query = select(d.prospect_id, d.remote).where(d.destination_id == number, some, d.remote.is_not(None))
    return {row.prospect_id: row.remote for row in connection.execute(query.order_by(d.id))}
