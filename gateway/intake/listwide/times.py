"""Signs in a list's times: to come, before the list was collected, in the wrong order, too even to be people's."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from gateway.domain.lead import Batch, Cell
from gateway.intake.listwide.evidence import is_midnight
from gateway.intake.listwide.found import LEAST, Seen, Sign, shown
from gateway.screening.provenance import end_of, start_of

SLACK = timedelta(days=1)  # clocks and zones differ by less
SHARE = 0.01  # of the rows with a time, and ten rows at least: one slip of a pen is no sign
LEAST_ROWS = 10
EVEN = 0.9  # of the steps from row to row are the same
MIDNIGHTS = 0.99

IMPOSSIBLE = frozenset({"times_to_come", "times_before_collection", "times_after_collection", "times_out_of_order"})
REGULAR = frozenset({"times_at_equal_steps"})

_Pair = tuple[int, datetime]


def find_signs(batch: Batch, starts: Sequence[int]) -> list[Sign]:
    """Everything the times show. ``starts``: the places in the batch where a stretch of neighbouring rows begins."""
    said = batch.origin.statement
    consents, collected = _times(batch, "consent_at"), _times(batch, "collected_at")
    times = consents if len(consents) >= len(collected) else collected
    since, until = start_of(said.collected_from), end_of(said.collected_until)
    signs = [
        _few("times_to_come", "lie in the future", [p for p in times if p[1] > batch.arrived_at + SLACK], times),
        _out_of_order(batch),
        _too_even(batch, "consent_at" if times is consents else "collected_at", starts),
        _at_midnight(times),
    ]
    if since is not None:
        early = [pair for pair in times if pair[1] < since - SLACK]
        signs.append(_few("times_before_collection", f"lie before the manifest's {since.date()}", early, times))
    if until is not None:
        late = [pair for pair in times if until + SLACK < pair[1] <= batch.arrived_at + SLACK]
        signs.append(_few("times_after_collection", f"lie after the manifest's {until.date()}", late, times))
    return [sign for sign in signs if sign is not None]


def _times(batch: Batch, name: str) -> list[_Pair]:
    cells = batch.columns.get(name, [])
    return [(number, at) for number, at in zip(batch.numbers, cells, strict=False) if isinstance(at, datetime)]


def _few(code: str, how: str, found: list[_Pair], among: list[_Pair]) -> Sign | None:
    if len(among) < LEAST or len(found) < max(LEAST_ROWS, SHARE * len(among)):
        return None
    return Sign(code, f"{len(found):,} of {len(among):,} times {how}.", _shown(found))


def _shown(found: list[_Pair]) -> tuple[Seen, ...]:
    return shown([(number, at.isoformat()) for number, at in found])


def _out_of_order(batch: Batch) -> Sign | None:
    """A yes after the lead was collected, or a confirmation before the yes that it confirms."""
    both, wrong = [], []
    consents = batch.column("consent_at")
    for earlier, later in ((consents, batch.column("collected_at")), (consents, batch.column("confirmed_at"))):
        for number, first, second in zip(batch.numbers, earlier, later, strict=True):
            if isinstance(first, datetime) and isinstance(second, datetime):
                both.append((number, first))
                if first > second + SLACK:
                    wrong.append((number, first))
    return _few(
        "times_out_of_order", "of consent lie after the collection or the confirmation that followed", wrong, both
    )


def _too_even(batch: Batch, name: str, starts: Sequence[int]) -> Sign | None:
    """Row after row at the same distance. Days without a time are left out: a list may have one row a day."""
    cells: list[Cell] = batch.columns.get(name, [])
    begins = set(starts)
    steps: Counter[float] = Counter()
    for place, (one, other) in enumerate(pairwise(cells)):
        if not (isinstance(one, datetime) and isinstance(other, datetime)) or place + 1 in begins:
            continue
        if not (is_midnight(one) and is_midnight(other)):
            steps[abs((other - one).total_seconds())] += 1
    if steps.total() < LEAST:
        return None
    step, count = steps.most_common(1)[0]
    if not step or count < EVEN * steps.total():
        return None
    says = f"{count:,} of {steps.total():,} times follow the row before by exactly {step:g} seconds."
    return Sign("times_at_equal_steps", says, _shown(_times(batch, name)))


def _at_midnight(times: list[_Pair]) -> Sign | None:
    """Not a fact of its own: many honest lists keep the day alone. It is shown, because it proves less."""
    found = [pair for pair in times if is_midnight(pair[1])]
    if len(times) < LEAST or len(found) < MIDNIGHTS * len(times):
        return None
    says = f"{len(found):,} of {len(times):,} times are midnight: only the day is known, not the moment."
    return Sign("times_all_at_midnight", says, _shown(found))
