"""Lists one below the other in one sheet: a line that says ``Unsubscribed`` and nothing else, and people below it.

Which of them a line between the rows speaks of is the writer's to say: such a file is refused whole, since whoever left
would be taken for one of those above.
"""

from collections.abc import Sequence

from gateway.domain.phrase import phrase
from gateway.intake.columns.leaving import read_status
from gateway.intake.readers.refused import refuse

_LONGEST = 60  # signs of a line that heads others


class Sections:
    """The lines between the rows, as they come by."""

    def __init__(self, emails: Sequence[int], *, everybody_left: bool) -> None:
        """``emails``: the places of the columns of addresses."""
        self._emails = emails
        self._everybody_left = everybody_left
        self._said = ""
        self._row = 0

    def look(self, number: int, cells: Sequence[str]) -> None:
        """Look at the next row. Raises CallerError at a person who stands below a line that says: these left."""
        if self._everybody_left:
            return
        if self._said and any("@" in cells[place] for place in self._emails if place < len(cells)):
            message = phrase(
                "row %(row)s says %(said)s in a line of its own, and people follow below it: who left and who did not "
                "cannot be told apart. Give each part as a file of its own, those who left under a name that says so, "
                "such as unsubscribed.csv",
                row=f"{self._row:,}",
                said=repr(self._said),
            )
            raise refuse("lists_below_each_other", message, line=self._row)
        filled = [place for place, cell in enumerate(cells) if cell.strip()]
        if len(filled) == 1 and (filled[0] == 0 or filled[0] in self._emails):
            said = cells[filled[0]].strip()
            if "@" not in said and len(said) <= _LONGEST and read_status(said):
                self._said, self._row = said, number
