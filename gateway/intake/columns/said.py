"""Cells of columns that mean nothing to us, looked through for words by which a person left.

A disposition, a segment, tags, a list of subscriptions: no heading says that it is a status, and ``Do Not Email`` in it
is one all the same. What counts is leaving.py's to say; the manifest's ``attribute`` ends it.
"""

from collections.abc import Collection, Sequence

from gateway.domain.lead import Batch
from gateway.intake.columns.against import words_of
from gateway.intake.columns.leaving import letters, say_left
from gateway.intake.columns.mapping import AS_WELL
from gateway.intake.columns.refusing import refusal_by
from gateway.intake.inspection import Inspection

_MAY_SAY = frozenset({"region", "consent_ticked", "consent_preticked", AS_WELL, "purposes"})
"""Fields whose column may be a status all the same: a subscriber's ``state``, an answer to ``opt_in``."""

_OF_A_STATE = frozenset({
    "cancelled", "canceled", "deleted", "removed", "unconfirmed", "junk", "complained", "suppressed", "baja",
})  # fmt: skip
"""What senders call a subscriber's ``state`` who left; no province is called so, and much else is, elsewhere."""


class Others:
    """The columns that feed no field, or one that a status may be taken for, and the rows in which one says: left."""

    def __init__(self, inspection: Inspection) -> None:
        """Whatever the manifest says of a column is so: those that it calls an attribute are left alone."""
        self._places = {
            place: refusal_by(words_of(column.heading))[0]
            for place, column in enumerate(inspection.mapping)
            if _MAY_SAY.issuperset(column.uses) and (column.uses or column.how != "manifest")
        }
        self._states = {place for place in self._places if "region" in inspection.mapping[place].uses}
        self._found: dict[str, list[int]] = {}  # field that refuses -> rows

    @property
    def places(self) -> Collection[int]:
        """The columns looked through."""
        return self._places

    def look(self, columns: Sequence[Sequence[str]], start: int) -> None:
        """Look through the columns of some rows, the first of which has this place in the batch."""
        for place, name in self._places.items():
            cells = columns[place]
            distinct = set(cells)
            leaving = say_left(distinct)
            if place in self._states:
                leaving |= {cell for cell in distinct if letters(cell) in _OF_A_STATE}
            if leaving:
                left = (index for index, cell in enumerate(cells, start) if cell in leaving)
                self._found.setdefault(name, []).extend(left)

    def mark(self, batch: Batch) -> None:
        """Let the rows that were found refuse, whatever their other columns say."""
        for name, indexes in self._found.items():
            column = batch.columns.setdefault(name, [None] * len(batch))
            for index in indexes:
                column[index] = True
