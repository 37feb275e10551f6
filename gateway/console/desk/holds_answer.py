"""Answering many holds at once: what an answer would do, giving it, undoing it within the minute, what came of it."""

from datetime import date, timedelta
from typing import Any

from flask import Response, request

from gateway.access.people import list_people
from gateway.answering.giving import DAYS, Meant, find_meant, give, some_of
from gateway.answering.releasing import foresee, rules_of
from gateway.clocks.calendar import day_of
from gateway.console.desk.gate import me, note, page, read_reason, shown
from gateway.console.desk.holds import KINDS, back, filter_of, has_page, in_words, names_of, under_way
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.downloads import open_download
from gateway.intake.http import encoded, services
from gateway.outcomes import answers
from gateway.outcomes.answers import Kind
from gateway.outcomes.export import csv_lines
from gateway.outcomes.override_problems import LONGEST

AT_ONCE = 50
_DIGITS = 18


@page("GET", "/holds/answer", role="officer")
def ask() -> Response:
    """What an answer would do: to how many, to whom for example; and why it is given."""
    asked, only = filter_of(request.args), _ticked(request.args)
    with reading(services().engine, snapshot=True) as connection:
        meant = find_meant(connection, services(), asked.filter, _kind(request.args), only=only)
        some = some_of(connection, meant) if meant.kind == "release" else []
    foreseen = foresee(services(), rules_of(meant.groups, services()), some) if some else None
    return shown(
        "holds/answer.html", here="holds", asked=asked, meant=meant, lines=in_words(meant.groups[:10]), days=DAYS,
        foreseen=foreseen,
        ticked=only, group=request.args.get("group", ""), has_lead_pages=has_page("/desk/leads/lead_1"),
    )  # fmt: skip


@page("POST", "/holds/answer", role="officer")
def answer() -> Response:
    """The answer is given: it can be undone for a minute."""
    asked, kind, reason = filter_of(request.form), _kind(request.form), read_reason()
    until = _number(request.form.get("until_lead"), "until_lead")
    with services().unit_of_work() as work:
        meant = find_meant(
            work.connection, services(), asked.filter, kind, only=_ticked(request.form), until=until
        )  # fmt: skip
        given = give(work, services(), meant, reason=reason, by=me().by, **_terms(meant))
        note(
            work, "holds.answered", reason=reason, answer=given.id, leads=given.leads,
            questions=[group.key for group in meant.groups[:AT_ONCE]], terms=given.terms,
            before="waiting", after=kind,
        )  # fmt: skip
    return back("/desk/holds")


@page("GET", "/holds/answers", role="viewer")
def past() -> Response:
    """What was answered before, the newest first."""
    before = request.args.get("before")
    with reading(services().engine) as connection:
        found = answers.list_answers(connection, before=_number(before, "before"), limit=AT_ONCE + 1)
        who = {f"person_{number}": name for number, name in names_of(list_people(connection)).items()}
    further = found[AT_ONCE - 1].id if len(found) > AT_ONCE else None
    return shown("holds/answers.html", here="holds", found=found[:AT_ONCE], names=who, further=further)


@page("GET", "/holds/answers/<int:number>", role="viewer")
def one(number: int) -> Response:
    """One answer and what came of it, with the reports for the vendors that were asked."""
    with reading(services().engine) as connection:
        found = _found(connection, number)
        lists = answers.count_asked(connection, number) if found.kind == "ask" else {}
        who = {f"person_{person}": name for person, name in names_of(list_people(connection)).items()}
    return shown("holds/one.html", here="holds", found=found, lists=lists, names=who, **under_way())


@page("POST", "/holds/answers/<int:number>/undo", role="officer")
def undo(number: int) -> Response:
    """As if it had never been given, as long as its minute lasts."""
    with services().unit_of_work() as work:
        found = _found(work.connection, number)
        if not answers.undo(work, number):
            message = phrase("It is too late to undo this: it has been carried out, or somebody was quicker.")
            raise CallerError([Problem("too_late", message)], 409)
        note(work, "answer.undone", answer=number, leads=found.leads, before=found.kind, after="waiting")
    return back("/desk/holds")


@page("POST", "/holds/answers/<int:number>/now", role="officer")
def hasten(number: int) -> Response:
    """Carried out now, and not when its minute is over."""
    with services().unit_of_work() as work:
        _found(work.connection, number)
        if answers.hasten(work, number):
            note(work, "answer.hastened", answer=number)
    services().wake()
    return back("/desk/holds")


@page("GET", "/holds/answers/<int:number>/report/<list_id:list_number>", role="viewer")
def report(number: int, list_number: int) -> Response:
    """The rows of a list that its vendor is asked about, as the vendor may have them."""
    with reading(services().engine) as connection:
        _found(connection, number)
    found = open_download(services(), list_number, reader="vendor", asked_in=number)
    name = f"list_{list_number}-question-{number}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(encoded(csv_lines(found.headings, found.rows())), headers=headers, mimetype="text/csv")


def _found(connection: Any, number: int) -> answers.Answer:
    found = answers.find(connection, number)
    if found is None:
        raise CallerError([Problem("unknown_answer", "There is no such answer.")], 404)
    return found


def _kind(given: Any) -> Kind:
    kind = KINDS.get(given.get("kind", ""))
    if kind is None:
        raise CallerError(
            [Problem("unknown_answer", "Say whether to release, to refuse or to ask the vendor.", "kind")]
        )
    return kind


def _ticked(given: Any) -> list[int] | None:
    """The leads that were ticked one by one; None where all are meant."""
    if given.get("which") != "ticked":
        return None
    found = [_number(text, "lead") or 0 for text in given.getlist("lead")]
    if not found:
        raise CallerError([Problem("nothing_ticked", "Tick the leads first that you mean.", "lead")])
    return found


def _number(text: str | None, field: str) -> int | None:
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise CallerError([Problem("bad_number", "This is no number.", field)])
    return int(text)


def _terms(meant: Meant) -> dict[str, Any]:
    if meant.kind == "ask":
        return {"days": _number(request.form.get("days"), "days")}
    if meant.kind == "release":
        return {"expires_on": _last_day(request.form.get("expires_on", ""))}
    return {}


def _last_day(text: str) -> date:
    first = day_of(services().clock.now(), services().settings.zone)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = first - timedelta(days=1)
    if not first <= day <= first + LONGEST:
        raise CallerError([Problem("bad_expiry", "An exception ends: on a day within a year from now.", "expires_on")])
    return day
