"""All numbers as of an instant as one document, ready for JSON. Nobody is named in it."""

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from gateway.economics.kept import Numbers
from gateway.economics.library import require
from gateway.economics.worth import Kept
from gateway.outcomes.hourly import find_cases
from gateway.outcomes.remembered import decisions_of
from gateway.policy.worth import Terms

if TYPE_CHECKING:
    from gateway.economics.figures import Figures, Firm, Line
    from gateway.economics.measures import Measured

FIRST = datetime(1990, 1, 1, tzinfo=UTC)


def reckon_numbers(
    connection: Connection, as_of: datetime, terms: Terms, in_time: Callable[[str], float]
) -> tuple[Numbers, list[Kept]]:
    """The document, and what a lead of each source may cost as it is kept for bids.

    ``in_time``: within how many days a product is bought again by who stays. Raises CallerError where numpy is missing.
    """
    require()
    from gateway.economics.waiting import remembering

    with remembering():
        return _reckon(connection, as_of, terms, in_time)


def _reckon(
    connection: Connection, as_of: datetime, terms: Terms, in_time: Callable[[str], float]
) -> tuple[Numbers, list[Kept]]:
    from gateway.economics.affording import SCOPES, afford, afford_all
    from gateway.economics.campaigns import campaigns
    from gateway.economics.cuts import CUTS, make_cut
    from gateway.economics.figures import reckon
    from gateway.economics.leaks import find_leaks
    from gateway.economics.measures import reckon_each
    from gateway.economics.moving import moves
    from gateway.economics.people import load_people
    from gateway.economics.weighing import reckon_whole

    begun = time.monotonic()
    people = load_people(connection, as_of)
    reasons = _reasons(connection, as_of)
    each = reckon_each(people, in_time)
    horizon = terms.horizon_days
    whole, kind, points = reckon_whole(people, each, horizon)
    afforded, cuts = afford_all(whole, terms), {}
    for name in CUTS:
        cut = make_cut(people, name)
        figures = reckon(people, each, cut, kind, horizon)
        cuts[name] = _lines(figures, drawn=name != "phases")
        if name in SCOPES:
            afforded += afford(people, cut, figures, terms)
    body = {
        "as_of": as_of.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "terms": terms.as_dict(), "people": len(people), "currencies": people.currencies,
        "horizon_days": round(kind.days, 1), "all": _measured(whole),
        "curve": points, **cuts,
        "moves": [one.as_dict() for one in moves(people)],
        "campaigns": [one.as_dict() for one in campaigns(people)],
        "leaks": [one.as_dict() for one in find_leaks(people, each, reasons, horizon)],
        "worth": [one.as_dict() for one in afforded],
    }  # fmt: skip
    body = json.loads(json.dumps(body))  # what is told at once is what is kept
    kept = [one for found in afforded for one in found.kept()]
    return Numbers(as_of, round(1000 * (time.monotonic() - begun)), body), kept


def _reasons(connection: Connection, as_of: datetime) -> Counter[str]:
    """Why leads did not become prospects, by the code of the reason."""
    counts: Counter[str] = Counter()
    cases = list(find_cases(connection, FIRST, ("hold", "rejection"), as_of))
    decided = decisions_of(connection, {case.decision_id for case in cases if not case.extra})
    for case in cases:
        codes = [case.extra] if case.extra else [
            one.reason for one in decided[case.decision_id].refusals
            if one.verdict == decided[case.decision_id].verdict
        ]  # fmt: skip
        for code in dict.fromkeys(codes):
            counts[code] += case.leads
    return counts


def _lines(figures: "Figures", *, drawn: bool) -> list[dict[str, Any]]:
    return [_line(line) | ({"firm": _firm(line.firm)} if drawn else {}) for line in figures.lines]


def _line(line: "Line") -> dict[str, Any]:
    return {"name": line.name, "rows": line.rows, **_measured(line.measured)}


def _firm(firm: "Firm") -> dict[str, Any]:
    from gateway.economics.figures import told

    return {
        "first": told(firm.first), "becomes_prospect": told(firm.becomes),
        "spent": {currency: told(one, 1) for currency, one in firm.spent.items()},
    }  # fmt: skip


def _measured(one: "Measured") -> dict[str, Any]:
    from gateway.economics.figures import told

    return {
        "people": one.people, "left": one.left, "buyers": one.buyers,
        "bought_within": {str(day): told(share) for day, share in one.first.items()},
        "median_days": told(one.median, 1), "bought_again": told(one.again), "referred": told(one.referred),
        "satisfied": told(one.satisfied), "promoters": told(one.promoters), "net_promoters": told(one.net_promoters),
        "asked": one.asked, "spent": {currency: _spent(one, currency) for currency in one.spent},
    }  # fmt: skip


def _spent(one: "Measured", currency: str) -> dict[str, Any]:
    """Money in minor units. ``days``: over how long, at most the horizon."""
    from gateway.economics.figures import told

    spent = one.spent[currency]
    plain = {"total": one.total[currency], "naive": round(one.naive[currency], 1)}
    if spent is None:
        return {"days": None, "mean": None, "spenders": 0, **plain}
    mean = None if spent.is_thin else told(spent.mean, 1)
    return {"days": round(spent.days, 1), "mean": mean, "spenders": spent.spenders, **plain}
