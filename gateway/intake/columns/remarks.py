"""Lines below or between the rows that are no rows: totals, report names, copyright notices.

Each of them ends as a rejection of a reason of its own, with its number and its text: nothing in a file vanishes.
"""

import re
from collections.abc import Iterator, Sequence
from typing import cast

from gateway.domain.lead import Cell
from gateway.intake.inspection import Record

_WORDS = re.compile(
    r"copyright|\(c\) [0-9]{4}|©|all rights reserved|confidential|do not distribute|generated (?:by|on|at)|created with"
    r"|exported (?:by|on|from|at)|report (?:generated|run|name|date)|as of \d|end of (?:file|report|list|data)"
    r"|page \d+ of \d+|(?:grand |sub)?totals?\b|(?:total|count|number) of|\d+ (?:records|rows|contacts|leads|results)"
    r"|vertraulich|erstellt (?:von|am)|gesamt|summe|anzahl|confidentiel|tous droits|généré|total général"
    r"|todos los derechos|generado|riservato|totale|totaal|razem|suma|合計|件数",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[0-9][0-9.,' %]*")
_TABLE = 3  # columns; in a file of fewer, a row of one cell may be a person
_MOST = 2  # filled cells: "Total", "2"


def find_remarks(records: Sequence[Record], addresses: Sequence[Cell], width: int) -> Iterator[int]:
    """The places of rows without an address that are no rows of the table. A line that names an address is a row.

    ``width``: columns of the table.
    """
    typed = cast("Sequence[str | None]", addresses)
    for index in [index for index, address in enumerate(typed) if address is None or "@" not in address]:
        _, cells, problem = records[index]
        if not problem and (_is_remark if addresses[index] is None else _is_sum)(cells, width):
            yield index


def _is_remark(cells: Sequence[str], width: int) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled or len(filled) > _MOST or width < _TABLE or any("@" in cell for cell in filled):
        return False
    return len(cells) == 1 or (cells[0].strip() == filled[0] and _WORDS.search(filled[0]) is not None)


def _is_sum(cells: Sequence[str], width: int) -> bool:
    """Whether a remark stands where the address would: what has a name beside it is a person's, mistyped."""
    beside = [cell for cell in cells[1:] if cell.strip()]
    begins = bool(cells) and _WORDS.match(cells[0].strip()) is not None
    return begins and _is_remark(cells, width) and all(_NUMBER.fullmatch(cell.strip()) for cell in beside)
