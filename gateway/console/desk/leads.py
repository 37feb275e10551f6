"""Leads: the newest by what became of them, and the search for one or for a person.

The search is a post. An address, or a hash of one, in the address of a page would stand in the browser's history, in
every proxy's log and in ours; so what was typed stays in the body, and the answer leads to a lead's number or to a
person's sealed name (person.links.DeskLinks).
"""

import re
from datetime import datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Response, redirect, request

from gateway.console.desk.frame import zone_name
from gateway.console.desk.gate import page, shown
from gateway.db.work import reading
from gateway.domain.hashed import read_hash
from gateway.domain.outcome import GATE_FINDINGS
from gateway.domain.problem import CallerError, Problem
from gateway.intake.entrances import batches_named, find_entrances
from gateway.intake.http import services
from gateway.outcomes.browse import Wanted, find_page, find_row
from gateway.outcomes.hashed import find_holder_below
from gateway.outcomes.person import last_lead
from gateway.outcomes.view import find_decided
from gateway.person.links import desk_links
from gateway.person.who import Who
from gateway.policy.words import words as spoken
from gateway.screening.address.found import find_addresses
from gateway.suppression.hashes import find_rows

SIZE = 50
OUTCOMES = ("prospect", "hold", "rejection")
STEP = 5_000
"""Leads whose addresses are hashed for one answer: less than a tenth of a second. The page goes on by itself."""
_LEAD = re.compile(r"lead[_ ]?([0-9]{1,15})", re.IGNORECASE)
_ROW = re.compile(r"list[_ ]?([0-9]{1,15})(?:[\s,:/#]*(?:row)?[\s:#]*([0-9]{1,15}))?", re.IGNORECASE)
_MOST_NAMED = 200  # suggestions below a field
_HIGHEST = 2**62


@page("GET", "/leads", role="viewer")
def show() -> Response:
    """The newest leads of those that are wanted, a page at a time, and the search."""
    asked = {name: request.args.get(name, "").strip() for name in ("outcome", "reason", "source", "vendor", "day")}
    with reading(services().engine) as connection:
        ways = find_entrances(connection)
        picked = None
        if asked["source"] or asked["vendor"]:
            picked = tuple(
                (way.kind, way.source) for way in ways if way.vendor == asked["vendor"] or not asked["vendor"]
            )
            if asked["source"]:
                one = batches_named(asked["source"])
                picked = (one,) if not asked["vendor"] or one in picked else ()
        wanted = Wanted(
            asked["outcome"] if asked["outcome"] in OUTCOMES else "", asked["reason"], picked, *_day(asked["day"])
        )
        found = find_page(connection, wanted, _number("before"), SIZE)
        newest = last_lead(connection)
    names = desk_links(services())
    return shown(
        "leads/list.html", here="leads", asked=asked, found=found, ways=ways[:_MOST_NAMED], reasons=_reasons(),
        vendors=sorted({way.vendor for way in ways if way.vendor})[:_MOST_NAMED], is_empty=not newest,
        tokens={line.id: names.token(line.match_key) for line in found.lines if line.match_key is not None},
        spoken=spoken, said=request.args.get("said", ""), kept={name: one for name, one in asked.items() if one},
    )  # fmt: skip


@page("POST", "/leads/find", role="viewer")
def find() -> Any:
    """To the lead, the row or the person that was typed; a hash is looked for among stored addresses, step by step."""
    text = request.form.get("find", "").strip()
    if (digest := read_hash(text)) is not None:
        return _find_hash(text.lower(), digest)
    return redirect(_place_of(text), 303)


def _place_of(text: str) -> str:
    if not text:
        return "/desk/leads"
    if lead := _LEAD.fullmatch(text):
        number = int(lead[1])
        with reading(services().engine) as connection:
            known = find_decided(connection, number) is not None
        return f"/desk/leads/lead_{number}" if known else "/desk/leads?said=no_lead"
    if row := _ROW.fullmatch(text):
        return _place_of_row(int(row[1]), row[2])
    if len(find_addresses(text)) != 1:
        return "/desk/leads?said=not_understood"
    return person_path(Who.of(text, services().world.match_keys).key)


def _place_of_row(list_id: int, number: str | None) -> str:
    if number is None:
        return f"/desk/leads?source=list_{list_id}"
    with reading(services().engine) as connection:
        found = find_row(connection, list_id, int(number))
    return f"/desk/leads/lead_{found[0]}" if found else "/desk/leads?said=no_row"


def person_path(key: bytes) -> str:
    """Where a person's page is."""
    return f"/desk/person/{desk_links(services()).token(key)}"


def _find_hash(text: str, digest: tuple[str, bytes]) -> Response:
    below = _number("below", request.form)
    with reading(services().engine) as connection:
        newest = last_lead(connection)
        key, further = find_holder_below(connection, digest, below, STEP)
        orders = find_rows(connection, digest[0], [digest[1]])  # somebody may be known to us by the hash alone
    if key is not None:
        path = person_path(key)
        if "HX-Request" in request.headers:
            return Response("", 200, {"HX-Redirect": path})
        return cast("Response", redirect(path, 303))
    looked = newest - (further or 1) + 1 if newest else 0
    return shown(
        "leads/hash.html", here="leads", text=text, algorithm=digest[0], below=further, looked=looked, newest=newest,
        orders=orders, spoken=spoken,
    )  # fmt: skip


def _reasons() -> list[str]:
    """Every reason by which a lead is held or rejected today."""
    packs = services().policies.packs
    rules = [rule for pack in packs for rule in pack.rules if rule.use == "lead"]
    codes = {rule.reason for rule in rules if rule.then != "accept"}
    codes |= {rule.unknown_reason for rule in rules if rule.holds_when_unknown}
    return sorted(codes | {one.reason for one in GATE_FINDINGS if one.use == "lead"}, key=spoken)


def _day(text: str) -> tuple[datetime | None, datetime | None]:
    """From when until when a day of the reader's zone is. Raises CallerError."""
    if not text:
        return None, None
    try:
        start = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=ZoneInfo(zone_name()))
        return start, start + timedelta(days=1)
    except (ValueError, OverflowError):
        raise CallerError([Problem("bad_date", "This is no day; write it as 2026-11-21.", "day")]) from None


def _number(name: str, where: Any = None) -> int | None:
    text = (request.args if where is None else where).get(name, "")
    return min(int(text), _HIGHEST) if text.isascii() and text.isdigit() and len(text) < 20 else None  # noqa: PLR2004
