"""The members of a bundle: what each is called and holds, and how JSON is written and read there."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from gateway.evidence.archive import BundleError

FORMAT = "lead-gateway evidence 1"
MANIFEST, NOTE, KEYS, SUMMARY = "manifest.json", "manifest.note", "keys.txt", "summary.html"
LEAD, SOURCE, DECISION, SETTLEMENTS = "lead.json", "source.json", "decision.json", "settlements.json"
POLICIES, LEDGER, CHECKPOINT = "policies.json", "ledger.json", "checkpoint.txt"
RECEIPT, JWKS = "receipt.jws", "jwks.json"
WHAT = {
    SUMMARY: "The whole account for people, to read or print.",
    LEAD: "The lead as it arrived and as it stands, with the person's data.",
    SOURCE: "Where it came from: the source's statement, and of a list its manifest.",
    DECISION: "The decision that stands: facts, findings, obligations, in sentences too.",
    SETTLEMENTS: "Every time that the lead was settled, with the decision and the ledger's entry.",
    POLICIES: "Which file below policies/ is which text of which set of policies.",
    RECEIPT: "The receipt of consent, signed (JWS).",
    JWKS: "The public keys of receipts (JWK set).",
    LEDGER: "The ledger's entries about this lead, each with the path from it to the root.",
    CHECKPOINT: "The ledger's size and root, signed.",
    KEYS: "The public keys of the ledger, the newest first.",
    NOTE: "The digest of manifest.json, signed with the ledger's key.",
}
AFTERWARDS = frozenset({SUMMARY, LEDGER, CHECKPOINT, KEYS, NOTE, MANIFEST})
"""Members made after the ledger's entry on the export, which holds the digest of all others."""


def to_json(document: Any) -> bytes:
    """JSON to be read by people, too."""
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n").encode()


def from_json(members: Mapping[str, bytes], name: str) -> Any:
    """A member's document. Raises BundleError."""
    if name not in members:
        raise BundleError(f"{name} is missing")
    try:
        return json.loads(members[name].decode())
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{name} cannot be read: {type(error).__name__}") from None


def text_of(members: Mapping[str, bytes], name: str) -> str:
    """A member's text. Raises BundleError."""
    if name not in members:
        raise BundleError(f"{name} is missing")
    try:
        return members[name].decode()
    except ValueError:
        raise BundleError(f"{name} is not UTF-8 text") from None


def digests(members: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each, in hex."""
    return {name: sha256(data).hexdigest() for name, data in sorted(members.items())}


def digest_of_contents(members: Mapping[str, bytes]) -> str:
    """Of all that was gathered before the ledger was told of the export, for the entry that tells it."""
    told = [f"{name} {digest}" for name, digest in digests(members).items() if name not in AFTERWARDS]
    return sha256("\n".join(told).encode()).hexdigest()


def signed_text(manifest: bytes) -> str:
    """What the ledger's key signs of a manifest."""
    return f"{FORMAT}\nmanifest.json sha256 {sha256(manifest).hexdigest()}"
