"""A platform's request as it came and the answer that goes back; how untrusted JSON and texts are read."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import dump, refuse_unstorable

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
DEEPEST = 40
"""Levels of a document. Platforms send five; a deeper one would break whatever walks through it."""

Settings = Mapping[str, str]
"""What one source has set for one platform: its keys and secrets."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it came."""

    raw: bytes
    mimetype: str
    headers: Mapping[str, str]
    at: datetime
    fields: tuple[tuple[str, str], ...] = ()  # of a form post, in their order
    rest: str = ""  # of the path, after the platform's name
    accept: str = ""

    def form(self) -> dict[str, str]:
        """The fields of a form post; of a repeated one the last."""
        return dict(self.fields)

    def document(self) -> dict[str, Any]:
        """The body, which must be a JSON object. Raises CallerError."""
        return object_of(self.raw)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer in the platform's own shape."""

    status: int
    body: str
    mimetype: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def reply(document: Any, status: int = 200) -> Reply:
    """A JSON answer."""
    return Reply(status, dump(document))


def object_of(raw: bytes | str) -> dict[str, Any]:
    """A JSON object that a database can keep. Raises CallerError: 400 if it is none, 422 for text nobody can keep."""
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
        document = json.loads(text, parse_constant=str, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise _unread(f"the body is not JSON in UTF-8: {reason}") from None
    if not isinstance(document, dict):
        raise _unread("the body is not a JSON object")
    if _is_deep(document):
        raise _unread("the body is nested too deeply")
    refuse_unstorable(document)
    return document


def _finite(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _unread(message: str) -> CallerError:
    return CallerError([Problem("bad_json", message)], 400, "The body cannot be read")


def _is_deep(document: Any) -> bool:
    level = [document]
    for _ in range(DEEPEST):
        inner = [value for one in level for value in (one.values() if isinstance(one, dict) else one)]
        level = [value for value in inner if isinstance(value, dict | list)]
        if not level:
            return False
    return True


def text(value: Any) -> str:
    """A scalar as text; nothing for what is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def texts(value: Any) -> list[str]:
    """The texts of a list, or of one scalar; empty ones left out."""
    return [found for one in (value if isinstance(value, list) else [value]) if (found := text(one).strip())]


def table(value: Any) -> dict[str, Any]:
    """An object, or an empty one in the place of what is none."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def without(document: Mapping[str, Any], *secret: str) -> dict[str, Any]:
    """A document without what only proves who sent it."""
    return {name: value for name, value in document.items() if name not in secret}


def kept_fields(call: Call, *secret: str) -> dict[str, Any]:
    """A form post word for word: a repeated field as a list."""
    found: dict[str, list[str]] = {}
    for name, value in call.fields:
        if name not in secret:
            found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}
