"""A vendor's scorecard on its page, grades beside vendors' names, and what was found odd till somebody has seen it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, redirect
from sqlalchemy import Connection

from gateway.console.desk import charts
from gateway.console.desk.gate import note, page
from gateway.db.work import reading
from gateway.domain.interval import wilson
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.invoicing.book import page_invoices
from gateway.policy.vendor_limits import Limit
from gateway.scoring.card import WORDS, Card, make_card, money, percent
from gateway.scoring.figures import Figures, added_up
from gateway.scoring.keep import find_anomalies, find_card, find_cards, find_scores, see_anomaly
from gateway.scoring.refresh import ask_refresh
from gateway.vendors.book import find_vendor, fold

PICTURED, FIRSTS = 24, 6
GRADES = {"A": "is-prospect", "B": "is-prospect", "C": "is-hold", "D": "is-rejection", "F": "is-rejection"}
MEASURES = (
    "usable", "evidence", "confirmed", "undeliverable", "duplicates", "opted_out",
    "complaints", "complaints_30", "complaints_90", "opt_outs", "opt_outs_30", "opt_outs_90",
    "bounces", "bounces_30", "bounces_90",
)  # fmt: skip
GAUGED = ("complaints", "opt_outs", "bounces")


@dataclass(frozen=True, slots=True)
class Gauge:
    """A measure with its bounds against the house's limits, as parts of 100."""

    words: str
    says: str
    low: float
    high: float
    share: float
    marks: list[tuple[float, str]]  # where a limit lies, and what it does
    is_beyond: bool


def scored(connection: Connection, name: str) -> dict[str, Any]:
    """What the page of a vendor shows of its scorecard; nothing of a vendor that was never counted."""
    kept = find_card(connection, name)
    odd = find_anomalies(connection, vendor=name)
    invoices = page_invoices(connection, vendor=name, limit=10)
    told: dict[str, Any] = {"scored": None, "odd": odd, "invoices": invoices, "grades": GRADES, "percent": percent}
    if kept is None:
        return told
    card = kept.card
    lists = [one for one in find_scores(connection, vendor=name) if one.origin_kind == "list" and one.figures.decided]
    limits = [one for one in services().policies.vendor_limits.limits.values()
              if one.is_in_force(services().clock.now().date())]  # fmt: skip
    return told | {
        "scored": card, "as_of": kept.counted_at, "measures": [(WORDS[one], card.measures[one])
                                                               for one in MEASURES if one in card.measures],
        "costs": [("prospect", money(one)) for one in card.per_prospect]
        + [("customer", money(one)) for one in card.per_buyer],
        "usable_picture": charts.spread(
            phrase("Usable share of each list, with its bounds of 95 %"),
            [(f"list_{one.source}", one.figures.prospects / one.figures.decided,
              *wilson(one.figures.prospects / one.figures.decided, one.figures.decided)) for one in lists[-PICTURED:]],
        ) if lists else None,
        "gauges": [_gauge(card, of, limits) for of in GAUGED if of in card.measures],
        "firsts": charts.bars(_firsts(card.figures), hrefs={}),
        "by_month": _by_month(lists),
    }  # fmt: skip


def grades_of(connection: Connection, names: list[str]) -> dict[str, Card]:
    """The cards of these vendors, by the folded name."""
    return {name: kept.card for name, kept in find_cards(connection, names).items()}


def of_forms(connection: Connection) -> list[tuple[str, Card]]:
    """Our own forms by the same measures: what bought leads are held against. The largest first."""
    found: dict[str, list[Figures]] = defaultdict(list)
    for one in find_scores(connection):
        if one.origin_kind == "form":
            found[one.source].append(one.figures)
    limits = services().policies.vendor_limits
    cards = [(name, make_card(added_up(some), {}, limits)) for name, some in found.items()]
    return sorted(cards, key=lambda one: -one[1].figures.rows)[:10]


def trend_of(card: Card) -> charts.Line:
    """The small line beside a vendor's name."""
    return charts.line([share for _, share in card.trend[-12:]])


def name_key(name: str) -> str:
    """The form of a name under which cards are kept."""
    return fold(name)


@page("POST", "/vendors/<int:number>/count", role="officer")
def count(number: int) -> Response:
    """Have the vendor, and all others, counted again soon."""
    with services().unit_of_work() as work:
        one = find_vendor(work.connection, number)
        if one is None:
            raise CallerError([Problem("unknown_vendor", "There is no such vendor.")], 404, "Not found")
        ask_refresh(work)
        note(work, "vendor_count.asked", vendor=one.name)
    services().wake()
    return _back(number)


@page("POST", "/vendors/<int:number>/odd/<int:odd>/seen", role="officer")
def seen(number: int, odd: int) -> Response:
    """Somebody has seen what was found odd: the first page says it no more."""
    from gateway.console.desk.gate import me

    with services().unit_of_work() as work:
        one = find_vendor(work.connection, number)
        if one is None:
            raise CallerError([Problem("unknown_vendor", "There is no such vendor.")], 404, "Not found")
        found = see_anomaly(work, one.name, odd, me().by)
        if found is not None:
            note(work, "vendor_anomaly.seen", vendor=one.name, what=found.kind, about=found.about)
    return _back(number)


def unseen() -> list[tuple[int | None, Any]]:
    """What was found odd and nobody has seen, with the vendor's number: for the first page."""
    from gateway.vendors.book import find_number

    with reading(services().engine) as connection:
        return [(find_number(connection, one.vendor), one) for one in find_anomalies(connection, unseen=True, limit=5)]


def _back(number: int) -> Response:
    return cast("Response", redirect(f"/desk/vendors/{number}#score", 303))


def _firsts(figures: Figures) -> list[tuple[str, int]]:
    named = [(name.removeprefix("form:").replace("list:", "list_"), count)
             for name, count in figures.firsts.most_common(FIRSTS)]  # fmt: skip
    rest = figures.firsts.total() - sum(count for _, count in named)
    return [*named, ("others", rest)] if rest else named


def _by_month(lists: list[Any]) -> list[tuple[str, int, Card]]:
    found: dict[str, list[Figures]] = defaultdict(list)
    for one in lists:
        found[one.month].append(one.figures)
    limits = services().policies.vendor_limits
    return [(month, len(some), make_card(added_up(some), {}, limits)) for month, some in sorted(found.items())][::-1]


def _gauge(card: Card, of: str, limits: list[Limit]) -> Gauge:
    found = card.measures[of]
    mine = [one for one in limits if one.of == of]
    bounds = [(one.probation, "probation") for one in mine if one.probation is not None]
    bounds += [(one.suspended, "suspended") for one in mine if one.suspended is not None]
    top = max([found.high, *(bound for bound, _ in bounds)]) * 1.15 or 1.0
    bounded = f"{percent(found.share)}, between {percent(found.low)} and {percent(found.high)}"
    says = f"{bounded}: {found.count:,} of {found.of:,}"
    return Gauge(
        WORDS[of], says, 100 * found.low / top, 100 * found.high / top, 100 * found.share / top,
        [(100 * bound / top, f"{what} above {percent(bound)}") for bound, what in bounds],
        any(found.low > bound for bound, _ in bounds),
    )  # fmt: skip
