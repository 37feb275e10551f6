"""Who posts: secrets in a body or a path and signatures over the raw bytes, compared in constant time."""

import base64
import hashlib
import hmac

from gateway.domain.problem import CallerError, Problem
from gateway.intake.platforms.call import Call, Settings


def same(given: str, wanted: str) -> bool:
    """Whether two texts are equal, in a time that tells nothing. An empty wanted text equals nothing."""
    return bool(wanted) and hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def digest_of(token: str) -> str:
    """How a path's token is kept: SHA-256, hex. It is random and long, so no salt is needed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def token_fits(token: str, settings: Settings) -> bool:
    """Whether this is the token of the secret address."""
    return bool(token) and same(digest_of(token), settings.get("token", ""))


def by_token(call: Call, settings: Settings) -> None:
    """For platforms that sign nothing: the address itself is the secret. Raises CallerError."""
    if not token_fits(call.rest, settings):
        raise not_here()


def hex_hmac(raw: bytes, secret: str) -> str:
    """``sha256=`` and the HMAC-SHA256 of the bytes, hex."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def base64_hmac(raw: bytes, secret: str) -> str:
    """``sha256=`` and the HMAC-SHA256 of the bytes, base64."""
    return "sha256=" + base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


def forbidden(code: str, message: str, field: str | None = None) -> CallerError:
    """The 403 for a key or signature that does not fit."""
    return CallerError([Problem(code, message, field)], 403, "Forbidden")


def not_here() -> CallerError:
    """The 404 for an address that nobody was given."""
    message = "this source takes nothing here; gateway sources platform says which address to give to the platform"
    return CallerError([Problem("not_found", message)], 404, "Not Found")


def no_rest(call: Call) -> None:
    """Nothing may follow the platform's name. Raises CallerError."""
    if call.rest:
        raise not_here()
