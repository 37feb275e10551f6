"""Settings: forms, who we are, reference lists and their age, our own mails, how the gateway runs."""

from dataclasses import fields
from hashlib import sha256
from typing import Any, cast

from flask import Response, current_app, redirect, request
from werkzeug.exceptions import NotFound

from gateway.config import SECRETS
from gateway.console.desk.gate import may, me, note, page, read_number, shown
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.due.agenda import stale_on
from gateway.intake.forms import list_sources
from gateway.intake.http import services
from gateway.mail.outbox import find_mail, list_mails
from gateway.pipeline import Services
from gateway.reference.book import FCC_WIRELESS, find_last_load, load_wireless
from gateway.reference.domains import read_domains
from gateway.screening.address.kinds import list_age

MAILS = 50


@page("GET", "/settings", role="viewer")
def show() -> Response:
    """Everything that may be set, and what cannot be set here."""
    gateway = services()
    with reading(gateway.engine) as connection:
        sources = list_sources(connection)
        wireless = find_last_load(connection, FCC_WIRELESS)
    who, zone = gateway.world.sender, gateway.settings.zone
    loaded_at = None if wireless is None else wireless.loaded_at
    return shown(
        "settings/show.html", here="settings", sources=sources, sender=who, wireless=wireless,
        lacks=[f"GATEWAY_SENDER_{name.upper()}" for name in who.lacks],
        wireless_state=list_age(loaded_at, gateway.clock.now()),
        stale_on=None if loaded_at is None else stale_on(loaded_at, zone),
        ready=current_app.extensions["gateway.readiness"](gateway), database=gateway.engine.dialect.name,
        told=_told(gateway) if may("administrator") else [],
    )  # fmt: skip


def _told(gateway: Services) -> list[tuple[str, str]]:
    """The settings as they are, without what is secret."""
    settings = gateway.settings
    hidden = {*SECRETS, "database_url", "broker_url"}  # both may hold a password
    return [
        (f"GATEWAY_{one.name.upper()}", "set" if one.name in hidden and value else str(value))
        for one in fields(settings)
        if (value := getattr(settings, one.name)) not in ("", (), None)
    ]


@page("POST", "/settings/reference", role="administrator")
def load_reference() -> Response:
    """Put the FCC's list of wireless domains in force, from a file."""
    given = request.files.get("file")
    data = given.read() if given is not None else b""
    if not data:
        raise CallerError([Problem("missing", "Choose the file with the domains, one to a line.", "file")])
    try:
        domains = read_domains(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise CallerError([Problem("bad_encoding", "The file is not text in UTF-8.", "file")]) from None
    digest, gateway = sha256(data).hexdigest(), services()
    with gateway.unit_of_work() as work:
        changes = load_wireless(
            work, domains, digest=digest, loaded_at=work.at, by=me().by,
            even_if_smaller=request.form.get("even_if_smaller") == "yes",
        )  # fmt: skip
        note(work, "reference.loaded", name=FCC_WIRELESS, rows=changes.rows, added=len(changes.added),
             removed=len(changes.removed), sha256=digest)  # fmt: skip
    return cast("Response", redirect("/desk/settings#reference", 303))


@page("GET", "/settings/mails", role="officer")
def mails() -> Response:
    """Our own mails, newest first. Where no mail server is set, this is where they are read."""
    before = read_number("before")
    with reading(services().engine) as connection:
        found = list_mails(connection, limit=MAILS + 1, before=before)
    older = found[MAILS - 1].id if len(found) > MAILS else None
    return shown("settings/mails.html", here="settings", mails=found[:MAILS], older=older,
                 is_kept_here=not services().settings.smtp_url)  # fmt: skip


@page("GET", "/settings/mails/<int:number>", role="officer")
def mail(number: int) -> Response:
    """One mail's words, as text: links in it are the person's, and so are not made to be pressed here."""
    with reading(services().engine) as connection:
        found: Any = find_mail(connection, number)
    if found is None:
        raise NotFound
    return shown("settings/mail.html", here="settings", mail=found)
