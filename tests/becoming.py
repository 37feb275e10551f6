"""People and what happened to them, for tests of phases: prospects through the real pipeline, events as told."""

from datetime import UTC, datetime
from typing import Any

from builders import list_batch

from gateway.becoming.said import Said, read_said
from gateway.becoming.taking import Taken, take_in
from gateway.lifecycle import history
from gateway.lifecycle.standing import find_standing
from gateway.pipeline import Services, process


def prospects(services: Services, *names: str) -> list[int]:
    """Let these people in by a list; their numbers, in order."""
    process(list_batch([{"email": f"{name}@example.com"} for name in names], services.clock.now()), services)
    with services.engine.connect() as connection:
        from gateway.lifecycle.store import export

        found = {one["address"]: one["id"] for one in export(connection)}
    return [found[f"{name}@example.com"] for name in names]


def said(services: Services, name: str, kind: str, at: str, **fields: Any) -> Said:
    """An event of name@example.com; its id is all that it says, if none is given."""
    given = {"id": f"{name} {kind} {at}", "address": f"{name}@example.com", "kind": kind, "at": at, **fields}
    found = read_said(given, services.settings.zone, services.clock.now())
    assert isinstance(found, Said), found
    return found


def tell(services: Services, *told: tuple[Any, ...], teller: str = "shop") -> Taken:
    """Tell of (name, kind, at, fields?) all at once."""
    return take_in(services, teller, [said(services, *one[:3], **(one[3] if len(one) > 3 else {})) for one in told])


def stands(services: Services, number: int) -> tuple[str, str | None] | None:
    """Where somebody stands by what is written."""
    with services.engine.connect() as connection:
        found = find_standing(connection, [number]).get(number)
    return None if found is None else (found.phase, found.kind)


def stood(services: Services, number: int, day: str, known_by: str | None = None) -> str:
    """Where the history says somebody stood at noon of a day, as known by noon of another."""
    with services.engine.connect() as connection:
        changes = history.changes_of(connection, [number]).get(number, [])
    one = history.stood_on(changes, _noon(day), None if known_by is None else _noon(known_by))
    return "prospect" if one is None else f"{one.phase} {one.kind}" if one.kind else one.phase


def _noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)
