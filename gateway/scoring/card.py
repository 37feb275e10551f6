"""A vendor's card: every measure with its bounds, drawn toward all vendors' mean where little is known, and its grade.

Small numbers are shrunk as a beta-binomial would: as if ``PRIOR`` more of the average of all vendors had been seen
(A. Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, s. 2.4). Bounds are Wilson's, of what was counted and no more.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from gateway.domain.interval import wilson
from gateway.domain.money import written
from gateway.policy.vendor_limits import LETTERS, Steps, VendorLimits
from gateway.scoring.figures import AFTER, CAME_BACK, EVIDENCE, Figures

PRIOR = 200  # rows or people of the average that every vendor is given
OF_ROWS = ("usable", "evidence", "undeliverable", "duplicates", "opted_out")
OF_PEOPLE = (*CAME_BACK, *(f"{name}_{days}" for name in CAME_BACK for days in AFTER), "confirmed")
WORDS = {
    "usable": "usable of the rows that are decided", "evidence": "evidence that was there",
    "undeliverable": "rows that take no mail",
    "duplicates": "rows of people whom we had", "opted_out": "rows of people who had told us to stop",
    "complaints": "people who complained", "opt_outs": "people who left", "bounces": "people whose mail bounced",
    "confirmed": "people who confirmed from the mailbox",
    **{f"{name}_{days}": f"{words} within {days} days" for days in AFTER for name, words in (
        ("complaints", "people who complained"), ("opt_outs", "people who left"),
        ("bounces", "people whose mail bounced"))},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure: how many of how many, the share with its bounds of 95 %, and the share after shrinking."""

    count: int
    of: int
    share: float
    low: float
    high: float
    shrunk: float


@dataclass(frozen=True, slots=True)
class Cost:
    """What one prospect or customer cost, in minor units, and its bounds; ``high`` none where there may be nobody."""

    minor: int
    low: int
    high: int | None
    currency: str
    people: int


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a grade."""

    of: str
    letter: str
    says: str


@dataclass(slots=True)
class Card:
    """What is known of a vendor, a list or a form."""

    figures: Figures
    measures: dict[str, Measured] = field(default_factory=dict)
    per_prospect: list[Cost] = field(default_factory=list)
    per_buyer: list[Cost] = field(default_factory=list)
    grade: str | None = None  # none: too little is known
    parts: list[Part] = field(default_factory=list)  # of the grade, the worst first
    trend: list[tuple[str, float]] = field(default_factory=list)  # list and its usable share, the oldest first

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the API, the command line and the table that keeps it."""
        return {
            "grade": self.grade, "parts": [asdict(one) for one in self.parts],
            "measures": {name: asdict(one) for name, one in self.measures.items()},
            "cost_per_prospect": [asdict(one) for one in self.per_prospect],
            "cost_per_customer": [asdict(one) for one in self.per_buyer],
            "figures": json.loads(self.figures.as_json()), "trend": [list(one) for one in self.trend],
        }  # fmt: skip

    @classmethod
    def from_json(cls, text: str) -> "Card":
        """The way back from as_dict as JSON."""
        kept = json.loads(text)
        return cls(
            Figures.from_json(json.dumps(kept["figures"])),
            {name: Measured(**one) for name, one in kept["measures"].items()},
            [Cost(**one) for one in kept["cost_per_prospect"]], [Cost(**one) for one in kept["cost_per_customer"]],
            kept["grade"], [Part(**one) for one in kept["parts"]], [(one[0], one[1]) for one in kept["trend"]],
        )  # fmt: skip


