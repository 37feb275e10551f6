"""Start tokens: when a form was shown, signed, so that what comes back too quickly is known for it.

A token is bound to its form, good for a day, and says nothing about anybody.
"""

import hmac
import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

GOOD_FOR = timedelta(days=1)
_TOKEN = re.compile(r"([0-9]{9,11})\.([0-9a-f]{32})", re.ASCII)


def make_start(secret: str, source: str, at: datetime) -> str:
    """The token of a form that is shown now."""
    seconds = str(int(at.timestamp()))
    return f"{seconds}.{_sign(secret, source, seconds)}"


def read_start(secret: str, source: str, token: str, at: datetime) -> datetime | None:
    """When the form was shown; None if the token is not ours, of another form, or older than a day."""
    match = _TOKEN.fullmatch(token)
    if match is None or not hmac.compare_digest(match[2], _sign(secret, source, match[1])):
        return None
    shown = datetime.fromtimestamp(int(match[1]), UTC)
    return shown if shown <= at < shown + GOOD_FOR else None


def _sign(secret: str, source: str, seconds: str) -> str:
    text = f"form start\0{source}\0{seconds}".encode()
    return hmac.new(secret.encode(), text, sha256).hexdigest()[:32]
