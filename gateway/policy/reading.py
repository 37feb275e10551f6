"""Strict YAML: text becomes plain values with the line of each, or every problem with it at once.

Shared by policies and manifests, so nothing here knows what either means, and no file is opened here.

What a plain (unquoted) scalar means, and nothing else:

- ``true`` and ``false`` are the only booleans; ``yes``, ``no``, ``on``, ``True`` are text
- ``12``, ``-3`` and ``1.50`` are numbers; ``007``, ``1e3``, ``0x1f`` and ``+1`` are text
- ``2026-11-21`` is a date; anything with a time in it is text
- ``null``, ``~`` and nothing at all are None
- everything else, and everything in quotes, is text

Anchors, aliases, tags, doubled keys and a second document are refused: an officer cannot read them aloud.
JSON is read too, since it is YAML written in one style.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

Place = tuple[str | int, ...]
"""The way to a value: keys of mappings and numbers of list items, from 0."""

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 40
MAX_ITEMS = 5_000  # of one list, or keys of one mapping
MAX_VALUES = 50_000  # in all; our longest file has a tenth of that
MAX_PROBLEMS = 100  # nobody reads more, and a hostile file must not fill the answer

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FRACTION = re.compile(r"-?(0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_JSON_INDENT = re.compile(r"^[ \t]*\t[ \t]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """What a text says (``data``: dict, list, str, bool, int, float, date, None) and on which line it says it."""

    name: str
    data: Any
    lines: dict[Place, int] = field(repr=False)

    def line(self, path: Place) -> int:
        """The line, from 1, of the value at ``path``; of the nearest thing around it when it is not there."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


def name_of(path: Place) -> str:
    """The path as people write it: ``rules[2].when``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def read_strict(text: str, *, name: str) -> Document:
    """Read one YAML document. Raises CallerError (422) with every problem found, each with its line."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_CHARACTERS:
        message = phrase("longer than %(max_characters)s characters", max_characters=f"{MAX_CHARACTERS:,}")
        raise CallerError([Problem("too_large", message)])
    if odd := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        message = phrase("U+%(ord)s does not belong in a text file", ord=f"{ord(odd[0]):04X}")
        raise CallerError([Problem("unreadable_character", message, line=line)])
    if text.lstrip()[:1] in {"{", "["}:
        # JSON may be indented with tabs, which YAML forbids; JSON text never spans lines, so this changes no value.
        text = _JSON_INDENT.sub(lambda tabs: " " * len(tabs[0]), text)
    builder = _Builder()
    try:
        data = builder.read(yaml.parse(text, Loader=_LOADER))
    except _EnoughError:
        data = None
    except yaml.YAMLError as error:
        builder.problems.append(_not_yaml(error, text))
        data = None
    if builder.problems:
        raise CallerError(builder.problems, title=f"{name} could not be read")
    return Document(name, data, builder.lines)


