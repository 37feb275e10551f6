"""The suppression book as a file to keep apart from the database, and back: nothing of it names anybody.

A database restored from before an opt-out has forgotten it. The file has not: taken in again, every order stands as
it was, and none can be made weaker by it. So it is with the moves: who left under one address has left under the other.
It is of use only under the secret key that the match keys were made with.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from gateway.db.base import text_of
from gateway.db.keys import KEY_BYTES
from gateway.domain.address import Renewal
from gateway.domain.hashed import algorithm_of
from gateway.domain.ports import CAUSES, Cause, Suppression, read_scope
from gateway.domain.problem import CallerError, Problem
from gateway.suppression.hashes import HashOrder
from gateway.suppression.tables import moves, suppression_hashes, suppressions

FORMAT = "lead gateway suppressions 3"
_WITHOUT_MOVES = "lead gateway suppressions 2"
_WITHOUT_END = "lead gateway suppressions 1"
"""What files were called that do not say how many orders they hold: whether one is whole cannot be told."""
_FORMATS = frozenset({FORMAT, _WITHOUT_MOVES, _WITHOUT_END})
Order = Suppression | HashOrder
Move = tuple[bytes, bytes]
"""The match keys of one person's two addresses."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a file holds: every order as first and as last received, every move, and when it was written."""

    orders: list[Order]
    moves: list[Move]
    at: datetime


def dump(connection: Connection, check: str, at: datetime) -> Iterator[str]:
    """Lines of JSON: what it is, every order, every move, how many there are.

    ``check`` tells under which secret the match keys were made.
    """
    yield json.dumps({"format": FORMAT, "check": check, "at": text_of(at)})
    count = 0
    for table, name in ((suppressions, "match_key"), (suppression_hashes, "digest")):
        for row in _rows(connection, table):
            count += 1
            yield json.dumps({
                name: bytes(row[name]).hex(), "cause": row["cause"], "scope": row["scope"],
                "first_at": text_of(row["received_at"]), "last_at": text_of(row["last_received_at"]),
            })  # fmt: skip
    moved = 0
    for row in _rows(connection, moves):
        moved += 1
        yield json.dumps({"match_key": bytes(row["match_key"]).hex(), "moved": bytes(row["new_match_key"]).hex()})
    yield json.dumps({"orders": count, "moves": moved})


def _rows(connection: Connection, table: Table) -> Iterator[Any]:
    after = 0
    while page := connection.execute(
        select(table).where(table.c.id > after).order_by(table.c.id).limit(5000)
    ).mappings().all():  # fmt: skip
        yield from page
        after = page[-1]["id"]


def is_backup(first_line: str) -> bool:
    """Whether a file begins as one of ours does."""
    return first_line.lstrip("\ufeff").startswith('{"format": "lead gateway suppressions')


def read(lines: Iterable[str], checks: Sequence[str], renewals: Sequence[Renewal] = ()) -> Backup:
    """What a file holds. Raises CallerError: all of it is good or nothing is.

    ``checks``: what tells the secret of today, then those of before; ``renewals``: of the same secrets. Match keys of a
    file from before the secret was changed are renewed as those of the database were: else they would match nobody.
    """
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    head = _object(1, numbered[0][1].lstrip("\ufeff"))
    form, age = head.get("format"), next((age for age, check in enumerate(checks) if check == head.get("check")), None)
    if form not in _FORMATS:
        message = "this backup was made by a newer gateway, which may keep in it what this one cannot read"
        raise CallerError([Problem("other_format", message, "file")])
    if age is None or age > len(renewals):
        message = "this backup was made under another secret key (GATEWAY_SECRET_KEY): none of its orders would match"
        raise CallerError([Problem("other_secret", message, "file")])
    rows = [(number, _object(number, line)) for number, line in numbered[1:]]
    said = rows.pop()[1] if rows and form != _WITHOUT_END else None
    moved = [_move(number, row) for number, row in rows if "moved" in row]
    orders = [order for number, row in rows if "moved" not in row for order in _orders(number, row)]
    whole = {"orders": len(rows)} if form == _WITHOUT_MOVES else {"orders": len(rows) - len(moved), "moves": len(moved)}
    if form != _WITHOUT_END and said != whole:
        message = (
            f"this backup is cut off after line {numbered[-1][0]}, or lines of it are missing; nothing was taken in. "
            "Copy it again, or take the one before it"
        )
        raise CallerError([Problem("cut_off", message, "file")])
    return _renewed(Backup(orders, moved, _written_at(head)), renewals[:age])


def _renewed(backup: Backup, renewals: Sequence[Renewal]) -> Backup:
    """The same under the secret of today; hashes of others are under none. ``renewals``: the newest first."""
    keys = [one.key for one in backup.orders if isinstance(one, Suppression)]
    keys += [key for both in backup.moves for key in both]
    for renewal in reversed(renewals):
        keys = renewal.of(keys)
    renewed = iter(keys)
    orders = [replace(one, key=next(renewed)) if isinstance(one, Suppression) else one for one in backup.orders]
    return Backup(orders, [(next(renewed), next(renewed)) for _ in backup.moves], backup.at)


def _written_at(head: dict[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(head["at"])
    except (KeyError, TypeError, ValueError):
        raise _broken(1) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _object(number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _broken(number)
    return found


def _orders(number: int, said: dict[str, Any]) -> Iterator[Order]:
    try:
        cause: Cause = said["cause"]
        scope = read_scope(said["scope"])
        times = dict.fromkeys(datetime.fromisoformat(said[name]) for name in ("first_at", "last_at"))
        key = bytes.fromhex(said.get("match_key") or said["digest"])
    except (KeyError, TypeError, ValueError):
        raise _broken(number) from None
    algorithm = None if "match_key" in said else algorithm_of(key)
    sized = len(key) == KEY_BYTES if "match_key" in said else algorithm is not None
    if not sized or cause not in CAUSES or any(at.tzinfo is None for at in times):
        raise _broken(number)
    for at in times:
        yield Suppression(key, cause, at, scope) if algorithm is None else HashOrder(algorithm, key, cause, at, scope)


def _move(number: int, said: dict[str, Any]) -> Move:
    try:
        old, new = bytes.fromhex(said["match_key"]), bytes.fromhex(said["moved"])
    except (KeyError, TypeError, ValueError):
        raise _broken(number) from None
    if (len(old), len(new)) != (KEY_BYTES, KEY_BYTES):
        raise _broken(number)
    return old, new


def _broken(number: int) -> CallerError:
    message = f"line {number} is no order of a suppression backup; nothing was taken in"
    return CallerError([Problem("broken_backup", message, "file")])
