"""The columns that we put before a list's own when its rows are handed back, and a file that brings them back.

A vendor mends what a download names and sends that very file again: our columns mean nothing then, and the apostrophes
that kept its cells from running as formulas are no part of them.
"""

from collections.abc import Collection, Sequence

from gateway.intake.columns.headings import fold
from gateway.outcomes.export import csv_meant

FOR_OFFICERS = (
    "row", "outcome", "reasons", "explanation", "remedy", "lead", "duplicate_of", "duplicate_of_row",
)  # fmt: skip
FOR_VENDORS = ("gateway: row", "gateway: outcome", "gateway: why", "gateway: what to do", "gateway: duplicate of row")
"""No reason codes: they would pass on what a person asked of us. No leads: those are our numbers."""

_FOLDED = tuple(tuple(map(fold, columns)) for columns in (FOR_OFFICERS, FOR_VENDORS))


def our_places(headings: Sequence[str]) -> tuple[int, ...]:
    """Where our own columns stand in a file that was once a download of ours; nowhere in any other file."""
    folded = list(map(fold, headings))
    for ours in _FOLDED:
        if set(ours) <= set(folded):
            return tuple(folded.index(name) for name in ours)
    return ()


def as_brought(cells: Sequence[str], ours: Collection[int]) -> list[str]:
    """A row's own cells: of a download that came back, without our columns (``our_places``) and our apostrophes."""
    if not ours:
        return list(cells)
    return [csv_meant(cell) for place, cell in enumerate(cells) if place not in ours]
