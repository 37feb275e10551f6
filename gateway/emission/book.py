"""Destinations as people set them: added, shown, changed, paused, removed. Secrets are sealed, never shown again."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, func, insert, select, update

from gateway.db.work import UnitOfWork
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.emission.destinations import kinds
from gateway.emission.shape import Kind
from gateway.emission.tables import deliveries, destinations
from gateway.lifecycle.store import last_followed
from gateway.pipeline import Services
from gateway.suppression.book import last_order

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
LONGEST, MOST_FILTERED = 2_000, 50
FILTERS = ("purposes", "brand", "source", "country")
"""Of whom a destination is told: whoever fits one value of each that is set."""
FIELDS = ("address", "first_name", "last_name", "phone", "country", "unsubscribe_url", "phase")
"""What may be left out. What must be done when a prospect is used always goes along."""
CONFIRMS = ("receipt", "processing")
"""When a delivery counts as acknowledged: once it is taken, or once the receiver says that it was worked off."""
OPEN = ("on", "paused")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said of any destination, whatever its kind."""

    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: tuple[str, ...] = FIELDS
    confirm: str = "receipt"


@dataclass(frozen=True, slots=True)
class Destination:
    """One destination, with its secrets only where they are asked for."""

    id: int
    name: str
    kind: str
    state: str
    why: str
    plain: Mapping[str, str]
    terms: Terms
    secret_names: tuple[str, ...]
    created_at: datetime
    created_by: str
    failures: int
    rest_until: datetime | None
    failing_since: datetime | None
    last_answer: str | None
    last_tried_at: datetime | None
    last_taken_at: datetime | None

    def document(self) -> dict[str, Any]:
        """For JSON: of secrets only that they are set."""
        return {
            "name": self.name, "kind": self.kind, "state": self.state, "why": self.why or None,
            "settings": dict(self.plain), "secrets": list(self.secret_names),
            "filters": {name: list(values) for name, values in self.terms.filters.items()},
            "fields": list(self.terms.fields), "confirm": self.terms.confirm,
            "created_at": self.created_at.isoformat(), "failures": self.failures, "last_answer": self.last_answer,
            "failing_since": self.failing_since and self.failing_since.isoformat(),
            "last_taken_at": self.last_taken_at and self.last_taken_at.isoformat(),
        }  # fmt: skip


def kind_of(name: str) -> Kind:
    """The kind of this name. Raises CallerError."""
    known = kinds()
    if name not in known:
        message = phrase("there is no kind %(name)s; these are: %(known)s", name=repr(name), known=", ".join(known))
        raise CallerError([Problem("unknown_kind", message, "kind")])
    return known[name]


def add(
    work: UnitOfWork, services: Services, named: tuple[str, str], given: Mapping[str, str], terms: Terms, *, by: str,
    from_now: bool = False,
) -> tuple[Destination, dict[str, str]]:  # fmt: skip
    """Add a destination; the secrets that were made for it are given back, once.

    ``named``: how it is to be called, and its kind. ``from_now``: it is told of nobody who is a prospect already.
    Raises CallerError with all that is wrong.
    """
    name, kind = named
    problems = [] if _NAME.fullmatch(name) else [
        Problem("bad_name", "a name has small letters, digits and hyphens, at most 64", "name")
    ]  # fmt: skip
    if work.connection.execute(select(destinations.c.id).where(destinations.c.name == name)).first() is not None:
        problems.append(
            Problem("name_taken", phrase("there is a destination %(name)s already, or was one", name=name), "name")
        )
    made = _made(kind, given)
    values = {**given, **made}
    problems += _wrong(kind_of(kind), values) + _wrong_terms(terms)
    if problems:
        raise CallerError(problems, title="The destination has problems")
    last, event = last_followed(work.connection)
    row = insert(destinations).values(
        name=name, kind=kind, state="on", why="", **_kept(services, kind_of(kind), values, terms), created_at=work.at,
        created_by=by, prospects_seen=last if from_now else 0, events_seen=event if from_now else 0,
        orders_seen=last_order(work.connection), attempt=0, failures=0,
    )  # fmt: skip
    work.connection.execute(row)
    services.ledger.append(
        work, "destination.added",
        {"destination": name, "kind": kind, "filters": _listed(terms.filters), "fields": list(terms.fields),
         "confirm": terms.confirm, "from_now": from_now, "by": by},
    )  # fmt: skip
    return find(work.connection, name), made


