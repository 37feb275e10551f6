"""/v1/destinations: where prospects are sent. /v1/deliveries: receivers answer. /v1/recalls: everybody is told."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.emission import book
from gateway.emission.acknowledge import acknowledge, is_signed
from gateway.emission.browse import answering, counts_of, find_recall
from gateway.emission.dead import replay
from gateway.emission.deliver import try_out, way_of
from gateway.emission.recall import ask, foresee
from gateway.intake.http import (
    EVERYONE,
    Answer,
    caller,
    checked,
    json_answer,
    operation,
    read_json,
    require,
    services,
    wrong_content_type,
)
from gateway.intake.recalling import read_asked, withdraw_lead
from gateway.intake.schemas_destinations import (
    Acknowledged,
    Acknowledging,
    Destinations,
    DestinationSettings,
    DestinationShown,
    LeadWithdrawn,
    NewDestination,
    NewRecall,
    RecallShown,
    Removed,
    Replayed,
    Tried,
    Why,
)

blueprint = Blueprint("destinations", __name__, description="Where prospects are sent, who has them, recalls.")
JSON = "application/json"
SCOPE = "destinations"
_BAD_BODY = (400, 413, 415, 422)
_NEW = {"name": "crm", "kind": "webhook", "settings": {"url": "https://hooks.example.com/leads"}}
_WHY = {"why": "The receiver is being moved"}
_SHOWN = {200: Answer("The destination as it is now.", {JSON: DestinationShown})}


@operation(
    blueprint, "GET", "/v1/destinations", scope=SCOPE, answers={200: Answer("All of them.", {JSON: Destinations})}
)
def index() -> Response:
    """List the destinations, those removed last."""
    with reading(services().engine) as connection:
        found = [_document(connection, one) for one in book.list_all(connection)]
    return json_answer({"destinations": found})


@operation(
    blueprint, "POST", "/v1/destinations", scope=SCOPE, body={JSON: (NewDestination, _NEW)},
    answers={201: Answer("Added.", {JSON: DestinationShown})}, problems=_BAD_BODY,
)  # fmt: skip
def add() -> Response:
    """Add a destination. A signing key is made for a webhook if none is given, and shown once."""
    said, gateway = _body(NewDestination), services()
    with gateway.unit_of_work() as work:
        here, made = book.add(
            work, gateway, (said["name"], said["kind"]), said.get("settings", {}), _terms(said, book.Terms()), by=_by(),
            from_now=said.get("from_now", False),
        )  # fmt: skip
        document = _document(work.connection, here)
    gateway.wake()
    return json_answer({**document, **made}, 201)


@operation(blueprint, "GET", "/v1/destinations/<name>", scope=SCOPE, answers=_SHOWN)
def show(name: str) -> Response:
    """A destination, and what waits for it."""
    with reading(services().engine) as connection:
        return json_answer(_document(connection, book.find(connection, name)))


@operation(
    blueprint, "PATCH", "/v1/destinations/<name>", scope=SCOPE,
    body={JSON: (DestinationSettings, {"filters": {"country": ["US"]}})}, answers=_SHOWN, problems=(409, *_BAD_BODY),
)  # fmt: skip
def change(name: str) -> Response:
    """Change a destination; what is not said stays."""
    said, gateway = _body(DestinationSettings), services()
    with gateway.unit_of_work() as work:
        terms = _terms(said, book.find(work.connection, name).terms)
        here = book.change(work, gateway, name, said.get("settings", {}), terms, by=_by())
        document = _document(work.connection, here)
    return json_answer(document)


@operation(
    blueprint, "POST", "/v1/destinations/<name>/test", scope=SCOPE,
    answers={200: Answer("What it answered.", {JSON: Tried})}, problems=(429,),
)  # fmt: skip
def test(name: str) -> Response:
    """Send it an event about nobody."""
    answer = try_out(services(), name, way_of(services()))
    return json_answer({"taken": answer.is_taken, "answer": answer.said})


@operation(
    blueprint, "POST", "/v1/destinations/<name>/pause", scope=SCOPE, body={JSON: (Why, _WHY)}, answers=_SHOWN,
    problems=(409, *_BAD_BODY),
)  # fmt: skip
def pause(name: str) -> Response:
    """Send it nothing but who is revoked, until it is resumed."""
    why, gateway = _body(Why).get("why") or "", services()
    with gateway.unit_of_work() as work:
        return json_answer(_document(work.connection, book.pause(work, gateway, name, why, by=_by())))


@operation(blueprint, "POST", "/v1/destinations/<name>/resume", scope=SCOPE, answers=_SHOWN, problems=(409,))
def resume(name: str) -> Response:
    """Send it everything again, at once."""
    gateway = services()
    with gateway.unit_of_work() as work:
        document = _document(work.connection, book.resume(work, gateway, name, by=_by()))
    gateway.wake()
    return json_answer(document)


@operation(
    blueprint, "POST", "/v1/destinations/<name>/replay", scope=SCOPE,
    answers={200: Answer("How many.", {JSON: Replayed})},
)  # fmt: skip
def again(name: str) -> Response:
    """Send it its dead letters again."""
    gateway = services()
    with gateway.unit_of_work() as work:
        count = replay(work, gateway, name, by=_by())
    gateway.wake()
    return json_answer({"replayed": count})


@operation(
    blueprint, "DELETE", "/v1/destinations/<name>", scope=SCOPE,
    answers={200: Answer("How many people it was told of.", {JSON: Removed})}, problems=(409,),
)  # fmt: skip
def remove(name: str) -> Response:
    """Send it nothing any more and forget its secrets. Whoever of its people is revoked later is told of by hand."""
    gateway = services()
    with gateway.unit_of_work() as work:
        return json_answer({"holding": book.remove(work, gateway, name, "", by=_by())})


@operation(
    blueprint, "POST", "/v1/deliveries/<delivery_id:delivery>/acknowledge", scope=EVERYONE,
    answers={200: Answer("Noted.", {JSON: Acknowledged})}, problems=(401, 403, 413),
)  # fmt: skip
def acknowledge_one(delivery: int) -> Response:
    """A receiver worked a delivery off: by a key of the scope `destinations`, or signed with its own webhook key."""
    gateway, body = services(), request.get_data()
    headers = {name.lower(): value for name, value in request.headers.items()}
    holder = caller()
    mine = None
    if holder is None:
        with reading(gateway.engine) as connection:
            mine = is_signed(connection, gateway, delivery, headers, body)
    if mine is None:
        require(holder, SCOPE)
    by = f"key_{holder.id}" if holder is not None else "signature"
    with gateway.unit_of_work() as work:
        found = acknowledge(work, [delivery], by=by, destination=mine)
    if not found:
        raise CallerError([Problem("unknown_delivery", f"dlv_{delivery} was never sent", "delivery")], 404, "Not Found")
    return json_answer({"acknowledged": [f"dlv_{delivery}"]})


@operation(
    blueprint, "POST", "/v1/deliveries/acknowledge", scope=SCOPE, body={JSON: (Acknowledging, {"ids": ["dlv_17"]})},
    answers={200: Answer("Noted.", {JSON: Acknowledged})}, problems=_BAD_BODY,
)  # fmt: skip
def acknowledge_many() -> Response:
    """Many at once."""
    ids, gateway = [int(one.removeprefix("dlv_")) for one in _body(Acknowledging)["ids"]], services()
    with gateway.unit_of_work() as work:
        found = acknowledge(work, ids, by=_by())
    return json_answer({"acknowledged": [f"dlv_{one}" for one in found]})


@operation(
    blueprint, "POST", "/v1/recalls", scope=SCOPE,
    body={JSON: (NewRecall, {"lists": ["list_12"], "cause": "attestation_withdrawn", "why": "It was taken back"})},
    answers={200: Answer("Whom it would reach.", {JSON: RecallShown}), 202: Answer("Asked for.", {JSON: RecallShown})},
    problems=_BAD_BODY,
)  # fmt: skip
def recall() -> Response:
    """Withdraw people, and tell everybody who got them, or may have. With `dry_run` nothing is done."""
    said, gateway = _body(NewRecall), services()
    lists = [_list(one) for one in said.get("lists", ())]
    with reading(gateway.engine) as connection:
        asked = read_asked(
            connection, lists, said.get("vendor"), said.get("cause", ""), said["why"] or "",
            withheld=said.get("withheld", False),
        )  # fmt: skip
    if said.get("dry_run"):
        effect = foresee(gateway, asked.lists)
        holding = [{"destination": name, "people": count} for name, count in sorted(effect.holding.items())]
        return json_answer(
            {"recall": None, "cause": asked.cause, "about": asked.about, "state": "dry_run", "people": effect.people,
             "messages": sum(effect.holding.values()), "acknowledged": 0, "destinations": holding}
        )  # fmt: skip
    with gateway.unit_of_work() as work:
        number = ask(work, gateway.ledger, asked, by=_by())
        document = _recall(work.connection, number)
    gateway.wake()
    return json_answer(document, 202)


@operation(
    blueprint, "GET", "/v1/recalls/<recall_id:number>", scope=SCOPE,
    answers={200: Answer("The recall.", {JSON: RecallShown})},
)  # fmt: skip
def show_recall(number: int) -> Response:
    """A recall, and which destinations have answered."""
    with reading(services().engine) as connection:
        return json_answer(_recall(connection, number))


@operation(
    blueprint, "POST", "/v1/leads/<lead_id:lead_id>/withdraw", scope="leads",
    answers={200: Answer("What became of it.", {JSON: LeadWithdrawn})},
)  # fmt: skip
def withdraw(lead_id: int) -> Response:
    """Its source takes a lead back: the prospect is withdrawn and revoked everywhere. No order not to write."""
    gateway = services()
    by = f"key_{require(caller(), 'leads').id}"
    with gateway.unit_of_work() as work:
        told = withdraw_lead(work, gateway, lead_id, by=by)
    gateway.wake()
    return json_answer(told)


def _recall(connection: Any, number: int) -> dict[str, Any]:
    one = find_recall(connection, number)
    if one is None:
        raise CallerError([Problem("unknown_recall", f"there is no recall_{number}", "recall")], 404, "Not Found")
    told = [
        {"destination": each.destination, "issued": each.issued, "acknowledged": each.acknowledged,
         "unsent": each.unsent, "by_hand": each.by_hand, "reminders": each.reminders, "late": each.is_late}
        for each in answering(connection, services().clock.now(), number)
    ]  # fmt: skip
    return {
        "recall": f"recall_{one.id}", "cause": one.cause, "about": one.about, "state": one.state, "people": one.people,
        "messages": one.messages, "acknowledged": one.acknowledged, "destinations": told,
    }  # fmt: skip


def _document(connection: Any, here: book.Destination) -> dict[str, Any]:
    return {**here.document(), "counts": counts_of(connection, here.id)}


def _terms(said: Mapping[str, Any], before: book.Terms) -> book.Terms:
    filters = before.filters
    if "filters" in said:
        filters = {name: tuple(values) for name, values in said["filters"].items() if values}
    return book.Terms(filters, tuple(said.get("fields") or before.fields), said.get("confirm") or before.confirm)


def _list(text: str) -> int:
    digits = text.removeprefix("list_")
    if digits.isascii() and digits.isdigit() and len(digits) <= 18:  # noqa: PLR2004 - 64 bits hold them
        return int(digits)
    raise CallerError([Problem("bad_id", f"{text[:40]!r} is no list; write list_12", "lists")], 422)


def _body(schema: Any) -> dict[str, Any]:
    if request.mimetype != JSON:
        raise wrong_content_type(JSON)
    return checked(schema, read_json())


def _by() -> str:
    return f"key_{require(caller(), SCOPE).id}"
