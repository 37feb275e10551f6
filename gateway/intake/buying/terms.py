"""A contract's buying terms as they are meant, read from what a file or a caller says; every problem at once."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from gateway.domain.lead import Statement
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.buying.bids import Bid
from gateway.intake.buying.caps import Caps
from gateway.intake.buying.schedule import Schedule, read_window
from gateway.intake.buying.shape import TermsShape
from gateway.intake.buying.wanted import Wanted, fold
from gateway.intake.manifest import read_manifest
from gateway.intake.manifest.problems import minor_units
from gateway.intake.schemas import problems_of
from gateway.policy.reading import read_strict
from gateway.screening.jurisdiction import alpha2
from gateway.screening.regions import region_of

_MONEY_CAPS = ("money_day", "money_month", "money_total")
_OURS = ("vendor", "contract", "price", "columns", "promised_columns", "date_order", "encoding", "name")
"""Keys of a manifest that the contract says, or that only a file has."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms leads are bought one by one. Money in minor units of ``currency``."""

    statement: Statement
    manifest: str  # the same, as a list's manifest
    currency: str | None = None
    price: int | None = None
    bid: Bid | None = None
    limited: bool = True
    caps: Caps = field(default_factory=Caps)
    schedule: Schedule = field(default_factory=lambda: Schedule("UTC"))
    wanted: Wanted = field(default_factory=Wanted)
    answer: str = "ours"
    reasons: str = "plain"
    hashes: bool = True
    held: str = "when_accepted"
    promise: timedelta = timedelta(minutes=10)
    duplicate: timedelta = timedelta(days=30)
    dns_seconds: float = 0.0


def read_file(text: str, *, name: str, vendor: str, contract: str, currency: str | None, as_of: date) -> dict[str, Any]:
    """The document of a YAML or JSON text, once its terms are good; the rest as read. Raises CallerError."""
    found = read_strict(text, name=name).data
    if not isinstance(found, dict):
        message = phrase("buying terms are lines of `key: value`; docs/buying.md shows a whole file")
        raise CallerError([Problem("not_terms", message)], title=f"{name} has no terms")
    document: dict[str, Any] = json.loads(json.dumps(found, default=str))
    read(document, vendor=vendor, contract=contract, currency=currency, as_of=as_of)
    return document


def read(
    document: Mapping[str, Any], *, vendor: str, contract: str, currency: str | None, as_of: date | None = None
) -> Terms:
    """The terms a document says. ``currency``: the contract's. Raises CallerError with every problem."""
    try:
        said: dict[str, Any] = TermsShape().load(dict(document))
    except ValidationError as error:
        raise CallerError(problems_of(error, TermsShape)) from None
    reading = _Reading(said, (said.get("currency") or currency or "").upper() or None)
    manifest = _manifest(said.get("says") or {}, vendor, contract)
    try:
        statement = read_manifest(manifest, name="says", as_of=as_of).statement
    except CallerError as error:
        reading.problems += [Problem(one.code, one.message, f"says.{one.field}" if one.field else "says")
                             for one in error.problems]  # fmt: skip
        statement = Statement(direct=False)
    schedule, wanted = reading.schedule(), reading.wanted()
    price, bid, caps = reading.money("price"), reading.bid(), reading.caps()
    if reading.problems:
        raise CallerError(reading.problems)
    plain = {name: said[name] for name in ("answer", "reasons", "held") if said.get(name) is not None}
    return Terms(
        statement, manifest, reading.currency, price, bid, said.get("limit_to_worth") is not False, caps, schedule,
        wanted, **plain, hashes=said.get("hashes") is not False,
        promise=timedelta(minutes=_or(said.get("promise_minutes"), 10)),
        duplicate=timedelta(days=_or(said.get("duplicate_days"), 30)),
        dns_seconds=_or(said.get("dns_milliseconds"), 0) / 1000,
    )  # fmt: skip


@lru_cache(maxsize=512)
def kept(text: str, vendor: str, contract: str, currency: str | None) -> Terms:
    """Terms as they were kept; read once a process, for reading a manifest takes longer than judging a lead."""
    return read(json.loads(text), vendor=vendor, contract=contract, currency=currency)


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _manifest(says: Mapping[str, Any], vendor: str, contract: str) -> str:
    return json.dumps(
        {"name": f"Bought one by one: {contract}", **says, "vendor": vendor, "contract": contract},
        ensure_ascii=False, sort_keys=True,
    )  # fmt: skip


