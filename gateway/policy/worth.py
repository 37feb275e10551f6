"""By which terms the worth of a lead is reckoned: the section ``worth`` of ``buying.yaml``, read as strictly as a pack.

It judges no lead. A company's file, read after ours, replaces what it names and keeps the rest.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.domain.money import places
from gateway.policy.form import Form, shown

LONGEST = 3650  # days
_AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,3})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_KEYS = ("horizon_days", "gross_margin", "target_profit", "cost_per_prospect")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is left of spending, what shall stay with us, and over how long."""

    horizon_days: int = 365
    gross_margin: float = 0.4  # of what people spend, what is left after goods, delivery and payment
    target_profit: float = 0.25  # of that, what shall stay with us after the lead is paid
    cost_per_prospect: dict[str, int] = field(default_factory=dict)  # minor units by currency: writing, calling

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "horizon_days": self.horizon_days, "gross_margin": self.gross_margin,
            "target_profit": self.target_profit, "cost_per_prospect": dict(self.cost_per_prospect),
        }  # fmt: skip


def read_terms(form: Form, before: Terms) -> Terms:
    """What a file's section says, over what the files before it said."""
    if not form.has("worth"):
        return before
    inner = Form(form.document, (*form.path, "worth"), form.complaints)
    inner.only(*_KEYS)
    found: dict[str, Any] = {}
    if inner.has("horizon_days"):
        found["horizon_days"] = int(_number(inner, "horizon_days", 1, LONGEST, "days, such as 365"))
    for key in ("gross_margin", "target_profit"):
        if inner.has(key):
            found[key] = _number(inner, key, 0, 100, "a percent from 0 to 100") / 100
    if inner.has("cost_per_prospect"):
        found["cost_per_prospect"] = before.cost_per_prospect | _costs(inner)
    return replace(before, **found)


def _number(form: Form, key: str, least: float, most: float, expected: str) -> float:
    value = form.data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        form.complain(f"expected {expected}, got {shown(value)}", key)
        return least
    return float(value)


def _costs(form: Form) -> dict[str, int]:
    given, found = form.data.get("cost_per_prospect"), {}
    if not isinstance(given, dict):
        form.complain('expected amounts by currency, such as {USD: "0.15"}', "cost_per_prospect")
        return {}
    for currency, amount in given.items():
        if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
            form.complain(f"expected a currency such as USD, got {shown(currency)}", "cost_per_prospect")
        elif not isinstance(amount, str) or not _AMOUNT.fullmatch(amount):
            form.complain(f'expected an amount in quotes such as "0.15", got {shown(amount)}', "cost_per_prospect")
        else:
            found[currency] = round(float(amount) * 10 ** places(currency))
    return found