_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Written as an escape ("\\0") it is valid YAML; no database keeps it and no person means it."""


class _EnoughError(Exception):
    """Too many problems to go on."""


class _Builder:
    """Turns the parser's events into values; goes on after a problem so that all are found."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self.problems: list[Problem] = []
        self._values = 0
        self._events: Iterator[Any] = iter(())

    def read(self, events: Iterator[Any]) -> Any:
        self._events = events
        next(events)  # the stream's start
        if not isinstance(next(events), yaml.DocumentStartEvent):
            self._complain("empty", "there is nothing in it", 1, ())
            return None
        data = self._value(next(events), (), 0)
        next(events)  # the document's end
        second = next(events)
        if isinstance(second, yaml.DocumentStartEvent):
            self._complain("several_documents", "a second document starts here; keep one", _line(second), ())
        return data

    def _complain(self, code: str, message: str, line: int, path: Place) -> None:
        self.problems.append(Problem(code, message, field=name_of(path) or None, line=line))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _EnoughError

    def _value(self, event: Any, path: Place, depth: int) -> Any:
        self._values += 1
        if self._values > MAX_VALUES:
            self._complain("too_large", f"more than {MAX_VALUES:,} values", _line(event), ())
            raise _EnoughError
        self.lines.setdefault(path, _line(event))  # a mapping's entry has the line of its key already
        if isinstance(event, yaml.AliasEvent):
            self._complain("alias", f"*{event.anchor} points elsewhere; write it out", _line(event), path)
            return None
        if event.anchor is not None:
            self._complain("anchor", f"&{event.anchor} is a mark for aliases; leave it out", _line(event), path)
        if event.tag is not None:
            self._complain("tag", f"the tag {event.tag} is not read; leave it out", _line(event), path)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, path)
        if depth >= MAX_DEPTH:
            # No going on after this: what nests without end takes the parser the square of its length to skip.
            self._complain("too_deep", f"nested deeper than {MAX_DEPTH} levels", _line(event), path)
            raise _EnoughError
        if isinstance(event, yaml.SequenceStartEvent):
            return self._items(path, depth)
        return self._entries(path, depth)

    def _scalar(self, event: Any, path: Place) -> Any:
        text: str = event.value
        if _UNSTORABLE.search(text):
            self._complain("odd_character", "a control character or half a character stands here; leave it out",
                           _line(event), path)  # fmt: skip
            return None
        return self._plain(text, event, path) if event.implicit[0] else text

    def _plain(self, text: str, event: Any, path: Place) -> Any:
        """A scalar without quotes: nothing, a truth, a number, a day, or else text."""
        if text in {"", "~", "null"}:
            return None
        if text in {"true", "false"}:
            return text == "true"
        if _WHOLE.fullmatch(text):
            return int(text)
        if _FRACTION.fullmatch(text):
            return float(text)
        if _DAY.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                self._complain("no_such_day", f"the calendar has no {text}", _line(event), path)
                return None
        return text

    def _items(self, path: Place, depth: int) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            self._refuse_more(found, event, path)
            found.append(self._value(event, (*path, len(found)), depth + 1))
        return found

    def _entries(self, path: Place, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            self._refuse_more(found, event, path)
            key = self._key(event, path)
            if key is None or key in found:
                if key is not None:
                    first = self.lines[(*path, key)]
                    self._complain(
                        "doubled_key", f"{key!r} stands here twice, first on line {first}", _line(event), (*path, key)
                    )
                self._value(next(self._events), (*path, "?"), depth + 1)
                continue
            self.lines[(*path, key)] = _line(event)
            found[key] = self._value(next(self._events), (*path, key), depth + 1)
        return found

    def _refuse_more(self, found: list[Any] | dict[str, Any], event: Any, path: Place) -> None:
        if len(found) >= MAX_ITEMS:
            self._complain("too_many", f"more than {MAX_ITEMS:,} of them", _line(event), path)
            raise _EnoughError

    def _key(self, event: Any, path: Place) -> str | None:
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None:
            key: str = event.value
            if not _UNSTORABLE.search(key):
                return key
        self._complain("odd_key", "a key must be a plain word", _line(event), path)
        if isinstance(event, yaml.CollectionStartEvent):
            self._skip()
        return None

    def _skip(self) -> None:
        """Pass over the rest of a collection without going down into it."""
        open_ones = 1
        while open_ones:
            event = next(self._events)
            open_ones += isinstance(event, yaml.CollectionStartEvent)
            open_ones -= isinstance(event, yaml.CollectionEndEvent)
            if open_ones > MAX_DEPTH:
                raise _EnoughError


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _not_yaml(error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or "it cannot be read"
    if mark is None:
        return Problem("not_yaml", phrase("this is not YAML: %(what)s", what=what))
    lines = text.splitlines()
    written = lines[mark.line] if mark.line < len(lines) else ""
    hint = "; indent with spaces, not tabs" if "\t" in written else ""
    if what.startswith("mapping values are not allowed"):
        hint = "; put text that holds a colon in quotes"
    message = phrase("this is not YAML: %(what)s%(hint)s", what=what, hint=hint)
    return Problem("not_yaml", message, line=mark.line + 1)