def counts_of(figures: Figures) -> dict[str, tuple[int, int]]:
    """Every measure as how many of how many; those of nobody are left out."""
    rows, people = figures.rows, figures.people
    found = {
        "usable": (figures.prospects, figures.decided),
        "evidence": (sum(figures.evidence.values()), rows * len(EVIDENCE)),
        "undeliverable": (figures.undeliverable, rows),
        "duplicates": (figures.duplicates + figures.known, rows),
        "opted_out": (figures.opted_out, rows),
        "confirmed": (figures.confirmed, figures.prospects),
    }
    for name in CAME_BACK:
        found[name] = (figures.came_back[name], people[""])
        for days in AFTER:
            found[f"{name}_{days}"] = (figures.came_back[f"{name}_{days}"], people[str(days)])
    return {name: (min(count, of), of) for name, (count, of) in found.items() if of}


def measure(figures: Figures, means: Mapping[str, float]) -> dict[str, Measured]:
    """Every measure with its bounds. ``means``: of all vendors, toward which small numbers are drawn."""
    found = {}
    for name, (count, of) in counts_of(figures).items():
        share = count / of
        # Eight answers of one row are no eight draws: as many rows as there are stand behind the share.
        weight = figures.rows if name == "evidence" else of
        low, high = wilson(share, weight)
        mean = means.get(name, share)
        found[name] = Measured(count, of, share, low, high, (share * weight + mean * PRIOR) / (weight + PRIOR))
    return found


def make_card(figures: Figures, means: Mapping[str, float], limits: VendorLimits) -> Card:
    """The card of these figures, graded by the house's steps."""
    card = Card(figures, measure(figures, means))
    for currency, paid in sorted(figures.cost.items()):
        if "usable" in card.measures:
            card.per_prospect.append(_cost(paid, figures.prospects, card.measures["usable"], currency))
        if figures.buyers and figures.rows:
            low, high = wilson(figures.buyers / figures.rows, figures.rows)
            bought = Measured(figures.buyers, figures.rows, figures.buyers / figures.rows, low, high, 0.0)
            card.per_buyer.append(_cost(paid, figures.buyers, bought, currency))
    if figures.rows >= limits.least_rows:
        card.parts = sorted(
            (_part(steps, card.measures[name]) for name, steps in limits.grades.items() if name in card.measures),
            key=lambda one: -LETTERS.index(one.letter),
        )
        card.grade = card.parts[0].letter if card.parts else None
    return card


def with_trend(card: Card, trend: list[tuple[str, float]]) -> Card:
    """The same card with its lists' usable shares."""
    return replace(card, trend=trend)


def _cost(paid: int, people: int, share: Measured, currency: str) -> Cost:
    each = paid / share.of
    return Cost(
        round(paid / people) if people else 0, round(each / share.high) if share.high else 0,
        round(each / share.low) if share.low else None, currency, people,
    )  # fmt: skip


def _part(steps: Steps, found: Measured) -> Part:
    letter = steps.letter(found.shrunk)
    place = LETTERS.index(letter)
    bound = steps.bounds[min(place, len(steps.bounds) - 1)]
    asked = ("at least" if steps.more_is_better else "up to") if place < len(steps.bounds) else (
        "less than" if steps.more_is_better else "more than")  # fmt: skip
    drawn = "" if percent(found.shrunk) == percent(found.share) else (
        f", {percent(found.shrunk)} when drawn toward the mean of all vendors")  # fmt: skip
    return Part(
        steps.of, letter,
        f"{percent(found.share)} {WORDS[steps.of]} ({percent(found.low)} to {percent(found.high)}){drawn}; "
        f"{letter} is {asked} {percent(bound)}.",
    )  # fmt: skip


def percent(share: float) -> str:
    """Such as ``0.73 %``: two digits where they matter."""
    value = 100 * share
    return f"{value:.2f} %" if 0 < value < 10 or 90 < value < 100 else f"{value:.0f} %"  # noqa: PLR2004 - percents


def money(cost: Cost) -> str:
    """A cost with its bounds, in words."""
    if not cost.people:
        return f"at least {written(cost.low, cost.currency)}"
    upper = written(cost.high, cost.currency) if cost.high is not None else "no end"
    return f"{written(cost.minor, cost.currency)} ({written(cost.low, cost.currency)} to {upper})"
