"""The company's identity provider (OpenID Connect): where it is asked, and whom it says that somebody is.

Code flow with PKCE, state and nonce. All is asked through gateway.outgoing, by https alone, bounded in size and time.
The operator named the provider, so unlike other hosts it may lie inside the company's own network.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from gateway.config import Settings
from gateway.outgoing import OK, Answer, Server, UnreachableError, get, post

MOST_BYTES, SECONDS = 256 << 10, 10.0
KEPT = timedelta(hours=1)
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
"""Those whose keys a provider publishes; with a shared secret or none, anybody could sign."""
_known: dict[str, tuple[datetime, dict[str, Any]]] = {}


class ProviderError(Exception):
    """The provider did not say, in a way that holds, who this is; why, for the log."""


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the provider says this is."""

    subject: str
    address: str  # verified by the provider


@dataclass(frozen=True, slots=True)
class Begun:
    """What is kept of a sign-in while its person is at the provider's."""

    state: str
    nonce: str
    verifier: str


def way_to(settings: Settings, back: str, begun: Begun, at: datetime) -> str:
    """The provider's page to sign in at. Raises ProviderError."""
    where = _described(settings, at)["authorization_endpoint"]
    url, _ = _client(settings, back).create_authorization_url(
        where, state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
    )
    return str(url)


def who_is(settings: Settings, back: str, begun: Begun, code: str, at: datetime) -> Told:
    """Whom the provider means by this code. Raises ProviderError for whatever does not hold."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError

    described = _described(settings, at)
    try:
        tokens = _client(settings, back).fetch_token(
            described["token_endpoint"], code=code, code_verifier=begun.verifier, grant_type="authorization_code"
        )
        claims = _claims(settings, described, dict(tokens), begun.nonce, at)
    except (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"{type(error).__name__}: {error}") from None
    if claims.get("email_verified") is not True or not isinstance(claims.get("email"), str):
        raise ProviderError("the provider names no verified address")
    return Told(str(claims["sub"]), claims["email"])


def _claims(
    settings: Settings, described: Mapping[str, Any], tokens: Mapping[str, Any], nonce: str, at: datetime
) -> dict[str, Any]:
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.jwk import KeySet

    keys = KeySet.import_key_set(json.loads(_ask(described["jwks_uri"]).body))
    read = jwt.decode(tokens["id_token"], keys, algorithms=list(ALGORITHMS))
    claims = CodeIDToken(
        read.claims, read.header,
        {"iss": {"essential": True, "value": described["issuer"]},
         "aud": {"essential": True, "value": settings.oidc_client_id}},
        {"nonce": nonce, "client_id": settings.oidc_client_id, "access_token": tokens.get("access_token")},
    )  # fmt: skip
    claims.validate(now=int(at.timestamp()), leeway=60)
    return dict(claims)


def _described(settings: Settings, at: datetime) -> dict[str, Any]:
    """The provider's own description, remembered for an hour: asking for the page to sign in asks nobody else."""
    issuer = settings.oidc_issuer
    known = _known.get(issuer)
    if known is not None and known[0] <= at < known[0] + KEPT:
        return known[1]
    try:
        described = json.loads(_ask(issuer + "/.well-known/openid-configuration").body)
        if str(described["issuer"]).rstrip("/") != issuer:
            raise ProviderError(f"it calls itself {described['issuer']!r}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not str(described[name]).startswith("https://"):
                raise ProviderError(f"its {name} is not by https")
    except (ValueError, KeyError, TypeError) as error:
        raise ProviderError(f"its description cannot be read: {type(error).__name__}") from None
    _known[issuer] = (at, described)
    return dict(described)


class _Session:
    """What authlib sends requests with: our one careful way out."""

    def post(self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> "_Response":
        url, sent, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _Response(_ask(url, body.encode(), sent))


class _Response:
    def __init__(self, answer: Answer) -> None:
        self.status_code = answer.status
        self._body = answer.body

    def json(self) -> Any:
        return json.loads(self._body)

    def raise_for_status(self) -> None:
        if self.status_code != OK:
            raise ProviderError(f"it answered {self.status_code}")


def _client(settings: Settings, back: str) -> Any:
    from authlib.oauth2.client import OAuth2Client

    return OAuth2Client(
        session=_Session(), client_id=settings.oidc_client_id, client_secret=settings.oidc_client_secret or None,
        scope="openid email", redirect_uri=back, code_challenge_method="S256",
    )  # fmt: skip


def _ask(url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise ProviderError("it is asked by https only")
    server = Server(parts.hostname, parts.port or 443, is_good=lambda _: True)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        if body is not None:
            return post(server, path, body, headers, most_bytes=MOST_BYTES, seconds=SECONDS)
        answer = get(server, path, headers, most_bytes=MOST_BYTES, seconds=SECONDS)
    except UnreachableError as error:
        raise ProviderError(str(error)) from None
    if answer.status != OK:
        raise ProviderError(f"{parts.hostname} answered {answer.status}")
    return answer
