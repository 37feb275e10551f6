"""A list's progress as server-sent events (WHATWG HTML, 9.2): what changed, signs of life, and an end."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from gateway.intake.running.progress import is_over

LOOK_SECONDS = 0.5
HEARTBEAT_SECONDS = 10.0  # proxies cut connections that say nothing, and a reader that is gone is only noticed so
LONGEST_SECONDS = 300.0  # then the reader connects anew by itself and goes on behind the last event
RETRY_MS = 2000
STREAMS = threading.BoundedSemaphore(3)
"""Each stream holds one of the server's threads (GATEWAY_THREADS, eight); signups need theirs. Who comes later is given
the present state at once and comes again in two seconds: polling, by the same protocol."""


def stream(
    look: Callable[[], dict[str, Any]], last: str | None, *, longest: float | None = None,
    say: Callable[[dict[str, Any]], object] = dict,
) -> Iterator[bytes]:  # fmt: skip
    """Events from ``look`` (receipts.watch_list) until nothing moves in it any more.

    ``last``: the id of the last event that the reader has; that one is not sent again. ``say``: what an event says of
    what was seen, the whole of it if nothing else is wanted. ``longest``: seconds until the reader must connect anew,
    LONGEST_SECONDS if nothing is said.
    """
    longest = LONGEST_SECONDS if longest is None else longest
    yield f"retry: {RETRY_MS}\n\n".encode()
    stays = STREAMS.acquire(blocking=False)
    try:
        yield from _events(look, last, longest if stays else 0.0, say)
    finally:
        if stays:
            STREAMS.release()


def _events(
    look: Callable[[], dict[str, Any]], last: str | None, seconds: float, say: Callable[[dict[str, Any]], object]
) -> Iterator[bytes]:
    begun = spoken = time.monotonic()
    while True:
        view = look()
        name = _id_of(view)
        now = time.monotonic()
        if name != last:
            last, spoken = name, now
            yield _event("progress", name, say(view))
        elif now - spoken > HEARTBEAT_SECONDS:
            spoken = now
            yield b": still here\n\n"
        if is_over(view):
            yield _event("end", name, say(view))
            return
        if now - begun >= seconds:
            return
        time.sleep(LOOK_SECONDS)


def _id_of(view: dict[str, Any]) -> str:
    """The same for the same news: an event is the whole state, so the id of the last one is all a reader need keep."""
    progress, errand = view["progress"] or {}, view["errand"] or {}
    parts = (view["state"], progress.get("rows", 0), errand.get("errand", "-"), errand.get("dealt", 0))
    waits = "rests" if progress.get("waits_for") else "goes"
    return "/".join(map(str, (*parts, errand.get("state", "-"), waits)))


def _event(kind: str, name: str, document: object) -> bytes:
    return f"event: {kind}\nid: {name}\ndata: {json.dumps(document, ensure_ascii=False)}\n\n".encode()
