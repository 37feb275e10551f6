"""A file as the body of a request: taken in as it streams, named as its uploader calls it, never larger than may be."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services
from gateway.intake.lists import File, keep_file

LARGEST = 2 << 30  # bytes of one file
LOOKS = threading.BoundedSemaphore(3)
"""Files that are looked at at once: a spreadsheet may take its reader minutes, and each holds one of the server's
threads (GATEWAY_THREADS, eight). With as many event streams (running/events.py) two are left for signups."""
RETRY_SECONDS = "10"
BODY = {"application/octet-stream": ({"type": "string", "format": "binary"}, "email\nana@example.com\n")}
NAME_HEADER: dict[str, Any] = {
    "in": "header", "name": "Content-Disposition", "required": False, "schema": {"type": "string"},
    "description": '`attachment; filename="leads.csv"`: another way to say what the file is called.',
}  # fmt: skip


@contextmanager
def looking() -> Iterator[None]:
    """Room to look at a file; asked for before its bytes are taken in. Raises CallerError (503) where there is none."""
    if not LOOKS.acquire(blocking=False):
        message = phrase(
            "as many files as this server can bear are being looked at already; send it again in a little while"
        )
        problem = Problem("too_many_files", message)
        raise CallerError([problem], 503, "Service Unavailable", {"Retry-After": RETRY_SECONDS})
    try:
        yield
    finally:
        LOOKS.release()


def refuse_forms() -> None:
    """The body is the file itself. Raises CallerError."""
    if request.mimetype == "multipart/form-data":
        message = phrase("send the file itself as the body, as `curl --upload-file` does, and no form")
        raise CallerError([Problem("wrong_content_type", message, "Content-Type")], 415, "Unsupported Media Type")


def receive(name: str | None) -> File:
    """The body as a file of ours; whoever asks for it sees to it that it goes. ``name``: as the query has it."""
    request.max_content_length = LARGEST
    return keep_file(services(), _Limited(request.stream), file_name(name))


class _Limited:
    """A body that ends with an error once it is longer than any file may be, whatever its header said."""

    def __init__(self, body: Any) -> None:
        self._body = body
        self._left = LARGEST

    def read(self, size: int, /) -> bytes:
        block: bytes = self._body.read(size)
        self._left -= len(block)
        if self._left < 0:
            raise RequestEntityTooLarge
        return block


def file_name(given: str | None) -> str:
    """What the uploader calls the file: a label, never a path. Ours on disk is another."""
    _, options = parse_options_header(request.headers.get("Content-Disposition"))
    return plain_name(given or options.get("filename") or "")


def plain_name(given: str) -> str:
    """A file's name as it may be shown and kept: the last step of a path, without what cannot be printed."""
    name = "".join(letter for letter in given.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return name.strip()[:255] or "unnamed"
