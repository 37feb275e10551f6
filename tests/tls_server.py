"""A small HTTPS server on loopback with a certificate of its own: what a platform answers, as the test decides."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Answers:
    """What the server says to whom asks; ``asked`` has the path and headers of each request."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    holds_seconds: float = 0  # before it hangs up
    names_length: bool = True  # of its answer
    port: int = 0
    authority: Path | None = None

    def context(self) -> ssl.SSLContext:
        """A client's context that trusts this server and nobody else."""
        return ssl.create_default_context(cafile=str(self.authority))


@contextmanager
def tls_server(folder: Path, name: str = "localhost") -> Iterator[Answers]:
    """Serve until the end of the block. ``name``: whom the certificate is made out to."""
    answers = Answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers.asked.append((self.path, dict(self.headers)))
            self.send_response(answers.status)
            for header, value in answers.headers.items():
                self.send_header(header, value)
            if answers.names_length:
                self.send_header("Content-Length", str(len(answers.body)))
            self.end_headers()
            self.wfile.write(answers.body)
            time.sleep(answers.holds_seconds)

        def log_message(self, *args: object) -> None:
            pass

    with served_by_tls(folder, name, Handler) as (answers.port, answers.authority):
        yield answers


@contextmanager
def served_by_tls(
    folder: Path, name: str, handler: type[BaseHTTPRequestHandler], host: str = "127.0.0.1"
) -> Iterator[tuple[int, Path]]:
    """Serve with this handler until the end of the block: the port, and the certificate that clients must trust."""
    key, certificate = _certificate(folder, name)
    server = ThreadingHTTPServer((host, 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # clients that hang up are the point of some tests
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1], certificate
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    # Its own: of two with one subject a client tries but one.
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name[:40]} {x509.random_serial_number() % 10**9}")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = folder / "tls.key", folder / "tls.crt"
    plain = serialization.NoEncryption()
    paths[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    paths[1].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return paths
