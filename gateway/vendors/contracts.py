"""Contracts with vendors: when, at what price, what is credited, what is passed on. A change is a new version.

A contract keeps its number through all its versions; the name under which a list's manifest calls it is compared
without case and extra spaces. What is asked of a day is answered by the versions that stand now.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from gateway.db.plain import ask_one
from gateway.db.work import UnitOfWork
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.vendors.book import find_number, fold, note_vendor
from gateway.vendors.tables import contracts, vendors

LONGEST = 300
"""Characters of a name or of one duty: more is a document, and that is evidence to be filed."""
MOST_MINOR = 10**9
"""Nobody pays more for a lead; it is a slip."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract as it stands now."""

    number: int
    vendor: str
    name: str
    from_on: date
    until_on: date | None  # the last day
    price_minor: int | None  # per lead
    currency: str | None
    accepted_reasons: frozenset[str]  # reason codes for which a row is credited
    return_days: int | None  # the return window: days after delivery
    duties: tuple[str, ...]  # obligations passed on
    noted_at: datetime
    by: str
    evidence: str | None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is noted of a contract."""

    name: str
    from_on: date
    until_on: date | None = None
    price_minor: int | None = None
    currency: str | None = None
    accepted_reasons: frozenset[str] = frozenset()
    return_days: int | None = None
    duties: tuple[str, ...] = ()


def note_contract(
    work: UnitOfWork,
    vendor: str,
    terms: Terms,
    *,
    by: str,
    evidence: str | None = None,
    reasons: Collection[str] | None = None,
) -> int:
    """Keep a contract, or a new version of one with this name; its number. Raises CallerError for nonsense.

    ``reasons``: the codes that exist, where the caller knows them.
    """
    if problems := _wrong(terms, reasons):
        raise CallerError(problems)
    note_vendor(work, vendor)
    vendor_id = find_number(work.connection, vendor)
    values = {
        "vendor_id": vendor_id,
        "name": " ".join(terms.name.split()),
        "folded": fold(terms.name),
        "from_on": terms.from_on.isoformat(),
        "until_on": terms.until_on and terms.until_on.isoformat(),
        "price_minor": terms.price_minor,
        "currency": terms.currency and terms.currency.upper(),
        "accepted_reasons": json.dumps(sorted(terms.accepted_reasons)),
        "return_days": terms.return_days,
        "duties": json.dumps([" ".join(duty.split()) for duty in terms.duties if duty.strip()], ensure_ascii=False),
        "noted_at": work.at,
        "by": by,
        "evidence": (evidence or "").strip() or None,
    }
    same = (contracts.c.vendor_id == vendor_id) & (contracts.c.folded == values["folded"])
    number: int | None = work.connection.execute(select(contracts.c.number).where(same).limit(1)).scalar()
    made: int = work.connection.execute(
        insert(contracts).values(**values, number=number or 0).returning(contracts.c.id)
    ).scalar_one()
    if number is None:  # its first version: its own id, which nobody knew before
        work.connection.execute(update(contracts).where(contracts.c.id == made).values(number=made))
    return number or made


def find_contract(connection: Connection, vendor: str, *, name: str | None = None, on: date) -> Contract | None:
    """The contract with a vendor in force on a day; without a name, the one that began last. None: there is none."""
    wanted = None if name is None else fold(name)
    fitting = [
        one
        for one in contracts_of(connection, vendor)
        if one.holds_on(on) and (wanted is None or fold(one.name) == wanted)
    ]
    return max(fitting, key=lambda one: (one.from_on, one.number), default=None)


def find_by_number(connection: Connection, number: int) -> Contract | None:
    """A contract by its number, as it stands now."""
    found = connection.execute(_present().where(contracts.c.number == number)).one_or_none()
    return None if found is None else _contract(found)


def version_of(connection: Connection, number: int) -> int | None:
    """The present version of a contract: a number that changes with whatever is noted of it. None: there is none."""
    found = ask_one(connection, f"SELECT max(id) FROM {contracts.name} WHERE number = ?", (number,))  # noqa: S608 - our own name
    return None if found is None else int(found)


def contracts_of(connection: Connection, vendor: str) -> list[Contract]:
    """Every contract with a vendor as it stands now, in the order they were first noted."""
    query = _present().where(vendors.c.folded == fold(vendor)).order_by(contracts.c.number)
    return [_contract(row) for row in connection.execute(query)]


def versions_of(connection: Connection, number: int) -> list[Contract]:
    """A contract's versions, oldest first; the last one stands."""
    query = _versions().where(contracts.c.number == number).order_by(contracts.c.id)
    return [_contract(row) for row in connection.execute(query)]


def ending(connection: Connection, *, since: date, until: date) -> list[Contract]:
    """Contracts whose last day lies in a span, the soonest first."""
    days = contracts.c.until_on.between(since.isoformat(), until.isoformat())
    return [_contract(row) for row in connection.execute(_present().where(days).order_by(contracts.c.until_on))]


def _versions() -> Any:
    return select(contracts, vendors.c.name.label("vendor")).join(vendors, vendors.c.id == contracts.c.vendor_id)


def _present() -> Any:
    return _versions().where(contracts.c.id.in_(select(func.max(contracts.c.id)).group_by(contracts.c.number)))


def _contract(row: Any) -> Contract:
    return Contract(
        number=row.number,
        vendor=row.vendor,
        name=row.name,
        from_on=date.fromisoformat(row.from_on),
        until_on=row.until_on and date.fromisoformat(row.until_on),
        price_minor=row.price_minor,
        currency=row.currency,
        accepted_reasons=frozenset(json.loads(row.accepted_reasons)),
        return_days=row.return_days,
        duties=tuple(json.loads(row.duties)),
        noted_at=row.noted_at,
        by=row.by,
        evidence=row.evidence,
    )


def _wrong(terms: Terms, reasons: Collection[str] | None) -> list[Problem]:
    wrong = []
    if not terms.name.strip() or len(terms.name) > LONGEST:
        wrong.append(
            (
                "missing",
                "name",
                phrase("A contract has a number or a name, up to %(longest)s characters", longest=LONGEST),
            )
        )
    if terms.until_on is not None and terms.until_on < terms.from_on:
        wrong.append(("ends_before_it_begins", "until_on", phrase("A contract ends on or after the day it begins")))
    if (terms.price_minor is None) != (terms.currency is None):
        wrong.append(("incomplete", "currency", phrase("A price has a currency, and a currency a price")))
    if terms.price_minor is not None and not 0 <= terms.price_minor <= MOST_MINOR:
        wrong.append(("out_of_range", "price_minor", phrase("A price is zero or more")))
    if terms.currency is not None and not re.fullmatch("[A-Za-z]{3}", terms.currency):
        wrong.append(("unknown_currency", "currency", phrase("A currency is three letters, such as USD")))
    if terms.return_days is not None and not 0 <= terms.return_days <= 3660:  # noqa: PLR2004 - ten years
        wrong.append(("out_of_range", "return_days", phrase("The return window is a number of days")))
    if any(len(duty) > LONGEST for duty in terms.duties):
        wrong.append(
            ("too_long", "duties", phrase("A duty is a line of up to %(longest)s characters", longest=LONGEST))
        )
    if "@" in terms.name:
        wrong.append(("contains_address", "name", phrase("A contract is called by its name, not by an address")))
    wrong += [
        ("unknown_reason", "accepted_reasons", phrase("There is no reason called %(code_)s", code_=code))
        for code in sorted(terms.accepted_reasons - set(reasons if reasons is not None else terms.accepted_reasons))
    ]
    return [Problem(code, message, field=field) for code, field, message in wrong]
