"""A webhook: CloudEvents in JSON, signed after Standard Webhooks, one or many in a request.

Formats: CloudEvents 1.0 with its JSON format (https://github.com/cloudevents/spec/blob/main/cloudevents/formats/json-format.md),
Standard Webhooks 1.0.0 (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
Events carry ``timestamp`` beside ``time``, so that they are both. While a key is being changed the body is signed with
both keys. Any 2xx is taken; 410 means that nothing is wanted any more; a redirect is a failure and is not followed.
"""

import base64
import binascii
import secrets
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from gateway.emission.shape import Answered, Item, Kind, Setting, Settings, Way, check_url, whole
from gateway.emission.wire import body_of, rest_of

LARGEST_ANSWER = 1 << 10  # bytes; only the status counts
LEAST_KEY, MOST_KEY = 24, 64  # bytes, as Standard Webhooks asks
PREFIX = "whsec_"
GONE = 410
_ITS_OWN = frozenset({400, 404, 409, 413, 415, 422})
"""Refusals that may be about one event alone."""


def new_key() -> str:
    """A signing key that nobody can guess."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def check_key(text: str) -> None:
    """Raise ValueError for what is no signing key."""
    try:
        size = len(base64.b64decode(text.removeprefix(PREFIX), validate=True))
    except binascii.Error:
        size = 0
    if not text.startswith(PREFIX) or not LEAST_KEY <= size <= MOST_KEY:
        raise ValueError(f"expected {PREFIX} and {LEAST_KEY} to {MOST_KEY} random bytes in base64")


class Webhook:
    """An open one."""

    def __init__(self, settings: Settings, way: Way) -> None:
        self._path = way.target(settings["url"]).path
        self._line = way.line(settings["url"])
        self._keys = [key for name in ("key", "former_key") if (key := settings.get(name))]
        self._source = settings["source"]
        self._seconds = float(settings["seconds"])

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def send(self, items: Sequence[Item], at: datetime) -> Sequence[Answered]:
        """One request for all."""
        body, kind = body_of(items, self._source)
        name = items[0].id if len(items) == 1 else name_of(items)
        headers = {"Content-Type": kind, "User-Agent": "lead-gateway", **signed(self._keys, name, body, at)}
        answer = self._line.ask(
            "POST", self._path, body, headers=headers, most_bytes=LARGEST_ANSWER, seconds=self._seconds,
            needs_whole=False,
        )  # fmt: skip
        is_taken = 200 <= answer.status < 300  # noqa: PLR2004 - any 2xx
        told = Answered(
            is_taken, str(answer.status), is_its_own=answer.status in _ITS_OWN, is_gone=answer.status == GONE,
            rest_seconds=rest_of(answer.headers, at),
        )  # fmt: skip
        return [told] * len(items)


def name_of(items: Sequence[Item]) -> str:
    """What a request of several is known again by: the same events, the same name."""
    return "msg_" + sha256(" ".join(item.id for item in items).encode()).hexdigest()[:32]


def signed(keys: Sequence[str], name: str, body: bytes, at: datetime) -> dict[str, Any]:
    """The headers of Standard Webhooks: the time is that of the attempt."""
    from standardwebhooks.webhooks import Webhook as Signer

    signatures = [Signer(key).sign(name, at, body.decode()) for key in keys]
    return {
        "webhook-id": name, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": " ".join(signatures),
    }  # fmt: skip


def _open(settings: Settings, way: Way, _name: str) -> Webhook:
    return Webhook(settings, way)


KIND = Kind(
    title="Webhook",
    about="Your own server: CloudEvents in JSON, signed after Standard Webhooks.",
    settings=(
        Setting("url", "Where events are posted to, https://…", needed=True, check=check_url),
        Setting("key", "The signing key, whsec_…; made if none is given", secret=True, check=check_key),
        Setting("former_key", "While the key is changed: the one before, signed with as well", secret=True,
                check=check_key),
        Setting("batch", "Events in one request, at most", default="50", check=whole(1, 500)),
        Setting("seconds", "How long an answer may take", default="15", check=whole(1, 30)),
        Setting("source", "The source that events name", default="/lead-gateway"),
    ),
    open=_open,
)  # fmt: skip
