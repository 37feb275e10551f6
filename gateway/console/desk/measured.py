"""What a sample measured, as pictures: a share, the bounds it lies in, and the limits it is held against."""

from dataclasses import dataclass
from typing import Any

from gateway.console.desk.frame import translated
from gateway.domain.money import written
from gateway.domain.phrase import phrase

MEASURES = {
    "prospects": "Usable (prospects)", "holds": "Held", "rejections": "Refused", "undeliverable": "Undeliverable",
    "opted_out": "Opted out before", "disposable": "Throw-away mailboxes", "role": "Mailboxes of functions",
    "duplicates": "Repeated rows", "duplicate": "Repeated rows", "cost_per_prospect": "Cost per usable lead",
}  # fmt: skip
"""Of samples and buying.yaml, in words."""
VERDICTS = {"accept": "prospect", "negotiate": "hold", "refuse": "rejection"}
"""The colour of each answer."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured share or cost. All places run from 0 to 100 across the picture."""

    name: str
    value: str
    low_text: str
    high_text: str
    at: float
    low: float
    high: float
    tone: str = ""
    answer: str = ""
    accept: float | None = None  # where the limits stand; None: the house has none for it
    refuse: float | None = None
    more_is_better: bool = False
    because: str = ""
    says: str = ""

    @classmethod
    def of(cls, name: str, share: dict[str, float], limit: dict[str, Any] | None = None) -> "Measure":
        """A share of the rows."""
        limit = limit or {}
        return cls(
            MEASURES.get(name, name), _percent(share["share"]), _percent(share["low"]), _percent(share["high"]),
            100 * share["share"], 100 * share["low"], 100 * share["high"], VERDICTS.get(limit.get("answer", ""), ""),
            limit.get("answer", ""), limit.get("accept"), limit.get("refuse"), name == "prospects",
            limit.get("because", ""), limit.get("says", ""),
        )  # fmt: skip

    @property
    def zones(self) -> list[tuple[float, float, str]]:
        """Left, width and tone of the grounds: what is accepted, negotiated, refused."""
        if self.accept is None or self.refuse is None:
            return []
        if self.more_is_better:
            marks = [
                (0.0, self.refuse, "rejection"),
                (self.refuse, self.accept, "hold"),
                (self.accept, 100, "prospect"),
            ]
        else:
            marks = [
                (0.0, self.accept, "prospect"),
                (self.accept, self.refuse, "hold"),
                (self.refuse, 100, "rejection"),
            ]
        return [(left, max(0.0, right - left), tone) for left, right, tone in marks]


def measures_of(part: dict[str, Any]) -> list[Measure]:
    """Every measure of a sampled list: those with limits first, as buying.yaml orders them."""
    limits = {one["of"]: one for one in part["thresholds"]}
    named = [*(name for name in limits if name in part["shares"]), *(n for n in part["shares"] if n not in limits)]
    found = [Measure.of(name, part["shares"][name], limits.get(name)) for name in named]
    cost, limit = part["cost_per_prospect"], limits.get("cost_per_prospect")
    if cost:
        found.append(_cost(cost, limit))
    return found


def _cost(cost: dict[str, Any], limit: dict[str, Any] | None) -> Measure:
    """What a usable lead costs, on a scale that ends a little beyond what is refused."""
    known = [cost[name] for name in ("likely_minor", "low_minor", "high_minor") if cost[name] is not None]
    # limits of a cost are in minor units, as the sample's own are
    end = max([*known, *([limit["refuse"] * 1.5] if limit else []), 1])

    def place(minor: float | None) -> float:
        return 100.0 if minor is None else min(100.0, 100 * minor / end)

    def money(minor: int | None) -> str:
        return translated(phrase("without end")) if minor is None else written(minor, cost["currency"])

    said = limit or {}
    return Measure(
        MEASURES["cost_per_prospect"], money(cost["likely_minor"]), money(cost["low_minor"]), money(cost["high_minor"]),
        place(cost["likely_minor"]), place(cost["low_minor"]), place(cost["high_minor"]),
        VERDICTS.get(said.get("answer", ""), ""), said.get("answer", ""),
        place(said["accept"]) if said else None, place(said["refuse"]) if said else None, False,
        said.get("because", ""), said.get("says", ""),
    )  # fmt: skip


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
