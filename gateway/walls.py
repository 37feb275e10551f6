"""The walls around every answer (ASVS 3.4): nothing foreign is loaded, framed, sniffed or remembered.

They are put up behind Flask, on the finished list of headers: each header set on a response object costs a dozen calls,
and all of them were a tenth of what reading a signup took.
"""

from collections.abc import Callable, Iterable
from typing import Any

_ALWAYS = (  # no view sets one of them
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
_BY_HTTPS = ("Strict-Transport-Security", "max-age=31536000")
CONTENTS = "Content-Security-Policy"


def contents_policy(targets: Iterable[str] = (), *, own_scripts: bool = False) -> str:
    """What a page may load, and where its forms may lead: to us, and to ``targets``."""
    forms = " ".join(["'self'", *targets])
    scripts = "script-src 'self'; connect-src 'self'; " if own_scripts else ""
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"{scripts}form-action {forms}"
    )


_UNLESS_SAID = (
    (CONTENTS, contents_policy()),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)


def walled(start_response: Callable[..., Any], is_https: Callable[[], bool]) -> Callable[..., Any]:
    """What WSGI calls to begin an answer, with walls around it. ``is_https``: whether people reach us so."""

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        said = {name.lower() for name, _ in headers}
        walls = [*_ALWAYS, *(wall for wall in _UNLESS_SAID if wall[0].lower() not in said)]
        if is_https():
            walls.append(_BY_HTTPS)
        return start_response(status, [*headers, *walls], *more)

    return start
