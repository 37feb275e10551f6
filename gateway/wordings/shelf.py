"""Wordings as pages show them: by standing and use, by words in them, who used each. Pages go on behind a key."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select, tuple_

from gateway.domain.wording import wording_of
from gateway.wordings.tables import uses, wordings

PAGE = 25
MOST_USES = 50
SHORT = 12  # hex digits of a digest as people say it


@dataclass(frozen=True, slots=True)
class Shelved:
    """A wording as it stands in a list."""

    digest: str
    text: str
    shown: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    leads: int  # of lists
    standing: str

    @property
    def short(self) -> str:
        """The beginning of its digest, as people say it."""
        return self.digest[:SHORT]


@dataclass(frozen=True, slots=True)
class Use:
    """Whose leads came under a wording, how many and when."""

    source: str
    kind: str
    vendor: str | None
    leads: int
    first_at: datetime
    last_at: datetime


def find_wording(connection: Connection, digest: str) -> Shelved | None:
    """One wording, by its whole digest."""
    row = connection.execute(select(wordings).where(wordings.c.digest == digest)).one_or_none()
    return None if row is None else _shelved(row)


def resolve(connection: Connection, start: str) -> list[str]:
    """The digests that begin so, two at most: as somebody copied it from a page."""
    query = select(wordings.c.digest).where(wordings.c.digest >= start, wordings.c.digest < start + "g")
    return list(connection.execute(query.order_by(wordings.c.digest).limit(2)).scalars())


def list_wordings(
    connection: Connection,
    standing: str | None,
    *,
    find: str = "",
    after: tuple[int, str] | None = None,
    limit: int = PAGE,
) -> list[Shelved]:
    """Wordings of lists of this standing, those with most leads first; one more than ``limit`` where there are more.

    ``after``: leads and digest of the last one that was shown. ``find``: words that stand in them.
    """
    query = select(wordings)
    if standing is not None:
        query = query.where(wordings.c.standing == standing)
    if standing == "unread":  # what only forms of ours show needs nobody's reading
        query = query.where(wordings.c.leads > 0)
    if after is not None:
        query = query.where(tuple_(wordings.c.leads, wordings.c.digest) < tuple_(*after))
    query = _with(query, find).order_by(wordings.c.leads.desc(), wordings.c.digest.desc()).limit(limit + 1)
    return [_shelved(row) for row in connection.execute(query)]


def list_ours(connection: Connection, *, find: str = "", after: str = "", limit: int = PAGE) -> list[Shelved]:
    """What forms of ours have shown, by digest; one more than ``limit`` where there are more."""
    shown = select(uses.c.digest).where(uses.c.kind == "form", uses.c.digest > after)
    query = _with(select(wordings).where(wordings.c.digest.in_(shown)), find)
    return [_shelved(row) for row in connection.execute(query.order_by(wordings.c.digest).limit(limit + 1))]


def pick(connection: Connection, digests: Collection[str], *, find: str = "") -> dict[str, Shelved]:
    """These wordings by digest, as far as they have the words that are looked for."""
    query = _with(select(wordings).where(wordings.c.digest.in_(sorted(digests))), find)
    return {row.digest: _shelved(row) for row in connection.execute(query)}


def count_by_standing(connection: Connection) -> dict[str, int]:
    """How many wordings of lists stand how."""
    query = select(wordings.c.standing, func.count()).where(wordings.c.leads > 0).group_by(wordings.c.standing)
    return {row[0]: row[1] for row in connection.execute(query)}


def find_uses(connection: Connection, digest: str) -> tuple[list[Use], int, int]:
    """The latest uses of a wording, how many there are in all, and how many leads came under it."""
    mine = uses.c.digest == digest
    count, leads = connection.execute(select(func.count(), func.sum(uses.c.leads)).where(mine)).one()
    query = select(uses).where(mine).order_by(uses.c.last_at.desc(), uses.c.source).limit(MOST_USES)
    found = [
        Use(row.source, row.kind, row.vendor, row.leads, row.first_at, row.last_at) for row in connection.execute(query)
    ]
    return found, count, int(leads or 0)


def users_of(connection: Connection, digests: Collection[str]) -> dict[str, list[str]]:
    """Of each wording the vendors, else the forms, that used it, by name; a few of each."""
    found: dict[str, list[str]] = {}
    who = func.coalesce(uses.c.vendor, uses.c.source)
    query = select(uses.c.digest, who).where(uses.c.digest.in_(sorted(digests))).distinct()
    for digest, name in connection.execute(query.order_by(uses.c.digest, who)):
        found.setdefault(digest, []).append(name)
    return found


def likely_kin(connection: Connection, digest: str, limit: int) -> list[Shelved]:
    """Wordings that may be near this one: the latest of the same vendors and forms, and the most used of all."""
    mine = select(uses.c.vendor).where(uses.c.digest == digest, uses.c.vendor.is_not(None))
    forms = select(uses.c.source).where(uses.c.digest == digest)
    theirs = (
        select(uses.c.digest).where(or_(uses.c.vendor.in_(mine), uses.c.source.in_(forms)))
        .order_by(uses.c.last_at.desc()).limit(limit)
    )  # fmt: skip
    near = list(connection.execute(theirs).scalars())
    most = select(wordings.c.digest).order_by(wordings.c.leads.desc(), wordings.c.digest.desc()).limit(limit)
    near += connection.execute(most).scalars()
    return [one for one in pick(connection, set(near) - {digest}).values() if one.text]


def _with(query: Select[Any], find: str) -> Select[Any]:
    """With these words, as the normal form writes them."""
    words = wording_of(find)
    return query if words is None else query.where(wordings.c.text.icontains(words.text, autoescape=True))


def _shelved(row: Any) -> Shelved:
    return Shelved(
        row.digest, row.text, row.shown, row.first_seen_at, row.last_seen_at, row.leads, row.standing
    )  # fmt: skip
