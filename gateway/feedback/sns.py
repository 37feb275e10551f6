"""Amazon SNS, which carries SES' messages: its envelope, its signature, the confirmation of a subscription."""

import base64
import binascii
import re
from datetime import datetime
from threading import Lock
from typing import Any

from gateway.feedback.event import RefusedError, read_json
from gateway.feedback.fetch import CERTIFICATE_URL, CONFIRM_URL, Fetch
from gateway.outgoing import UnreachableError

TOPIC = re.compile(
    r"arn:aws(?P<china>-cn)?(?:-us-gov)?:sns:(?P<region>[a-z0-9-]{5,32}):[0-9]{12}:[A-Za-z0-9_.-]{1,256}"
)
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
"""The fields that are signed, in their order, each as its name and its value on lines of their own."""
_MOST_CERTIFICATES = 32
_certificates: dict[str, bytes] = {}  # by address; SNS names a new one by a new address
_asking = Lock()  # for one at a time: whoever makes up addresses of certificates holds up one thread and not all


class NotSignedError(Exception):
    """The delivery is not from whom it should be; says why."""


def read_envelope(body: bytes) -> dict[str, str]:
    """The envelope of a post of SNS. Raises RefusedError."""
    document = read_json(body)
    kind = document.get("Type") if isinstance(document, dict) else None
    if not isinstance(kind, str) or kind not in _SIGNED:
        raise RefusedError(
            "bad_shape", "it is no message of SNS; raw message delivery, which is not signed, must be off"
        )
    return {name: value for name, value in document.items() if isinstance(value, str)}


def verify(envelope: dict[str, str], topic: str, fetch: Fetch, now: datetime) -> None:
    """Raises NotSignedError unless SNS signed this for our topic, UnreachableError without its certificate."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    ours = TOPIC.fullmatch(topic)
    if ours is None or envelope.get("TopicArn") != topic:
        raise NotSignedError("it is of another topic")
    url = envelope.get("SigningCertURL", "")
    place = CERTIFICATE_URL.fullmatch(url)
    if place is None or place["region"] != ours["region"]:
        raise NotSignedError("its certificate does not lie at SNS in the topic's region")
    # Version 1 is SHA-1, which SNS still signs with unless the topic says otherwise.
    kinds: dict[str, Any] = {"1": hashes.SHA1, "2": hashes.SHA256}
    kind = kinds.get(envelope.get("SignatureVersion", ""))
    if kind is None:
        raise NotSignedError("its signature is of no known version")
    key = _public_key(url, fetch, now)
    try:
        signature = base64.b64decode(envelope.get("Signature", ""), validate=True)
        key.verify(signature, signed_text(envelope), padding.PKCS1v15(), kind())
    except (InvalidSignature, binascii.Error, ValueError):
        raise NotSignedError("its signature does not fit") from None


def signed_text(envelope: dict[str, str]) -> bytes:
    """The bytes that SNS signs."""
    names = [name for name in _SIGNED[envelope["Type"]] if name in envelope]
    return "".join(f"{name}\n{envelope[name]}\n" for name in names).encode("utf-8", "surrogatepass")


def confirm(envelope: dict[str, str], topic: str, fetch: Fetch) -> None:
    """Confirm a subscription whose envelope was verified. Raises NotSignedError, UnreachableError."""
    url = envelope.get("SubscribeURL", "")
    place, ours = CONFIRM_URL.fullmatch(url), TOPIC.fullmatch(topic)
    if place is None or ours is None or place["region"] != ours["region"]:
        raise NotSignedError("the address to confirm at is not SNS in the topic's region")
    fetch(url)


def _public_key(url: str, fetch: Fetch, now: datetime) -> Any:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_pem_x509_certificate

    known = _certificates.get(url)
    pem = known if known is not None else _ask(url, fetch)
    try:
        certificate = load_pem_x509_certificate(pem)
        key = certificate.public_key()
    except ValueError:
        raise NotSignedError("its certificate cannot be read") from None
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise NotSignedError("its certificate is not valid now")
    if not isinstance(key, RSAPublicKey):
        raise NotSignedError("its certificate holds no RSA key")
    if known is None:
        if len(_certificates) >= _MOST_CERTIFICATES:
            _certificates.clear()
        _certificates[url] = pem
    return key


def _ask(url: str, fetch: Fetch) -> bytes:
    if not _asking.acquire(blocking=False):
        raise UnreachableError("another certificate is being asked for")
    try:
        return fetch(url)
    finally:
        _asking.release()
