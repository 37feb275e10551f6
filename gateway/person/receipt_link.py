"""The person's own link to a receipt: a lead's number and a signature that is good for this purpose alone.

Nothing is kept of it, and it names nobody; it works for as long as the lead is there.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence

LENGTH = 32
"""Characters: 24 bytes in base64 without a rest, so that every character counts."""
_PURPOSE = b"gateway receipt link v1"
_NUMBER, _SEAL = 8, 16


class ReceiptLinks:
    """Makes tokens under the newest secret and reads those of all. ``former``: the oldest first."""

    def __init__(self, secret: str, former: Sequence[str] = ()) -> None:
        self._keys = [hmac.digest(one.encode(), _PURPOSE, "sha256") for one in (secret, *reversed(former))]

    def token(self, lead_id: int) -> str:
        """Always the same for the same lead."""
        number = lead_id.to_bytes(_NUMBER)
        return urlsafe_b64encode(number + _seal(self._keys[0], number)).decode()

    def read(self, token: str) -> int | None:
        """The lead's number; None for what we did not make."""
        if len(token) != LENGTH or not token.isascii():
            return None
        try:
            raw = urlsafe_b64decode(token)
        except Error:
            return None
        if urlsafe_b64encode(raw).decode() != token:  # decoding forgives signs of other alphabets
            return None
        number, seal = raw[:_NUMBER], raw[_NUMBER:]
        good = [hmac.compare_digest(_seal(key, number), seal) for key in self._keys]
        return int.from_bytes(number) if any(good) else None


def _seal(key: bytes, number: bytes) -> bytes:
    return hmac.digest(key, number, "sha256")[:_SEAL]
