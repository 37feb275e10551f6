"""Policy sets kept by digest when first used: a decision can be explained and derived again with the packs gone."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select

from gateway.db.lasting import lasting
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.outcomes.tables import decisions, policy_sets

Texts = Sequence[tuple[int, str, str]]
"""Folder, name and text of every file of a set."""


def keep_policy_set(work: UnitOfWork, digest: str, texts: Texts) -> None:
    """Keep a set that is used for the first time."""

    def keep() -> int:
        if not ask(work.connection, f"SELECT 1 FROM {policy_sets.name} WHERE digest = ?", (digest,)):  # noqa: S608 - our own name
            body = json.dumps([list(text) for text in texts], ensure_ascii=False)
            work.connection.execute(insert(policy_sets).values(digest=digest, first_used_at=work.at, texts=body))
        return 1

    lasting(work, policy_sets.name, digest, keep)


def load_policy_set(connection: Connection, digest: str) -> list[tuple[int, str, str]] | None:
    """The files of a set; None for one that was never used here."""
    body = connection.execute(select(policy_sets.c.texts).where(policy_sets.c.digest == digest)).scalar()
    return None if body is None else [(folder, name, text) for folder, name, text in json.loads(body)]


class KeptSet(NamedTuple):
    """A set that was used here."""

    digest: str
    first_used_at: datetime
    decisions: int  # distinct cases that were first decided by it


def find_policy_sets(connection: Connection, most: int = 200) -> list[KeptSet]:
    """The sets that were used here, the last first."""
    kept = select(policy_sets.c.digest, policy_sets.c.first_used_at).order_by(policy_sets.c.first_used_at.desc())
    rows = list(connection.execute(kept.limit(most)))
    made = (
        select(decisions.c.policy_digest, func.count())
        .where(decisions.c.policy_digest.in_([row.digest for row in rows])).group_by(decisions.c.policy_digest)
    )  # fmt: skip
    counted = dict(map(tuple, connection.execute(made)))
    return [KeptSet(row.digest, row.first_used_at, counted.get(row.digest, 0)) for row in rows]
