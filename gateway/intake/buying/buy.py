"""One lead bought: judged like any other, and paid by the terms; outcome, account and answer in one transaction.

What was looked at before the transaction is looked at once more in it, under the one writer's lock: the terms, the
vendor's standing, the caps, the ping. So a cap is never passed by one, and a ping brings one lead, however many post at
once. A post that is not bought leaves its count and nothing of the person.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from gateway.db.work import UnitOfWork, glancing
from gateway.domain.lead import Batch, Origin
from gateway.domain.outcome import Receipt, Settled
from gateway.intake.buying import account, feed, known, pings
from gateway.intake.buying.book import Dealing, newest_terms
from gateway.intake.buying.booked import book, sale_of
from gateway.intake.buying.feed import Feed
from gateway.intake.buying.offer import Refusal, price_of, refuse, refuse_lead, refuse_post
from gateway.intake.buying.pings import Ping
from gateway.intake.buying.posted import Posted, batch_of, need_address, said_of, sensitive_of
from gateway.intake.buying.sale import Reason, Sale
from gateway.intake.buying.wanted import Said, differs
from gateway.outcomes.carry import Judged
from gateway.pipeline import Services, commit, judge
from gateway.vendors.book import find_standing, fold

TRIES = 5
"""Terms change a few times a day, and a month begins once: nobody meets that so often in a row."""
Kept = Callable[[UnitOfWork, Sale], None]
"""What is to be written with the outcome: the answer under its Idempotency-Key."""
Find = Callable[[Connection, datetime], Dealing]
"""Under which contract and terms, as they stand."""


class RefusedError(Exception):
    """Nothing is bought; raised inside the transaction, which leaves no trace of the lead."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class ChangedError(Exception):
    """Something changed between looking and writing: look again."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What stood before the transaction."""

    dealing: Dealing
    standing: str | None
    price: int
    ping: Ping | None
    feed: Feed


def buy(services: Services, find: Find, posted: Posted, keep: Kept | None = None) -> Sale:
    """Carry a post to its answer. ``find``: the contract and its terms, asked again where they changed meanwhile.

    Raises CallerError for a post without an address, and what ``find`` raises.
    """
    at = services.clock.now()
    batch = batch_of(posted, at)
    need_address(batch)
    one = _Post(services, find, posted, batch, at, keep)
    for _ in range(TRIES - 1):
        try:
            return one.attempt()
        except ChangedError:
            continue
    return one.attempt()


