"""Overrides: which rules were set aside for whom, by whom and until when; asking, seconding, refusing, ending."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from flask import Response, redirect, request
from sqlalchemy import Connection

from gateway.access.people import list_people
from gateway.clocks.calendar import day_of
from gateway.console.desk.gate import me, page, read_number, read_reason, shown
from gateway.db.work import UnitOfWork, reading
from gateway.domain.decision import Finding
from gateway.domain.override import Override, usual_end
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.outcomes.lifting import find_ending, find_standing, foresee
from gateway.outcomes.override_leads import count_leads, view_leads
from gateway.outcomes.override_problems import LONGEST, MOST_LEADS
from gateway.outcomes.overrides import (
    Record,
    end,
    find_record,
    find_renewals,
    find_spoken,
    find_tied,
    leads_of,
    list_records,
    refuse,
)
from gateway.overriding import ask, renew, stand_by

PAGE = 50
_NUMBER = re.compile(r"(?:lead_)?([0-9]{1,18})")


@page("GET", "/overrides", role="viewer")
def show() -> Response:
    """All overrides: those that wait for a second person first, then those in force, then those that are over."""
    gateway, before = services(), read_number("before")
    now = gateway.clock.now()
    with reading(gateway.engine) as connection:
        waiting = [] if before else list_records(connection, ["asked"], limit=PAGE)
        standing = [] if before else list_records(connection, ["in_force"], limit=PAGE * 4)
        over = list_records(connection, ["refused", "ended"], before=before, limit=PAGE + 1)
        let_in = {one.id: count for one, count in find_ending(connection)}
        names = _names(connection)
    standing.sort(key=lambda one: (one.expires_at, one.id))
    return shown(
        "overrides/show.html", here="overrides", now=now, waiting=waiting, standing=standing, over=over[:PAGE],
        more=over[PAGE - 1].id if len(over) > PAGE else None, let_in=let_in, names=names, is_first=not before,
    )  # fmt: skip


@page("GET", "/overrides/<int:number>", role="viewer")
def one(number: int) -> Response:
    """One override: what it sets aside under which law, for whom, by whom, until when, and what became of it."""
    gateway, after = services(), read_number("after") or 0
    now = gateway.clock.now()
    with reading(gateway.engine) as connection:
        found = find_or_refuse(connection, number)
        ids = leads_of(connection, number)
        spoken = find_spoken(connection, ids)
        stand, some = count_leads(connection, number), view_leads(connection, number, after=after, limit=PAGE + 1)
        names = _names(connection)
        standing = found.name in find_standing(connection, gateway.ledger, now)
        later = find_renewals(connection, number)
        tied = find_tied(connection, me().by, found.by, now) if found.state == "asked" and found.by != me().by else None
    rules = [(rule, next((f for f in spoken.get(rule, ()) if f.verdict != "accept"), None)) for rule in found.rules]
    return shown(
        "overrides/one.html", here="overrides", one=found, state=found.stands(now), rules=rules, stand=stand,
        leads=some[:PAGE], more=some[PAGE - 1][0] if len(some) > PAGE else None, names=names, later=later,
        is_signed=found.is_signed(gateway.ledger), is_mine=found.by == me().by, is_given_out=standing,
        last_day=usual_end(day_of(now, gateway.settings.zone)), latest=day_of(now, gateway.settings.zone) + LONGEST,
        today=day_of(now, gateway.settings.zone), tied=tied,
    )  # fmt: skip


@page("GET", "/overrides/new", role="officer")
def form() -> Response:
    """The form to ask with: which rules stand against these leads, and what would become of them."""
    gateway = services()
    ids = _leads(" ".join([*request.args.getlist("lead"), request.args.get("leads", "")]))
    with reading(gateway.engine) as connection:
        spoken = find_spoken(connection, ids) if len(ids) <= MOST_LEADS else {}
        rules = sorted(filter(None, (_row(rule, said) for rule, said in spoken.items())), key=lambda row: row["rank"])
        allowed = {row["rule"] for row in rules if row["may"]}
        wanted = allowed & set(request.args.getlist("rule")) if "until" in request.args else allowed
        foreseen = foresee(connection, ids, Override("override_0", frozenset(wanted), seconded=True)) if spoken else {}
    now = gateway.clock.now()
    today = day_of(now, gateway.settings.zone)
    return shown(
        "overrides/form.html", here="overrides", leads=ids, rules=rules, wanted=wanted, foreseen=foreseen,
        until=request.args.get("until") or usual_end(today).isoformat(), today=today,
        latest=today + LONGEST,
        reason=request.args.get("reason", ""), most=MOST_LEADS,
    )  # fmt: skip


@page("POST", "/overrides", role="officer")
def make() -> Response:
    """Ask."""
    asked = ask(
        services(), rules=request.form.getlist("rule"), lead_ids=_leads(request.form.get("leads", "")),
        reason=read_reason(), by=me().by, expires_on=_until(),
    )  # fmt: skip
    return _to(asked)


@page("POST", "/overrides/<int:number>/second", role="officer")
def stand(number: int) -> Response:
    """A second person stands by it."""
    return _to(stand_by(services(), number, by=me().by))


@page("POST", "/overrides/<int:number>/refuse", role="officer")
def turn_down(number: int) -> Response:
    """It does not come into force."""
    return _close(refuse, number)


@page("POST", "/overrides/<int:number>/end", role="officer")
def stop(number: int) -> Response:
    """It is over now."""
    return _close(end, number)


@page("POST", "/overrides/<int:number>/renew", role="officer")
def go_on(number: int) -> Response:
    """Ask for one that goes on where it ends."""
    return _to(renew(services(), number, reason=read_reason(), by=me().by, expires_on=_until()))


def _close(how: Any, number: int) -> Response:
    gateway, reason = services(), read_reason()

    def close(work: UnitOfWork) -> Record:
        return cast("Record", how(work, gateway.ledger, number, by=me().by, reason=reason))

    with gateway.unit_of_work() as work:
        found = close(work)
    return _to(found)


def _to(found: Record) -> Response:
    return cast("Response", redirect(f"/desk/overrides/{found.id}", 303))


def find_or_refuse(connection: Connection, number: int) -> Record:
    """An override by its number. Raises CallerError where there is none."""
    found = find_record(connection, number)
    if found is None:
        message = phrase("There is no override_%(number)s.", number=number)
        raise CallerError([Problem("unknown_override", message)], 404, "Not found")
    return found


def _names(connection: Connection) -> dict[str, str]:
    """People's names by how the ledger names them."""
    return {f"person_{person.id}": person.name for person in list_people(connection)}


