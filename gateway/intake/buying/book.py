"""Terms as they are kept: set, paused and found; a change is a new row, and the ledger says who made it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, insert, select

from gateway.access.keys import NewKey, new_key
from gateway.db.plain import ask, ask_one
from gateway.db.work import UnitOfWork
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.buying.tables import keys
from gateway.intake.buying.tables import terms as table
from gateway.intake.buying.terms import Terms, kept, read
from gateway.ledger.book import Ledger
from gateway.vendors.book import fold, need_vendor
from gateway.vendors.contracts import Contract, find_by_number, version_of

SCOPE = "buying"
LONGEST_WHY = 500


@dataclass(frozen=True, slots=True)
class Dealing:
    """A contract under which leads are bought one by one, and its terms as they stand."""

    number: int  # of the row of terms: what was looked at is still so while this is the newest
    contract: Contract
    document: Mapping[str, Any]
    terms: Terms
    paused: str | None
    at: datetime
    by: str
    why: str

    @property
    def currency(self) -> str | None:
        """In which it is paid."""
        return self.terms.currency

    @property
    def price(self) -> int | None:
        """The fixed price, the terms' before the contract's."""
        return self.terms.price if self.terms.price is not None else self.contract.price_minor


def set_terms(
    work: UnitOfWork, ledger: Ledger, contract: Contract, document: Mapping[str, Any], *, by: str, why: str
) -> Dealing:
    """Let these terms stand from now on. Raises CallerError with every problem."""
    said = _reason(why)
    read(document, vendor=contract.vendor, contract=contract.name, currency=contract.currency, as_of=work.at.date())
    before = find_dealing(work.connection, contract)
    new = _add(work, contract, document, before.paused if before else None, by=by, why=said)
    if before is not None and before.currency != new.currency and before.currency is not None:
        message = phrase(
            "the account of this contract is kept in %(currency)s; another currency is another contract",
            currency=before.currency,
        )
        raise CallerError([Problem("other_currency", message, "currency")])
    entry = {"vendor": contract.vendor, "contract": contract.number, "terms": new.number, "by": by}
    ledger.append(work, "buying.terms_set", entry)
    return new


def pause(work: UnitOfWork, ledger: Ledger, contract: Contract, *, by: str, why: str) -> Dealing:
    """Buy nothing under this contract until ``go_on``. Raises CallerError where it has no terms, or is paused."""
    return _switch(work, ledger, contract, by=by, why=_reason(why), pauses=True)


def go_on(work: UnitOfWork, ledger: Ledger, contract: Contract, *, by: str, why: str) -> Dealing:
    """Buy again."""
    return _switch(work, ledger, contract, by=by, why=_reason(why), pauses=False)


def _switch(work: UnitOfWork, ledger: Ledger, contract: Contract, *, by: str, why: str, pauses: bool) -> Dealing:
    before = find_dealing(work.connection, contract)
    if before is None:
        raise no_terms(contract.vendor)
    if (before.paused is not None) == pauses:
        return before
    new = _add(work, contract, before.document, why if pauses else None, by=by, why=why)
    kind = "buying.paused" if pauses else "buying.resumed"
    ledger.append(work, kind, {"vendor": contract.vendor, "contract": contract.number, "terms": new.number, "by": by})
    return new


def _reason(why: str) -> str:
    said = " ".join(why.split())
    if not said:
        raise CallerError([Problem("missing", "say why, in a few words", "why")])
    if "@" in said or len(said) > LONGEST_WHY:
        message = phrase("at most %(longest_why)s characters, and no address", longest_why=LONGEST_WHY)
        raise CallerError([Problem("contains_address", message, "why")])
    return said


def _add(
    work: UnitOfWork, contract: Contract, document: Mapping[str, Any], paused: str | None, *, by: str, why: str
) -> Dealing:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    values = {"contract": contract.number, "vendor": fold(contract.vendor), "document": text, "paused": paused}
    work.connection.execute(insert(table).values(**values, at=work.at, by=by, why=why))
    found = find_dealing(work.connection, contract)
    assert found is not None
    return found


def find_dealing(connection: Connection, contract: Contract) -> Dealing | None:
    """A contract's terms as they stand; None: nothing is bought one by one under it."""
    newest = select(func.max(table.c.id)).where(table.c.contract == contract.number).scalar_subquery()
    row = connection.execute(select(table).where(table.c.id == newest)).one_or_none()
    if row is None:
        return None
    terms = kept(row.document, contract.vendor, contract.name, contract.currency)
    return Dealing(row.id, contract, json.loads(row.document), terms, row.paused, row.at, row.by, row.why)


