"""Addresses as somebody else hashed them: which algorithms and which ways of writing are tried. No key is involved.

Such a hash protects nobody (addresses can be guessed), so we make none to keep: we only compare with what others gave.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import md5, sha1, sha256, sha512
from typing import Any

from gateway.domain.address import GMAIL, canonical, rough

ALGORITHMS: dict[str, Callable[..., Any]] = {"md5": md5, "sha1": sha1, "sha256": sha256, "sha512": sha512}
SIZES = {name: make(usedforsecurity=False).digest_size for name, make in ALGORITHMS.items()}
"""Bytes of a digest, by which an algorithm is told."""
VARIANTS = ("lower", "raw", "trimmed", "canonical")
"""Ways of writing that are hashed: lower-cased (what most do), as typed, without blanks around it, the provider's own
form (no +tag, none of Gmail's dots)."""
SAID = {"lower": "lower-cased", "raw": "typed", "trimmed": "trimmed", "canonical": "canonical"}


def algorithm_of(digest: bytes) -> str | None:
    """Which algorithm makes digests of this size; None for no size that we know."""
    return next((name for name, size in SIZES.items() if size == len(digest)), None)


def read_hash(text: str) -> tuple[str, bytes] | None:
    """Algorithm and digest of a hash in hex, in either case; None for any other text."""
    text = text.strip()
    if not text.isascii() or not text.isalnum() or len(text) not in {2 * size for size in SIZES.values()}:
        return None
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        return None
    algorithm = algorithm_of(digest)
    return None if algorithm is None else (algorithm, digest)


def variants(typed: str | None, normalised: str | None) -> dict[str, str]:
    """The texts that may have been hashed of one address, each with the first of VARIANTS that gives it."""
    raw = typed or normalised or ""
    trimmed = raw.strip()
    found = dict.fromkeys((trimmed.lower(),), "lower")
    if normalised is not None:
        found.setdefault(normalised.lower(), "lower")
        local, _, domain = normalised.rpartition("@")
        whole = canonical(local, domain)
    else:
        whole = rough(trimmed)
    for text, name in ((raw, "raw"), (trimmed, "trimmed"), (whole, "canonical")):
        found.setdefault(text, name)
    for text, name in list(found.items()):
        for other in _same_mailbox(text):
            found.setdefault(other, name)
    return found


def _same_mailbox(text: str) -> Iterator[str]:
    """The address as others may have written it before they hashed it: its domain in ASCII, Gmail's other name."""
    local, _, domain = text.rpartition("@")
    if domain in GMAIL:
        yield from (f"{local}@{one}" for one in GMAIL - {domain})
    elif not domain.isascii():
        with suppress(UnicodeError):
            name = domain.encode("idna")
            if name.decode("idna") == domain:  # IDNA 2003 has letters that it writes as others
                yield f"{local}@{name.decode()}"


def digests(algorithm: str, texts: Iterable[str]) -> list[bytes]:
    """The digests of texts in UTF-8."""
    make = ALGORITHMS[algorithm]
    return [make(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest() for text in texts]