def _leads(text: str) -> list[int]:
    """The leads somebody named, as lead_12 or 12. Raises CallerError for anything else."""
    words = text.replace(",", " ").split()
    found = [_NUMBER.fullmatch(word) for word in words]
    if None in found:
        wrong = words[found.index(None)]
        message = phrase("%(wrong)s is no lead; write lead_12.", wrong=repr(wrong))
        raise CallerError([Problem("bad_id", message, "leads")])
    return sorted({int(match[1]) for match in found if match})


def _until() -> date:
    try:
        return date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        raise CallerError([Problem("bad_date", "Say until when, as a day such as 2026-12-31.", "until")]) from None


def _row(rule: str, said: Sequence[Finding]) -> dict[str, Any] | None:
    """What a rule says against these leads, and who may set it aside."""
    against = [finding for finding in said if finding.verdict != "accept" and finding.use == "lead"]
    if not against:
        return None
    today = services().policies.rule(rule)
    may = all(finding.can_be_set_aside for finding in against) and (today is None or today.override_allowed)
    two = any(finding.four_eyes for finding in against) or (today is not None and today.four_eyes)
    return {
        "rule": rule, "finding": against[0], "may": may, "two": two,
        "is_silence": rule.startswith("GATE-"), "rank": (not may, rule),
    }  # fmt: skip
