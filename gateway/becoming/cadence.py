"""How often somebody may be contacted: the rule of their phase against what they were sent. Pure; counts local days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gateway.clocks.calendar import day_of
from gateway.domain.happening import Happening
from gateway.policy.phases.judge import Standing
from gateway.policy.phases.rules import Cadence, over_on

KEEP_CADENCE = "keep_cadence"
"""The obligation that goes along with everybody who may be contacted."""
_LIVES = frozenset({"first_purchase", "purchase", "use", "reply", "return_visit", "referral"})
"""Signs of life, after which contacts are counted anew."""
NEVER, GAVE_UP, TOO_OFTEN, TOO_SOON = "never", "gave_up", "too_often", "too_soon"


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether it is somebody's turn today; if not, why, and from which day on it is."""

    standing: Standing
    cadence: Cadence
    contacts: int  # that count towards the limit
    why_not: str | None = None
    next_on: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        one = self.cadence
        return {
            "phase": self.standing.phase, "kind": self.standing.kind, "rule": self.standing.rule, "tone": one.tone,
            "times": one.times, "within": str(one.within), "apart_days": one.apart, "contacted": self.contacts,
            "why_not": self.why_not, "next_on": None if self.next_on is None else self.next_on.isoformat(),
        }  # fmt: skip

    @property
    def duty(self) -> dict[str, Any]:
        """As an obligation beside those of the decision."""
        one = self.cadence
        limit = f"at most {one.times} in {one.within}" + (f", {one.apart} days apart" if one.apart else "")
        return {"code": KEEP_CADENCE, "due_on": None, "says": f"{limit}. {one.tone}"}


def turn_of(standing: Standing, cadence: Cadence, happened: Sequence[Happening], now: datetime, zone: str) -> Turn:
    """Of somebody who stands so, with what happened to them in the order of time."""
    if not cadence.times:
        return Turn(standing, cadence, 0, NEVER)
    today = day_of(now, zone)
    days = [day_of(one.at, zone) for one in happened if one.kind == "contact" and one.at <= now]
    lived = max((one.at for one in happened if one.kind in _LIVES and one.at <= now), default=None)
    unheard = sum(one.kind == "contact" and (lived is None or one.at > lived) and one.at <= now for one in happened)
    counted = [day for day in days if today < over_on(cadence.within, day)]
    if cadence.give_up_after is not None and unheard >= cadence.give_up_after:
        return Turn(standing, cadence, len(counted), GAVE_UP)
    if len(counted) >= cadence.times:
        free = over_on(cadence.within, counted[-cadence.times])
        return Turn(standing, cadence, len(counted), TOO_OFTEN, max(free, _apart(days, cadence)))
    if days and today < _apart(days, cadence):
        return Turn(standing, cadence, len(counted), TOO_SOON, _apart(days, cadence))
    return Turn(standing, cadence, len(counted))


def _apart(days: Sequence[date], cadence: Cadence) -> date:
    return days[-1] + timedelta(days=cadence.apart)
