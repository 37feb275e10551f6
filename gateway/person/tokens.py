"""What every link of a person's own is made of: a few bytes, encrypted under their own seal, good for one purpose.

The seal (a synthetic initialisation vector) comes first, and the bytes under a mask that only it and the secret give:
whoever has a token learns nothing from it, no other token can be made of it, and one of one purpose is nothing for
another, because each purpose has keys of its own. Nothing is kept of a token.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from typing import Literal, NamedTuple

Purpose = Literal["leave", "receipt", "desk"]
_VERSION = b"\x01"  # links are in mails for years: another format gets another number, and this one is still read
_SEAL_BYTES = 16
_MOST = 32


class Opened(NamedTuple):
    """What a token holds."""

    body: bytes
    age: int  # under how many secrets ago it was made; 0: today's


class Signer:
    """Makes tokens of one purpose and reads them, under the secret of now or one of before; ``former``: oldest first.

    ``size``: bytes that each token holds, at most 32, the length of the mask. With the 17 of version and seal they must
    be a multiple of three, so that base64 has no rest and every character counts.
    """

    def __init__(self, purpose: Purpose, size: int, secret: str, former: Sequence[str] = ()) -> None:
        length, rest = divmod(len(_VERSION) + _SEAL_BYTES + size, 3)
        if rest or size > _MOST:
            raise ValueError(f"{size} bytes are more than {_MOST}, or have a rest in base64")
        self.length = 4 * length  # characters
        name = f"gateway link {purpose} v1".encode()
        self._keys = [hmac.digest(one.encode(), name, "sha256") for one in (secret, *reversed(former))]

    def token(self, body: bytes) -> str:
        """Always the same for the same bytes."""
        seal = _seal(self._keys[0], body)
        return urlsafe_b64encode(_VERSION + seal + _masked(self._keys[0], seal, body)).decode()

    def read(self, token: str) -> Opened | None:
        """What it holds; None for anything that we did not make for this purpose."""
        if len(token) != self.length or not token.isascii():
            return None
        try:
            sealed = urlsafe_b64decode(token)
        except Error:
            return None
        if urlsafe_b64encode(sealed).decode() != token or sealed[:1] != _VERSION:  # decoding forgives + for -
            return None
        seal, masked = sealed[1 : 1 + _SEAL_BYTES], sealed[1 + _SEAL_BYTES :]
        for age, key in enumerate(self._keys):
            body = _masked(key, seal, masked)
            if hmac.compare_digest(_seal(key, body), seal):
                return Opened(body, age)
        return None


def _seal(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"seal" + body, "sha256")[:_SEAL_BYTES]


def _masked(key: bytes, seal: bytes, body: bytes) -> bytes:
    """The body under a mask that only the key gives; the same twice gives it back."""
    mask = hmac.digest(key, b"mask" + seal, "sha256")
    return bytes(one ^ other for one, other in zip(body, mask, strict=False))
