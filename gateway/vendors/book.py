"""Asking and noting how a vendor stands. Names are compared without case and extra spaces; history is kept."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select

from gateway.db.base import text_of
from gateway.db.plain import ask_one
from gateway.db.work import UnitOfWork, glancing
from gateway.domain.phrase import phrase
from gateway.domain.ports import VendorFile
from gateway.domain.problem import CallerError, Problem
from gateway.domain.standing import Standing
from gateway.vendors.tables import standings, vendors

STANDINGS = ("new", "approved", "probation", "suspended", "barred")


def fold(name: str) -> str:
    """The form under which two writings of a name are the same vendor."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def find_standing(connection: Connection, name: str) -> str | None:
    """How the vendor stands now; None for a vendor never heard of."""
    query = (
        f"SELECT standing FROM {standings.name} "  # noqa: S608 - our own names
        f"WHERE vendor_id = (SELECT id FROM {vendors.name} WHERE folded = ?) ORDER BY id DESC LIMIT 1"
    )
    found = ask_one(connection, query, (fold(name),))
    return None if found is None else str(found)


def history(connection: Connection, name: str) -> list[Standing]:
    """Every standing the vendor ever had, oldest first."""
    query = (
        select(standings.c.standing, standings.c.at, standings.c.by, standings.c.why)
        .join(vendors, vendors.c.id == standings.c.vendor_id)
        .where(vendors.c.folded == fold(name))
        .order_by(standings.c.id)
    )
    return [Standing(row.standing, row.at, row.by, row.why) for row in connection.execute(query)]


def list_vendors(connection: Connection) -> list[dict[str, str]]:
    """Every vendor with its present standing, in the order they were first heard of; ready for JSON."""
    present = select(func.max(standings.c.id)).group_by(standings.c.vendor_id)
    query = (
        select(vendors.c.name, standings.c.standing, standings.c.at, standings.c.by, standings.c.why)
        .join(standings, standings.c.vendor_id == vendors.c.id)
        .where(standings.c.id.in_(present))
        .order_by(vendors.c.id)
    )
    return [
        {"vendor": row.name, "standing": row.standing, "since": text_of(row.at), "by": row.by, "why": row.why}
        for row in connection.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor and how it stands now."""

    number: int
    name: str
    first_heard_at: datetime
    present: Standing


def page_vendors(connection: Connection, *, limit: int, after: str = "", find: str = "") -> list[Vendor]:
    """Vendors by name, behind the name ``after``; ``find``: only those of whose name a word begins so."""
    query = _vendors().order_by(vendors.c.folded).limit(limit)
    if after:
        query = query.where(vendors.c.folded > fold(after))
    if find.strip():
        begins = fold(find)
        query = query.where(
            vendors.c.folded.startswith(begins, autoescape=True)
            | vendors.c.folded.contains(f" {begins}", autoescape=True)
        )
    return [_vendor(row) for row in connection.execute(query)]


def find_vendor(connection: Connection, number: int) -> Vendor | None:
    """A vendor by its number; None if there is none."""
    row = connection.execute(_vendors().where(vendors.c.id == number)).one_or_none()
    return None if row is None else _vendor(row)


def find_number(connection: Connection, name: str) -> int | None:
    """A vendor's number; None of one never heard of."""
    return _number(connection, name)


def need_vendor(connection: Connection, name: str, *, may_be_new: bool = False) -> int:
    """A vendor's number. Raises CallerError for one never heard of, with the names that are near, for it is mistyped.

    ``may_be_new``: who asks can say that it is a new one (``--new``).
    """
    number = _number(connection, name)
    if number is not None:
        return number
    called = {fold(known): known for (known,) in connection.execute(select(vendors.c.name))}
    near = [called[one] for one in get_close_matches(fold(name), called, n=3)]
    message = phrase("there is no vendor %(vendor)s", vendor=repr(name))
    if may_be_new:
        message = phrase("there is no vendor %(vendor)s; if it is a new one, add --new", vendor=repr(name))
    raise CallerError([Problem("unknown_vendor", message, "vendor", suggestion=" or ".join(near) or None)])


def name_of(connection: Connection, name: str) -> str:
    """A vendor's name as it was first written; the given one of a vendor never heard of."""
    return connection.execute(select(vendors.c.name).where(vendors.c.folded == fold(name))).scalar() or name


def _vendors() -> Any:
    newest = select(func.max(standings.c.id)).where(standings.c.vendor_id == vendors.c.id).correlate(vendors)
    columns = (vendors.c.id, vendors.c.name, vendors.c.first_heard_at)
    said = (standings.c.standing, standings.c.at, standings.c.by, standings.c.why)
    return select(*columns, *said).join(standings, standings.c.id == newest.scalar_subquery())


def _vendor(row: Any) -> Vendor:
    return Vendor(row.id, row.name, row.first_heard_at, Standing(row.standing, row.at, row.by, row.why))


def note_vendor(work: UnitOfWork, name: str) -> None:
    """Register a vendor never heard of as ``new``; nothing happens to one already known."""
    if _number(work.connection, name) is None:
        _register(work, name)


def set_standing(work: UnitOfWork, name: str, standing: str, why: str, *, by: str = "operator") -> None:
    """Change how a vendor stands from now on, registering it if need be. Raises CallerError for nonsense."""
    problems = []
    if standing not in STANDINGS:
        near = get_close_matches(standing, STANDINGS, n=1)
        problems.append(Problem(
            "unknown_standing", phrase("A vendor's standing is one of %(all)s", all=", ".join(STANDINGS)),
            field="standing", suggestion=near[0] if near else None,
        ))  # fmt: skip
    if not why.strip():
        problems.append(Problem("missing", "Say why the vendor's standing changes", field="why"))
    if problems:
        raise CallerError(problems)
    number = _number(work.connection, name)
    _add(work, number if number is not None else _register(work, name), standing, by, why)


class Vendors:
    """The vendors as screening asks them (domain.ports.Vendors)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find_standing(self, name: str) -> str | None:
        """new, approved, probation, suspended or barred; None for a vendor never heard of."""
        with glancing(self._engine) as connection:
            return find_standing(connection, name)

    def find_file(self, name: str, as_of: datetime) -> VendorFile:
        """What its file says on that day; an empty one for a vendor never heard of."""
        from gateway.vendors.file import file_on  # the file knows vendors by this book

        with glancing(self._engine) as connection:
            return file_on(connection, name, as_of.date())


def _number(connection: Connection, name: str) -> int | None:
    return connection.execute(select(vendors.c.id).where(vendors.c.folded == fold(name))).scalar()


def _register(work: UnitOfWork, name: str) -> int:
    if not fold(name):
        raise CallerError([Problem("missing", "A vendor needs a name", field="vendor")])
    if "@" in name:  # the ledger names vendors, and takes no addresses
        message = phrase("A vendor is called by its name, not by an address")
        raise CallerError([Problem("contains_address", message, field="vendor")])
    statement = insert(vendors).values(name=" ".join(name.split()), folded=fold(name), first_heard_at=work.at)
    number: int = work.connection.execute(statement.returning(vendors.c.id)).scalar_one()
    _add(work, number, "new", "gateway", "first heard of")
    return number


def _add(work: UnitOfWork, number: int, standing: str, by: str, why: str) -> None:
    work.connection.execute(
        insert(standings).values(vendor_id=number, standing=standing, at=work.at, by=by, why=why.strip())
    )
