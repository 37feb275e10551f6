"""Recalls: everybody who got some people is told that they are withdrawn; who has answered, and who has not."""

from typing import cast

from flask import Response, redirect, request
from werkzeug.exceptions import NotFound

from gateway.console.desk.gate import me, page, read_number, read_reason, shown
from gateway.console.desk.ledger_words import names_of
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.emission.acknowledge import by_hand
from gateway.emission.book import find
from gateway.emission.browse import answering, find_recall, page_recalls
from gateway.emission.recall import CAUSES, ask, foresee
from gateway.intake.http import services
from gateway.intake.recalling import read_asked

SIZE = 50


@page("GET", "/recalls", role="viewer")
def index() -> Response:
    """Who has not answered, and every recall, the newest first."""
    before = read_number("before")
    with reading(services().engine) as connection:
        found = page_recalls(connection, limit=SIZE + 1, before=before)
        told = answering(connection, services().clock.now())
        names = names_of(connection)
    older = found[SIZE - 1].id if len(found) > SIZE else None
    return shown("recalls/index.html", here="recalls", found=found[:SIZE], older=older, told=told, causes=CAUSES,
                 names=names)  # fmt: skip


@page("GET", "/recalls/new", role="officer")
def new() -> Response:
    """Whom a recall would reach, before it is done."""
    said = {name: request.args.get(name, "").strip() for name in ("lists", "vendor", "cause", "what")}
    asked = effect = None
    if said["what"]:
        with reading(services().engine) as connection:
            asked = read_asked(
                connection, _numbers(said["lists"]) if said["what"] == "lists" else (),
                said["vendor"] if said["what"] == "vendor" else None, said["cause"], "-",
                withheld=said["what"] == "withheld",
            )  # fmt: skip
        effect = foresee(services(), asked.lists)
    return shown("recalls/new.html", here="recalls", said=said, asked=asked, effect=effect, causes=CAUSES)


@page("POST", "/recalls/new", role="officer")
def begin() -> Response:
    """Do it."""
    reason, told, gateway = read_reason(), request.form, services()
    with gateway.unit_of_work() as work:
        asked = read_asked(
            work.connection, _numbers(told.get("lists", "")) if told.get("what") == "lists" else (),
            told.get("vendor") if told.get("what") == "vendor" else None, told.get("cause", ""), reason,
            withheld=told.get("what") == "withheld",
        )  # fmt: skip
        number = ask(work, gateway.ledger, asked, by=me().by)
    gateway.wake()
    return cast("Response", redirect(f"/desk/recalls/{number}", 303))


@page("GET", "/recalls/<int:number>", role="viewer")
def show(number: int) -> Response:
    """One recall, and which destinations have answered."""
    with reading(services().engine) as connection:
        one = find_recall(connection, number)
        told = answering(connection, services().clock.now(), number)
        names = names_of(connection)
    if one is None:
        raise NotFound
    return shown("recalls/one.html", here="recalls", one=one, told=told, causes=CAUSES, names=names)


@page("POST", "/recalls/by-hand/<name>", role="officer")
def told_by_hand(name: str) -> Response:
    """An officer told a receiver otherwise, and says so."""
    reason, gateway = read_reason(), services()
    with gateway.unit_of_work() as work:
        by_hand(work, gateway, find(work.connection, name).id, by=me().by, why=reason)
    return cast("Response", redirect("/desk/recalls", 303))


def _numbers(text: str) -> list[int]:
    found = []
    for word in text.replace(",", " ").split():
        digits = word.removeprefix("list_")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):  # noqa: PLR2004 - 64 bits hold them
            raise CallerError([Problem("bad_id", "Write lists as list_12, with blanks or commas between.", "lists")])
        found.append(int(digits))
    return found
