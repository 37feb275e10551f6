"""A stand-in identity provider on loopback, by https with a certificate of its own: what it says, the test decides."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from tls_server import served_by_tls

CLIENT, SECRET = "gateway", "s3cret of the client"


@dataclass
class Issuer:
    """The provider as the test tells it to be."""

    clock: Any
    port: int = 0
    authority: Path | None = None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signs_with: RSAKey | None = None  # another than it publishes
    granted: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    calls_itself: str | None = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def grant(self, location: str, **claims: Any) -> tuple[str, str]:
        """Somebody signs in on the page at this address: the code and the state that they are sent back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.granted)}"
        now = int(self.clock.now().timestamp())
        said = {"iss": self.url, "aud": CLIENT, "sub": "u-1", "iat": now, "exp": now + 300, "nonce": asked["nonce"],
                "email": "officer@example.com", "email_verified": True}  # fmt: skip
        self.granted[code] = {"claims": said | claims, "asked": asked}
        return code, asked["state"]

    def answer(self, path: str, body: str, headers: Any) -> tuple[int, Any]:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, {"issuer": self.calls_itself or self.url, "authorization_endpoint": f"{self.url}/authorize",
                         "token_endpoint": f"{self.url}/token", "jwks_uri": f"{self.url}/jwks"}  # fmt: skip
        if path == "/jwks":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        return self._token({name: values[0] for name, values in parse_qs(body).items()}, headers["Authorization"])

    def _token(self, given: dict[str, str], authorization: str) -> tuple[int, Any]:
        granted = self.granted.pop(given.get("code", ""), None)
        right = authorization == "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if granted is None or not right or given["redirect_uri"] != granted["asked"]["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        challenge = base64.urlsafe_b64encode(sha256(given["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if challenge != granted["asked"]["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        claims = {name: value for name, value in granted["claims"].items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signs_with or self.key)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}


@contextmanager
def issuing(folder: Path, clock: Any) -> Iterator[Issuer]:
    """Serve until the end of the block."""
    issuer = Issuer(clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply("")

        def do_POST(self) -> None:
            self.reply(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def reply(self, body: str) -> None:
            status, document = issuer.answer(self.path, body, self.headers)
            said = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args: object) -> None:
            pass

    with served_by_tls(folder, "localhost", Handler) as (issuer.port, issuer.authority):
        yield issuer
