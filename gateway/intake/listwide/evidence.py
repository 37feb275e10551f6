"""Signs that a list's evidence was copied: one value for many people where each person ought to have their own.

The same certificate on two people is evidence against both (ActiveProspect: a certificate is one form session), and a
token on many people is made up (Jornaya). One address of the network is shared by a household or an office, one second
by nobody but a batch job.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from gateway.domain.lead import Batch
from gateway.intake.listwide.found import LEAST, Sign, shown
from gateway.screening.evidence import NIL_TOKEN


class _Kind(NamedTuple):
    """One kind of evidence, and from when on it is reused."""

    field: str
    code: str
    what: str
    people: int  # with the same value, before the value counts as reused
    share: float  # of the rows with such evidence must be reused
    one: float = 0.0  # or: of the rows must carry one and the same value


_KINDS = (
    _Kind("certificate_url", "certificate_reused", "certificate", 2, 0.01),
    _Kind("lead_token", "token_reused", "lead token", 2, 0.01),
    _Kind("consent_ip", "ip_reused", "network address", 25, 0.05),
    _Kind("consent_agent", "agent_reused", "browser", 100, 0.9, one=0.9),
    _Kind("consent_at", "second_reused", "second of consent", 25, 0.05),
)
LEAST_REUSED = 10  # rows


def find_signs(batch: Batch, people: Sequence[str | None]) -> list[Sign]:
    """Everything the evidence shows. ``people``: each row's address in a form to be compared, or None."""
    return [sign for kind in _KINDS if (sign := _reused(kind, batch, people)) is not None]


def _reused(kind: _Kind, batch: Batch, people: Sequence[str | None]) -> Sign | None:
    if kind.field not in batch.columns:
        return None
    rows: defaultdict[object, list[int]] = defaultdict(list)
    for place, (cell, person) in enumerate(zip(batch.columns[kind.field], people, strict=True)):
        if person is not None and _counts(cell):
            rows[cell].append(place)
    given = sum(map(len, rows.values()))
    many = {cell: places for cell, places in rows.items() if len({people[i] for i in places}) >= kind.people}
    reused = sum(map(len, many.values()))
    most = max(map(len, many.values()), default=0)
    if given < LEAST or reused < max(LEAST_REUSED, kind.share * given) or most < kind.one * given:
        return None
    says = (
        f"{reused:,} of {given:,} rows with a {kind.what} share it with other people"
        f" ({len(many):,} of {len(rows):,} values; the most frequent stands in {most:,} rows)."
    )
    return Sign(kind.code, says, shown([(batch.numbers[i], str(cell)) for cell, at in many.items() for i in at]))


def _counts(cell: object) -> bool:
    """Whether a cell is evidence at all. A day without a time is no second; the nil token says that there is none."""
    if isinstance(cell, datetime):
        return not is_midnight(cell)
    return bool(cell) and cell != NIL_TOKEN


def is_midnight(at: datetime) -> bool:
    """Whether only the day seems to be known."""
    return not (at.hour or at.minute or at.second or at.microsecond)
