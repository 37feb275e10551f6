"""What is bought from a vendor one by one: terms, account against the caps, the last days, the pause."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from flask import Response, redirect, request
from sqlalchemy import Connection

from gateway.console.desk.charts import Bar, columns
from gateway.console.desk.frame import translated
from gateway.console.desk.gate import me, page, read_reason, shown
from gateway.console.desk.ledger_words import names_of, who
from gateway.db.work import reading
from gateway.domain.money import places, written
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.buying import book as terms_book
from gateway.intake.buying.book import Dealing, dealings_of
from gateway.intake.buying.caps import Tally
from gateway.intake.buying.shown import account_document, days_of, hours_of
from gateway.intake.http import services
from gateway.vendors.book import Vendor, find_vendor

SPANS = {"hour": "this hour", "day": "today", "month": "this month", "total": "in all"}
_LEADS = {
    "hour": "Leads this hour", "day": "Leads today", "month": "Leads this month", "total": "Leads in all",
}  # fmt: skip
_MONEY = {
    "hour": "Money this hour", "day": "Money today", "month": "Money this month", "total": "Money in all",
}  # fmt: skip
_SERIES = (
    ("prospect", "became prospects", "bought"), ("hold", "waiting", "held"), ("rejection", "refused", "rejected"),
    ("plain", "not bought", "refused"),
)  # fmt: skip
NEARLY = 0.8
"""Of a cap, from which on it shows."""


def dealings(connection: Connection, vendor: str) -> list[dict[str, Any]]:
    """Each contract under which leads are bought one by one, with its account: for the vendor's own page."""
    now = services().clock.now()
    return [{"dealing": one, "told": account_document(connection, one, now)} for one in dealings_of(connection, vendor)]


@page("GET", "/vendors/<int:number>/buying", role="viewer")
def show(number: int) -> Response:
    """What is bought from a vendor one by one."""
    now = services().clock.now()
    with reading(services().engine) as connection:
        one = _known(connection, number)
        found = [_drawn(connection, each, now) for each in dealings_of(connection, one.name)]
        names = names_of(connection)
    return shown("vendors/buying.html", here="vendors", one=one, found=found, spans=SPANS,
                 who=lambda by: who(by, names=names))  # fmt: skip


@page("POST", "/vendors/<int:number>/buying/pause", role="officer")
def pause(number: int) -> Response:
    """Buy nothing under a contract, or again."""
    reason, wanted = read_reason(), request.form.get("act", "")
    if wanted not in {"pause", "resume"}:
        raise CallerError([Problem("unknown_act", "Choose whether to pause or to go on.", "act")])
    with services().unit_of_work() as work:
        one = _known(work.connection, number)
        asked = request.form.get("contract", "")
        found = {str(each.contract.number): each for each in dealings_of(work.connection, one.name)}
        dealing = found.get(asked)
        if dealing is None:
            raise CallerError([Problem("unknown_contract", "There is no such contract.", "contract")], 404, "Not found")
        act = terms_book.pause if wanted == "pause" else terms_book.go_on
        act(work, services().ledger, dealing.contract, by=me().by, why=reason)
    return cast("Response", redirect(f"/desk/vendors/{number}/buying", 303))


def _known(connection: Connection, number: int) -> Vendor:
    found = find_vendor(connection, number)
    if found is None:
        raise CallerError([Problem("unknown_vendor", "There is no such vendor.")], 404, "Not found")
    return found


def _drawn(connection: Connection, dealing: Dealing, now: Any) -> dict[str, Any]:
    days, hours = days_of(connection, dealing, now), hours_of(connection, dealing, now)
    told = account_document(connection, dealing, now)
    return {
        "dealing": dealing, "told": told, "caps": _caps(told),
        "days": _picture(
            phrase("What came of the posts of the last days"),
            [(f"{date.fromisoformat(name):%-d %b}", tally) for name, tally in days],
        ),
        "hours": _picture(phrase("What came of today's posts, hour by hour"), hours), "terms": _in_words(dealing),
    }  # fmt: skip


