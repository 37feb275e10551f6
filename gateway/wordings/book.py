"""Asking and noting how a wording stands, and counting who used it. Standings are added, never changed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import Connection, Engine, func, insert, select, update

from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork, glancing
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.domain.standing import Standing
from gateway.domain.wording import Wording
from gateway.wordings.tables import standings, uses, wordings

STANDINGS = ("approved", "refused")
UNREAD = "unread"
LONGEST_WHY = 500
_CHUNK = 5000
_SQLITE = (
    "SELECT digest, standing FROM wordings WHERE standing <> 'unread' AND digest IN (SELECT value FROM json_each(?))"
)
_POSTGRESQL = "SELECT digest, standing FROM wordings WHERE standing <> 'unread' AND digest = ANY(?)"
_ONE_MORE = "UPDATE wording_uses SET leads = leads + ?, last_at = ? WHERE digest = ? AND source = ? RETURNING digest"
_KEEP = (
    "INSERT INTO wordings (digest, text, shown, first_seen_at, last_seen_at, leads, standing) "
    "VALUES (?, ?, ?, ?, ?, ?, 'unread') ON CONFLICT (digest) DO UPDATE "
    "SET leads = wordings.leads + excluded.leads, last_seen_at = excluded.last_seen_at"
)
_USE = (
    "INSERT INTO wording_uses (digest, source, kind, vendor, leads, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (digest, source) DO UPDATE SET leads = wording_uses.leads + excluded.leads, last_at = excluded.last_at"
)


@dataclass(frozen=True, slots=True)
class User:
    """Whose leads come under a wording."""

    source: str  # a form's key, or list_7
    kind: str  # form, list
    vendor: str | None = None


def keep(work: UnitOfWork, user: User, counted: Sequence[tuple[Wording, int]]) -> None:
    """Write down that so many leads came under each of these wordings; 0 where they were counted before."""
    at = text_of(work.at)
    if user.kind == "form":  # nearly every signup comes under words that others came under
        counted = [
            (one, count) for one, count in counted
            if not ask(work.connection, _ONE_MORE, (count, at, one.digest, user.source))
        ]  # fmt: skip
    if not counted:
        return
    of_lists = user.kind == "list"
    _many(work, _KEEP, [(*one, at, at, count if of_lists else 0) for one, count in counted])
    _many(work, _USE, [
        (one.digest, user.source, user.kind, user.vendor, count, at, at) for one, count in counted
    ])  # fmt: skip


def _many(work: UnitOfWork, statement: str, rows: list[tuple[object, ...]]) -> None:
    if len(rows) == 1:
        ask(work.connection, statement, rows[0])
        return
    sqlite = work.connection.dialect.name == "sqlite"
    work.connection.exec_driver_sql(statement if sqlite else statement.replace("?", "%s"), rows)


def find_standings(connection: Connection, digests: Iterable[str]) -> dict[str, str]:
    """How these wordings stand; those that nobody read are absent."""
    wanted = sorted(set(digests))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        if connection.dialect.name == "sqlite":
            found.update(ask(connection, _SQLITE, (json.dumps(some),)))
        else:
            found.update(ask(connection, _POSTGRESQL, (some,)))
    return found


def set_standing(work: UnitOfWork, digest: str, standing: str, why: str, *, by: str) -> str:
    """Say how a wording stands from now on; how it stood until now. Raises CallerError for nonsense."""
    problems = []
    if standing not in STANDINGS:
        near = get_close_matches(standing, STANDINGS, n=1)
        problems.append(Problem(
            "unknown_standing", phrase("A wording is %(standings)s", standings=" or ".join(STANDINGS)),
            field="standing", suggestion=near[0] if near else None,
        ))  # fmt: skip
    if not why.strip() or len(why) > LONGEST_WHY:
        problems.append(
            Problem(
                "missing", phrase("Say why, in 1 to %(longest_why)s characters", longest_why=LONGEST_WHY), field="why"
            )
        )
    if "@" in why:
        problems.append(Problem("contains_address", "Say why without an e-mail address: it is kept", field="why"))
    if problems:
        raise CallerError(problems)
    before: str | None = work.connection.execute(
        select(wordings.c.standing).where(wordings.c.digest == digest)
    ).scalar()  # fmt: skip
    if before is None:
        message = phrase("There is no wording %(digest)s", digest=digest[:32])
        raise CallerError([Problem("unknown_wording", message, field="digest")], 404)
    work.connection.execute(
        insert(standings).values(digest=digest, standing=standing, at=work.at, by=by, why=" ".join(why.split()))
    )
    work.connection.execute(update(wordings).where(wordings.c.digest == digest).values(standing=standing))
    return before


def history(connection: Connection, digest: str) -> list[Standing]:
    """All that was ever said of a wording, oldest first."""
    query = (
        select(standings.c.standing, standings.c.at, standings.c.by, standings.c.why)
        .where(standings.c.digest == digest).order_by(standings.c.id)
    )  # fmt: skip
    return [Standing(*row) for row in connection.execute(query)]


def forget(work: UnitOfWork, own: Mapping[str, int]) -> int:
    """Empty the texts that came with no more leads than these: one person's own words; how many.

    What many came under is nobody's own. That there was one, and what was said of it, stays.
    """
    digests = sorted(own)
    counted = (
        select(uses.c.digest, func.sum(uses.c.leads).label("leads"))
        .where(uses.c.digest.in_(digests)).group_by(uses.c.digest)
    )  # fmt: skip
    shown_by_us = select(uses.c.digest).where(uses.c.digest.in_(digests), uses.c.kind == "form")
    ours = set(work.connection.execute(shown_by_us).scalars())
    alone = [
        row.digest
        for row in work.connection.execute(counted)
        if row.leads <= own[row.digest] and row.digest not in ours
    ]
    emptied = update(wordings).where(wordings.c.digest.in_(alone), wordings.c.text != "")
    return work.connection.execute(emptied.values(text="", shown=None)).rowcount if alone else 0


class Wordings:
    """The wordings as screening asks them (domain.ports.Wordings)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find_standings(self, digests: Iterable[str]) -> Mapping[str, str]:
        """Approved or refused, by digest; those that nobody read are absent."""
        with glancing(self._engine) as connection:
            return find_standings(connection, digests)
