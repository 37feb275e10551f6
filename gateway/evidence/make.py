"""A bundle is made: gathered, told to the ledger, proven against its root, signed, packed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.db.base import text_of
from gateway.evidence import members as m
from gateway.evidence.archive import pack
from gateway.evidence.gather import Gathered, gather
from gateway.evidence.summary import write_summary
from gateway.ledger.browse import find_entry
from gateway.pipeline import Services

EXPORTED = "evidence.exported"


def make_bundle(services: Services, number: int, told: Mapping[str, Any]) -> bytes | None:
    """The bundle of a lead, as a ZIP; None if there is no such lead. That it was made is an entry of the ledger.

    ``told``: who exports it and why, for the entry: ``by``, ``reason``.
    """
    found = gather(services, number)
    if found is None:
        return None
    with services.unit_of_work() as work:
        body = {**told, "lead": f"lead_{number}", "contents_sha256": m.digest_of_contents(found.members)}
        seq = services.ledger.append(work, EXPORTED, body)
        checkpoint, at = services.ledger.note_of_end(work), work.at
        exported = find_entry(work.connection, seq)
    assert exported is not None
    found.entries.append(exported)
    size, root = services.ledger.read_checkpoint(checkpoint)
    entries = [_proven(services, one.seq, one.data, size) for one in found.entries]
    found.members[m.LEDGER] = m.to_json({"size": size, "entries": entries})
    found.members[m.CHECKPOINT] = checkpoint.encode()
    found.members[m.KEYS] = "".join(f"{key}\n" for key in services.ledger.public_keys()).encode()
    key = services.ledger.public_keys()[0]
    summary = write_summary(found, made_at=at, by=str(told.get("by", "")), size=size, root=root.hex(), key=key)
    found.members[m.SUMMARY] = summary.encode()
    return pack(_signed(services, found, number, at))


def _proven(services: Services, seq: int, data: str, size: int) -> dict[str, Any]:
    proof = services.ledger.prove(services.engine, seq, size)
    return {"seq": seq, "data": data, "path": [one.hex() for one in proof.path]}


def _signed(services: Services, found: Gathered, number: int, at: datetime) -> dict[str, bytes]:
    """All members with the manifest that names them, and its signature."""
    named = {
        name: {"sha256": digest, "bytes": len(found.members[name]), "what": m.WHAT.get(name, "")}
        for name, digest in m.digests(found.members).items()
    }
    document = {"format": m.FORMAT, "lead": f"lead_{number}", "made_at": text_of(at), "members": named}
    manifest = m.to_json(document)
    note = services.ledger.attest(m.signed_text(manifest))
    return {**found.members, m.MANIFEST: manifest, m.NOTE: note.encode()}
