"""What an officer does about a person: hand out all there is, never write again, erase. Each shows first what it does.

An officer may erase, and need not be an administrator: a request to be erased has a legal deadline and is compliance's
daily work, while administrators see to accounts. What guards it is that the address has to be typed again.
"""

import json
from datetime import datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Response, redirect, request
from sqlalchemy import Connection

from gateway.console.desk.frame import zone_name
from gateway.console.desk.gate import me, note, page, read_reason, shown
from gateway.console.desk.leads_person import key_of, read_person
from gateway.db.work import UnitOfWork, reading
from gateway.domain.phrase import phrase
from gateway.domain.ports import CAUSES, EVERYTHING, Cause, Scope, Suppression, read_cause, read_scope
from gateway.domain.problem import CallerError, Problem
from gateway.domain.purposes import words_of
from gateway.intake.http import services
from gateway.intake.people.erasing import erase_person, foresee
from gateway.intake.people.told import tell
from gateway.invoicing.person import tell as billed
from gateway.outcomes.leave import Left, leave
from gateway.outcomes.leave import foresee as foresee_leaving
from gateway.outcomes.origins import origins_of_leads
from gateway.person.who import Who

GIVEN_CAUSES: tuple[Cause, ...] = tuple(cause for cause in CAUSES if cause not in {"erasure", "told_by_list"})
"""Causes a person at the desk gives; an erasure writes its own, and a list's is its list's."""


@page("POST", "/person/<token>/export", role="officer")
def export(token: str) -> Response:
    """Everything there is of the person as a file; that it was handed out stands in the ledger."""
    who = Who(key_of(token), services().world.match_keys)
    told = tell(services(), who, billed)
    with services().unit_of_work() as work:
        note(work, "person.exported", leads=[one["lead"] for one in told["leads"]], named_in=len(told["named_in"]))
    body = json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n"
    headers = {"Content-Disposition": 'attachment; filename="person.json"'}
    return Response(body, headers=headers, mimetype="application/json")


# --- never write again


@page("GET", "/person/<token>/suppress", role="officer")
def suppress(token: str) -> Response:
    """The form of an order not to write, with what each way of giving it would change."""
    key = key_of(token)
    with reading(services().engine, snapshot=True) as connection:
        told = read_person(connection, key)
        scopes = [(scope, _foreseen(connection, key, scope)) for scope in _scopes(connection, told)]
    return shown(
        "leads/suppress.html", here="leads", token=token, causes=GIVEN_CAUSES, scopes=scopes,
        today=services().clock.now().astimezone(ZoneInfo(zone_name())).date().isoformat(), **told,
    )  # fmt: skip


@page("POST", "/person/<token>/suppress", role="officer")
def order(token: str) -> Any:
    """Give the order: it acts at once and lasts for ever."""
    key, why = key_of(token), read_reason()
    cause, scope = _cause(), _scope()
    with services().unit_of_work() as work:
        at = _told_at(work.at)
        left = leave(
            work, services().ledger, [Suppression(key, cause, at, scope)], by=me().by, note=why
        )  # fmt: skip
        note(
            work, "person.suppressed", reason=why, cause=cause, scope=scope, new=left.recorded,
            withdrawn=left.withdrawn, refused=left.refused,
        )  # fmt: skip
    return redirect(f"/desk/person/{token}", 303)


def _scopes(connection: Connection, told: dict[str, Any]) -> list[Scope]:
    """What an order may be about, as far as the person's own leads and purposes name it."""
    ids = [line.id for line in told["leads"].lines]
    origins = origins_of_leads(connection, ids) if ids else {}
    brands = sorted({f"brand:{brand}" for _, brand in origins.values() if brand})
    sources = sorted({f"source:{name}" for name, _ in origins.values()})
    purposes = [f"purpose:{word}" for word in words_of((told["prospect"] or {}).get("purposes") or "")]
    return [EVERYTHING, *brands, *sources, *purposes]


def _foreseen(connection: Connection, key: bytes, scope: Scope) -> Left:
    at = services().clock.now()
    return foresee_leaving(connection, [Suppression(key, "opt_out", at, scope)])


def _cause() -> Cause:
    try:
        cause = read_cause(request.form.get("cause", ""))
    except ValueError:
        cause = "erasure"
    if cause not in GIVEN_CAUSES:
        raise CallerError([Problem("unknown_cause", "Choose why this person must not be written to.", "cause")])
    return cause


def _scope() -> Scope:
    try:
        scope = read_scope(request.form.get("scope", ""))
    except ValueError:
        scope = "phone"
    if scope == "phone":
        raise CallerError([Problem("unknown_scope", "Choose what the order is about.", "scope")])
    return scope


def _told_at(now: datetime) -> datetime:
    """When we were told: now, or the end of an earlier day, so that a yes of that same day does not answer the no."""
    text = request.form.get("told_on", "").strip()
    if not text:
        return now
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day
        at = datetime.combine(day, time(23, 59, 59), ZoneInfo(zone_name())).astimezone(now.tzinfo)
    except (ValueError, OverflowError):
        raise CallerError([Problem("bad_date", "This is no day; write it as 2026-11-21.", "told_on")]) from None
    if datetime.combine(day, time.min, ZoneInfo(zone_name())) > now:
        raise CallerError([Problem("future_date", "This day is yet to come.", "told_on")])
    return min(at, now)


# --- erase


@page("GET", "/person/<token>/erase", role="officer")
def ask_to_erase(token: str) -> Response:
    """What erasing means, and the address once more, so that it is nobody else."""
    key = key_of(token)
    with reading(services().engine, snapshot=True) as connection:
        told = read_person(connection, key)
    return shown("leads/erase.html", here="leads", token=token, foreseen=None, **told)


@page("POST", "/person/<token>/erase/look", role="officer")
def look_before(token: str) -> Response:
    """What would go, counted in every room; nothing is changed. A post, because the address is in it."""
    key, why, address = key_of(token), read_reason(), _same_person(token)
    foreseen = foresee(services(), address)
    with reading(services().engine, snapshot=True) as connection:
        told = read_person(connection, key)
    return shown(
        "leads/erase.html", here="leads", token=token, foreseen=foreseen, address=address, why=why, **told
    )  # fmt: skip


@page("POST", "/person/<token>/erase", role="officer")
def do_erase(token: str) -> Response:
    """Erase, and show what is left."""
    key_of(token)
    why, address = read_reason(), _same_person(token)

    def within(work: UnitOfWork) -> None:
        note(work, "person.erasure_ordered", reason=why)

    erase_person(services(), address, why=why, by=me().by, within=within)
    return cast("Response", redirect(f"/desk/person/{token}", 303))


def _same_person(token: str) -> str:
    """The address as it was typed. Raises CallerError where it is another person's than the page's."""
    address = request.form.get("address", "").strip()
    if Who.of(address, services().world.match_keys).key != key_of(token):
        message = phrase(
            "This is another person's address than the one of the page, so nothing was done. Type it again."
        )
        raise CallerError([Problem("another_person", message, "address")])
    return address
