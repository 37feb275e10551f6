"""Whom an event is about, as far as we know them: the prospect, the lead, and the form or list it came by."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text

from gateway.feedback.tables import feedback_events
from gateway.lifecycle.store import known
from gateway.outcomes.scored import sources_of_leads
from gateway.outcomes.tables import FOUND_BY_KEY, leads

_CHUNK = 500


class Tie(NamedTuple):
    """Where a person stands with us and where they came from; nothing of it for a stranger."""

    prospect_id: int | None = None
    lead_id: int | None = None
    source: str | None = None
    origin_kind: str | None = None


def find_ties(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, Tie]:
    """The ties of those of the match keys that we know: by their prospect, or else by their latest lead."""
    wanted = sorted(set(keys))
    prospects = {key: (one.prospect_id, one.lead_id) for key, one in known(connection, wanted).items()}
    found: dict[bytes, tuple[int | None, int]] = {**_latest_leads(connection, wanted), **prospects}
    origins = sources_of_leads(connection, {lead for _, lead in found.values()})
    ties = {}
    for key, (prospect, lead) in found.items():
        kind, source = origins.get(lead, (None, None))
        ties[key] = Tie(prospect, lead, source, kind)
    return ties


def find_reported(connection: Connection, keys: Iterable[bytes]) -> set[bytes]:
    """Those of the match keys of whose prospect a sender reported something: mail went out to them."""
    wanted, found = sorted(set(keys)), set[bytes]()
    events = feedback_events.c
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(events.match_key)
            .distinct()
            .where(events.match_key.in_(wanted[start : start + _CHUNK]), events.prospect_id.is_not(None))
        )
        found.update(bytes(key) for key in connection.execute(query).scalars())
    return found


def _latest_leads(connection: Connection, keys: list[bytes]) -> dict[bytes, tuple[int | None, int]]:
    found: dict[bytes, tuple[int | None, int]] = {}
    for start in range(0, len(keys), _CHUNK):
        query = select(leads.c.match_key, func.max(leads.c.id)).where(
            leads.c.match_key.in_(keys[start : start + _CHUNK]), text(f"({FOUND_BY_KEY})")
        )
        for key, lead in connection.execute(query.group_by(leads.c.match_key)):
            found[bytes(key)] = (None, lead)
    return found
