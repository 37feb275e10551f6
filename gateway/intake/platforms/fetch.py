"""What a platform's server hands out of a lead: a small JSON object, and what is wrong in words without people."""

import json
from collections.abc import Mapping
from typing import Any

from gateway.domain.problem import CallerError
from gateway.intake.platforms.call import object_of, table, text
from gateway.outgoing import OK, Server, UnreachableError, get

SECONDS = 20.0
LARGEST_ANSWER = 256 << 10  # bytes; a lead has a few thousand
GRAPH = Server("graph.facebook.com")


class FetchError(Exception):
    """Why nothing was fetched, in a line without tokens or people."""


def fetch(server: Server, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object at this path. Raises FetchError for anything else than a small 200."""
    asking = {"Accept": "application/json", **headers}
    try:
        answer = get(server, path, asking, most_bytes=LARGEST_ANSWER, seconds=SECONDS)
    except UnreachableError as error:
        raise FetchError(str(error)) from None
    if answer.status != OK:
        raise FetchError(f"{server.host} answered {answer.status}{_said(answer.body)}")
    try:
        return object_of(answer.body)
    except CallerError as error:
        raise FetchError(f"{server.host}: {error}") from None


def _said(body: bytes) -> str:
    """The Graph API's number for what is wrong; its message may name people."""
    try:
        code = text(table(table(json.loads(body)).get("error")).get("code"))
    except (ValueError, RecursionError):
        return ""
    return f" (code {code[:10]})" if code else ""
