"""What was found out about a list's file before any row is taken in. Data only: no file is opened here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from gateway.intake.values import DateOrder

Record = tuple[int, list[str], str | None]
"""One row: its number in the file, its cells, and why it could not be read (or None)."""

Use = tuple[str, int]
"""What a column is used for (gateway/intake/columns/headings.tsv explains the words) and its place, from 0."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """How to read a file and what its columns mean. Kept with the list, so that every batch is read the same way."""

    name: str  # as the uploader calls the file
    encoding: str  # as Python calls it
    mark: int  # bytes of a byte order mark to step over
    delimiter: str
    skip_spaces: bool  # spaces after a delimiter stand before a quote
    separator_line: bool  # the first line is Excel's "sep=;", which is not a row
    first_row: int  # number of the first data row, as spreadsheets count: 2 where the headings are row 1
    headings: tuple[str, ...]  # as written, or "column 1" ... where the file has none
    has_headings: bool
    layout: str  # mailchimp_subscribed, _unsubscribed, _cleaned, _nonsubscribed; meta_lead_ads, broker, plain
    uses: tuple[Use, ...]
    not_understood: tuple[str, ...]  # headings of columns that are kept and mean nothing to us
    notes: tuple[str, ...]  # sentences for the uploader
    date_order: DateOrder | None
    is_protected: bool  # cells are guarded against spreadsheets: ="01020", '+44 ...
    stop: bool  # the layout says that every person in the file left
    looks_generated: bool | None  # None: too few rows to say (CS-07)
    rows_looked_at: int

    def as_dict(self) -> dict[str, Any]:
        """For JSON; ``fields`` says for people which headings feed which field."""
        return asdict(self) | {"fields": self.fields()}

    def fields(self) -> dict[str, list[str]]:
        """Our field -> the headings of the columns that feed it."""
        found: dict[str, list[str]] = {}
        for use, place in self.uses:
            found.setdefault(use.split(".")[0], []).append(self.headings[place])
        return found

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Inspection":
        """The way back from as_dict, also after JSON made lists of tuples."""
        said = {item.name: kept[item.name] for item in fields(cls)}
        for name in ("headings", "not_understood", "notes"):
            said[name] = tuple(said[name])
        said["uses"] = tuple((str(use), int(place)) for use, place in said["uses"])
        return cls(**said)
