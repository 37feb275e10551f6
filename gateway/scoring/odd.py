"""What is odd about a vendor's newest list beside its own past: a reason's share that jumps, more duplicates. Pure.

Fisher's exact test, one-sided (R. A. Fisher, The Design of Experiments, 1935): were the list like the vendor's others,
so many rows with this reason would come together by chance once in so many times. Of a vendor whose lists are all
alike, one list in a thousand is called odd (``FALSE_ALARMS``), all its reasons together (Bonferroni). A list is called
odd only if the share is also worth a look: half as much again, and two points more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, lgamma

from gateway.scoring.card import percent
from gateway.scoring.figures import Figures

FALSE_ALARMS = 0.001
TIMES, POINTS = 1.5, 0.02
_APART = frozenset({
    "duplicate_in_list", "already_known", "vendor_on_probation", "vendor_suspended", "vendor_barred",
    "refused_by_officer", "never_answered",
})  # fmt: skip
"""Counted as duplicates, or our own doing: no news of the list."""
LEAST = 200  # rows on either side, below which a share says little


@dataclass(frozen=True, slots=True)
class Odd:
    """Something of a list that is unlike the vendor's others."""

    kind: str  # reason, duplicates
    about: str  # the reason's code, or duplicates
    says: str


def find_odd(newest: Figures, past: Figures, name: str) -> Iterator[Odd]:
    """``past``: the same vendor's other lists; ``name``: what the newest is called."""
    if min(newest.rows, past.rows) < LEAST:
        return
    asked = [("reason", code, newest.reasons[code], past.reasons[code]) for code in sorted(newest.reasons)]
    asked.append(("duplicates", "duplicates", newest.duplicates + newest.known, past.duplicates + past.known))
    asked = [one for one in asked if one[1] not in _APART]
    for kind, code, here, before in asked:
        share, usual = here / newest.rows, before / past.rows
        if share < usual + POINTS or share < TIMES * usual:
            continue
        chance = chance_of(here, newest.rows, before, past.rows)
        if chance < FALSE_ALARMS / len(asked):
            what = "are of people whom we had" if kind == "duplicates" else f"have “{code.replace('_', ' ')}”"
            yield Odd(
                kind, code, f"{percent(share)} of the rows of {name} {what}; of its other lists {percent(usual)}."
            )


def chance_of(here: int, rows: int, before: int, others: int) -> float:
    """How likely at least ``here`` of all that are so fall among these rows by chance (hypergeometric)."""
    so, whole = here + before, rows + others
    log = _choose(so, here) + _choose(whole - so, rows - here) - _choose(whole, rows)
    term, total, k = exp(log), 0.0, here
    while k <= min(so, rows) and term > total * 1e-12:
        total += term
        term *= (so - k) * (rows - k) / ((k + 1) * (whole - so - rows + k + 1))
        k += 1
    return min(1.0, total)


def _choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