def _picture(title: str, found: list[tuple[str, Tally]]) -> Any:
    if not any(tally.posts for _, tally in found):
        return None
    series = [(tone, name, [getattr(tally, count) for _, tally in found]) for tone, name, count in _SERIES]
    return columns(title, [name for name, _ in found], series)


def _caps(told: dict[str, Any]) -> list[Bar]:
    """How far each cap is used up."""
    bars = []
    for span in told["account"]:
        taken = span["bought"] + span["held"]
        if span["cap"] is not None:
            bars.append(
                _bar(_LEADS[span["span"]], taken, Decimal(span["cap"]), phrase("of %(most)s", most=f"{span['cap']:,}"))
            )
        if span["money_cap"] is not None:
            minor = span["spent"]["minor"] + span["pending"]["minor"]
            spent = Decimal(minor).scaleb(-places(told["currency"]))  # two digits of cents, always
            amount = phrase("of %(most)s", most=f"{told['currency']} {span['money_cap']}")
            bars.append(_bar(_MONEY[span["span"]], spent, Decimal(span["money_cap"]), amount))
    return bars


def _bar(label: str, used: int | Decimal, most: Decimal, note: str) -> Bar:
    share = 1.0 if most <= 0 else min(1.0, float(used / most))
    tone = "rejection" if share >= 1 else "hold" if share >= NEARLY else "prospect"
    return Bar(translated(label), used, share, tone=tone, note=translated(note))


def _in_words(dealing: Dealing) -> list[tuple[str, str]]:
    """The terms as an officer reads them."""
    terms, currency = dealing.terms, dealing.currency or ""
    told: list[tuple[str, str]] = []
    if terms.bid is not None:
        words = [phrase("%(share)s %% of what a lead is worth at least", share=terms.bid.share)]
        if terms.bid.ceiling is not None:
            words.append(phrase("at most %(amount)s", amount=written(terms.bid.ceiling, currency)))
        if terms.bid.floor is not None:
            words.append(phrase("nothing under %(amount)s", amount=written(terms.bid.floor, currency)))
        told.append((phrase("Bid"), ", ".join(map(translated, words))))
    elif dealing.price is not None:
        price = written(dealing.price, currency)
        limited = phrase("%(price)s; nothing is bought that is worth less", price=price)
        told.append((phrase("Price"), limited if terms.limited else price))
    windows = (dealing.document.get("schedule") or {}).get("open") or ["always"]
    told.append((phrase("Hours"), f"{', '.join(windows)} ({terms.schedule.zone})"))
    wanted = terms.wanted
    some = [", ".join(sorted(each)).upper() for each in (wanted.countries, wanted.regions) if each]
    some += [", ".join(sorted(wanted.products))] if wanted.products else []
    if wanted.oldest is not None:
        some.append(translated(phrase("at most %(days)s days old", days=wanted.oldest // timedelta(days=1))))
    told.append((phrase("Wanted"), "; ".join(some) or phrase("every lead")))
    held = {
        "when_accepted": phrase("paid when it is taken"),
        "at_once": phrase("paid at once"),
        "never": phrase("not paid"),
    }
    told.append((phrase("A lead that waits"), held[terms.held]))
    minutes = terms.promise // timedelta(minutes=1)
    quiet = phrase("promise a price for %(minutes)s minutes; say nothing of people", minutes=minutes)
    open_ = phrase("promise a price for %(minutes)s minutes; may say that we know a person, or that one left",
                   minutes=minutes)  # fmt: skip
    told.append((phrase("Pings"), open_ if terms.reasons == "told" else quiet))
    shapes = {
        "ours": phrase("in our own shape"),
        "leadconduit": phrase("as LeadConduit"),
        "boberdoo": phrase("as boberdoo"),
    }
    told.append((phrase("Answers"), shapes[terms.answer]))
    return told
