"""JSON as rows: one object a line (NDJSON), an array of objects, or an object that holds one. Read piece by piece.

The file is read twice, once for its keys, which become the headings, and once for its rows; memory holds one object.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError
from gateway.intake.arrival.exact import ExactWriter
from gateway.intake.arrival.json_beside import (
    holds_address,
    notes_beside,
    refuse_beside,
    refuse_many_in_one,
    speaks_against,
)
from gateway.intake.arrival.json_stream import DECODER, Again, Broken, TooLong, Values, is_too_deep
from gateway.intake.readers.encoding import Encoding, TextFile
from gateway.intake.readers.lines import CutLine, cut_lines
from gateway.intake.readers.records import COLUMN_LIMIT
from gateway.intake.readers.refused import refuse

JsonKind = Literal["json", "ndjson"]
Element = tuple[dict[str, Any] | None, str, str]
"""An object; or None, the problem, and what stands there instead."""
Place = tuple[str, int]
"""A heading, and how many of that name stand before it in the object."""

_ROWS = ("data", "leads", "contacts", "records", "results", "items", "people", "subscribers", "members", "rows")
"""What lists of people are called inside an object; of several the first of these is taken, else the longest."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_FIRST_LINES = 20
_PAIR_KEYS = 4  # a pair has two, each perhaps twice


@dataclass(slots=True)
class Keys:
    """The keys of some objects, in the order they were first seen."""

    headings: dict[Place, None] = field(default_factory=dict)
    count: int = 0
    objects: int = 0
    addressed: bool = False  # whether any of them has an address
    first: dict[str, Any] | None = None

    def add(self, element: Element) -> None:
        """Look at one more."""
        self.count += 1
        self.addressed = self.addressed or holds_address(element[0] or element[2])
        if element[0] is not None:
            self.objects += 1
            self.first = element[0] if self.count == 1 else None
            self.headings.update(dict.fromkeys(cells_of(element[0])))
            if len(self.headings) > COLUMN_LIMIT:
                message = phrase(
                    "its objects have more than %(column_limit)s different keys; give one object for each person",
                    column_limit=f"{COLUMN_LIMIT:,}",
                )
                raise refuse("too_many_columns", message)


def write_json(path: Path, writer: ExactWriter) -> tuple[JsonKind, list[str]]:
    """Write the rows of a JSON file below their headings; what kind it is, and notes. CallerError if it has none."""
    with path.open("rb") as file:
        head = file.read(4)
    mark, name = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", "utf-8"))
    encoding = Encoding(name, len(mark))
    if _is_lines(path, encoding):
        keys = Keys()
        for element in _of_lines(path, encoding):
            keys.add(element)
        _write(_of_lines(path, encoding), keys, writer)
        return "ndjson", []
    found: dict[str | None, Keys] = {}
    beside: list[tuple[str, Any]] = []
    for key, element in _of_document(path, encoding, beside):
        found.setdefault(key, Keys()).add(element)
    chosen = _choose(found)
    for key, keys in found.items():
        if key is not None and (speaks_against(key) or (key != chosen and keys.addressed)):
            raise refuse_beside(key)
    notes = notes_beside(beside)
    _write((element for key, element in _of_document(path, encoding, []) if key == chosen), found[chosen], writer)
    return "json", notes + [
        f"Of the JSON object {chosen!r} is taken; {key!r} with {keys.count:,} entries is left out."
        for key, keys in found.items()
        if key != chosen
    ]


def _choose(found: dict[str | None, Keys]) -> str | None:
    with_objects = [key for key, keys in found.items() if keys.objects]
    if not with_objects:
        message = phrase(
            "the JSON holds no list of objects; give an array of objects, or one object a line, a person each"
        )
        raise refuse("file_not_a_list", message)
    named = [key for name in _ROWS for key in with_objects if key is not None and key.lower() == name]
    return named[0] if named else max(with_objects, key=lambda key: found[key].count)


def _write(elements: Iterator[Element], keys: Keys, writer: ExactWriter) -> None:
    if keys.first is not None:
        refuse_many_in_one(keys.first)
    headings = list(keys.headings)
    if not headings:
        raise refuse("file_not_a_list", phrase("no object of the JSON has a key; give one object for each person"))
    writer.write([heading for heading, _ in headings])
    for said, problem, text in elements:
        if said is None:
            writer.write_broken(problem, [text])
        else:
            cells = cells_of(said)
            writer.write([cells.get(heading, "") for heading in headings])


