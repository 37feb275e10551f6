"""What was found out about a list's file before any row is taken in. Data only: no file is opened here."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from gateway.intake.listwide.found import Wide
from gateway.intake.values import DateOrder

Record = tuple[int, list[str], str | None]
"""One row: its number in the file, its cells, and why it could not be read (or None)."""

Use = tuple[str, int]
"""What a column is used for (gateway/intake/columns/headings.tsv explains the words) and its place, from 0."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a table was before it was made into the text that is read (gateway/intake/arrival)."""

    kind: str = "text"  # workbook, html, json, ndjson, parquet; text is read as it came
    sheet: str | None = None  # the table's name, if its file has several
    shift: int = 0  # from a record's place in the text to its row number: -1 where the headings are no row

    @property
    def exact(self) -> bool:
        """Whether we wrote the text ourselves."""
        return self.kind != "text"


AS_IT_CAME = Made()


@dataclass(frozen=True, slots=True)
class Mapped:
    """A column, what it is used for, who says so and how surely."""

    heading: str
    uses: tuple[str, ...]  # headings.tsv explains the words; none: kept with the row
    how: str  # manifest, saved, layout, heading, values; none
    confidence: str  # "layout", "heading, values 98 %", "values 98 %"
    examples: tuple[str, ...] = field(default=(), compare=False)  # cells; people's data, so never kept with the list


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only the uploader knows. The run goes on without an answer, and what hangs on it is unknown."""

    code: str  # date_order
    column: str  # its heading
    example: str  # a cell that can be read in two ways
    choices: tuple[tuple[str, str], ...]  # answer and what it would mean
    answer: str  # where the answer is given, in words


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
    layout: str  # columns/layouts.py has them all; plain, or one_column, where none fits
    uses: tuple[Use, ...]
    not_understood: tuple[str, ...]  # headings of columns that are kept and mean nothing to us
    notes: tuple[str, ...]  # sentences for the uploader
    date_order: DateOrder | None
    is_protected: bool  # cells are guarded against spreadsheets: ="01020", '+44 ...
    stop: bool  # the layout says that every person in the file left
    looks_generated: bool | None  # None: too few rows to say (CS-07)
    rows_looked_at: int
    made: Made = AS_IT_CAME
    mapping: tuple[Mapped, ...] = ()  # every column in its place
    questions: tuple[Question, ...] = ()
    wide: Wide | None = None  # the whole list looked over (listwide/); None: not yet

    def as_dict(self, *, examples: bool = False) -> dict[str, Any]:
        """For JSON; ``fields`` says for people which headings feed which field.

        ``examples``: with cells of each column, to be shown and not to be kept: whoever is erased must be so here too.
        """
        said = asdict(self) | {"fields": self.fields()}
        if not examples:
            for column in said["mapping"]:
                del column["examples"]
        return said

    def fields(self) -> dict[str, list[str]]:
        """Our field -> the headings of the columns that feed it."""
        found: dict[str, list[str]] = {}
        for use, place in self.uses:
            found.setdefault(use.split(".")[0], []).append(self.headings[place])
        return found

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Inspection":
        """The way back from as_dict, also after JSON made lists of tuples."""
        said = {item.name: kept[item.name] for item in fields(cls) if item.name in kept}  # older ones know less
        for name in ("headings", "not_understood", "notes"):
            said[name] = tuple(said[name])
        said["uses"] = tuple((str(use), int(place)) for use, place in said["uses"])
        said["mapping"] = tuple(
            Mapped(**{**column, "uses": tuple(column["uses"]), "examples": ()}) for column in said.get("mapping", ())
        )
        said["questions"] = tuple(
            Question(**{**question, "choices": tuple((one, means) for one, means in question["choices"])})
            for question in said.get("questions", ())
        )
        said["made"] = Made(**said.get("made", {}))
        if said.get("wide") is not None:
            said["wide"] = Wide.from_dict(said["wide"])
        return cls(**said)
