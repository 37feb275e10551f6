"""Prospects as they are handed out: who, from which lead, under which decision, with which obligations by when."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, select

from gateway.clocks.book import find_open
from gateway.db.work import reading
from gateway.domain.decision import Verdict
from gateway.domain.facts import FactValue
from gateway.domain.purposes import kept
from gateway.lifecycle.store import export_page, export_some
from gateway.outcomes.tables import decisions

HEADINGS = (
    "address", "first_name", "last_name", "phone", "phone_use", "country", "state", "since", "lead", "decision",
    "purposes", "not_for", "obligations", "first_due_on", "unsubscribe_url", "list_unsubscribe",
    "list_unsubscribe_post",
)  # fmt: skip
"""Of a table: what each prospect owes in one cell, and the first of the days by which it is owed in one of its own.

``purposes``: what the person agreed to be written to about and did not leave; None where the source names none.
``not_for``: what they left and did not ask for again, whatever lead they stand on.
"""
ONE_CLICK = "List-Unsubscribe=One-Click"
"""The value of the header List-Unsubscribe-Post, and the body that is posted (RFC 8058)."""
_PLAIN = ("address", "first_name", "last_name", "country", "state", "since")
_CHUNK = 500
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """What handing out needs of a decision."""

    name: str
    obligations: tuple[str, ...]
    phone: Verdict | None
    facts: Mapping[str, FactValue | int]
    overrides: frozenset[str] = frozenset()  # without which it would not have been accepted


def load_cases(connection: Connection, numbers: Iterable[int]) -> dict[int, Case]:
    """The decisions of these numbers."""
    wanted, found = sorted(numbers), {}
    for start in range(0, len(wanted), _CHUNK):
        query = select(decisions.c.id, decisions.c.name, decisions.c.body)
        for row in connection.execute(query.where(decisions.c.id.in_(wanted[start : start + _CHUNK]))):
            body = json.loads(row.body)
            found[row.id] = Case(
                row.name, tuple(body["obligations"]), body.get("phone"), body["facts"],
                frozenset(one["override"] for one in body.get("set_aside", ())),
            )  # fmt: skip
    return found


MayLeave = Callable[[int, Case], bool]
"""Whether prospects of this decision may be handed out now."""
FindRefused = Callable[[Sequence[str]], set[str]]
"""Those of some phone numbers whose owners asked us not to call."""
FindOrders = Callable[[Connection, Sequence[Mapping[str, Any]]], dict[int, frozenset[str] | None]]
"""Of a page's prospects those against whom orders stand, by number: the purposes (folded) left; None for all mail."""
LinkOf = Callable[[bytes, int], str | None]
"""The page where the person of a match key and lead can leave; None where people cannot reach us."""


class Looked(NamedTuple):
    """A prospect as it stands at this moment."""

    prospect: Mapping[str, Any]  # as the store has it
    case: Case
    row: dict[str, Any] | None  # as it is handed out; None where it is not
    is_stopped: bool  # by an order not to write, and not only withheld


class Ways(NamedTuple):
    """What handing out asks of others."""

    may_leave: MayLeave
    find_refused: FindRefused
    find_orders: FindOrders
    link_of: LinkOf


def export_prospects(engine: Engine, ways: Ways) -> Iterator[dict[str, Any]]:
    """Every prospect that may be written to, in the order they came; withdrawn and withheld ones are not among them.

    Of a long list into a store of millions, those of one batch come in the order of their match keys. A phone number
    goes along only where it may be used. ``obligations`` are {"code", "due_on"}. ``list_unsubscribe`` and
    ``list_unsubscribe_post`` are the values of the mail headers (RFC 8058), where our pages are reached by https.
    """
    cases: dict[int, Case] = {}
    after = 0
    while True:
        found = _look(engine, ways, cases, partial(export_page, after=after))
        if not found:
            return
        after = found[-1].prospect["id"]
        yield from (one.row for one in found if one.row is not None)


def look_at(engine: Engine, prospect_ids: Sequence[int], ways: Ways) -> list[Looked]:
    """The same of these prospects alone, those withheld among them; who is not there or has left is not."""
    return _look(engine, ways, {}, partial(export_some, prospect_ids=prospect_ids))


def _look(
    engine: Engine, ways: Ways, cases: dict[int, Case], page_of: Callable[[Connection], list[dict[str, Any]]]
) -> list[Looked]:
    with reading(engine) as connection:  # a page at a time: whoever downloads may be slow
        page = page_of(connection)
        cases |= load_cases(connection, {prospect["decision_id"] for prospect in page} - cases.keys())
        due = find_open(connection, [prospect["lead_id"] for prospect in page])
        orders = ways.find_orders(connection, page)
    stopped = {one["id"] for one in page if orders.get(one["id"], _NONE) is None}
    leaving = {
        one["id"] for one in page
        if one["id"] not in stopped and ways.may_leave(one["decision_id"], cases[one["decision_id"]])
    }  # fmt: skip
    usable = [
        one["phone"] for one in page
        if one["id"] in leaving and one["phone"] and cases[one["decision_id"]].phone == "accept"
    ]  # fmt: skip
    refused = ways.find_refused(usable) if usable else set()
    found = []
    for one in page:
        row, case = None, cases[one["decision_id"]]
        if one["id"] in leaving:
            url = ways.link_of(bytes(one["match_key"]), one["lead_id"])
            not_for = orders.get(one["id"]) or _NONE
            row = _row(one, case, due.get(one["lead_id"], {}), refused, url) | _about(one, not_for)
        found.append(Looked(one, case, row, one["id"] in stopped))
    return found


def _row(
    prospect: Mapping[str, Any], case: Case, due: Mapping[str, str], refused: set[str], url: str | None
) -> dict[str, Any]:
    phone, use = prospect["phone"], case.phone if prospect["phone"] else None
    if use == "accept" and phone in refused:
        use = "reject"
    row = {
        **{name: prospect[name] for name in _PLAIN},
        "phone": phone if use == "accept" else None,
        "phone_use": use,
        "lead": f"lead_{prospect['lead_id']}",
        "decision": case.name,
        "purposes": None,
        "not_for": [],
        "obligations": [{"code": code, "due_on": due.get(code)} for code in case.obligations],
        "first_due_on": min(due.values(), default=None),
        "unsubscribe_url": url,
        # RFC 8058 asks for an https address.
        "list_unsubscribe": f"<{url}>" if url and url.startswith("https:") else None,
        "list_unsubscribe_post": ONE_CLICK if url and url.startswith("https:") else None,
    }
    return {heading: row[heading] for heading in HEADINGS}


def _about(prospect: Mapping[str, Any], left: frozenset[str]) -> dict[str, Any]:
    """What the prospect may be written to about, and what not."""
    agreed = prospect["purposes"]
    return {"purposes": list(kept(agreed, left)) if agreed else None, "not_for": sorted(left)}


def cells(prospect: Mapping[str, Any]) -> list[str]:
    """A prospect as a row of a table: ``postal_address; tell_the_source by 2026-12-21``."""
    return [_cell(prospect[heading]) for heading in HEADINGS]


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(map(_item, value))
    return "" if value is None else str(value)


def _item(one: Any) -> str:
    return one if isinstance(one, str) else one["code"] + (f" by {one['due_on']}" if one["due_on"] else "")
