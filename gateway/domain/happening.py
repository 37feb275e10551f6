"""A happening: what a person did, or what was done with them, after they came in. Behaviour and opinion apart."""

from dataclasses import dataclass
from datetime import datetime

KINDS = (
    "first_purchase", "purchase", "use", "contact", "reply", "survey", "referral", "complaint", "opt_out",
    "return_visit",
)  # fmt: skip
BOUGHT = frozenset({"first_purchase", "purchase"})
STOPPED = frozenset({"opt_out", "complaint"})
"""After these nobody is written to."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One of them. Money in minor units with its currency; negative where it was given back."""

    prospect_id: int
    kind: str
    at: datetime  # aware, UTC
    product: str | None = None
    segment: str | None = None
    quantity: float | None = None
    amount_minor: int | None = None
    currency: str | None = None  # ISO 4217
    campaign: str | None = None
    channel: str | None = None
    satisfaction: int | None = None  # 1 to 5
    recommend: int | None = None  # 0 to 10
