"""Links that are one person's own: signed, bound to a purpose, with no address in them, and nothing kept of them.

A link holds the match key and the lead, encrypted under their own seal (a synthetic initialisation vector): whoever
has it learns neither, and no other link can be made of it. It goes on working when the prospect left or was erased,
because what it needs is in it.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from gateway.domain.address import Renewal
from gateway.pipeline import Services

LEAVE = "leave"
"""The purpose of links to leave by and to choose less by."""
LENGTH = 52
"""Characters of a token: 39 bytes in base64 without a rest, so that every character counts."""
_VERSION = b"\x01"
_KEY_BYTES, _LEAD_BYTES, _SEAL_BYTES = 16, 6, 16


class Whose(NamedTuple):
    """Whose link it is."""

    key: bytes  # match key
    lead_id: int  # on which the person was handed out


class Links:
    """Makes links of one purpose and reads them back, under the secret key of now or one of before."""

    def __init__(self, purpose: str, secret: str, former: Sequence[str] = ()) -> None:
        name = f"gateway link {purpose} v1".encode()
        secrets = [one.encode() for one in (secret, *reversed(former))]  # the newest first
        self._keys = [hmac.digest(one, name, "sha256") for one in secrets]
        self._renewals = [Renewal(one) for one in secrets]

    def token(self, key: bytes, lead_id: int) -> str:
        """The token for a person as of one lead; always the same for the same two."""
        body = key + lead_id.to_bytes(_LEAD_BYTES)
        seal = _seal(self._keys[0], body)
        return urlsafe_b64encode(_VERSION + seal + _masked(self._keys[0], seal, body)).decode()

    def read(self, token: str) -> Whose | None:
        """Whose it is; None for anything that we did not make for this purpose."""
        if len(token) != LENGTH or not token.isascii():
            return None
        try:
            sealed = urlsafe_b64decode(token)
        except Error:
            return None
        if urlsafe_b64encode(sealed).decode() != token or sealed[:1] != _VERSION:  # decoding forgives + for -
            return None
        seal, masked = sealed[1 : 1 + _SEAL_BYTES], sealed[1 + _SEAL_BYTES :]
        for age, secret in enumerate(self._keys):
            body = _masked(secret, seal, masked)
            if hmac.compare_digest(_seal(secret, body), seal):
                return Whose(self._renewed(body[:_KEY_BYTES], age), int.from_bytes(body[_KEY_BYTES:]))
        return None

    def _renewed(self, key: bytes, age: int) -> bytes:
        """The match key of today, of one that was made so many secrets ago."""
        for renewal in reversed(self._renewals[:age]):
            (key,) = renewal.of([key])
        return key


def _seal(secret: bytes, body: bytes) -> bytes:
    return hmac.digest(secret, b"seal" + body, "sha256")[:_SEAL_BYTES]


def _masked(secret: bytes, seal: bytes, body: bytes) -> bytes:
    """The body under a mask that only the secret gives; the same twice gives it back."""
    mask = hmac.digest(secret, b"mask" + seal, "sha256")
    return bytes(one ^ other for one, other in zip(body, mask, strict=False))


def leave_links(services: Services) -> Links:
    """The links to leave by."""
    settings = services.settings
    return Links(LEAVE, settings.secret_key, settings.former_secret_keys)


def leave_url(services: Services, links: Links, key: bytes, lead_id: int) -> str | None:
    """Where the person leaves with one click, or chooses less; None where GATEWAY_PUBLIC_URL does not say."""
    base = services.settings.public_url.rstrip("/")
    return f"{base}/u/{links.token(key, lead_id)}" if base else None


def link_maker(services: Services) -> partial[str | None]:
    """leave_url for many people."""
    return partial(leave_url, services, leave_links(services))
