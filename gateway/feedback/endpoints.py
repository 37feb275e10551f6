"""Endpoints: the addresses that senders post to, each with its reporter and what its deliveries are checked with."""

import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from gateway.db.work import UnitOfWork
from gateway.domain.problem import CallerError, Problem
from gateway.feedback.event import Reporter
from gateway.feedback.files import WEBHOOKS
from gateway.feedback.signed import hook_key, sendgrid_key
from gateway.feedback.sns import TOPIC
from gateway.feedback.tables import feedback_endpoints as table

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SHORTEST = 16  # characters of a token or key that somebody chose
_TOKENS: frozenset[Reporter] = frozenset({"brevo", "mailchimp"})  # do not sign: a secret in the address or a header


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address that a sender posts to. ``secret``: the key, token, topic or password; empty for our API's keys."""

    name: str
    reporter: Reporter
    secret: str
    created_at: datetime


def add_endpoint(work: UnitOfWork, name: str, reporter: Reporter, secret: str, *, by: str) -> Endpoint:
    """Open an endpoint. A token is made for those who do not sign, if none is given. Raises CallerError."""
    secret = secret.strip() or (secrets.token_urlsafe(32) if reporter in _TOKENS else "")
    problems = [] if _NAME.fullmatch(name) else [
        Problem("bad_name", "a name has small letters, digits and hyphens, at most 64", field="name")
    ]  # fmt: skip
    if wrong := _wrong(reporter, secret):
        problems.append(Problem("bad_key", wrong, field="key"))
    if find_endpoint(work.connection, name) is not None:
        problems.append(Problem("name_taken", f"there is an endpoint {name} already", field="name"))
    if problems:
        raise CallerError(problems)
    row = {"name": name, "reporter": reporter, "secrets": json.dumps({"secret": secret}), "created_at": work.at}
    work.connection.execute(insert(table).values(**row, created_by=by))
    return Endpoint(name, reporter, secret, work.at)


def find_endpoint(connection: Connection, name: str) -> Endpoint | None:
    """The endpoint of this name."""
    return next(iter(_load(connection, name)), None)


def list_endpoints(connection: Connection) -> list[Endpoint]:
    """All of them, by name."""
    return _load(connection)


def remove_endpoint(work: UnitOfWork, name: str) -> bool:
    """Close an endpoint; whether there was one. What it reported stays."""
    statement = delete(table).where(table.c.name == name).returning(table.c.name)
    return work.connection.execute(statement).one_or_none() is not None


def _load(connection: Connection, name: str | None = None) -> list[Endpoint]:
    query = select(table).order_by(table.c.name)
    rows = connection.execute(query if name is None else query.where(table.c.name == name))
    return [Endpoint(row.name, row.reporter, json.loads(row.secrets)["secret"], row.created_at) for row in rows]


def _wrong(reporter: Reporter, secret: str) -> str:
    """What is wrong with a secret, in a sentence; empty if it will do."""
    if reporter not in WEBHOOKS:
        return f"{reporter} comes as mail: gateway feedback FILE, or GATEWAY_MAILBOX"
    try:
        if reporter == "ses":
            fits = TOPIC.fullmatch(secret) is not None
            return "" if fits else "give the topic, as arn:aws:sns:us-east-1:123456789012:ses-bounces"
        if reporter == "sendgrid":
            sendgrid_key(secret)
        elif reporter == "generic":
            if secret:
                hook_key(secret)
        elif len(secret) < _SHORTEST:
            return f"a secret has at least {_SHORTEST} characters"
    except ValueError as error:
        return f"this is no key of {reporter}: {error}"
    return ""
