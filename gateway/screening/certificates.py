"""Whether a lead's certificate or token came with a lead before, and what its issuer said of it.

One question for a whole batch, and only where it brings any. Within one list reuse is found when the list is looked
over (intake/listwide), so that the cut into batches changes nothing; here only other lists and forms count.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from gateway.domain.facts import FactValue
from gateway.domain.lead import Batch
from gateway.domain.ports import Certificates
from gateway.domain.screened import Piece
from gateway.screening.answers import Answers, Column
from gateway.screening.evidence import pieces_of
from gateway.screening.handovers import fold

RANKS = ("none", "same_person", "other_vendor", "other_person")
"""What one lead's pieces show, the worst last."""

FACTS = ("consent.certificate_reuse", "consent.certificate_is_asked", "consent.certificate_says")


def find(batch: Batch) -> list[Piece]:
    """The certificates and tokens of a batch; none where it has no such column."""
    if batch.columns.keys().isdisjoint(("certificate_url", "lead_token")):
        return []
    arrived = batch.arrived_at
    came = arrived.date().isoformat()
    since = [
        at.date().isoformat() if isinstance(at, datetime) and at <= arrived else came
        for at in batch.column("consent_at")
    ]
    return pieces_of(batch.columns.get("certificate_url", ()), batch.columns.get("lead_token", ()), since)


def establish(
    batch: Batch, pieces: Sequence[Piece], keys: Sequence[bytes | None], certificates: Certificates
) -> Answers:
    """The facts about them. Nothing is said of a lead that brings none."""
    nothing: dict[str, FactValue | Column] = dict.fromkeys(FACTS)
    if not pieces:
        return nothing
    found = {**nothing, "consent.certificate_reuse": _reuse(batch, pieces, keys, certificates)}
    if certificates.asks_issuers():
        whose = [(piece.digest, keys[piece.row]) for piece in pieces]
        says = certificates.find_says((digest, key) for digest, key in whose if key is not None)
        asked: Column = [None] * len(batch)
        answers: Column = [None] * len(batch)
        for piece in pieces:
            key = keys[piece.row]
            if piece.kind == "trustedform" and key is not None:
                asked[piece.row] = True
                answers[piece.row] = says.get((piece.digest, key))
        found |= {"consent.certificate_is_asked": asked, "consent.certificate_says": answers}
    return found


def _reuse(batch: Batch, pieces: Sequence[Piece], keys: Sequence[bytes | None], certificates: Certificates) -> Column:
    own = batch.origin.name if batch.origin.kind == "list" else None
    uses = certificates.find_uses({piece.digest for piece in pieces}, own)
    found: Column = [None] * len(batch)
    for piece in pieces:
        found[piece.row] = found[piece.row] or "none"
    if not uses:
        return found
    vendor = vendor_of(batch)
    known: dict[bytes, dict[bytes, set[tuple[str, int]]]] = {}  # of each digest whose, from whom and which leads
    for digest, others in uses.items():
        for use in others:
            known.setdefault(digest, {}).setdefault(use.key, set()).add((use.vendor, use.lead_id))
    for piece in pieces:
        key, people = keys[piece.row], known.get(piece.digest)
        if key is not None and people:
            lead = batch.lead_ids[piece.row] if batch.lead_ids is not None else 0
            shown = _shows(people, key, vendor, lead)
            found[piece.row] = max(str(found[piece.row]), shown, key=RANKS.index)
    return found


def _shows(people: Mapping[bytes, AbstractSet[tuple[str, int]]], key: bytes, vendor: str, lead: int) -> str:
    """What earlier uses say of a lead. Of its own self, judged again, nothing."""
    if len(people) > (key in people):
        return "other_person"
    before = {seller for seller, number in people[key] if number != lead}
    if before - {vendor}:
        return "other_vendor"
    return "same_person" if before else "none"


def vendor_of(batch: Batch) -> str:
    """Whose the batch is, as names are compared; nothing where the people gave it to us themselves."""
    said = batch.origin.statement
    return "" if said.direct else fold(said.vendor or "")
