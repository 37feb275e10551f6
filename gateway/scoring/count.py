"""Counting one form or list, from the tallies and what was reported of its people. Reads and decides nothing."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from gateway.domain.decision import Decision
from gateway.feedback.counts import told_of_source
from gateway.lifecycle.gone import find_gone
from gateway.outcomes.origins import FAR, bridged, is_within, joined, ranges_of_list
from gateway.outcomes.remembered import decisions_of
from gateway.outcomes.scored import (
    Stand,
    came_in_at,
    find_cost,
    find_firsts,
    reasons_of,
    sources_of_leads,
    stands_of_form,
    stands_of_list,
    statement_of_source,
)
from gateway.scoring.figures import EVIDENCE, CameBack, Figures, count_came_back, count_people
from gateway.vendors.book import fold

_TOLD = {"complaint": "complaints", "unsubscribe": "opt_outs", "hard_bounce": "bounces"}
_CAUSES = {"complaint": "complaints", "opt_out": "opt_outs", "objection": "opt_outs", "bounce": "bounces"}
"""What senders report, and for what cause prospects are withdrawn, as what came back."""
_UNDONE, _IN_LIST, _KNOWN = "undone", "duplicate_in_list", "already_known"


class Scored(NamedTuple):
    """The figures of one form or list in one month."""

    origin_kind: str
    source: str
    month: str
    vendor: str | None  # folded
    first_at: datetime
    figures: Figures


def count_source(
    connection: Connection, kind: str, source: str, as_of: datetime, *, buyers: Sequence[int] = ()
) -> list[Scored]:
    """All months of one source; a list is one, that in which it came. ``buyers``: leads of who bought, in order."""
    statement = statement_of_source(connection, kind, source)
    if statement is None:
        return []
    vendor = fold(statement.vendor) if statement.vendor and not statement.direct else None
    stands = stands_of_list(connection, int(source)) if kind == "list" else list(stands_of_form(connection, source))
    if not stands:
        return []
    events = list(_came_back(connection, kind, source))
    came_in = came_in_at(connection, {one.lead_id for one in events})
    decided = decisions_of(connection, {one.decision_id for one in stands})
    found = []
    for month, some in _by_month(kind, stands):
        figures = Figures()
        for one in some:
            _count(figures, one, decided[one.decision_id])
        count_people(figures, ((one.settled_at, one.leads) for one in some if one.outcome == "prospect"), as_of)
        own = came_in if kind == "list" else {lead: at for lead, at in came_in.items() if _month(at) == month}
        count_came_back(figures, events, own, as_of)
        if kind == "list":  # of forms nothing is paid for each lead
            figures.cost = find_cost(connection, int(source))
            ranges = joined(ranges_of_list(connection, int(source)))
            figures.buyers = sum(bisect_left(buyers, end) - bisect_left(buyers, first) for first, end in ranges)
            firsts = find_firsts(connection, int(source))
            figures.firsts = Counter({f"{where}:{name}": count for (where, name), count in firsts.items()})
        found.append(Scored(kind, source, month, vendor, min(one.settled_at for one in some), figures))
    return found


def _month(at: datetime) -> str:
    return f"{at:%Y-%m}"


def _by_month(kind: str, stands: Sequence[Stand]) -> Iterable[tuple[str, Sequence[Stand]]]:
    if kind == "list":
        return [(_month(min(one.settled_at for one in stands)), stands)]
    found: dict[str, list[Stand]] = {}
    for one in stands:
        found.setdefault(_month(one.settled_at), []).append(one)
    return found.items()


def _count(figures: Figures, stand: Stand, decision: Decision) -> None:
    if stand.extra == _UNDONE:
        figures.undone += stand.leads
        return
    count, facts = stand.leads, decision.facts
    figures.rows += count
    if stand.outcome == "prospect":
        figures.prospects += count
        figures.confirmed += count * (facts.get("consent.is_confirmed") is True)
    else:
        figures.holds += count * (stand.outcome == "hold")
        figures.rejections += count * (stand.outcome == "rejection")
        for code in reasons_of(stand, decision):
            figures.reasons[code] += count
    figures.duplicates += count * (stand.extra == _IN_LIST)
    figures.known += count * (stand.extra == _KNOWN)
    dead = (facts.get("address.is_valid") is False, facts.get("address.accepts_mail") is False,
            facts.get("suppression.is_undeliverable") is True)  # fmt: skip
    figures.undeliverable += count * any(dead)
    figures.opted_out += count * (facts.get("suppression.is_matched") is True)
    for name in EVIDENCE:
        if facts.get(name) is True:
            figures.evidence[name] += count


def _came_back(connection: Connection, kind: str, source: str) -> Iterator[CameBack]:
    """What senders told, and those who left by any other door."""
    for told in told_of_source(connection, kind, source, _TOLD):
        yield CameBack(told.lead_id, _TOLD[told.kind], told.at)
    ranges = joined(ranges_of_list(connection, int(source))) if kind == "list" else [(0, 1 << 62)]
    gone = [
        one for first, end in bridged(ranges, FAR) for one in find_gone(connection, first, end)
        if is_within(ranges, one.lead_id)
    ]  # fmt: skip
    if kind == "form":  # theirs are not numbered together; few people leave, and forms are counted once a day
        came_by = sources_of_leads(connection, [one.lead_id for one in gone])
        gone = [one for one in gone if came_by.get(one.lead_id) == (kind, source)]
    for one in gone:
        kinds = {_CAUSES.get(cause, "") for cause in one.cause.split(",")} - {""}
        if kinds:  # several causes given at once: that they left is sure
            yield CameBack(one.lead_id, kinds.pop() if len(kinds) == 1 else "opt_outs", one.at)
