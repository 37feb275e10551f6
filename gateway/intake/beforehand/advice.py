"""Accept, negotiate or refuse: what a sample shows, held against the house's thresholds. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

from gateway.domain.money import written
from gateway.intake.beforehand.bounds import Estimate, rows_to_settle
from gateway.policy.buying import COST, Threshold

Answer = Literal["accept", "negotiate", "refuse"]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one prospect costs, in minor units, and the bounds it lies in. Infinite where there may be none."""

    share: float
    low: float
    high: float
    currency: str
    at_share: Callable[[float], float]  # of prospects among the drawn rows, for a cost


@dataclass(frozen=True, slots=True)
class Compared:
    """One threshold and where the sample lies."""

    threshold: Threshold
    answer: Answer
    undecided: bool  # a limit lies within the bounds
    more_rows: int | None  # of a draw that would settle it, all told; None: nothing but the whole list would
    waits_for_dns: bool  # not even that: domains were silent, and all hangs on what they will answer
    says: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON; limits in percent, or in minor units."""
        limit = self.threshold
        scale = 1 if limit.of == COST else 100
        return {
            "of": limit.of, "answer": self.answer, "undecided": self.undecided, "rows_to_settle": self.more_rows,
            "waits_for_dns": self.waits_for_dns,
            "accept": round(limit.accept * scale, 2), "refuse": round(limit.refuse * scale, 2),
            "currency": limit.currency, "says": self.says, "because": limit.because,
        }  # fmt: skip


def advise(
    found: Mapping[str, Estimate], cost: Cost | None, thresholds: Sequence[Threshold], rows: int
) -> tuple[Answer, list[Compared]]:
    """The recommendation and every threshold it rests on. A measure nobody could take is left out."""
    compared = []
    for limit in thresholds:
        if limit.of == COST:
            if cost is not None and cost.currency == limit.currency:
                compared.append(_compare_cost(limit, cost, found["prospects"], rows))
        elif limit.of in found:
            compared.append(_compare(limit, found[limit.of], rows))
    answers = {one.answer for one in compared}
    if "refuse" in answers:
        return "refuse", compared
    return ("accept" if answers == {"accept"} else "negotiate"), compared


def _compare(limit: Threshold, found: Estimate, rows: int) -> Compared:
    turn = -1 if limit.more_is_better else 1
    low, high = sorted((turn * found.low, turn * found.high))
    answer, open_limit = _answer(low, high, turn * limit.accept, turn * limit.refuse)
    more, silent = (None, False) if open_limit is None else _more_rows(found, turn * open_limit, rows)
    words = ("from {a}, refused below {r}" if limit.more_is_better else "up to {a}, refused above {r}").format(
        a=_percent(limit.accept), r=_percent(limit.refuse)
    )
    says = (
        f"{limit.of.replace('_', ' ')}: {_percent(found.share)} ({_percent(found.low)} to {_percent(found.high)}); "
        f"accepted {words}"
    )
    off = _points(
        answer, turn * found.share, turn * limit.accept, turn * limit.refuse, lambda gap: f"{100 * gap:.1f} points"
    )
    says += off + _settling(open_limit, more, rows, silent=silent)
    return Compared(limit, answer, open_limit is not None, more, silent, says)


def _compare_cost(limit: Threshold, cost: Cost, prospects: Estimate, rows: int) -> Compared:
    answer, open_limit = _answer(cost.low, cost.high, limit.accept, limit.refuse)
    more, silent = None, False
    if open_limit is not None and open_limit > 0 and (cost.share < inf or prospects.unknown):
        more, silent = _more_rows(prospects, cost.at_share(open_limit), rows)

    def money(minor: float) -> str:
        return "without end" if minor == inf else written(round(minor), cost.currency)

    says = (
        f"cost per prospect: {money(cost.share)} ({money(cost.low)} to {money(cost.high)}); accepted up to "
        f"{money(limit.accept)}, refused above {money(limit.refuse)}"
    )
    off = _points(answer, cost.share, limit.accept, limit.refuse, money)
    says += off + _settling(open_limit, more, rows, silent=silent)
    return Compared(limit, answer, open_limit is not None, more, silent, says)


def _more_rows(found: Estimate, limit: float, rows: int) -> tuple[int | None, bool]:
    """Of how many rows a draw would settle on which side of a limit a share lies; whether none would.

    Rows whose domains were silent leave a gap that no further rows close: a limit within it waits for DNS. Of a limit
    beside it, the end of the gap that is nearer must be told apart from it.
    """
    least, most = found.unknown or (found.share, found.share)
    if least < most and least <= limit <= most:
        return None, True
    if not found.low <= limit <= found.high:  # what is open lies in something that was not drawn, such as repeats
        return None, False
    return rows_to_settle(least if limit < least else most, limit, rows), False


def _answer(low: float, high: float, accept: float, refuse: float) -> tuple[Answer, float | None]:
    """The answer for a measure of which less is better, and the limit that lies within the bounds, if one does."""
    if high <= accept:
        return "accept", None
    if low > refuse:
        return "refuse", None
    if low > accept and high <= refuse:
        return "negotiate", None
    return "negotiate", accept if low <= accept else refuse


def _points(answer: Answer, share: float, accept: float, refuse: float, write: Callable[[float], str]) -> str:
    """By how much the measure lies on the side that the answer says."""
    if answer == "accept":
        return f": {write(accept - share)} within what is accepted"
    if answer == "refuse":
        return f": {write(share - refuse)} beyond what is refused"
    return f": {write(share - accept)} beyond what is accepted" if share > accept else ""


def _settling(open_limit: float | None, more: int | None, rows: int, *, silent: bool) -> str:
    if open_limit is None:
        return "."
    if silent:
        return (
            ". The bounds hold a limit because DNS was silent about some of the drawn rows; more rows would not settle "
            "it, but the same ones (the same seed) may once DNS answers: sample again in an hour."
        )
    if more is None:
        return f". The bounds hold a limit; only all {rows:,} rows would settle it."
    return f". The bounds hold a limit; about {more:,} rows would settle it."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
