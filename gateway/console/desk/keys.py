"""API keys, for administrators: made, shown once, ended."""

from datetime import timedelta
from typing import cast

from flask import Response, redirect, request

from gateway.access.keys import SCOPES, list_keys, new_key, revoke_key
from gateway.access.people import list_people
from gateway.console.desk.gate import note, page, read_reason, shown
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services

ROLE = "administrator"
ENDS = {"30": 30, "90": 90, "365": 365, "never": None}
"""After how many days a key ends; a year is proposed."""


@page("GET", "/keys", role=ROLE)
def show() -> Response:
    """All keys, and the form to make one more."""
    at = services().clock.now()
    with reading(services().engine) as connection:
        found = list_keys(connection)
        names = {person.id: person.name for person in list_people(connection)}
    ended = [key for key in found if key.revoked_at or (key.expires_at and key.expires_at <= at)]
    good = [key for key in reversed(found) if key not in ended]
    return shown(
        "people/keys.html", here="settings", keys=good, ended=ended[::-1], scopes=SCOPES, names=names,
        soon=at + timedelta(days=14), done=request.args.get("done", ""),
    )  # fmt: skip


@page("POST", "/keys", role=ROLE)
def make() -> Response:
    """A new key; its secret is shown once."""
    name, scopes, ends = request.form.get("name", ""), request.form.getlist("scope"), request.form.get("ends", "365")
    if ends not in ENDS:
        raise CallerError([Problem("unknown_end", "Choose after how long the key ends.", "ends")])
    days = ENDS[ends]
    with services().unit_of_work() as work:
        expires = work.at + timedelta(days=days) if days else None
        made = new_key(work, name, scopes, expires_at=expires)  # a program's: it outlives whoever made it here
        note(work, "key.created", key=made.id, scopes=sorted(set(scopes)), days=days)
    return shown("people/new_key.html", here="settings", key=made, name=name, expires_at=expires, scopes=scopes)


@page("POST", "/keys/<int:number>/revoke", role=ROLE)
def revoke(number: int) -> Response:
    """End a key at once and for good."""
    reason = read_reason()
    with services().unit_of_work() as work:
        if not revoke_key(work, number):
            raise CallerError(
                [Problem("unknown_key", "There is no such key, or it has ended already.")], 404, "Not found"
            )
        note(work, "key.revoked", reason=reason, key=number)
    return cast("Response", redirect("/desk/keys?done=revoked", 303))
