"""What the cells of a column look like: it names columns that no heading names, and says how well a heading fits."""

import re
from collections.abc import Callable, Mapping, Sequence

from gateway.intake.columns.headings import INSTANTS
from gateway.intake.columns.mapping import Columns
from gateway.intake.inspection import Mapped
from gateway.intake.values import DateOrder, read_instant, unprotected

LEAST = 2  # filled cells; of fewer nothing is said
SURE = 0.9  # of the filled cells
EXAMPLES = 3
LONGEST_EXAMPLE = 80

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]{2,}")
_PHONE = re.compile(
    r"(?:p:)?(?:\+[1-9][0-9 ().\u00a0/-]{7,22}|1?[ .-]?\(?[2-9][0-9]{2}\)?[ .-]?[2-9][0-9]{2}[ .-]?[0-9]{4}"
    r"|\(?0[0-9]{1,5}\)?[ /.-][0-9 /.-]{5,14})(?:\s*(?:x|ext\.?)\s*[0-9]{1,6})?"
)
"""With a plus, as in North America, or with a trunk zero and a gap: mere digits could be any number."""


def name_by_cells(rows: Sequence[Sequence[str]], width: int) -> dict[int, str]:
    """The columns whose cells say what they are, and as what: phones. Dates are seen, but not what happened then."""
    found = {place: _share(_cells(rows, place), is_phone) for place in range(width)}
    return {place: "phone" for place, share in found.items() if share is not None and share >= SURE}


def dated(rows: Sequence[Sequence[str]], places: Sequence[int]) -> list[int]:
    """Those of the columns whose cells are dates."""

    def is_date(cell: str) -> bool:
        return not cell.strip().isdigit() and read_instant(cell)[1] in {"", "no_zone", "ambiguous"}

    shares = {place: _share(_cells(rows, place), is_date) for place in places}
    return [place for place, share in shares.items() if share is not None and share >= SURE]


def describe(
    headings: Sequence[str], columns: Columns, rows: Sequence[Sequence[str]], order: DateOrder | None
) -> tuple[Mapped, ...]:
    """Every column with its uses, who says so, how well its cells fit, and three of them."""
    uses: dict[int, list[str]] = {}
    for use, place in columns.uses:
        uses.setdefault(place, []).append(use)
    found = []
    for place, heading in enumerate(headings):
        cells = _cells(rows, place)
        how = columns.how.get(place, "none")
        share = next((_fit(use, cells, order) for use in uses.get(place, ())), None)
        shown = list(dict.fromkeys(cell.strip()[:LONGEST_EXAMPLE] for cell in cells))[:EXAMPLES]
        found.append(Mapped(heading, tuple(uses.get(place, ())), how, _confidence(how, share), tuple(shown)))
    return tuple(found)


def is_phone(cell: str) -> bool:
    """Whether a cell is written as phone numbers are."""
    return _PHONE.fullmatch(unprotected(cell)) is not None


def _fit(use: str, cells: Sequence[str], order: DateOrder | None) -> float | None:
    """The share of a column's filled cells that could be what the column is used for; None where any text could."""
    name = use.partition(".")[0]
    if use.endswith(".time"):
        return None
    if name in INSTANTS:
        good = {"", "no_zone", "serial", "ambiguous"}
        return _share(cells, lambda cell: read_instant(cell, order)[1] in good)
    return _share(cells, _FITS[name]) if name in _FITS else None


def _has_digits(cell: str) -> bool:
    return sum(map(str.isdigit, cell)) >= 7 and not re.search("[eE][+-]?[0-9]", cell)  # noqa: PLR2004 - a subscriber's number


_FITS: Mapping[str, Callable[[str], bool]] = {
    "email": lambda cell: _ADDRESS.search(cell) is not None,
    "other_emails": lambda cell: _ADDRESS.search(cell) is not None,
    "phone": _has_digits,
    "consent_ip": lambda cell: re.fullmatch(r"[0-9a-fA-F.:]{3,45}", cell.strip()) is not None,
    "consent_url": lambda cell: "." in cell and " " not in cell.strip(),
    "certificate_url": lambda cell: "://" in cell,
}


def _cells(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    return [row[place] for row in rows if place < len(row) and row[place].strip()]


def _share(cells: Sequence[str], fits: Callable[[str], bool]) -> float | None:
    return sum(map(fits, cells)) / len(cells) if len(cells) >= LEAST else None


def _confidence(how: str, share: float | None) -> str:
    """``layout``, ``heading, values 98 %``, ``values 98 %``; a column that means nothing to us has none."""
    if how == "none":
        return ""
    values = "" if share is None else f"values {int(share * 100)} %"
    return values or "values" if how == "values" else f"{how}, {values}" if values else how