def change(
    work: UnitOfWork, services: Services, name: str, given: Mapping[str, str], terms: Terms | None, *, by: str
) -> Destination:
    """Set these anew; what is not given stays, an empty text takes a setting back. Raises CallerError.

    Other filters: the feed revokes there whoever no longer fits (feed.count_unfit says how many that are).
    """
    here = find(work.connection, name)
    if here.state == "removed":
        message = phrase("%(name)s was removed; add another", name=name)
        raise CallerError([Problem("removed", message, "name")], 409, "Removed")
    values = {**here.plain, **secrets_of(work.connection, services, here.id), **given}
    values = {key: value for key, value in values.items() if value}
    told = terms or here.terms
    problems = _wrong(kind_of(here.kind), values) + _wrong_terms(told)
    if problems:
        raise CallerError(problems, title="The destination has problems")
    kept: dict[str, Any] = _kept(services, kind_of(here.kind), values, told)
    if _listed(told.filters) != _listed(here.terms.filters):
        kept["review_seen"] = 0  # the feed looks again at whom it was told of
    work.connection.execute(update(destinations).where(destinations.c.id == here.id).values(**kept))
    services.ledger.append(
        work, "destination.changed",
        {"destination": name, "set": sorted(given), "filters": _listed(told.filters), "fields": list(told.fields),
         "confirm": told.confirm, "by": by},
    )  # fmt: skip
    return find(work.connection, name)


def pause(work: UnitOfWork, services: Services, name: str, why: str, *, by: str) -> Destination:
    """Tell it nothing but who is revoked, until it is resumed. Raises CallerError."""
    return _turn(work, services, name, "paused", why, by=by)


def resume(work: UnitOfWork, services: Services, name: str, *, by: str) -> Destination:
    """Tell it everything again, at once. Raises CallerError."""
    return _turn(work, services, name, "on", "", by=by)


def remove(work: UnitOfWork, services: Services, name: str, why: str, *, by: str) -> int:
    """Tell it nothing any more and forget its secrets; how many it was told of and never of their being revoked.

    Whoever of these is revoked later must be told of by hand: that stands with the recalls.
    """
    here = find(work.connection, name)
    _turn(work, services, name, "removed", why, by=by)
    work.connection.execute(update(destinations).where(destinations.c.id == here.id).values(sealed=None))
    open_ones = (deliveries.c.destination_id == here.id) & deliveries.c.state.in_(("pending", "withheld"))
    told = update(deliveries).where(open_ones)
    work.connection.execute(told.where(deliveries.c.kind == "revoked").values(state="by_hand"))
    work.connection.execute(told.where(deliveries.c.kind != "revoked").values(state="stopped", cause="removed"))
    return count_holding(work.connection, here.id)


def count_holding(connection: Connection, number: int) -> int:
    """How many people a destination was told of, or may have been, and not of their being revoked."""
    d = deliveries.c
    latest = (
        select(func.max(d.id)).where(d.destination_id == number, (d.tries > 0) | (d.kind == "revoked"))
        .group_by(d.prospect_id)
    )  # fmt: skip
    query = select(func.count()).select_from(deliveries).where(d.id.in_(latest), d.kind != "revoked")
    return connection.execute(query).scalar_one()


def find(connection: Connection, name: str) -> Destination:
    """The destination of this name. Raises CallerError."""
    named = select(destinations).where(destinations.c.name == name)
    row = connection.execute(named).one_or_none() if _NAME.fullmatch(name) else None
    if row is None:
        problem = Problem("unknown_destination", phrase("there is no destination %(name)s", name=repr(name)), "name")
        raise CallerError([problem], 404, "Not Found")
    return destination_of(row)


def find_number(connection: Connection, number: int) -> Destination | None:
    """The destination of this number."""
    row = connection.execute(select(destinations).where(destinations.c.id == number)).one_or_none()
    return None if row is None else destination_of(row)


def list_all(connection: Connection) -> list[Destination]:
    """All of them, those removed last, by name."""
    order = (destinations.c.state == "removed", destinations.c.name)
    return [destination_of(row) for row in connection.execute(select(destinations).order_by(*order))]


def destination_of(row: Row[Any]) -> Destination:
    """A row as an object."""
    said = json.loads(row.settings)
    terms = Terms(
        {name: tuple(values) for name, values in said["filters"].items()}, tuple(said["fields"]), said["confirm"]
    )
    return Destination(
        row.id, row.name, row.kind, row.state, row.why, said["plain"], terms, tuple(said["secret_names"]),
        row.created_at, row.created_by, row.failures, row.rest_until, row.failing_since, row.last_answer,
        row.last_tried_at, row.last_taken_at,
    )  # fmt: skip


def secrets_of(connection: Connection, services: Services, number: int) -> dict[str, str]:
    """The secrets, unsealed: for a receiver that is about to be opened, and nobody else."""
    sealed = connection.execute(select(destinations.c.sealed).where(destinations.c.id == number)).scalar_one()
    if sealed is None:
        return {}
    settings = services.settings
    seal = _seal((*settings.former_secret_keys, settings.secret_key))
    found: dict[str, str] = json.loads(seal.decrypt(sealed.encode()))
    return found


