"""Keeping certificates and tokens beside the leads they came with, and asking with whom they came before.

A list's are kept in the transaction of the outcomes, in bulk; a batch that brings none costs nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, delete, func, select, update

from gateway.certificates.tables import answers, certificates, questions, windows
from gateway.certificates.uses import find_says, find_uses
from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork, glancing
from gateway.domain.lead import Batch
from gateway.domain.outcome import Settled
from gateway.domain.ports import Use
from gateway.domain.screened import Screened

CLAIM_DAYS = 90
"""A TrustedForm certificate that nobody claims is gone after so many days (the provider's own documentation)."""
_WINDOW = (
    "INSERT INTO certificate_windows (source, claim_until, unclaimed) VALUES (?, ?, ?) "
    "ON CONFLICT (source, claim_until) DO UPDATE SET unclaimed = certificate_windows.unclaimed + excluded.unclaimed"
)


class Certificates:
    """The certificates as screening asks for them (domain.ports.Certificates). ``asks``: issuers are asked."""

    def __init__(self, engine: Engine, *, asks: bool = False) -> None:
        self._engine = engine
        self._asks = asks

    def asks_issuers(self) -> bool:
        """Whether this gateway asks the issuers of certificates."""
        return self._asks

    def find_uses(self, digests: Iterable[bytes], own: str | None = None) -> dict[bytes, list[Use]]:
        """With whom they came elsewhere than in ``own``, as far as it can matter; digests never seen are absent."""
        with glancing(self._engine) as connection:
            return find_uses(connection, digests, own)

    def find_says(self, pairs: Iterable[tuple[bytes, bytes]]) -> dict[tuple[bytes, bytes], str]:
        """matches, does_not_match or not_found, by digest and match key; absent where no answer came."""
        with glancing(self._engine) as connection:
            return find_says(connection, pairs)


def keep(work: UnitOfWork, batch: Batch, screened: Screened, settled: Settled, *, vendor: str, asks: bool) -> None:
    """Bind a fresh batch's certificates and tokens to its leads. Of leads judged again they are kept already."""
    pieces = screened.pieces
    if not pieces or batch.lead_ids is not None:
        return
    leads = settled.lead_ids
    emptied = {i for i, key in enumerate(screened.keys) if key is None}
    # A lead may bring the same certificate in two columns; the pair of it and the lead is kept once.
    once = {(piece.digest, piece.row): piece for piece in pieces if piece.row not in emptied}
    kept = sorted(once.values(), key=lambda piece: piece.digest)  # neighbours share index pages
    if not kept:
        return
    columns: dict[str, Sequence[object]] = {
        "digest": [piece.digest for piece in kept],
        "lead_id": [leads[piece.row] for piece in kept],
        "kind": [piece.kind for piece in kept],
        "match_key": [screened.keys[piece.row] for piece in kept],
        "vendor": [vendor] * len(kept),
        "reference": [piece.reference for piece in kept],
    }
    work.insert_columns(certificates, columns, same={"source": batch.origin.name, "seen_at": text_of(work.at)})
    open_rows = {i for i, outcome in enumerate(settled.outcomes) if outcome != "rejection"}
    claimable = [piece for piece in kept if piece.kind == "trustedform" and piece.row in open_rows]
    for day, count in sorted(Counter(piece.since for piece in claimable).items()):
        ask(work.connection, _WINDOW, (batch.origin.name, claim_until(day).isoformat(), count))
    if asks and claimable:
        now = text_of(work.at)
        work.insert_many(
            questions, ("digest", "lead_id", "try_at", "tries", "claim_until"),
            [(piece.digest, leads[piece.row], now, 0, claim_until(piece.since).isoformat()) for piece in claimable],
        )  # fmt: skip


def claim_until(since: str) -> date:
    """The last day on which a certificate can be claimed that was made by this day."""
    return date.fromisoformat(since) + timedelta(days=CLAIM_DAYS)


def find_windows(connection: Connection, *, since: date, until: date | None = None) -> list[tuple[str, date, int]]:
    """Unclaimed certificates by source and last day, the soonest first."""
    query = select(windows).where(windows.c.claim_until >= since.isoformat(), windows.c.unclaimed > 0)
    if until is not None:
        query = query.where(windows.c.claim_until <= until.isoformat())
    rows = connection.execute(query.order_by(windows.c.claim_until, windows.c.source))
    return [(row.source, date.fromisoformat(row.claim_until), row.unclaimed) for row in rows]


def claim(work: UnitOfWork, source: str, until: date) -> None:
    """One certificate less to be claimed."""
    here = (windows.c.source == source) & (windows.c.claim_until == until.isoformat()) & (windows.c.unclaimed > 0)
    work.connection.execute(update(windows).where(here).values(unclaimed=windows.c.unclaimed - 1))


def count_kinds(connection: Connection, source: str) -> dict[str, int]:
    """How many certificates and tokens came with a source, by kind."""
    query = select(certificates.c.kind, func.count()).where(certificates.c.source == source)
    return {row[0]: row[1] for row in connection.execute(query.group_by(certificates.c.kind))}


# --- of one person


def tell(connection: Connection, key: bytes) -> list[Mapping[str, object]]:
    """What came with a person's leads, in words; the ids themselves stand in the leads' own rows."""
    query = select(certificates.c.kind, certificates.c.lead_id, certificates.c.source, certificates.c.seen_at)
    rows = connection.execute(query.where(certificates.c.match_key == key).order_by(certificates.c.lead_id)).all()
    said = select(answers.c.lead_id, answers.c.says, answers.c.at).where(answers.c.match_key == key)
    told = {row.lead_id: (row.says, text_of(row.at)) for row in connection.execute(said.order_by(answers.c.id))}
    return [
        {
            "kind": row.kind, "lead": f"lead_{row.lead_id}", "source": row.source, "seen_at": text_of(row.seen_at),
            "issuer_says": told.get(row.lead_id, (None, None))[0], "asked_at": told.get(row.lead_id, (None, None))[1],
        }
        for row in rows
    ]  # fmt: skip


def erase(work: UnitOfWork, key: bytes) -> int:
    """Forget whose the certificates were, their ids and what issuers told; that each was used stays, by digest."""
    leads = list(
        work.connection.execute(select(certificates.c.lead_id).where(certificates.c.match_key == key)).scalars()
    )
    if leads:
        work.connection.execute(delete(questions).where(questions.c.lead_id.in_(leads)))
    forgotten = update(certificates).where(certificates.c.match_key == key).values(match_key=None, reference="")
    work.connection.execute(update(answers).where(answers.c.match_key == key).values(match_key=None, told="{}"))
    return work.connection.execute(forgotten).rowcount
