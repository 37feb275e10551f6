"""Vendors: how each stands and why, what it sent so far and what came of it; its standing changed, with the effect."""

from datetime import date
from functools import partial
from typing import cast

from flask import Response, redirect, request

from gateway.clocks.calendar import day_of
from gateway.console.desk import scorecards, vendor_buying
from gateway.console.desk.charts import bars, columns
from gateway.console.desk.frame import translated
from gateway.console.desk.gate import me, note, page, read_number, read_reason, shown
from gateway.console.desk.ledger_words import names_of, who
from gateway.console.desk.lists import STATES
from gateway.console.desk.reasoned import officer_words
from gateway.db.work import reading
from gateway.domain.money import written
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.intake.listed import count_by_vendor, page_lists, record_of, stand_of_vendor
from gateway.intake.manifest.asks import rules_on
from gateway.intake.vendor_files import ending_of
from gateway.scoring.card import percent
from gateway.vendors import book

PAGE = 50
LISTS = 20  # on a vendor's page; its picture goes further back
PICTURED = 24
MOST_REASONS = 10
STANDINGS = {
    "new": "New: nobody has judged it yet", "approved": "Approved", "probation": "On probation",
    "suspended": "Suspended", "barred": "Barred",
}  # fmt: skip
TONES = {"approved": "is-prospect", "probation": "is-hold", "suspended": "is-rejection", "barred": "is-rejection"}
REPORTED = {
    "complaint": "Complaints (marked as spam)", "unsubscribe": "Unsubscribed", "hard_bounce": "Mail bounced for good",
    "soft_bounce": "Mail bounced for now", "moved": "Moved", "subscribe": "Came back",
}  # fmt: skip
"""What senders tell of people, in words; other kinds say nothing of a vendor."""


@page("GET", "/vendors", role="viewer")
def index() -> Response:
    """Every vendor by name, with how it stands."""
    after, find = request.args.get("after", ""), request.args.get("find", "").strip()[:200]
    with reading(services().engine) as connection:
        found = book.page_vendors(connection, limit=PAGE + 1, after=after, find=find)
        sent = count_by_vendor(connection, [one.name for one in found])
        cards = scorecards.grades_of(connection, [one.name for one in found])
        forms = scorecards.of_forms(connection) if not (after or find) else []
    more = found[PAGE - 1].name if len(found) > PAGE else None
    shown_ones = [(one, *sent.get(book.fold(one.name), (0, None))) for one in found[:PAGE]]
    return shown("vendors/index.html", here="vendors", found=shown_ones, more=more, find=find, after=after,
                 standings=STANDINGS, tones=TONES, cards=cards, forms=forms, grades=scorecards.GRADES,
                 trend=scorecards.trend_of, folded=book.fold, percent=percent)  # fmt: skip


@page("GET", "/vendors/<int:number>", role="viewer")
def show(number: int) -> Response:
    """One vendor's record so far."""
    before = read_number("before")
    with reading(services().engine) as connection:
        one = _known(book.find_vendor(connection, number))
        record, told_of = record_of(connection, one.name), scorecards.scored(connection, one.name)
        history, names = book.history(connection, one.name)[::-1], names_of(connection)
        ending = ending_of(connection, one.name, gateway_today())
        one_by_one = vendor_buying.dealings(connection, one.name)
        lists = record.lists[: LISTS + 1]
        if before is not None:
            lists = page_lists(connection, limit=LISTS + 1, before=before, vendor=one.name)
    counts = record.reasons.most_common(MOST_REASONS)
    told = [(words, record.reported[kind]) for kind, words in REPORTED.items() if record.reported[kind]]
    ended = [each for each in record.lists if each.rows and each.state not in {"undone", "undoing"}]
    drawn = ended[:PICTURED][::-1]
    picture = columns(
        translated(phrase("What became of each list, in percent of its rows")),
        [f"list_{each.number}" for each in drawn],
        [
            (tone, translated(words), [round(100 * each.now[key] / each.rows, 1) for each in drawn])
            for tone, words, key in (
                ("prospect", phrase("usable"), "prospects"), ("hold", phrase("waiting"), "holds"),
                ("rejection", phrase("refused"), "rejections"),
            )
        ],
        top=100,
    )  # fmt: skip
    return shown(
        "vendors/show.html", here="vendors", one=one, record=record, ending=ending, history=history,
        lists=lists[:LISTS],
        more=lists[LISTS - 1].number if len(lists) > LISTS else None, before=before, states=STATES,
        standings=STANDINGS, tones=TONES, picture=picture if drawn else None, reported=bars(told),
        reasons=bars([(officer_words(code), count) for code, count in counts]), who=partial(who, names=names),
        number=number, amount=written, **told_of, buying=one_by_one,
    )  # fmt: skip


@page("GET", "/vendors/<int:number>/standing", role="officer")
def before_standing(number: int) -> Response:
    """How the vendor should stand from now on, and what that does, before it is done."""
    with reading(services().engine) as connection:
        one = _known(book.find_vendor(connection, number))
        now = stand_of_vendor(connection, one.name)
        newest = page_lists(connection, limit=LISTS, vendor=one.name)
    wanted = request.args.get("standing", "")
    rules = rules_on(services().policies, ("source.vendor_standing",))
    running = [each for each in newest if each.state == "running"]
    return shown("vendors/standing.html", here="vendors", one=one, now=now, rules=rules, standings=STANDINGS,
                 tones=TONES, wanted=wanted if wanted in STANDINGS else "", running=running)  # fmt: skip


@page("POST", "/vendors/<int:number>/standing", role="officer")
def stand(number: int) -> Response:
    """Change how the vendor stands, with the reason, for every batch from now on."""
    reason, wanted = read_reason(), request.form.get("standing", "")
    if wanted not in STANDINGS:
        raise CallerError([Problem("unknown_standing", "Choose how the vendor shall stand.", "standing")])
    with services().unit_of_work() as work:
        one = _known(book.find_vendor(work.connection, number))
        if one.present.standing == wanted and one.present.why == reason:
            return _to(number)  # sent twice
        seen = request.form.get("seen")
        if seen is not None and seen != one.present.standing:
            message = phrase(
                "Somebody changed it to “%(standing)s” meanwhile. Look again, then decide.",
                standing=one.present.standing,
            )
            raise CallerError([Problem("changed_meanwhile", message, "standing")], 409, "Changed meanwhile")
        book.set_standing(work, one.name, wanted, reason, by=me().by)
        note(work, "vendor.standing_set", reason=reason, vendor=one.name, before=one.present.standing, after=wanted)
    return _to(number)


def gateway_today() -> date:
    """The day in the operator's zone."""
    return day_of(services().clock.now(), services().settings.zone)


def _known(found: book.Vendor | None) -> book.Vendor:
    if found is None:
        raise CallerError([Problem("unknown_vendor", "There is no such vendor.")], 404, "Not found")
    return found


def _to(number: int) -> Response:
    return cast("Response", redirect(f"/desk/vendors/{number}", 303))