def newest_terms(connection: Connection, contract: int) -> int | None:
    """The number of a contract's newest terms."""
    found = ask_one(connection, f"SELECT max(id) FROM {table.name} WHERE contract = ?", (contract,))  # noqa: S608 - our own name
    return None if found is None else int(found)


def dealings_of(connection: Connection, vendor: str) -> list[Dealing]:
    """All contracts with a vendor under which leads are bought one by one, ended ones among them.

    Every post asks this, so the rows that stand are asked for by number, and read once: none of them ever changes.
    """
    query = f"SELECT contract, max(id) FROM {table.name} WHERE vendor = ? GROUP BY contract"  # noqa: S608 - our own name
    found = (_standing(connection, int(row[0]), int(row[1])) for row in ask(connection, query, (fold(vendor),)))
    return [one for one in found if one is not None]


_READ: WeakKeyDictionary[Engine, dict[tuple[int, int], Dealing]] = WeakKeyDictionary()
_MOST_READ = 1_000


def _standing(connection: Connection, contract: int, newest: int) -> Dealing | None:
    """A contract and its terms by the numbers of their rows."""
    version = version_of(connection, contract)
    if version is None:
        return None
    read_before = _READ.setdefault(connection.engine, {})
    name = (newest, version)
    if name not in read_before:
        found = find_numbered(connection, contract)
        if found is None or found.number != newest:
            return found
        if len(read_before) >= _MOST_READ:
            read_before.clear()
        read_before[name] = found
    return read_before[name]


def find_for(connection: Connection, vendor: str, on: date, name: str | None = None) -> Dealing | None:
    """The contract that a vendor sells under on a day: the named one, or of several the one that began last."""
    fitting = [
        one for one in dealings_of(connection, vendor)
        if one.contract.holds_on(on) and (name is None or fold(one.contract.name) == fold(name))
    ]  # fmt: skip
    return max(fitting, key=lambda one: (one.contract.from_on, one.contract.number), default=None)


def find_numbered(connection: Connection, number: int) -> Dealing | None:
    """The terms of the contract with this number."""
    contract = find_by_number(connection, number)
    return None if contract is None else find_dealing(connection, contract)


def all_contracts(connection: Connection) -> list[int]:
    """The numbers of all contracts that have terms."""
    return [int(row[0]) for row in ask(connection, f"SELECT DISTINCT contract FROM {table.name} ORDER BY contract")]  # noqa: S608 - our own name


def give_key(work: UnitOfWork, ledger: Ledger, vendor: str, *, by: str, ends: datetime | None = None) -> NewKey:
    """A key by which a vendor offers and sells its leads, and nothing else. Raises CallerError for an unknown one."""
    need_vendor(work.connection, vendor)
    made = new_key(work, f"sells: {fold(vendor)}"[:100], [SCOPE], expires_at=ends)
    bind_key(work, made.id, vendor, by=by)
    ledger.append(work, "key.created", {"key": made.id, "scopes": [SCOPE], "vendor": vendor, "by": by})
    return made


def bind_key(work: UnitOfWork, key: int, vendor: str, *, by: str) -> None:
    """Let a key sell for a vendor. One key is one vendor's for ever."""
    work.connection.execute(insert(keys).values(key_id=key, vendor=fold(vendor), at=work.at, by=by))


def vendor_of_key(connection: Connection, key: int) -> str | None:
    """Whose key this is, as vendors are compared; None: no vendor's."""
    found = ask_one(connection, f"SELECT vendor FROM {keys.name} WHERE key_id = ?", (key,))  # noqa: S608 - our own name
    return None if found is None else str(found)


def keys_of(connection: Connection, vendor: str) -> list[int]:
    """The keys a vendor sells by."""
    query = select(keys.c.key_id).where(keys.c.vendor == fold(vendor)).order_by(keys.c.key_id)
    return list(connection.execute(query).scalars())


def no_terms(vendor: str) -> CallerError:
    """There are no buying terms to speak of."""
    message = phrase(
        "nothing is bought one by one from %(vendor)s; set terms with `gateway buying terms`", vendor=vendor
    )
    return CallerError([Problem("no_terms", message, "vendor")], 404, "Not Found")
