"""What an invoice comes to: every billed row has exactly one fate, and the credit is exact in minor units. Pure.

A row is credited for the reasons that the contract accepts, known by the end of its return window. Rows billed twice,
rows that were never delivered and leads that were refused when they were posted are nobody's to pay, whatever a
contract says.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

Fate = Literal["usable", "credited", "not_bought", "twice", "not_found", "too_late", "not_accepted", "waiting"]
FATES: tuple[Fate, ...] = (
    "usable", "credited", "not_bought", "twice", "not_found", "too_late", "not_accepted", "waiting",
)  # fmt: skip
OWED_BACK = frozenset({"credited", "not_bought", "twice", "not_found"})
IN_WORDS: dict[str, str] = {
    "usable": "usable", "credited": "credited under the contract",
    "not_bought": "sold one by one, and refused when it was posted", "twice": "billed twice, or on an earlier invoice",
    "not_found": "billed, but never delivered", "too_late": "past the return window",
    "not_accepted": "not usable, for a reason that the contract does not count",
    "waiting": "not decided yet: it waits with us",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """What of the contract decides about a row."""

    accepted: frozenset[str] = frozenset()  # reason codes
    return_days: int | None = None  # none: reasons count whenever they are known


@dataclass(slots=True)
class Account:
    """The reconciled account of an invoice."""

    billed: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # of credited rows: the first reason that counts
    refused: Counter[str] = field(default_factory=Counter)  # of rows that are not: reason code
    unbilled: int = 0  # rows delivered but not billed
    price_minor: int | None = None
    currency: str = ""
    amount_minor: int = 0
    notes: list[str] = field(default_factory=list)
    owed_minor: int | None = None  # what the rows that are owed cost, where each has a price of its own

    @property
    def owed_back(self) -> int:
        """Rows for which nothing is owed."""
        return sum(self.fates[one] for one in OWED_BACK)

    @property
    def fits(self) -> bool:
        """Whether every billed row has one fate."""
        return sum(self.fates.values()) == self.billed

    @property
    def overcharged_minor(self) -> int:
        """By how much the amount is more than the rows at the agreed price; negative where it is less."""
        return 0 if self.price_minor is None else self.amount_minor - self.billed * self.price_minor

    @property
    def credit_minor(self) -> int:
        """What is due back: the rows owed back at the agreed price, and what was charged beyond it.

        Where each row has its own price, what the owed ones cost is left to pay. Without a price the amount is shared
        out over the billed rows, and what does not divide stays the vendor's.
        """
        if self.owed_minor is not None:
            return max(0, self.amount_minor - self.owed_minor)
        if self.price_minor is None:
            return self.amount_minor * self.owed_back // self.billed if self.billed else 0
        return max(0, self.owed_back * self.price_minor + self.overcharged_minor)

    def count(self, fate: Fate, reason: str | None, rows: int = 1) -> None:
        """Count rows of one fate."""
        self.fates[fate] += rows
        if reason and fate == "credited":
            self.reasons[reason] += rows
        elif reason:
            self.refused[reason] += rows

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "billed": self.billed, "fates": {name: self.fates[name] for name in FATES},
            "credited_by_reason": dict(sorted(self.reasons.items())),
            "not_credited": dict(sorted(self.refused.items())),
            "unbilled": self.unbilled, "price_minor": self.price_minor, "currency": self.currency,
            "amount_minor": self.amount_minor, "overcharged_minor": self.overcharged_minor,
            "owed_minor": self.owed_minor, "credit_minor": self.credit_minor,
            "due_minor": self.amount_minor - self.credit_minor, "notes": self.notes,
        }  # fmt: skip

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> "Account":
        """The way back from as_dict."""
        return cls(
            kept["billed"], Counter(kept["fates"]), Counter(kept["credited_by_reason"]), Counter(kept["not_credited"]),
            kept["unbilled"], kept["price_minor"], kept["currency"], kept["amount_minor"], list(kept["notes"]),
            kept.get("owed_minor"),
        )  # fmt: skip


def judge_row(
    terms: Terms, outcome: str, reasons: Collection[str], *, delivered: datetime, known: datetime
) -> tuple[Fate, str | None]:
    """The fate of a row that was delivered and is billed for the first time, and the reason that decides.

    ``reasons``: why it is of no use, gravest first; none of a row that is. ``known``: when that was known.
    """
    if outcome == "hold":
        return "waiting", next(iter(reasons), None)
    if outcome == "prospect" and not reasons:
        return "usable", None
    counted = next((one for one in reasons if one in terms.accepted), None)
    if counted is None:
        # Somebody who complained later was usable all the same, unless the contract says otherwise.
        return ("usable", None) if outcome == "prospect" else ("not_accepted", next(iter(reasons), None))
    if terms.return_days is not None and known.date() > last_day(delivered, terms.return_days):
        return "too_late", counted
    return "credited", counted


def last_day(delivered: datetime, days: int) -> date:
    """The last day of a return window."""
    return delivered.date() + timedelta(days=days)
