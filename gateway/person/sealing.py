"""Consent receipts signed as JWS with Ed25519, and checked by anybody who has the public keys. No database here.

The key is derived from the gateway's secret, as the ledger's is; receipts of before a rotation bear the key of their
time, which stays among the public ones.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from joserfc.jwk import OKPKey

ALGORITHM = "Ed25519"  # RFC 9864; never taken from the receipt itself
TYPE = "consent-receipt+jws"
LONGEST = 1 << 20  # characters of a receipt


class Sealer:
    """Signs receipts under the newest secret; publishes the keys of all. ``former``: the oldest first."""

    def __init__(self, secret: str, former: Sequence[str] = ()) -> None:
        self._secrets = (secret, *reversed(former))

    def seal(self, receipt: Mapping[str, Any]) -> str:
        """The receipt as a compact JWS."""
        from joserfc import jws

        key = _key(self._secrets[0])
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.thumbprint()}
        body = json.dumps(receipt, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        return jws.serialize_compact(header, body, key, algorithms=[ALGORITHM])

    def public_keys(self) -> dict[str, Any]:
        """The JWK set, the newest key first."""
        keys = [_key(secret) for secret in self._secrets]
        return {
            "keys": [
                {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": ALGORITHM} for key in keys
            ]
        }


def verify(sealed: str, public_keys: Mapping[str, Any]) -> dict[str, Any]:
    """What a receipt says, if one of these keys signed it. Raises CallerError."""
    from joserfc import jws
    from joserfc.errors import BadSignatureError, JoseError

    try:
        said: dict[str, Any] = json.loads(jws.deserialize_compact(*_checked(sealed, public_keys)).payload)
    except (ValueError, TypeError, KeyError, AttributeError, JoseError) as error:
        bad = isinstance(error, BadSignatureError)
        why = "the signature does not fit" if bad else str(error) or type(error).__name__
        message = phrase("this receipt is not good: %(why)s. It was changed, or is not this gateway's", why=why)
        raise CallerError([Problem("bad_receipt", message, "receipt")]) from None
    return said


def _checked(sealed: str, public_keys: Mapping[str, Any]) -> tuple[str, "OKPKey", list[str]]:
    """The text, the key that its header names among ours, and the one algorithm it may be signed with."""
    from joserfc import jws

    if len(sealed) > LONGEST:
        raise ValueError("it is too long")
    text = sealed.strip()
    head = jws.extract_compact(text.encode("ascii")).protected
    if head.get("alg") != ALGORITHM or head.get("typ") != TYPE:
        raise ValueError(f"it is not signed with {ALGORITHM} as a consent receipt")
    return text, _find_key(public_keys, head.get("kid")), [ALGORITHM]


def _find_key(public_keys: Mapping[str, Any], named: object) -> "OKPKey":
    from joserfc.jwk import OKPKey

    for one in public_keys["keys"]:
        if one.get("kty") == "OKP" and one.get("crv") == "Ed25519":
            key = OKPKey.import_key({name: one[name] for name in ("kty", "crv", "x")})
            if isinstance(named, str) and hmac.compare_digest(key.thumbprint().encode(), named.encode()):
                return key
    raise ValueError("none of the keys made its signature")


def _key(secret: str) -> "OKPKey":
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from joserfc.jwk import OKPKey

    seed = hmac.digest(secret.encode(), b"gateway receipt key v1", "sha256")
    pem = Ed25519PrivateKey.from_private_bytes(seed).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return OKPKey.import_key(pem)
