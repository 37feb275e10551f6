"""Checking the whole ledger from the desk: begun by a post, done in the background, watched until it is done."""

import logging
from threading import Thread
from typing import cast

from flask import Response, redirect, request

from gateway.console.desk.gate import me, note, page, shown
from gateway.console.desk.ledger_words import names_of, who
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.ledger.book import count_entries
from gateway.ledger.checks import begin_check, find_check, run_check
from gateway.pipeline import Services

LARGEST = 4_000  # bytes of a checkpoint; ours have two hundred
_log = logging.getLogger(__name__)


@page("GET", "/ledger/verify", role="viewer")
def show() -> Response:
    """The latest check, and the form for another. htmx asks for the moving part only."""
    with reading(services().engine) as connection:
        check, size = find_check(connection, services().clock.now()), count_entries(connection)
        by = who(check.by, names_of(connection)) if check else ""
    since = services().ledger.read_checkpoint(check.since)[0] if check and check.since else None
    template = "ledger/_check.html" if "HX-Request" in request.headers else "ledger/verify.html"
    return shown(template, here="ledger", check=check, by=by, size=size, since=since)


@page("POST", "/ledger/verify", role="officer")
def start() -> Response:
    """Begin a check, unless one is under way."""
    since = _kept()
    size = services().ledger.read_checkpoint(since)[0] if since else None
    with services().unit_of_work() as work:
        latest = find_check(work.connection, work.at)
        if latest is None or latest.state != "running":
            number = begin_check(work, by=me().by, since=since)
            note(work, "check.begun", check=number, against=size)
            work.after.append(lambda: _begin(services(), number, since))
    return cast("Response", redirect("/desk/ledger/verify", 303))


def _kept() -> str | None:
    """The checkpoint that was pasted or uploaded; None if none was. Raises CallerError."""
    pasted, file = request.form.get("since", ""), request.files.get("file")
    data = file.stream.read(LARGEST + 1) if file is not None else b""
    text = pasted.strip() or data.decode("utf-8", "replace").strip()
    if len(text) > LARGEST:
        raise CallerError([Problem("too_large", "That is more than a checkpoint has.", "since")])
    return text.replace("\r\n", "\n") + "\n" if text else None


def _begin(built: Services, number: int, since: str | None) -> None:
    Thread(target=_run, args=(built, number, since), name=f"check {number}", daemon=True).start()


def _run(built: Services, number: int, since: str | None) -> None:
    try:
        run_check(built.ledger, built.engine, built.unit_of_work, number, since)
    except Exception:  # noqa: BLE001 - logged whole; nobody waits for this thread
        _log.exception("check %s of the ledger was cut off", number)  # its page says so before long
