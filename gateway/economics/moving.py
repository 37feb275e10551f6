"""How people move between phases: of those who came into one, how many go where, and by when.

The share that has gone to a phase by a day, while others go elsewhere and many have not been there for so long: Aalen
and Johansen's estimate, its variance by the delta method (Marubini and Valsecchi 1995, 10.15).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gateway.economics.estimate import Estimate, Z
from gateway.economics.figures import told
from gateway.economics.people import Array, People
from gateway.lifecycle.store import STATES

BY = (90, 365)


@dataclass(frozen=True, slots=True)
class Move:
    """From one phase to another."""

    before: str
    after: str
    came: int  # into the first, ever
    went: int  # of them to the second, so far
    by: dict[int, Estimate | None]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        by = {str(day): told(one) for day, one in self.by.items()}
        return {"from": self.before, "to": self.after, "came": self.came, "went": self.went, "by": by}


def moves(people: People) -> list[Move]:
    """Every way between phases that anybody took, in the order of the phases."""
    begins, phase, lasts, goes = _stays(people)
    found = []
    for before, name in enumerate(STATES):
        here = phase == before
        spent, target = lasts[here], goes[here]
        for after, other in enumerate(STATES):
            went = int((target == after).sum())
            if went and after != before:
                by = {day: gone_by(spent, target, after, day) for day in BY}
                found.append(Move(name, other, len(begins[here]), went, by))
    return found


def _stays(people: People) -> tuple[Array, Array, Array, Array]:
    """Each stay in a phase: when it began, which, how long so far, and where it went; -1 if it goes on."""
    count, none = len(people), np.full(len(people), -1, np.int8)
    changes = people.moved_from != people.moved_to
    mover, at = people.mover[changes], people.moved_at[changes]
    who = np.concatenate((np.arange(count), mover))
    begins = np.concatenate((np.zeros(count), at))
    phase = np.concatenate((np.zeros(count, np.int8), people.moved_to[changes]))
    order = np.lexsort((np.arange(len(who)), begins, who))
    who, begins, phase = who[order], begins[order], phase[order]
    last = np.ones(len(who), bool)
    last[:-1] = who[1:] != who[:-1]
    ends = np.where(last, people.watched[who] if count else 0.0, np.append(begins[1:], 0.0))
    goes = np.where(last, none[:1] if count else -1, np.append(phase[1:], -1))
    return begins, phase, np.maximum(ends - begins, 0.0), goes


def gone_by(lasts: Array, goes: Array, target: int, day: float) -> Estimate | None:
    """The share that has gone to ``target`` within so many days; None where too few were watched for so long."""
    from gateway.economics.waiting import LEAST_WATCHED

    if int((lasts >= day).sum() + ((goes >= 0) & (lasts < day)).sum()) < LEAST_WATCHED or not (lasts >= day).any():
        return None
    times, place = np.unique(lasts, return_inverse=True)
    out = np.bincount(place, goes >= 0, len(times))
    mine = np.bincount(place, goes == target, len(times))
    at_risk = len(lasts) - np.concatenate(([0], np.cumsum(np.bincount(place, minlength=len(times)))))[:-1]
    seen = times <= day
    out, mine, at_risk = out[seen], mine[seen], at_risk[seen]
    stays = np.cumprod(1 - out / at_risk)
    before = np.concatenate(([1.0], stays[:-1]))
    gone = np.cumsum(before * mine / at_risk)
    share = float(gone[-1])
    rest = share - gone
    with np.errstate(divide="ignore", invalid="ignore"):
        first = np.where(at_risk > out, rest**2 * out / (at_risk * (at_risk - out)), 0.0)
    second = before**2 * (at_risk - mine) / at_risk * mine / at_risk**2
    third = -2 * rest * before * mine / at_risk**2
    error = float(np.sqrt(max((first + second + third).sum(), 0.0)))
    if not 0 < share < 1:
        return Estimate(share, share, share or 1 - 0.025 ** (1 / max(int(at_risk[-1]), 1)), error)
    width = Z * error / (share * abs(np.log(share)))  # on the scale log-log, so that they stay between 0 and 1
    return Estimate(share, share ** float(np.exp(width)), share ** float(np.exp(-width)), error)
