"""The form of "what if" as it was filled in: which packs, which leads, which bounds. Every mistake is named."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import request
from sqlalchemy import Connection
from werkzeug.exceptions import RequestEntityTooLarge

from gateway.console.desk.frame import translated
from gateway.console.desk.policies_sets import DISK, SHORT, find_set, in_force
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.policy.errors import PolicyError
from gateway.policy.form import suggest
from gateway.policy.instead import MOST_FILES, Sent, lay_over
from gateway.policy.pack import PolicySet
from gateway.replay.again import Window
from gateway.replay.thresholds import read_threshold
from gateway.vendors.book import fold, list_vendors

UPLOAD = "upload"
LARGEST = 1_000_000  # bytes of all files together
MOST_BOUNDS, LONGEST_FIELD = 5, 200
_SOURCE = re.compile(r"list_([1-9][0-9]{0,17})|([a-z0-9][a-z0-9_-]{0,63})")
FIELDS = ("packs", "since", "until", "vendor", "source", "in_force_on", "bounds")


@dataclass
class Asked:
    """What was filled in, and what is wrong with it."""

    values: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    complaints: list[dict[str, Any]] = field(default_factory=list)  # of the files: file, line, message, suggestion
    files: list[str] = field(default_factory=list)
    policies: PolicySet | None = None
    window: Window = Window()  # noqa: RUF009 - immutable
    bounds: list[str] = field(default_factory=list)

    def about(self) -> dict[str, Any]:
        """How it is kept."""
        assert self.policies is not None
        window = {name: self.values[name] for name in ("since", "until", "vendor", "source", "in_force_on")}
        return {
            "packs": self.values["packs"], "files": self.files, "digest": self.policies.digest,
            "against": in_force().digest, "window": window, "bounds": self.bounds,
        }  # fmt: skip

    def in_words(self) -> str:
        """Which packs, for a title."""
        return packs_in_words(self.values["packs"], self.files)


def packs_in_words(packs: str, files: list[str]) -> str:
    """Which packs were tried."""
    if packs == UPLOAD:
        named = ", ".join(files[:3])
        more = phrase("%(files)s and %(count)s more", files=named, count=len(files) - 3)
        return translated(more) if len(files) > 3 else named  # noqa: PLR2004
    return (
        translated(phrase("the files as they lay on disk"))
        if packs == DISK
        else translated(phrase("set %(digest)s", digest=packs[:SHORT]))
    )


def read_asked(connection: Connection) -> Asked:
    """The form that was sent."""
    try:
        asked = Asked({name: request.form.get(name, "").strip()[:LONGEST_FIELD] for name in FIELDS})
        _read_packs(asked)
    except RequestEntityTooLarge:
        message = phrase(
            "The files are too large: %(largest)s bytes together are taken. Nothing was kept of them.",
            largest=f"{LARGEST:,}",
        )
        raise CallerError([Problem("too_large", message)], 413, "Too large") from None
    asked.window = _read_window(asked, connection)
    _read_bounds(asked)
    return asked


def _read_packs(asked: Asked) -> None:
    packs = asked.values["packs"]
    try:
        if packs != UPLOAD:
            asked.policies = find_set(packs[:64]) if packs else None
            if asked.policies is None:
                asked.problems.append(Problem("missing", "Say which packs are to be tried.", "packs"))
            return
        given = [one for one in request.files.getlist("files")[: MOST_FILES + 1] if one.filename]
        sent = [Sent(one.filename or "", one.stream.read(LARGEST + 1)) for one in given]
        if sum(len(one.content) for one in sent) > LARGEST:
            raise RequestEntityTooLarge
        asked.policies = lay_over(in_force(), sent)
        asked.files = [one.name.replace("\\", "/").rpartition("/")[2] for one in sent]
    except PolicyError as error:
        asked.complaints = [
            {"file": one.file.rpartition("/")[2], "line": one.line, "message": one.message,
             "suggestion": one.suggestion}
            for one in error.complaints
        ]  # fmt: skip


def _read_window(asked: Asked, connection: Connection) -> Window:
    since, until, in_force_on = (_day(asked, name) for name in ("since", "until", "in_force_on"))
    if since and until and until < since:
        asked.problems.append(Problem("bad_window", "The last day comes before the first.", "until"))
    vendor, source = asked.values["vendor"], asked.values["source"]
    if vendor:
        known = [one["vendor"] for one in list_vendors(connection)]
        if fold(vendor) not in map(fold, known):
            meant = suggest(vendor, known)
            asked.problems.append(
                Problem("unknown_vendor", "No vendor of this name is known here.", "vendor", suggestion=meant)
            )
    match = _SOURCE.fullmatch(source)
    if source and match is None:
        asked.problems.append(
            Problem("bad_source", "Write a list such as list_3, or the key of a form such as demo.", "source")
        )
    where = None if match is None else f"list:{match[1]}" if match[1] else f"form:{match[2]}"
    return Window(since, until, vendor or None, where, in_force_on)


def _day(asked: Asked, name: str) -> date | None:
    written = asked.values[name]
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        asked.problems.append(Problem("bad_day", "Write a day such as 2026-11-21.", name))
        return None


def _read_bounds(asked: Asked) -> None:
    for text in [one.strip() for one in re.split(r"[\n;]", asked.values["bounds"]) if one.strip()][:MOST_BOUNDS]:
        try:
            asked.bounds.append(read_threshold(text).text)
        except CallerError as error:
            asked.problems += [Problem(one.code, one.message, "bounds") for one in error.problems]
