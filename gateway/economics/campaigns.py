"""What campaigns do: of those whom one reached, who answered and who bought, counted from when it first reached them.

Only a contact counts as reaching: whoever is known of a campaign by their purchase alone has bought by definition, and
would make it look wonderful. Such purchases are added up apart.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gateway.economics.estimate import Estimate
from gateway.economics.figures import told
from gateway.economics.people import BUYING, KIND, People
from gateway.economics.waiting import curve

WITHIN = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign."""

    name: str
    reached: int
    bought: dict[int, Estimate | None]
    replied: Estimate | None  # within 30 days
    named: int  # purchases that name it
    money: dict[str, int]  # that they brought, by currency

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name, "reached": self.reached, "replied": told(self.replied), "named": self.named,
            "money": self.money, "bought": {str(day): told(one) for day, one in self.bought.items()},
        }  # fmt: skip


def campaigns(people: People) -> list[Campaign]:
    """Every campaign that anything names, those that reached most first."""
    order = np.argsort(people.campaign, kind="stable")
    starts = np.searchsorted(people.campaign[order], np.arange(len(people.campaigns) + 1))
    buys = np.isin(people.kind, BUYING) & ~(people.amount < 0)
    replies = people.kind == KIND["reply"]
    found = []
    for number, name in enumerate(people.campaigns):
        mine = order[starts[number] : starts[number + 1]]
        first = np.full(len(people), np.nan)
        contacts = np.sort(mine[people.kind[mine] == KIND["contact"]])[::-1]
        first[people.person[contacts]] = people.at[contacts]
        paid = mine[np.isin(people.kind[mine], BUYING)]
        money = {
            currency: round(float(np.nansum(people.amount[paid][people.currency[paid] == code])))
            for code, currency in enumerate(people.currencies) if (people.currency[paid] == code).any()
        }  # fmt: skip
        bought, replied = (_after(people, first, chosen) for chosen in (buys, replies))
        within = {day: bought.within(day) for day in WITHIN}
        found.append(Campaign(name, bought.people, within, replied.within(30), len(paid), money))
    return sorted(found, key=lambda one: (-one.reached, one.name))


def _after(people: People, first: Any, chosen: Any) -> Any:
    """How long until those reached did it."""
    later = chosen & (people.at >= first[people.person])
    at = np.full(len(people), np.nan)
    at[people.person[later][::-1]] = people.at[later][::-1]
    reached = ~np.isnan(first)
    return curve((at - first)[reached], (people.watched - first)[reached])
