"""Closing a batch: one ledger link over all its outcomes, and the receipt that must add up."""

from collections import Counter
from hashlib import sha256
from itertools import chain

from gateway.db.work import UnitOfWork
from gateway.domain.lead import Batch
from gateway.domain.outcome import FATE, MAX_UNREAD, Receipt, Settled
from gateway.ledger.book import Ledger

_DUPLICATES = frozenset({"duplicate_in_list", "already_known"})


def seal(batch: Batch, settled: Settled, work: UnitOfWork, ledger: Ledger) -> int:
    """Write the batch's one entry in the ledger; its number. No address goes in: only numbers and a digest."""
    counts: Counter[str] = Counter()
    for (outcome, _), count in settled.counted.items():
        counts[outcome] += count
    return ledger.append(
        work,
        "batch.settled" if batch.lead_ids is None else "batch.released",
        {
            "batch": settled.batch_id,
            "origin": f"{batch.origin.kind}:{batch.origin.source}",
            "run": batch.origin.run,
            "policies": settled.decisions[0].policy_digest if settled.decisions else None,
            "leads": [settled.lead_ids[0], settled.lead_ids[-1]] if settled.lead_ids else [],
            "rows": len(settled.outcomes),
            "prospects": counts["prospect"],
            "holds": counts["hold"],
            "rejections": counts["rejection"],
            "outcomes_sha256": _digest(settled),
        },
    )


def _digest(settled: Settled) -> str:
    """Of a line for each lead: its number, its outcome, its decision (sealed.py finds the lines again)."""
    ends = {at: f" {FATE[decision.verdict]} {decision.id}\n" for at, decision in settled.distinct.items()}
    told = list(map(ends.__getitem__, settled.places))
    for index in settled.extra:
        told[index] = f" {settled.outcomes[index]} {settled.decisions[index].id}\n"
    lines = "".join(chain.from_iterable(zip(map(str, settled.lead_ids), told, strict=True)))
    return sha256(lines[:-1].encode()).hexdigest()


def account(settled: Settled) -> Receipt:
    """The receipt of one settled batch."""
    receipt = Receipt(rows=len(settled.outcomes))
    refused: Counter[str] = Counter()
    cases = {}
    for (outcome, place), count in settled.counted.items():
        if outcome == "prospect":
            receipt.prospects += count
            continue
        if outcome == "hold":
            receipt.holds += count
        else:
            receipt.rejections += count
        decision = settled.distinct[place]
        refused[decision.id] += count
        cases[decision.id] = decision
    for name, count in refused.items():
        receipt.erased += count if cases[name].erases else 0
        for reason in {finding.reason for finding in cases[name].refusals}:
            receipt.reasons[reason] += count
    receipt.erased += settled.emptied
    for finding in settled.extra.values():
        receipt.reasons[finding.reason] += 1
        receipt.duplicates += finding.reason in _DUPLICATES
    receipt.unread = [
        {"row": settled.numbers[index], "reason": code} for index, code in sorted(settled.broken.items())[:MAX_UNREAD]
    ]
    return receipt
