"""The ledger at the desk: browsing it, one entry with its proof, a checkpoint to keep."""

import re
from base64 import b64decode
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Response, request
from sqlalchemy import Connection

from gateway.console.desk.frame import zone_name
from gateway.console.desk.gate import me, page, read_number, shown
from gateway.console.desk.ledger_words import names_of, tell, who
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.ledger.book import count_entries
from gateway.ledger.browse import (
    PAGE,
    Entry,
    Wanted,
    find_actors,
    find_entries,
    find_entry,
    find_kinds,
    find_seal,
)
from gateway.ledger.checks import find_check
from gateway.ledger.tree import root_of_path, steps_of_path
from gateway.outcomes.sealed import find_settlements

_ABOUT = re.compile(r"(list|run|lead)[_: ]([1-9][0-9]{0,17})")
_FIELDS = ("kind", "by", "about", "day")


@page("GET", "/ledger", role="viewer")
def browse() -> Response:
    """A page of entries, newest first."""
    asked = {name: " ".join(request.args.get(name, "").split()) for name in _FIELDS}
    before = read_number("before")
    wanted, lead = _wanted(asked)
    with reading(services().engine) as connection:
        names = names_of(connection)
        found = find_entries(connection, wanted, before=before, limit=PAGE + 1)
        seals = _seals(connection, lead) if lead is not None and before is None else []
        told: dict[str, Any] = {
            "size": count_entries(connection), "kinds": find_kinds(connection), "lead": lead,
            "actors": [(one, who(one, names)) for one in find_actors(connection)],
            "check": find_check(connection, services().clock.now()),
        }  # fmt: skip
    seen = {one.seq for one in seals}
    shown_entries = [one for one in found[:PAGE] if one.seq not in seen]
    kept = {name: value for name, value in asked.items() if value}
    older = "/desk/ledger?" + urlencode({**kept, "before": found[PAGE - 1].seq}) if len(found) > PAGE else None
    return shown(
        "ledger/browse.html", here="ledger", asked=asked, is_all=not kept, older=older, is_later=before is not None,
        newest="/desk/ledger?" + urlencode(kept), entries=[(one, tell(one, names)) for one in shown_entries],
        seals=[(one, tell(one, names)) for one in seals], **told,
    )  # fmt: skip


@page("GET", "/ledger/<int:seq>", role="viewer")
def entry(seq: int) -> Response:
    """One entry: what it says, what is hashed, and the way from it to the signed root."""
    with reading(services().engine) as connection:
        found = find_entry(connection, seq)
        names = names_of(connection)
    if found is None:
        message = phrase("The ledger has no entry %(seq)s.", seq=seq)
        raise CallerError([Problem("unknown_entry", message)], 404, "Not found")
    checkpoint = services().ledger.checkpoint(services().engine)
    size, root = services().ledger.read_checkpoint(checkpoint)
    proof = services().ledger.prove(services().engine, seq, size)
    fits = root_of_path(proof.leaf_hash, seq - 1, size, proof.path) == root
    return shown(
        "ledger/entry.html", here="ledger", entry=found, told=tell(found, names), size=size, root=root.hex(),
        steps=steps_of_path(proof.leaf_hash, seq - 1, size, proof.path), checkpoint=checkpoint, fits=fits,
        key=services().ledger.public_keys()[0], public=_public(services().ledger.public_keys()[0]),
    )  # fmt: skip


@page("POST", "/ledger/checkpoint", role="viewer")
def checkpoint() -> Response:
    """The size and root of now, signed, as a file to keep elsewhere; that it was kept is an entry itself."""
    with services().unit_of_work() as work:
        note = services().ledger.hand_out(work, me().by)
    size, _ = services().ledger.read_checkpoint(note)
    name = f"ledger-checkpoint-{size}.txt"
    return Response(note, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, mimetype="text/plain")


def _public(key: str) -> str:
    """The 32 bytes of a public key, in hex, for the browser."""
    return b64decode(key.split("+", 2)[2])[1:].hex()


def _wanted(asked: dict[str, str]) -> tuple[Wanted, int | None]:
    """What is asked for, and of which lead. Raises CallerError."""
    words, lead = [], None
    if asked["by"]:
        words.append(f"by:{asked['by']}")
    if asked["about"]:
        named = _ABOUT.fullmatch(asked["about"].lower())
        if named is None:
            message = phrase("Write what it is about as list_3, run_5 or lead_12.")
            raise CallerError([Problem("bad_about", message, "about")])
        words.append(f"{named[1]}:{named[2]}")
        lead = int(named[2]) if named[1] == "lead" else None
    since, until = _day(asked["day"])
    return Wanted(asked["kind"] or None, words, since, until), lead


def _day(text: str) -> tuple[datetime | None, datetime | None]:
    """Begin and end of a day where the reader is. Raises CallerError."""
    if not text:
        return None, None
    try:
        start = datetime.combine(date.fromisoformat(text), datetime.min.time(), ZoneInfo(zone_name()))
        return start, start + timedelta(days=1)
    except (ValueError, OverflowError):
        raise CallerError([Problem("bad_day", "Write the day as 2026-12-03.", "day")]) from None


def _seals(connection: Connection, lead: int) -> list[Entry]:
    """The entries that sealed the batches of a lead, the newest first."""
    settled = find_settlements(connection, lead)
    found = [find_seal(connection, one.batch, one.settled_at) for one in settled]
    return sorted((one for one in found if one is not None), key=lambda one: -one.seq)
