"""The scorecards as they are kept: rows of each source and month, a card of each vendor, what was found odd."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.scoring.card import Card
from gateway.scoring.count import Scored
from gateway.scoring.figures import Figures
from gateway.scoring.odd import Odd
from gateway.scoring.tables import anomalies, cards, marks, scores
from gateway.vendors.book import fold

_NAMES = ("origin_kind", "source", "month", "vendor", "first_at", "figures", "counted_at")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far was counted."""

    batch: int = 0
    event: int = 0
    change: int = 0
    whole_at: datetime | None = None
    counted_at: datetime | None = None
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A vendor's card as it was counted last."""

    card: Card
    baseline: dict[str, list[int]]
    since: str  # the instant of the person's word that the baseline is of; empty where none
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something odd about a vendor, till somebody has seen it."""

    number: int
    vendor: str  # folded
    source: str
    kind: str
    about: str
    says: str
    found_at: datetime
    seen_at: datetime | None
    seen_by: str | None


def find_mark(connection: Connection) -> Mark:
    """How far was counted."""
    row = connection.execute(select(marks)).one_or_none()
    if row is None:
        return Mark()
    return Mark(row.batch, row.event, row.change, row.whole_at, row.counted_at, row.is_asked)


def set_mark(work: UnitOfWork, mark: Mark) -> None:
    """Say how far was counted."""
    values = {
        "batch": mark.batch, "event": mark.event, "change": mark.change, "whole_at": mark.whole_at,
        "counted_at": mark.counted_at or work.at, "is_asked": mark.is_asked,
    }  # fmt: skip
    if not work.connection.execute(update(marks).values(values)).rowcount:
        work.connection.execute(insert(marks).values(id=1, **values))


def find_counted(connection: Connection, lists: Collection[str]) -> dict[str, datetime]:
    """As of when each of these lists was counted last; those that never were are left out."""
    mine = (scores.c.origin_kind == "list", scores.c.source.in_(lists))
    query = select(scores.c.source, func.max(scores.c.counted_at)).where(*mine).group_by(scores.c.source)
    return {row[0]: row[1] for row in connection.execute(query)} if lists else {}


def keep_scores(work: UnitOfWork, source: tuple[str, str], found: Sequence[Scored], *, at: datetime) -> None:
    """The months of one source as of an instant, instead of those that were kept."""
    kind, name = source
    work.connection.execute(delete(scores).where(scores.c.origin_kind == kind, scores.c.source == name))
    as_of = text_of(at)
    work.insert_many(
        scores, _NAMES,
        [(one.origin_kind, one.source, one.month, one.vendor, text_of(one.first_at), one.figures.as_json(), as_of)
         for one in found],
    )  # fmt: skip


def find_scores(
    connection: Connection, *, vendor: str | None = None, since: datetime | None = None, sold: bool = False
) -> list[Scored]:
    """What was counted, the oldest first; ``vendor``: of one; ``sold``: only what some vendor sold."""
    kept = (scores.c.origin_kind, scores.c.source, scores.c.month, scores.c.vendor, scores.c.first_at, scores.c.figures)
    query = select(*kept).order_by(scores.c.first_at, scores.c.source)
    if vendor is not None:
        query = query.where(scores.c.vendor == fold(vendor))
    if since is not None:
        query = query.where(scores.c.first_at >= since)
    if sold:
        query = query.where(scores.c.vendor.is_not(None))
    return [Scored(*row[:5], Figures.from_json(row[5])) for row in connection.execute(query)]


def keep_card(work: UnitOfWork, vendor: str, card: Card, baseline: dict[str, list[int]], since: str) -> None:
    """A vendor's card, instead of the one before."""
    kept = {
        "grade": card.grade, "card": json.dumps(card.as_dict()), "counted_at": work.at,
        "baseline": json.dumps({"since": since, "counts": baseline}),
    }  # fmt: skip
    if not work.connection.execute(update(cards).where(cards.c.vendor == vendor).values(kept)).rowcount:
        work.connection.execute(insert(cards).values(vendor=vendor, **kept))


def find_cards(connection: Connection, names: Iterable[str]) -> dict[str, Kept]:
    """The cards of these vendors, by the folded name; those never counted are left out."""
    wanted = sorted({fold(name) for name in names})
    found = {}
    for row in connection.execute(select(cards).where(cards.c.vendor.in_(wanted))):
        base = json.loads(row.baseline)
        found[row.vendor] = Kept(Card.from_json(row.card), base["counts"], base["since"], row.counted_at)
    return found


def find_card(connection: Connection, name: str) -> Kept | None:
    """A vendor's card; None if it was never counted."""
    return find_cards(connection, [name]).get(fold(name))


def note_anomaly(work: UnitOfWork, vendor: str, source: str, odd: Odd) -> bool:
    """Keep what was found odd; False if the same was found before, seen or not. What was done is always new."""
    of, key = anomalies.c, {"vendor": vendor, "source": source, "kind": odd.kind, "about": odd.about}
    same = select(func.count()).where(*(of[name] == value for name, value in key.items()))
    if odd.kind != "acted" and work.connection.execute(same).scalar_one():
        return False
    work.connection.execute(insert(anomalies).values(**key, says=odd.says, found_at=work.at))
    return True


def find_anomalies(
    connection: Connection, *, vendor: str | None = None, unseen: bool = False, limit: int = 20
) -> list[Anomaly]:
    """The newest first."""
    query = select(anomalies).order_by(anomalies.c.id.desc()).limit(limit)
    if vendor is not None:
        query = query.where(anomalies.c.vendor == fold(vendor))
    if unseen:
        query = query.where(anomalies.c.seen_at.is_(None))
    return [Anomaly(*row) for row in connection.execute(query)]


def see_anomaly(work: UnitOfWork, vendor: str, number: int, by: str) -> Anomaly | None:
    """Somebody has seen it; what it was, or None where there is nothing of that number unseen."""
    here = (anomalies.c.id == number) & (anomalies.c.vendor == fold(vendor)) & anomalies.c.seen_at.is_(None)
    row = work.connection.execute(select(anomalies).where(here)).one_or_none()
    if row is None:
        return None
    work.connection.execute(update(anomalies).where(here).values(seen_at=work.at, seen_by=by))
    return Anomaly(*row)
