"""A list sampled before it is paid for: rows drawn at random, judged as in a run, and nothing stored.

What holds for the drawn rows holds for the list within bounds (bounds.py). Repeats are the exception: a sample rarely
draws both rows of a repeat, so their share is taken from the look at the whole list (listwide/), and is counted off the
prospects of the sample.
"""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from math import ceil, floor, inf
from pathlib import Path
from typing import Any

from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.lead import Batch, Origin, Statement
from gateway.domain.outcome import DUPLICATE_IN_LIST, FATE, Settled
from gateway.domain.screened import Screened
from gateway.intake.beforehand.advice import Answer, Compared, Cost, advise
from gateway.intake.beforehand.bounds import Estimate, estimate
from gateway.intake.beforehand.reservoir import draw
from gateway.intake.columns.batch import to_batch
from gateway.intake.inspection import Inspection
from gateway.intake.listwide.found import Share
from gateway.intake.listwide.look import shares_of
from gateway.intake.readers.rows import read_records
from gateway.outcomes.fates import Rehearsal
from gateway.outcomes.settle import rehearse
from gateway.pipeline import Services, judge

ROWS, MOST_ROWS = 2_000, 50_000
MOST_SEED = (1 << 53) - 1  # JSON's numbers are whole up to here everywhere


@dataclass(slots=True)
class Sample:
    """What was drawn of a list and what it shows of the whole."""

    rows: int
    drawn: int
    seed: int
    as_of: str
    estimates: dict[str, Estimate]  # outcomes and the measures of buying.yaml
    reasons: dict[str, Estimate]
    unanswered: int  # drawn rows of domains silent within the deadline: neither dead nor alive, they widen the bounds
    repeats_in_sample: int
    prospects: tuple[int, int, int]  # expected in the whole list: likely, at least, at most
    cost: Cost | None
    answer: Answer
    compared: list[Compared] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON. Shares run from 0 to 1, with the bounds of 95 % confidence."""
        likely, least, most = self.prospects
        return {
            "rows": self.rows, "drawn": self.drawn, "seed": self.seed, "as_of": self.as_of, "confidence": 0.95,
            "method": "Wilson's score interval with finite population correction",
            "shares": {name: one.as_dict() for name, one in self.estimates.items()},
            "reasons": {name: one.as_dict() for name, one in self.reasons.items()},
            "unanswered": self.unanswered,
            "repeats_in_sample": self.repeats_in_sample,
            "expected_prospects": {"likely": likely, "low": least, "high": most},
            "cost_per_prospect": None if self.cost is None else {
                "currency": self.cost.currency, "likely_minor": _whole(self.cost.share),
                "low_minor": _whole(self.cost.low), "high_minor": _whole(self.cost.high),
            },
            "recommendation": self.answer,
            "thresholds": [one.as_dict() for one in self.compared],
        }  # fmt: skip


def _whole(minor: float) -> int | None:
    return None if minor == inf else round(minor)


def sample_list(
    path: Path, found: Inspection, statement: Statement, services: Services, *,
    rows: int = ROWS, seed: int | None = None,
) -> Sample:  # fmt: skip
    """Draw ``rows`` of the list and judge them, as of now.

    ``found`` has been looked over as a whole, and ``statement`` holds what that showed (starting.stated).

    ``seed`` repeats an earlier draw. DNS is asked within its deadline; domains that stay silent are ``unanswered``.
    """
    seed = secrets.randbelow(MOST_SEED) if seed is None else seed
    as_of = services.clock.now()
    records, total = draw(read_records(path, found), rows, seed)
    batch = to_batch(records, found, statement, Origin("list", "0", statement), as_of)
    _, screened, decisions = judge(batch, services, as_of)
    with reading(services.engine) as connection:
        settled = rehearse(batch, screened, decisions, connection, Rehearsal(), as_of=as_of)
    repeated = found.wide.shares.get("duplicate") if found.wide else None
    counted = _count(settled)
    drawn = len(batch)
    unanswered = _unanswered(batch, screened)
    waiting = sum(settled.outcomes[index] == "hold" for index in unanswered)
    estimates = {
        "prospects": _bounds(counted.outcomes["prospect"], drawn, total, waiting),
        "holds": _bounds(counted.outcomes["hold"] - waiting, drawn, total, waiting),
        "rejections": _bounds(counted.outcomes["rejection"], drawn, total, waiting),
    }
    for name, share in shares_of(batch, screened).items():
        estimates[name] = _bounds(share.count, drawn, total, len(unanswered) if name == "undeliverable" else 0)
    estimates["duplicates"] = _of_repeats(repeated, total)
    reasons = {
        reason: _bounds(count, drawn, total)
        for reason, count in sorted(counted.reasons.items(), key=lambda item: (-item[1], item[0]))
    }
    cost = _cost(statement, estimates["prospects"], estimates["duplicates"])
    answer, compared = advise(estimates, cost, services.policies.thresholds, total)
    return Sample(
        total, drawn, seed, text_of(as_of), estimates, reasons, len(unanswered), counted.repeats,
        _expected(estimates["prospects"], estimates["duplicates"], total), cost, answer, compared,
    )  # fmt: skip


@dataclass(slots=True)
class _Counted:
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    repeats: int = 0


def _count(settled: Settled) -> _Counted:
    """Outcomes and reasons, as if no row of the sample repeated another: repeats are reckoned for the whole list."""
    counted = _Counted()
    for index, (outcome, decision) in enumerate(zip(settled.outcomes, settled.decisions, strict=True)):
        extra = settled.extra.get(index)
        if extra is not None and extra.reason == DUPLICATE_IN_LIST.reason:
            counted.repeats += 1
            outcome, extra = FATE[decision.verdict], None  # noqa: PLW2901 - what it would be without the row before it
        counted.outcomes[outcome] += 1
        if outcome != "prospect":
            found = {finding.reason for finding in decision.refusals}
            counted.reasons.update(found | ({extra.reason} if extra else set()))
    return counted


def _bounds(count: int, drawn: int, rows: int, unanswered: int = 0) -> Estimate:
    """Bounds on a share of which ``unanswered`` rows may yet turn out to be.

    The likely share is that of the others; the bounds leave room for both, so that our silent DNS condemns no list.
    """
    if not drawn:
        return Estimate(0.0, 0.0, 1.0)
    low, high = estimate(count, drawn, rows), estimate(count + unanswered, drawn, rows)
    share = count / (drawn - unanswered) if drawn > unanswered else 0.0
    unknown = (low.share, high.share) if unanswered else None
    return Estimate(share, min(low.low, share), max(high.high, share), unknown)


def _of_repeats(share: Share | None, rows: int) -> Estimate:
    if share is None or not share.of:
        return Estimate(0.0, 0.0, 0.0)
    return estimate(share.count, share.of, max(rows, share.of))


def _expected(prospects: Estimate, repeats: Estimate, rows: int) -> tuple[int, int, int]:
    return (
        round(prospects.share * (1 - repeats.share) * rows),
        floor(prospects.low * (1 - repeats.high) * rows),
        ceil(prospects.high * (1 - repeats.low) * rows),
    )


def _cost(statement: Statement, prospects: Estimate, repeats: Estimate) -> Cost | None:
    price, currency = statement.price_minor, statement.currency
    if price is None or currency is None:
        return None

    def per(share: float, repeated: float) -> float:
        usable = share * (1 - repeated)
        return price / usable if usable > 0 else inf

    def at_share(cost: float) -> float:
        return min(1.0, price / cost / (1 - repeats.share)) if repeats.share < 1 else 1.0

    return Cost(
        per(prospects.share, repeats.share), per(prospects.high, repeats.low), per(prospects.low, repeats.high),
        currency, at_share,
    )  # fmt: skip


def _unanswered(batch: Batch, screened: Screened) -> list[int]:
    """The rows whose domains gave no answer."""
    facts = screened.facts
    column = facts.columns.get("address.accepts_mail") or [facts.constants.get("address.accepts_mail")] * len(batch)
    pairs = zip(column, screened.domains, strict=True)
    return [index for index, (answer, domain) in enumerate(pairs) if answer is None and domain is not None]
