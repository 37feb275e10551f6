"""What machines that watch us ask: is the process up, can leads be taken. Looks, changes nothing."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from gateway.db.migrate import HEAD, current
from gateway.intake.http import EVERYONE, json_answer, open_to, services
from gateway.jobs.owed import workers_alive
from gateway.pipeline import Services
from gateway.policy.errors import PolicyError

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@open_to(EVERYONE)
def healthz() -> Response:
    """The process is up."""
    return json_answer({"status": "up"})


@blueprint.get("/readyz")
@open_to(EVERYONE)
def readyz() -> Response:
    """Whether leads can be taken: 200, or 503 with what is missing."""
    found = readiness(services())
    return json_answer(found, 200 if found["status"] == "ready" else 503)


def readiness(gateway: Services) -> dict[str, Any]:
    """What taking leads needs. Workers are told of and not needed: what is owed waits for them."""
    checks = {"database": "unreachable", "migrations": "unknown", "policies": "broken"}
    workers: int | None = None
    with suppress(PolicyError):
        checks["policies"] = "loaded" if gateway.policies.packs else "broken"
    with suppress(SQLAlchemyError):
        found = current(gateway.engine)
        checks["database"] = "reachable"
        checks["migrations"] = "current" if found == HEAD else "pending"
        if found == HEAD:
            workers = workers_alive(gateway)
    good = checks == {"database": "reachable", "migrations": "current", "policies": "loaded"}
    return {"status": "ready" if good else "not_ready", **checks, "workers_alive": workers}
