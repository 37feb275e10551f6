"""Statements as JSON and back, so that a lead that waited can be judged again exactly as it came."""

import dataclasses
import json
from datetime import date
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from gateway.domain.lead import Attestation, Hop, Statement

_TYPES = get_type_hints(Statement)
_DATES = {name for name, kind in _TYPES.items() if date in get_args(kind)}
_SETS = {name for name, kind in _TYPES.items() if frozenset[str] in get_args(kind)}


@lru_cache(maxsize=64)  # a form's signups share one, and it takes a third of a millisecond
def statement_to_json(statement: Statement) -> str:
    """Canonical JSON of a statement: sorted keys, nothing that is not said."""

    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, frozenset):
            return sorted(value)
        raise TypeError(value)

    said = {key: value for key, value in dataclasses.asdict(statement).items() if value not in (None, ())}
    for hop in said.get("hops", ()):
        if hop["names"] is None:  # as statements were kept before anybody could say it
            del hop["names"]
    return json.dumps(said, default=plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def statement_from_json(text: str) -> Statement:
    """The way back from statement_to_json."""
    said = json.loads(text)
    for name in _DATES & said.keys():
        said[name] = date.fromisoformat(said[name])
    for name in _SETS & said.keys():
        said[name] = frozenset(said[name])
    for name in ("sensitive_columns", "advertisers"):
        said[name] = tuple(said.get(name, ()))
    said["registrations"] = tuple((state, year) for state, year in said.get("registrations", ()))
    said["list_signs"] = tuple((name, answer) for name, answer in said.get("list_signs", ()))
    said["hops"] = tuple(_hop(hop) for hop in said.get("hops", ()))
    said["attestations"] = tuple(
        Attestation(**{**claim, "on": date.fromisoformat(claim["on"])}) for claim in said.get("attestations", ())
    )
    return Statement(**said)


def _hop(said: dict[str, Any]) -> Hop:
    names = said.get("names")
    return Hop(said["giver"], said["taker"], _day(said.get("on")), said.get("under"), names and tuple(names))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
