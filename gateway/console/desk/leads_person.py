"""A person: all we know of one mailbox, over time. Named in addresses of pages by a seal, never by the address."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from gateway.access.people import find_names
from gateway.confirmation import person as confirmation
from gateway.console.desk.gate import page, shown
from gateway.console.desk.leads import SIZE
from gateway.console.desk.lifecycle import told_of_phase
from gateway.db.work import reading
from gateway.domain.money import written
from gateway.domain.phrase import phrase
from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError, Problem
from gateway.emission import person as emission
from gateway.feedback import person as feedback
from gateway.intake.http import services
from gateway.invoicing import person as invoicing
from gateway.lifecycle import person as lifecycle
from gateway.mail import person as mail
from gateway.outcomes.browse import Line, find_page_of_person
from gateway.person import erase
from gateway.person.links import desk_links
from gateway.person.who import Who
from gateway.policy.words import words as spoken
from gateway.suppression import person as suppression
from gateway.suppression.hashes import find_hashed

MOST = 300
"""Events of a page, so that a mailbox that was mailed for years stays a page; the export has all."""
_LONGEST_NUMBER = 18


@page("GET", "/person/<token>", role="viewer")
def show(token: str) -> Response:
    """What we know of somebody, the newest first; of an erased person what is left."""
    key = key_of(token)
    asked = request.args.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _LONGEST_NUMBER else None
    with reading(services().engine, snapshot=True) as connection:
        told = read_person(connection, key, before)
    return shown("leads/person.html", here="leads", token=token, is_later_page=before is not None, **told)


def key_of(token: str) -> bytes:
    """Whose page it is. Raises CallerError, 404."""
    key = desk_links(services()).read(token)
    if key is None:
        message = phrase("This address names nobody. Look the person up again.")
        raise CallerError([Problem("unknown_person", message)], 404, "Nobody here")
    return key


def read_person(connection: Connection, key: bytes, before: int | None = None) -> dict[str, Any]:
    """All that the rooms have of a match key; the leads a page at a time."""
    found = find_page_of_person(connection, key, before, SIZE)
    prospect = lifecycle.tell(connection, key)
    who = Who(key, services().world.match_keys)
    who.learn([line.address for line in found.lines] + [prospect["address"] if prospect else None])
    orders = suppression.tell(connection, key)
    more = find_hashed(connection, [(key, one, one) for one in sorted(who.spellings)]).get(key, [])
    erasures = erase.find_of(connection, key)
    beside: dict[str, list[dict[str, Any]]] = {
        "confirmations": confirmation.tell(connection, key), "mails": mail.tell(connection, key),
        "reports": feedback.tell(connection, key),
    }  # fmt: skip
    events = list(_of_leads(found.lines))
    if before is None:
        events += [*_of_others(prospect, orders, more, erasures), *_of_mail(**beside)]
        events += _billed(invoicing.tell(connection, [line.id for line in found.lines]))
        events += _handed(emission.tell(connection, prospect["prospect"]) if prospect else ())
    events.sort(key=lambda one: one["at"], reverse=True)
    return {
        "life": None if prospect is None else told_of_phase(connection, prospect["prospect"]), "written": written,
        "leads": found, "prospect": prospect, "spellings": sorted({line.address for line in found.lines
                                                                   if line.address} | _written_to(prospect)),
        "orders": orders, "hashed": more, "erasures": erasures, "events": events[:MOST],
        "more_events": max(len(events) - MOST, 0), "spoken": spoken, "is_erased": _is_erased(erasures, found.lines),
        "names": find_names(connection, {one["recorded_by"] for one in orders} | {one["by"] for one in erasures}),
        "waiting": [line for line in found.lines if line.hold_state == "waiting"],
        "is_known": bool(found.lines or prospect or orders or more or erasures or any(beside.values())),
    }  # fmt: skip


def _written_to(prospect: Mapping[str, Any] | None) -> set[str]:
    return {prospect["address"]} if prospect and prospect["address"] else set()


def _is_erased(erasures: list[dict[str, Any]], lines: list[Line]) -> bool:
    """Whether nothing came since the last erasure."""
    return bool(erasures) and not any(line.arrived_at > erasures[-1]["asked_at"] for line in lines)


def _of_leads(lines: Iterable[Line]) -> Iterable[dict[str, Any]]:
    return ({"at": line.arrived_at, "kind": "lead", "line": line} for line in lines)


def _of_others(
    prospect: Mapping[str, Any] | None, orders: list[dict[str, Any]], more: list[Suppression],
    erasures: list[dict[str, Any]],
) -> Iterable[dict[str, Any]]:  # fmt: skip
    for one in (prospect or {}).get("events", ()):
        yield {"at": _at(one["at"]), "kind": "state", "one": one}
    for order in orders:
        yield {"at": _at(order["first_told_at"]), "kind": "order", "one": order}
    yield from ({"at": known.received_at, "kind": "hashed", "one": known} for known in more)
    for one in erasures:
        yield {"at": one["asked_at"], "kind": "erasure", "one": one}


def _handed(told: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    return ({"at": _at(one["sent_at"] or one["made_at"]), "kind": "handed", "one": one} for one in told)


def _billed(told: Iterable[Mapping[str, Any]]) -> Iterable[dict[str, Any]]:
    return ({"at": _at(one["added_at"]), "kind": "billed", "one": one} for one in told)


def _of_mail(
    confirmations: list[dict[str, Any]], mails: list[dict[str, Any]], reports: list[dict[str, Any]]
) -> Iterable[dict[str, Any]]:
    for one in confirmations:
        yield {"at": _at(one["asked_at"]), "kind": "asked", "one": one}
        if one["answered_at"]:
            yield {"at": _at(one["answered_at"]), "kind": "answered", "one": one}
    for one in mails:
        yield {"at": _at(one["sent_at"] or one["written_at"]), "kind": "mail", "one": one}
    for one in reports:
        yield {"at": _at(one["at"]), "kind": "report", "one": one}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
