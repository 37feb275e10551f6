"""What a lead may cost at most: what is left of a person's spending, less costs and profit, by the share of rows."""

from dataclasses import dataclass
from math import exp, hypot, inf, log
from typing import Any, Literal

import numpy as np

from gateway.economics.cuts import Cut
from gateway.economics.estimate import Estimate
from gateway.economics.figures import Figures, Firm, told
from gateway.economics.measures import Measured
from gateway.economics.people import People
from gateway.economics.worth import Kept, Scope, Worth
from gateway.policy.worth import Terms
from gateway.vendors.book import fold

SCOPES: dict[str, Scope] = {"sources": "form", "lists": "list", "vendors": "vendor"}
Verdict = Literal["too_dear", "worth_it", "open", "no_price"]


@dataclass(frozen=True, slots=True)
class Afforded:
    """A source and what its leads may cost."""

    scope: Scope
    name: str  # empty: one of the kind nobody has seen yet
    currency: str
    people: int
    rows: int | None
    becomes: Estimate | None
    value: Estimate  # left of what a prospect spends over the horizon, before costs
    prospect: Estimate  # what one that became a prospect may cost
    row: Estimate | None  # what each row may cost
    paid: float | None  # minor units for each row, as the sources state
    verdict: Verdict

    def as_dict(self) -> dict[str, Any]:
        """For JSON; money in minor units."""
        return {
            "scope": self.scope, "name": self.name, "currency": self.currency, "people": self.people,
            "rows": self.rows, "becomes_prospect": told(self.becomes), "value": told(self.value, 1),
            "per_prospect": told(self.prospect, 1), "per_row": told(self.row, 1),
            "paid_per_row": None if self.paid is None else round(self.paid, 1), "verdict": self.verdict,
        }  # fmt: skip

    def kept(self) -> list[Kept]:
        """As it is written down."""
        name = fold(self.name) if self.scope == "vendor" else self.name
        pairs = [("prospect", self.prospect), *([("row", self.row)] if self.row else [])]
        return [
            Kept(self.scope, name, per, Worth(  # type: ignore[arg-type]
                round(one.value), round(one.low), round(one.high), self.currency, self.people,
            ))
            for per, one in pairs
        ]  # fmt: skip


def afford_all(whole: Measured, terms: Terms) -> list[Afforded]:
    """What any lead may cost, whoever it is from."""
    found = []
    for currency, spent in whole.spent.items():
        if spent is not None:
            found.append(_one("all", "", currency, whole.people, None, Firm(), spent.mean, terms, None))
    return found


def afford(people: People, cut: Cut, figures: Figures, terms: Terms) -> list[Afforded]:
    """What leads of each group may cost, dearest first; behind them what one of a new source of the kind may."""
    scope = SCOPES[figures.cut]
    paid = paid_of(people, cut)
    found = []
    for line in figures.lines:
        for currency, spent in line.firm.spent.items():
            price = paid.get((line.name, currency))
            found.append(
                _one(scope, line.name, currency, line.measured.people, line.rows, line.firm, spent, terms, price)
            )
    found.sort(key=lambda one: (one.currency, -one.prospect.value, one.name))
    for currency, spent in figures.unseen.spent.items():
        found.append(_one(scope, "", currency, 0, None, figures.unseen, spent, terms, None))
    return found


def _one(  # noqa: PLR0917 - a record's parts
    scope: Scope, name: str, currency: str, people: int, rows: int | None, firm: Firm, spent: Estimate, terms: Terms,
    paid: float | None,
) -> Afforded:  # fmt: skip
    value = spent.times(terms.gross_margin)
    prospect = allowable(value, terms, currency)
    row = None if firm.becomes is None else product(prospect, firm.becomes)
    return Afforded(scope, name, currency, people, rows, firm.becomes, value, prospect, row, paid, _verdict(row, paid))


def allowable(value: Estimate, terms: Terms, currency: str) -> Estimate:
    """What may be paid for somebody worth so much: costs off, then what shall stay with us. Never below nothing."""
    cost, keep = terms.cost_per_prospect.get(currency, 0), 1 - terms.target_profit
    middle, low, high = (max(0.0, (end - cost) * keep) for end in (value.value, value.low, value.high))
    return Estimate(middle, low, high, value.error * keep)


def product(prospect: Estimate, becomes: Estimate) -> Estimate:
    """What each row may cost: only its share becomes prospects, and neither is known for certain.

    The bounds of each are added up on the scale of logarithms (Zou and Donner 2008), so that a low end near nothing, as
    of a value that hardly pays its costs, stays near nothing.
    """
    value = prospect.value * becomes.value
    error = hypot(prospect.error * becomes.value, prospect.value * becomes.error, prospect.error * becomes.error)
    if value <= 0:
        return Estimate(0.0, 0.0, prospect.high * becomes.high, error)
    low = hypot(*(log(one.value / one.low) if one.low > 0 else inf for one in (prospect, becomes)))
    high = hypot(*(log(one.high / one.value) for one in (prospect, becomes)))
    return Estimate(value, value * exp(-low), value * exp(high), error)


def _verdict(row: Estimate | None, paid: float | None) -> Verdict:
    if paid is None or row is None:
        return "no_price"
    return "too_dear" if paid > row.high else "worth_it" if paid <= row.low else "open"


def paid_of(people: People, cut: Cut) -> dict[tuple[str, str], float]:
    """The price of a row by group and currency, where sources state one; the average over the rows that state it.

    Of leads bought one by one only those are paid that were taken, at the price of each.
    """
    sums: dict[tuple[str, str], np.ndarray[Any, Any]] = {}
    taken = np.bincount(people.place, minlength=len(people.places)).tolist()
    for place, (one, rows, code) in enumerate(zip(people.places, people.rows.tolist(), cut.by_place, strict=True)):
        name = cut.names[code] if code >= 0 else ""
        if name and one.price_minor is not None and one.currency:
            key, paid = (name, one.currency), taken[place] if one.is_paid_when_taken else rows
            sums[key] = sums.get(key, np.zeros(2)) + np.array([one.price_minor * paid, rows])
    return {key: float(total / rows) for key, (total, rows) in sums.items() if rows}