class _Reading:
    """One document on its way, and what is wrong with it so far."""

    def __init__(self, said: Mapping[str, Any], currency: str | None) -> None:
        self.said, self.currency = said, currency
        self.problems: list[Problem] = []
        for name in _OURS:
            if name in (said.get("says") or {}):
                self._wrong("not_here", f"says.{name}", phrase("the contract and these terms say that"))

    def money(self, name: str, of: Mapping[str, Any] | None = None, within: str = "") -> int | None:
        """An amount in minor units."""
        typed = (self.said if of is None else of).get(name)
        if typed is None:
            return None
        where = f"{within}{name}"
        if self.currency is None:
            self._wrong("missing", "currency", phrase("neither the contract nor these terms say in which currency"))
            return None
        try:
            amount = Decimal(typed)
            minor = minor_units(amount, self.currency)
        except (InvalidOperation, ValueError):
            minor = None
        if minor is None or not 0 <= minor <= 10**9:
            self._wrong(
                "not_an_amount", where, phrase("an amount in %(currency)s, such as 1.25", currency=self.currency)
            )
            return None
        return minor

    def bid(self) -> Bid | None:
        """The bid's rule."""
        said = self.said.get("bid")
        if said is None:
            return None
        floor, ceiling, unknown = (self.money(name, said, "bid.") for name in ("floor", "ceiling", "unknown"))
        if floor is not None and ceiling is not None and floor > ceiling:
            self._wrong("not_in_order", "bid.ceiling", phrase("the ceiling lies under the floor"))
        if self.currency is None:
            self._wrong("missing", "currency", phrase("neither the contract nor these terms say in which currency"))
        return Bid(said["share"], floor, ceiling, unknown)

    def caps(self) -> Caps:
        """The caps; null is no bound."""
        said = self.said.get("caps") or {}
        money = {name: self.money(name, said, "caps.") for name in _MONEY_CAPS if name in said}
        return Caps(**{name: value for name, value in said.items() if name not in _MONEY_CAPS}, **money)

    def schedule(self) -> Schedule:
        """When is bought."""
        said = self.said.get("schedule") or {}
        zone = said.get("zone") or "UTC"
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError):  # as odd names make it; no such zone is a KeyError
            self._wrong("unknown_zone", "schedule.zone", phrase("there is no zone %(zone)s", zone=repr(zone)))
            zone = "UTC"
        windows = list(self._each(said, "open", read_window, phrase('write "mon-fri 08:00-20:00"')))
        closed = self._each(said, "closed", _day, phrase("write a day as 2026-12-25"))
        return Schedule(zone, tuple(one for some in windows for one in some), frozenset(closed))

    def wanted(self) -> Wanted:
        """Which leads."""
        said = self.said.get("wanted") or {}
        countries = self._each(said, "countries", alpha2, phrase("no country has this name; its two letters will do"))
        regions = self._each(said, "regions", region_name, phrase("no state or province has this name"))
        days = said.get("oldest_days")
        products = frozenset(map(fold, said.get("products") or ()))
        oldest = None if days is None else timedelta(days=days)
        return Wanted(frozenset(map(fold, countries)), frozenset(map(fold, regions)), products, oldest)

    def _each(self, said: Mapping[str, Any], name: str, read_one: Callable[[str], Any], help_: str) -> Iterator[Any]:
        for place, typed in enumerate(said.get(name) or ()):
            if (found := read_one(typed)) is None:
                self._wrong("not_understood", f"{name}[{place}]", help_)
            else:
                yield found

    def _wrong(self, code: str, where: str, message: str) -> None:
        problem = Problem(code, message, where)
        if problem not in self.problems:
            self.problems.append(problem)


def region_name(typed: str) -> str | None:
    """``US-TX`` for TX, Texas and US-TX; None where none has this name."""
    found = region_of(typed)
    return None if found is None else f"{found.country}-{found.code}"


def _day(typed: str) -> date | None:
    try:
        return datetime.strptime(typed, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