def whole_settings(connection: Connection, services: Services, here: Destination) -> dict[str, str]:
    """Everything that a receiver is opened with."""
    defaults = {one.name: one.default for one in kind_of(here.kind).settings if one.default}
    return {**defaults, **here.plain, **secrets_of(connection, services, here.id)}


def _turn(work: UnitOfWork, services: Services, name: str, state: str, why: str, *, by: str) -> Destination:
    here = find(work.connection, name)
    if here.state == "removed":
        message = phrase("%(name)s was removed", name=name)
        raise CallerError([Problem("removed", message, "name")], 409, "Removed")
    if "@" in why:
        raise CallerError([Problem("contains_address", "say it without an address", "why")])
    turned = update(destinations).where(destinations.c.id == here.id)
    work.connection.execute(turned.values(state=state, why=why[:500], failures=0, rest_until=None, failing_since=None))
    kind = {"paused": "destination.paused", "on": "destination.resumed", "removed": "destination.removed"}[state]
    services.ledger.append(work, kind, {"destination": name, "before": here.state, "reason": why[:500], "by": by})
    return find(work.connection, name)


def _made(kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """The signing key of a kind that has one, where none was given."""
    from gateway.emission.destinations.webhook import new_key

    one = kind_of(kind).named("key")
    return {"key": new_key()} if one is not None and one.secret and not one.needed and not given.get("key") else {}


def _kept(services: Services, kind: Kind, values: Mapping[str, str], terms: Terms) -> dict[str, str]:
    hidden = {one.name: values[one.name] for one in kind.settings if one.secret and values.get(one.name)}
    plain = {one.name: values[one.name] for one in kind.settings if not one.secret and values.get(one.name)}
    said = {
        "plain": plain, "secret_names": sorted(hidden), "filters": _listed(terms.filters),
        "fields": list(terms.fields), "confirm": terms.confirm,
    }  # fmt: skip
    seal = _seal((services.settings.secret_key,))
    return {"settings": json.dumps(said), "sealed": seal.encrypt(json.dumps(hidden).encode()).decode()}


def _listed(filters: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: list(values) for name, values in filters.items() if values}


def _wrong(kind: Kind, values: Mapping[str, str]) -> list[Problem]:
    known = {one.name: one for one in kind.settings}
    problems = [
        Problem("unknown_name", phrase("%(kind)s has nothing called so; it has: %(known)s",
                                       kind=kind.title, known=", ".join(known)), name)
        for name in values if name not in known
    ]  # fmt: skip
    for one in kind.settings:
        value = values.get(one.name, "")
        if not value:
            if one.needed:
                problems.append(
                    Problem(
                        "missing",
                        phrase("%(title)s needs this: %(about)s", title=kind.title, about=one.about),
                        one.name,
                    )
                )
        elif len(value) > LONGEST or not value.isprintable():
            problems.append(
                Problem(
                    "bad_value",
                    phrase("expected one line of at most %(longest)s characters", longest=LONGEST),
                    one.name,
                )
            )
        elif one.choices and value not in one.choices:
            problems.append(
                Problem(
                    "not_a_choice", phrase("expected one of: %(choices)s", choices=", ".join(one.choices)), one.name
                )
            )
        elif one.check is not None:
            try:
                one.check(value)
            except ValueError as error:
                problems.append(Problem("bad_value", str(error), one.name))
    return problems


def _wrong_terms(terms: Terms) -> list[Problem]:
    problems = [
        Problem("not_a_choice", phrase("a destination is filtered by %(filters)s", filters=", ".join(FILTERS)),
                f"filters.{name}")
        for name in terms.filters if name not in FILTERS
    ]  # fmt: skip
    problems += [
        Problem("bad_value", phrase("at most %(most)s words of 1 to 80 characters", most=MOST_FILTERED),
                f"filters.{name}")
        for name, values in terms.filters.items()
        if len(values) > MOST_FILTERED or not all(0 < len(one) <= 80 and "@" not in one for one in values)  # noqa: PLR2004
    ]  # fmt: skip
    problems += [
        Problem("not_a_choice", phrase("expected some of %(fields)s", fields=", ".join(FIELDS)), "fields")
        for name in terms.fields if name not in FIELDS
    ]  # fmt: skip
    if terms.confirm not in CONFIRMS:
        problems.append(
            Problem("not_a_choice", phrase("expected one of %(confirms)s", confirms=", ".join(CONFIRMS)), "confirm")
        )
    return problems


def _seal(secrets: Sequence[str]) -> "MultiFernet":
    """Under the gateway's own secrets, the newest first: a copy of the database alone opens nothing."""
    from cryptography.fernet import Fernet, MultiFernet

    keys = (sha256(b"destination seal v1\0" + secret.encode()).digest() for secret in reversed(secrets))
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
