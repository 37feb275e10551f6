"""What leads are worth and what became of people: read at a glance, each number with the range in which it lies."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request

from gateway.console.desk.curves import Interval, Told, curve, intervals
from gateway.console.desk.gate import page, shown
from gateway.console.desk.reasoned import officer_words
from gateway.domain.money import places, written
from gateway.domain.problem import CallerError, Problem
from gateway.economics.asking import numbers_at_once
from gateway.economics.kept import Numbers
from gateway.economics.library import ADVICE, is_there
from gateway.economics.tabled import SECTIONS
from gateway.intake.http import services
from gateway.intake.http_numbers import answer_section

TITLES = {
    "sources": "Forms", "lists": "Lists", "vendors": "Vendors", "cohorts": "Months", "phases": "Phases",
    "moves": "Moves", "campaigns": "Campaigns", "leaks": "Where people stop", "worth": "What a lead may cost",
}  # fmt: skip
STEPS = {
    "reach": "all leads", "acquisition": "prospects", "conversion": "buyers", "retention": "bought again",
    "loyalty": "loyal",
}  # fmt: skip
"""Who is at each stage."""
WHATS = {"source": "Form", "list": "List", "vendor": "Vendor", "wording": "Notice", "product": "Product"}
VERDICTS = {
    "too_dear": ("rejection", "costs more than it is worth"), "worth_it": ("prospect", "worth its price"),
    "open": ("hold", "not decided: more people would tell"), "no_price": ("", ""),
}  # fmt: skip
MOST = 12  # lines of a picture on the first page
LONGEST = 40  # of one on the page of a section


@page("GET", "/numbers", role="viewer")
def show() -> Response:
    """The few numbers an owner wants, and the way to the others."""
    found = _found()
    if found is None:
        return shown("numbers/show.html", here="numbers", body=None, advice=None if is_there() else ADVICE,
                     titles=TITLES)  # fmt: skip
    body = found.body
    currency = main_currency(body)
    return shown(
        "numbers/show.html", here="numbers", body=body, as_of=found.as_of, titles=TITLES, steps=STEPS, whats=WHATS,
        currency=currency, percent=percent, money=money, reason=officer_words, any_worth=_any(body, currency),
        bought=bought(body),
        picture=curve("Share of people who have bought, by days since joining", body["curve"]),
        vendors=worth_lines(body, "vendor", currency)[:MOST], forms=worth_lines(body, "form", currency)[:MOST],
    )  # fmt: skip


@page("GET", "/numbers/explained", role="viewer")
def explained() -> Response:
    """Every number in plain words."""
    return shown("numbers/explained.html", here="numbers", titles=TITLES, terms=services().policies.worth)


@page("GET", "/numbers/<section>", role="viewer")
def section(section: str) -> Response:
    """All lines of one section."""
    _require(section)
    found = _found()
    if found is None:
        return show()
    body = found.body
    currency = request.args.get("currency", "")
    currency = currency if currency in body["currencies"] else main_currency(body)
    lines = body[section]
    first = spent = worth = []
    if section == "worth":
        worth = [(scope, worth_lines(body, scope, currency)[:LONGEST]) for scope in ("vendor", "list", "form")]
    elif lines and "bought_within" in lines[0]:
        first = share_lines(lines)[:LONGEST]
        spent = spent_lines(lines, currency)[:LONGEST]
    if section in {"sources", "lists", "vendors"}:
        first, spent = sorted(first, key=lambda one: -one.low), sorted(spent, key=lambda one: -one.low)
    return shown(
        "numbers/section.html", here="numbers", section=section, lines=lines, body=body, as_of=found.as_of,
        titles=TITLES, steps=STEPS, whats=WHATS, currency=currency, percent=percent, money=money, first=first,
        spent=spent, worth=worth, reason=officer_words, longest=LONGEST,
    )  # fmt: skip


@page("GET", "/numbers/<section>/file", role="viewer")
def file(section: str) -> Response:
    """The section as CSV or Parquet, every column."""
    _require(section)
    form = request.args.get("format", "csv")
    if form not in {"csv", "parquet"}:
        raise CallerError([Problem("unknown_format", "Choose CSV or Parquet.", "format")])
    found = _found()
    if found is None:
        raise CallerError([Problem("not_yet", "The numbers are being worked out; come back in a minute.")], 409)
    return answer_section(found, section, form)


def _found() -> Numbers | None:
    """None where numpy is missing, or where they take too long to wait for."""
    if not is_there():
        return None
    return numbers_at_once(services().engine, services().policies, services().clock.now())


def _require(section: str) -> None:
    if section not in SECTIONS:
        raise CallerError([Problem("unknown_section", "There are no such numbers.")], 404, "Not found")


def main_currency(body: Mapping[str, Any]) -> str:
    """The currency in which most is spent per person; USD where nothing was."""
    spent = body["all"]["spent"]
    return max(spent, key=lambda code: spent[code]["spenders"], default="USD")


def percent(one: Mapping[str, float] | None, key: str = "value") -> str:
    """A share in words."""
    if one is None or one[key] is None:
        return "\N{EN DASH}"
    few = 0.1
    return f"{100 * one[key]:.0f} %" if one["value"] >= few else f"{100 * one[key]:.1f} %"


def money(one: Mapping[str, float] | None, currency: str, key: str = "value") -> str:
    """An amount in words; a bound without its currency, which stands above it."""
    if one is None or one[key] is None:
        return "\N{EN DASH}"
    return written(round(one[key]), currency) if key == "value" else _writer(currency)(one[key])


def bought(body: Mapping[str, Any]) -> list[tuple[int, Mapping[str, float] | None]]:
    """How many have bought after so many days: a year and 90 days, or where nobody has been here so long, by now."""
    within = body["all"]["bought_within"]
    known = [(int(days), within[days]) for days in ("365", "90", "30") if within.get(days)]
    line = body["curve"]
    if not known and line["days"] and line["days"][-1] > 0:
        last = {"value": line["share"][-1], "low": line["low"][-1], "high": line["high"][-1]}
        return [(round(line["days"][-1]), last)]
    return known[:2] or [(365, None)]


def _any(body: Mapping[str, Any], currency: str) -> Any:
    return next((one for one in body["worth"] if one["scope"] == "all" and one["currency"] == currency), None)


def worth_lines(body: Mapping[str, Any], scope: str, currency: str) -> list[Interval]:
    """What a lead of each may cost: a row where rows are paid for, else a prospect."""
    found = []
    for one in body["worth"]:
        if one["scope"] == scope and one["currency"] == currency and one["name"]:
            per = one["per_row"] if scope != "form" and one["per_row"] else one["per_prospect"]
            tone, says = VERDICTS[one["verdict"]]
            note = f"{one['people']:,} people" + (f" \N{MIDDLE DOT} {says}" if says else "")
            href = f"/desk/lists/{one['name']}" if scope == "list" else ""
            price = one["paid_per_row"]
            found.append(Told(one["name"], per["value"], per["low"], per["high"], note, tone, price, href))
    return intervals(_surest_first(found), _writer(currency))


def share_lines(lines: list[dict[str, Any]]) -> list[Interval]:
    """Who buys within a year, drawn towards the kind where that is done."""
    found = []
    for one in lines:
        share = (one.get("firm") or {}).get("first") or one["bought_within"].get("365")
        if share and one["people"]:
            found.append(Told(one["name"], share["value"], share["low"], share["high"], f"{one['people']:,} people"))
    return intervals(found, lambda value: f"{100 * value:.1f} %")


def spent_lines(lines: list[dict[str, Any]], currency: str) -> list[Interval]:
    """Average spending, likewise."""
    found = []
    for one in lines:
        firm = (one.get("firm") or {}).get("spent", {}).get(currency)
        mean = firm or one["spent"].get(currency, {}).get("mean")
        if mean and one["people"]:
            found.append(Told(one["name"], mean["value"], mean["low"], mean["high"], f"{one['people']:,} people"))
    return intervals(found, _writer(currency))


def _surest_first(found: list[Told]) -> list[Told]:
    """By what is certain: a source of a few lucky people does not come first."""
    return sorted(found, key=lambda one: -one.low)


def _writer(currency: str) -> Callable[[float], str]:
    digits = places(currency)
    return lambda minor: f"{minor / 10**digits:,.{digits}f}"
