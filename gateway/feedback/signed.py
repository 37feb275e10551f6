"""Whether a delivery comes from whom it should: signatures, tokens and passwords, over the bytes as they came."""

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from gateway.feedback.mailgun import signature_of
from gateway.feedback.sns import NotSignedError

MAILGUN_WINDOW = timedelta(hours=12)
"""Mailgun tries again for about eight hours."""
HOOK_WINDOW = timedelta(minutes=5)
"""Of Standard Webhooks, whose time is that of the attempt."""
_AHEAD = timedelta(minutes=5)
_PREFIX = "whsec_"
_SECONDS = re.compile("[0-9]{1,10}")


def check_sendgrid(key: str, headers: Mapping[str, str], body: bytes) -> None:
    """ECDSA over P-256 of the timestamp and the body. Raises NotSignedError."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    stamp = headers.get("X-Twilio-Email-Event-Webhook-Timestamp", "")
    given = headers.get("X-Twilio-Email-Event-Webhook-Signature", "")
    try:
        signature = base64.b64decode(given, validate=True)
        sendgrid_key(key).verify(signature, stamp.encode("latin-1", "replace") + body, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error, ValueError):
        raise NotSignedError("its signature does not fit") from None


def sendgrid_key(text: str) -> Any:
    """The verification key as SendGrid shows it (base64) or as PEM. Raises ValueError."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    lines = [line.strip() for line in text.splitlines() if not line.startswith("-----")]
    key = load_der_public_key(base64.b64decode("".join(lines), validate=True))
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("it is no key on the curve P-256")  # noqa: TRY004 - a wrong key is a wrong value
    return key


def check_mailgun(key: str, body: bytes, now: datetime) -> str:
    """HMAC of timestamp and token; the token, which must not be used for another body.

    The signature does not cover the event: who has seen one could say anything with it. Raises NotSignedError, or
    RefusedError for a body that holds none.
    """
    given = signature_of(body)
    signed = (given["timestamp"] + given["token"]).encode()
    if not given["token"] or not hmac.compare_digest(_hex(key, signed), given["signature"].encode()):
        raise NotSignedError("its signature does not fit")
    _within(given["timestamp"], now, MAILGUN_WINDOW)
    return given["token"]


def check_hook(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Standard Webhooks: HMAC of id, timestamp and body, one of several signatures. Raises NotSignedError."""
    name, stamp = headers.get("Webhook-Id", ""), headers.get("Webhook-Timestamp", "")
    if not name:
        raise NotSignedError("it has no webhook-id")
    _within(stamp, now, HOOK_WINDOW)
    signed = f"{name}.{stamp}.".encode("utf-8", "replace") + body
    expected = b"v1," + base64.b64encode(hmac.digest(hook_key(secret), signed, sha256))
    given = [one.encode("utf-8", "replace") for one in headers.get("Webhook-Signature", "").split()[:8]]
    if not sum(hmac.compare_digest(expected, one) for one in given):
        raise NotSignedError("its signature does not fit")


def hook_key(secret: str) -> bytes:
    """The bytes of a secret ``whsec_...``. Raises ValueError for one that is none, or too short."""
    key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    if len(key) < 24:  # noqa: PLR2004 - Standard Webhooks: 24 to 64 bytes
        raise ValueError("it is shorter than 24 bytes")
    return key


def check_token(token: str, given: str | None, headers: Mapping[str, str]) -> None:
    """A token in the address, as a bearer's, or ``user:password`` as Basic has it. Raises NotSignedError."""
    kind, _, rest = headers.get("Authorization", "").partition(" ")
    told = {"bearer": rest.strip(), "basic": _basic(rest)}
    offered = [given or "", told.get(kind.lower(), "")]
    if not sum(hmac.compare_digest(token.encode(), one.encode("utf-8", "replace")) for one in offered):
        raise NotSignedError("the token or password is not the one of this address")


def _basic(text: str) -> str:
    try:
        return base64.b64decode(text.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _hex(key: str, data: bytes) -> bytes:
    return hmac.digest(key.encode(), data, sha256).hex().encode()


def _within(stamp: str, now: datetime, window: timedelta) -> None:
    if not _SECONDS.fullmatch(stamp):
        raise NotSignedError("it has no timestamp")
    at = datetime.fromtimestamp(int(stamp), UTC)
    if not now - window <= at <= now + _AHEAD:
        raise NotSignedError("its timestamp is too old or lies ahead")
