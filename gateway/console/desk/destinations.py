"""Destinations: where prospects are sent to; added, tried, changed, paused, removed. Secrets are never shown."""

from typing import Any, cast

from flask import Response, redirect, request

from gateway.console.desk.gate import me, page, read_number, read_reason, shown
from gateway.db.work import reading
from gateway.domain.problem import CallerError
from gateway.emission import book
from gateway.emission.browse import FEW, counts_of, page_items
from gateway.emission.dead import replay
from gateway.emission.deliver import try_out, way_of
from gateway.emission.destinations import kinds
from gateway.intake.http import services

SIZE = 50
ROOT = "/desk/settings/destinations"
SHOWN = {"dead": "Dead letters", "withheld": "Withheld", "by_hand": "To be told by hand"}
"""States of items that somebody may have to look at, in words."""


@page("GET", "/settings/destinations", role="viewer")
def index() -> Response:
    """Every destination, with what waits for it."""
    with reading(services().engine) as connection:
        found = [(one, counts_of(connection, one.id, FEW)) for one in book.list_all(connection)]
    return shown("destinations/index.html", here="settings", found=found, kinds=kinds(), few=FEW)


@page("GET", "/settings/destinations/new", role="administrator")
def new() -> Response:
    """What is asked of a new one, by its kind."""
    known = kinds()
    name = request.args.get("kind", "webhook")
    return _form(name if name in known else "webhook", {}, {}, 200)


@page("POST", "/settings/destinations/new", role="administrator")
def add() -> Response:
    """Add one; a key that was made is shown once."""
    kind = request.form.get("kind", "")
    told = request.form.to_dict()
    given = {one.name: text for one in book.kind_of(kind).settings if (text := told.get(f"set-{one.name}", "").strip())}
    gateway = services()
    try:
        with gateway.unit_of_work() as work:
            here, made = book.add(
                work, gateway, (told.get("name", "").strip(), kind), given, _terms(), by=me().by,
                from_now=told.get("from_now") == "yes",
            )  # fmt: skip
    except CallerError as error:
        return _form(kind, told, {problem.field or "": problem for problem in error.problems}, 422)
    gateway.wake()
    if made:
        return shown("destinations/made.html", here="settings", one=here, made=made)
    return cast("Response", redirect(f"{ROOT}/{here.name}", 303))


@page("GET", "/settings/destinations/<name>", role="viewer")
def show(name: str) -> Response:
    """One destination: how it is set, how it does, what somebody should look at."""
    state = request.args.get("state", "dead")
    state = state if state in SHOWN else "dead"
    before = read_number("before")
    with reading(services().engine) as connection:
        one = book.find(connection, name)
        counts = counts_of(connection, one.id, FEW)
        items = page_items(connection, one.id, state=state, before=before, limit=SIZE + 1)
        is_counted = one.state != "removed" and counts["taken"] <= FEW
        holding = book.count_holding(connection, one.id) if is_counted else None
    older = items[SIZE - 1].id if len(items) > SIZE else None
    return shown(
        "destinations/show.html", here="settings", one=one, counts=counts, kind=kinds().get(one.kind),
        items=items[:SIZE], older=older, state=state, states=SHOWN, holding=holding, few=FEW,
        tried=request.args.get("tried"), took=request.args.get("took") == "yes",
    )  # fmt: skip


@page("POST", "/settings/destinations/<name>/test", role="administrator")
def test(name: str) -> Response:
    """Send it an event about nobody."""
    from urllib.parse import urlencode

    answer = try_out(services(), name, way_of(services()))
    told = urlencode({"tried": answer.said[:200], "took": "yes" if answer.is_taken else "no"})
    return cast("Response", redirect(f"{ROOT}/{name}?{told}", 303))


@page("POST", "/settings/destinations/<name>/pause", role="administrator")
def pause(name: str) -> Response:
    """Send it nothing but who is revoked."""
    reason, gateway = read_reason(), services()
    with gateway.unit_of_work() as work:
        book.pause(work, gateway, name, reason, by=me().by)
    return cast("Response", redirect(f"{ROOT}/{name}", 303))


@page("POST", "/settings/destinations/<name>/resume", role="administrator")
def resume(name: str) -> Response:
    """Send it everything again, at once."""
    gateway = services()
    with gateway.unit_of_work() as work:
        book.resume(work, gateway, name, by=me().by)
    gateway.wake()
    return cast("Response", redirect(f"{ROOT}/{name}", 303))


@page("POST", "/settings/destinations/<name>/replay", role="administrator")
def again(name: str) -> Response:
    """Send it its dead letters again."""
    gateway = services()
    with gateway.unit_of_work() as work:
        replay(work, gateway, name, by=me().by)
    gateway.wake()
    return cast("Response", redirect(f"{ROOT}/{name}", 303))


@page("POST", "/settings/destinations/<name>/remove", role="administrator")
def remove(name: str) -> Response:
    """Send it nothing any more, and forget its secrets."""
    reason, gateway = read_reason(), services()
    with gateway.unit_of_work() as work:
        book.remove(work, gateway, name, reason, by=me().by)
    return cast("Response", redirect(ROOT, 303))


def _form(kind: str, told: dict[str, str], wrong: dict[str, Any], status: int) -> Response:
    return shown(
        "destinations/new.html", status, here="settings", kinds=kinds(), kind=kind, told=told, wrong=wrong,
        fields=book.FIELDS, chosen=request.form.getlist("field") if status != 200 else list(book.FIELDS),  # noqa: PLR2004
    )  # fmt: skip


def _terms() -> book.Terms:
    words = {name: tuple(request.form.get(f"filter-{name}", "").replace(",", " ").split()) for name in book.FILTERS}
    fields = tuple(one for one in request.form.getlist("field") if one in book.FIELDS)
    filters = {name: values for name, values in words.items() if values}
    return book.Terms(filters, fields, request.form.get("confirm", "receipt"))