@dataclass(frozen=True, slots=True)
class _Post:
    """One post on its way."""

    services: Services
    find: Find
    posted: Posted
    batch: Batch
    at: datetime
    keep: Kept | None

    def attempt(self) -> Sale:
        """Look, judge, write. Raises ChangedError where it has to be done again."""
        with glancing(self.services.engine) as connection:
            dealing = self.find(connection, self.at)
            try:
                looked = self._look(connection, dealing)
            except RefusedError as error:
                return self._not_bought(dealing, error.refusal)
            judged = None if dealing.terms.dns_seconds else self._judge(looked)  # from memory, over one connection
        try:
            return self._carry(looked, judged or self._judge(looked))
        except RefusedError as error:
            return self._not_bought(dealing, error.refusal)

    def _look(self, connection: Connection, dealing: Dealing) -> Looked:
        """What this lead may be bought for. Raises RefusedError."""
        number, zone = dealing.contract.number, dealing.terms.schedule.zone
        standing = find_standing(connection, dealing.contract.vendor)
        now = account.load(connection, number, self.at, zone)
        said = said_of(self.posted, self.batch, dealing.terms.statement.country)
        ping = None if self.posted.ping is None else self._ping(connection, dealing, self.posted.ping, said)
        offered = price_of(connection, dealing, self.at) if ping is None else ping.price
        price = 0 if isinstance(offered, Refusal) else offered
        refusal = (
            refuse(dealing, standing, now, price, self.at) or refuse_post(dealing, now)
            or refuse_lead(dealing, said, self.at)
        )  # fmt: skip
        if refusal is None and isinstance(offered, Refusal):
            refusal = offered
        if refusal is not None:
            raise RefusedError(refusal)
        found = feed.find_feed(connection, dealing, self.at)
        if found is None:
            with self.services.unit_of_work() as work:
                found = feed.open_feed(work, self.services, dealing, self.at)
        return Looked(dealing, standing, price, ping, found)

    def _ping(self, connection: Connection, dealing: Dealing, name: str, said: Said) -> Ping:
        """The ping that is referred to, if it is this vendor's, good, and of this lead. Raises RefusedError."""
        ping = pings.find(connection, name, fold(dealing.contract.vendor))
        if ping is None or ping.contract != dealing.contract.number:
            raise RefusedError(Refusal("unknown_ping", "unknown_ping"))
        if ping.is_used:
            raise RefusedError(Refusal("ping_used", "ping_used"))
        if ping.until < self.at:
            raise RefusedError(Refusal("ping_expired", "ping_expired"))
        other = differs(ping.said, said)
        if ping.algorithm is not None and ping.hash_key is not None:
            made = known.digest_of(ping.algorithm, str(self.batch.columns["email"][0]))
            if known.keyed(self.services.world.match_keys, ping.algorithm, made) != ping.hash_key:
                other = "email"
        if other is not None:
            raise RefusedError(Refusal("ping_mismatch", f"ping_other_{other}"))
        return ping

    def _judge(self, looked: Looked) -> Judged:
        statement = replace(
            feed.statement_of(looked.dealing, looked.price), sensitive_columns=sensitive_of(self.posted)
        )
        origin = Origin("list", str(looked.feed.list), statement, run=str(looked.feed.run))
        mine = replace(self.batch, origin=origin, numbers=[1])
        return judge(mine, self.services, self.at, dns_seconds=looked.dealing.terms.dns_seconds)

    def _carry(self, looked: Looked, judged: Judged) -> Sale:
        dealing = looked.dealing
        sales: list[Sale] = []
        receipts: list[Receipt] = []

        def enter(work: UnitOfWork) -> None:
            _look_again(work, looked)
            before = feed.receipt_of(work, looked.feed)
            if before is None:
                raise ChangedError
            receipts.append(before)
            judged.batch.numbers[0] = before.rows + 1

        def within(work: UnitOfWork, settled: Settled) -> None:
            ping = None if looked.ping is None else looked.ping.id
            sale = sale_of(work, self.services, dealing, settled, price=looked.price, ping=ping)
            book(work, dealing, looked.feed, settled, sale)
            feed.count(work, looked.feed, receipts[0], settled)
            if self.keep is not None:
                self.keep(work, sale)
            sales.append(sale)

        commit(judged, self.services, as_of=self.at, within=within, answered=enter)
        if sales[0].outcome == "hold":  # somebody has to ask DNS again; all else is looked for anyway
            self.services.wake()
        return sales[0]

    def _not_bought(self, dealing: Dealing, refusal: Refusal) -> Sale:
        """Counted, and nothing else is kept."""
        with self.services.unit_of_work() as work:
            zone = dealing.terms.schedule.zone
            account.add(work, dealing.contract.number, work.at, zone, {"posts": 1, "refused": 1})
        reason = Reason(refusal.reason, refusal.message)
        return Sale("not_bought", [reason], currency=dealing.currency, again=refusal.again, ping=self.posted.ping)


def _look_again(work: UnitOfWork, looked: Looked) -> None:
    """Under the lock, first of all: what was found still stands, there is room, and the ping is nobody else's.

    At the instant of the transaction, by which the lead is counted: many that wait for DNS as an hour ends are not all
    bought beyond the next one's cap.
    """
    dealing = looked.dealing
    number = dealing.contract.number
    if newest_terms(work.connection, number) != dealing.number:
        raise ChangedError
    if find_standing(work.connection, dealing.contract.vendor) != looked.standing:
        raise ChangedError
    now = account.load(work.connection, number, work.at, dealing.terms.schedule.zone)
    refusal = refuse(dealing, looked.standing, now, looked.price, work.at) or refuse_post(dealing, now)
    if refusal is not None:
        raise RefusedError(refusal)
    if looked.ping is not None and not pings.claim(work, looked.ping.id, fold(dealing.contract.vendor)):
        raise RefusedError(Refusal("ping_used", "ping_used"))