def cells_of(said: dict[str, Any]) -> dict[Place, str]:
    """The values of an object, each in its place; what is called alike stands in columns of the same heading."""
    pairs = list(flatten(said))
    cells = {(heading, 0): text for heading, text in pairs}
    if len(cells) == len(pairs):
        return cells
    cells.clear()  # nothing comes twice in nearly all objects
    counts: Counter[str] = Counter()
    for heading, text in pairs:
        cells[heading, counts[heading]] = text
        counts[heading] += 1
    return cells


def flatten(said: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Key and text of every value: objects inside give ``a.b``, lists are joined, null is empty.

    Lists of ``{"name": ..., "values": [...]}``, as Meta answers with, give a value for each name.
    """
    for key, value in said.items():
        name = before + key
        if isinstance(value, dict) and value:
            yield from flatten(value, name + ".")
        elif isinstance(value, list) and value and all(map(_is_pair, value)):
            yield from chain.from_iterable(map(_paired, value))
        else:
            yield name, _text(value)


def _is_pair(value: Any) -> bool:
    few = isinstance(value, dict) and len(value) <= _PAIR_KEYS
    return few and set(map(str, value)) in ({"name", "values"}, {"name", "value"})


def _paired(pair: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The name and the value of a pair; where it has one of them twice, every name with every value."""
    names = [str(name) for key, name in pair.items() if str(key) == "name"]
    return ((name, _text(value)) for name in names for key, value in pair.items() if str(key) != "name")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(map(_text, value))
    return json.dumps(value, ensure_ascii=False) if value else ""


def _is_lines(path: Path, encoding: Encoding) -> bool:
    """Whether each line is a document of its own: the first one is, or most of the first do though it is broken."""
    with TextFile(path, encoding) as file:
        block = next(cut_lines(file), None)
    lines = [line for line in block.lines if line.strip()][:_FIRST_LINES] if block else []
    if not lines or not lines[0].lstrip().startswith("{") or lines[0].strip() == "{":
        return False
    whole = [_of_line(line)[0] for line in lines]
    if len(lines) == 1:
        return whole[0] is not None and not any(map(_holds_objects, whole[0].values()))
    return sum(said is not None for said in whole) * 2 >= len(lines)


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) for item in value) and not all(map(_is_pair, value))


def _of_lines(path: Path, encoding: Encoding) -> Iterator[Element]:
    with TextFile(path, encoding) as file:
        for line in chain.from_iterable(block.lines for block in cut_lines(file)):
            yield _of_line(line)


def _of_line(line: str) -> Element:
    if isinstance(line, CutLine):
        return None, "cell_too_long", line
    text = line.strip()
    if not text:
        return None, "empty", ""
    try:
        said = DECODER.decode(text)
    except (ValueError, RecursionError):
        return None, "broken_json", text
    return (said, "", "") if isinstance(said, dict) and not is_too_deep(said) else (None, "broken_json", text)


def _of_document(path: Path, encoding: Encoding, beside: list[tuple[str, Any]]) -> Iterator[tuple[str | None, Element]]:
    """The elements of the array, or of each array in the object with the array's key; else the object itself.

    What else an object with arrays of objects has is added to ``beside``.
    """
    with TextFile(path, encoding) as file:
        values = Values(file)
        try:
            if values.next_sign() == "[":
                yield from ((None, _element(value)) for value in values.array())
            else:
                yield from _of_object(values, beside)
            values.end()
        except Broken as error:
            raise _broken(error) from None


def _of_object(values: Values, beside: list[tuple[str, Any]]) -> Iterator[tuple[str | None, Element]]:
    alone: dict[str, Any] = {}
    arrays = False
    for key in values.keys():  # noqa: SIM118 - no dictionary: each key is read when the value before it was
        if values.next_sign() == "[" and values.opens_objects():
            arrays = True
            yield from ((key, _element(value)) for value in values.array())
        else:
            try:
                alone[Again(key) if key in alone else key] = values.value()
            except TooLong:
                if speaks_against(key):
                    raise refuse_beside(key) from None
                raise
    if arrays:
        beside += ((str(key), value) for key, value in alone.items())
    else:
        yield None, (alone, "", "")


def _element(value: Any) -> Element:
    return (value, "", "") if isinstance(value, dict) else (None, "broken_json", _text(value))


def _broken(error: Broken) -> CallerError:
    message = phrase(
        "the JSON breaks off at its line %(line)s: %(error)s. Fetch it again, or ask for one "
        "object a line (NDJSON), where a broken one costs only its own row",
        line=f"{error.line:,}",
        error=error,
    )
    return refuse("file_damaged", message, line=error.line)
