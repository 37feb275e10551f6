"""A ping answered: wanted or not, at what price, promised until when. Counted in any case, in one transaction.

What a ping may tell of a person is what the contract allows. Without that (``reasons: plain``) a person who left, one
we know and a lead that is not wanted for what it is all get the same answer, and everything is asked in any case, so
that neither its words nor its time tell them apart.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.db.work import UnitOfWork, glancing
from gateway.intake.buying import account, known, pings
from gateway.intake.buying.book import Dealing
from gateway.intake.buying.caps import Account, may_ask_by_hash, pings_reached
from gateway.intake.buying.domains import is_refused
from gateway.intake.buying.offer import OF_US, Refusal, price_of, refuse, refuse_lead
from gateway.intake.buying.wanted import NOT_SAID, Said
from gateway.pipeline import Services
from gateway.vendors.book import find_standing, fold


@dataclass(frozen=True, slots=True)
class Asked:
    """What a vendor offers, without the person."""

    said: Said
    algorithm: str | None = None
    digest: str | None = None  # hex, lower case
    least: int | None = None  # minor units: what the vendor asks for
    domain: str | None = None  # of the address


@dataclass(frozen=True, slots=True)
class Answered:
    """What it is told."""

    is_wanted: bool
    reason: str | None = None
    message: str | None = None
    state: str | None = None  # known, suppressed, unknown: only where the contract allows that
    price: int | None = None
    currency: str | None = None
    ping: str | None = None
    until: datetime | None = None
    again: datetime | None = None


class TooManyPingsError(Exception):
    """The contract's cap on pings is reached; the account says so."""


def answer(services: Services, dealing: Dealing, asked: Asked) -> Answered:
    """Answer a ping, and count it. Raises TooManyPingsError."""
    at = services.clock.now()
    refused = asked.domain is not None and is_refused(services, asked.domain, at)
    with glancing(services.engine) as connection:
        found = _look(connection, services, dealing, asked, at, is_refused=refused)
    with services.unit_of_work() as work:
        number, zone = dealing.contract.number, dealing.terms.schedule.zone
        now = account.load(work.connection, number, work.at, zone)
        if pings_reached(dealing.terms.caps, now):
            account.add(work, number, work.at, zone, {"pings": 1, "refused": 1})
            answered = None
        else:
            answered = _write(work, services, asked, found, now)
    if answered is None:
        raise TooManyPingsError
    return answered


@dataclass(frozen=True, slots=True)
class _Found:
    dealing: Dealing
    price: int | Refusal
    state: known.State | None
    standing: str | None
    is_refused: bool  # whoever has an address at the domain


def _look(
    connection: Connection, services: Services, dealing: Dealing, asked: Asked, at: datetime, *, is_refused: bool
) -> _Found:
    """Everything is asked, whatever the first answer is."""
    state = None
    if asked.algorithm is not None and asked.digest is not None and dealing.terms.hashes:
        now = account.load(connection, dealing.contract.number, at, dealing.terms.schedule.zone)
        if may_ask_by_hash(dealing.terms.caps, now):
            state = known.look_up(connection, services.world.match_keys, asked.algorithm, asked.digest)
    price = price_of(connection, dealing, at, least=asked.least)
    return _Found(dealing, price, state, find_standing(connection, dealing.contract.vendor), is_refused)


def _write(work: UnitOfWork, services: Services, asked: Asked, found: _Found, now: Account) -> Answered:
    dealing = found.dealing
    refusal = _refusal(dealing, asked, found, now, work.at)
    counts = {"pings": 1, "hashed": int(asked.digest is not None and dealing.terms.hashes)}
    number, zone = dealing.contract.number, dealing.terms.schedule.zone
    if refusal is not None:
        account.add(work, number, work.at, zone, counts)
        return _refused(dealing, asked, found, refusal)
    assert isinstance(found.price, int)
    assert dealing.currency is not None
    keyed = None
    if asked.algorithm is not None and asked.digest is not None:
        keyed = known.keyed(services.world.match_keys, asked.algorithm, asked.digest)
    ping = pings.Ping(
        pings.new_id(), number, work.at + dealing.terms.promise, found.price, dealing.currency, asked.said,
        asked.algorithm, keyed, is_used=False,
    )  # fmt: skip
    pings.keep(work, ping, fold(dealing.contract.vendor))
    account.add(work, number, work.at, zone, counts | {"wanted": 1})
    return Answered(
        is_wanted=True, state=_told_state(dealing, asked, found), price=ping.price, currency=ping.currency,
        ping=ping.id, until=ping.until,
    )  # fmt: skip


def _refusal(dealing: Dealing, asked: Asked, found: _Found, now: Account, at: datetime) -> Refusal | None:
    price = found.price if isinstance(found.price, int) else 0
    ours = refuse(dealing, found.standing, now, price, at)
    if ours is not None:
        return ours
    if (lead := refuse_lead(dealing, asked.said, at)) is not None:
        return lead
    if found.is_refused:
        return Refusal("domain", "domain")
    if found.state is not None:
        return Refusal(found.state, found.state)
    return found.price if isinstance(found.price, Refusal) else None


def _refused(dealing: Dealing, asked: Asked, found: _Found, refusal: Refusal) -> Answered:
    if refusal.reason in OF_US | NOT_SAID:  # says nothing of the person, whoever it is
        return Answered(is_wanted=False, reason=refusal.reason, message=refusal.message, again=refusal.again)
    if dealing.terms.reasons == "told":
        state = _told_state(dealing, asked, found)
        return Answered(is_wanted=False, reason=refusal.reason, message=refusal.message, state=state)
    return Answered(is_wanted=False, reason="not_wanted", message="We do not want this lead.")


def _told_state(dealing: Dealing, asked: Asked, found: _Found) -> str | None:
    if dealing.terms.reasons != "told" or asked.digest is None:
        return None
    return found.state or "unknown"
