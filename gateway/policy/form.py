"""Asks a document for values of expected kinds and collects every complaint, each with file, line and suggestion.

Knows how to ask, not what policies are.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any, TypeVar

from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.reading import Document, Place, name_of

FIRST_YEAR, LAST_YEAR = 1900, 2200  # no law in force is older, and no calendar ends on the way
Option = TypeVar("Option", bound=str)


MAX_COMPLAINTS = 200  # nobody reads more, and a hostile file must not keep us busy
MAX_MESSAGE = 400  # characters


def suggest(word: object, options: Iterable[str]) -> str | None:
    """The option that was probably meant."""
    near = get_close_matches(str(word), list(options), n=1)
    return near[0] if near else None


def shortened(message: str) -> str:
    """A message without the megabyte that somebody wrote where a word should be."""
    return (
        message if len(message) <= MAX_MESSAGE else f"{message[: MAX_MESSAGE // 2]} ... {message[-MAX_MESSAGE // 2 :]}"
    )


class Form:
    """One mapping of a document, asked key by key. A bad answer is complained of, and a harmless one returned."""

    def __init__(self, document: Document, path: Place, complaints: list[Complaint]) -> None:
        self.document = document
        self.path = path
        self.complaints = complaints
        data: Any = document.data
        for step in path:
            data = data[step]
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.complain("expected keys with values here")
            self.complaints = []  # that every key is missing goes without saying

    def complain(self, message: str, *path: str | int, word: object = None, options: Iterable[str] = ()) -> None:
        """Note what is wrong at ``path`` below this mapping. Raises PolicyError when it is too much."""
        place = (*self.path, *path)
        where, line = name_of(place), self.document.line(place)
        if len(self.complaints) >= MAX_COMPLAINTS:
            more = Complaint(self.document.name, line, "there is more wrong than can be told; mend the rest first")
            raise PolicyError([*self.complaints, more])
        self.complaints.append(
            Complaint(
                self.document.name, line, shortened(f"{where}: {message}" if where else message),
                suggest(word, options) if options else None,
            )
        )  # fmt: skip

    def only(self, *allowed: str) -> None:
        """Complain of keys that nobody asks for: a mistyped key must not be passed over."""
        for key in self.data:
            if key not in allowed:
                self.complain(f"{key!r} is not a key here", key, word=key, options=allowed)

    def has(self, key: str) -> bool:
        """Whether the key is there with something in it."""
        return self.data.get(key) is not None

    def line(self, *path: str | int) -> int:
        """The line of a value below this mapping."""
        return self.document.line((*self.path, *path))

    def text(self, key: str, *, needed: bool = True) -> str:
        """Text; numbers and dates must stand in quotes, so that 2026.10 cannot become 2026.1."""
        value = self.data.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if value is None and not needed:
            return ""
        if value is None or value == "":
            self.complain(f"{key!r} is missing or empty")
        else:
            self.complain(f"expected text, got {shown(value)}; put it in quotes", key)
        return ""

    def text_or_null(self, key: str) -> str | None:
        """Text, or null said outright; leaving the key out is a complaint."""
        if key in self.data and self.data[key] is None:
            return None
        return self.text(key)

    def day(self, key: str, *, needed: bool = True) -> date | None:
        """A date, 2026-11-21, without quotes."""
        value = self.data.get(key)
        if isinstance(value, date):
            if FIRST_YEAR <= value.year <= LAST_YEAR:
                return value
            self.complain(f"{value} lies beyond {FIRST_YEAR} to {LAST_YEAR}", key)
            return None
        if value is not None:
            self.complain(f"expected a date such as 2026-11-21 without quotes, got {shown(value)}", key)
        elif needed:
            self.complain(f"{key!r} is missing")
        return None

    def flag(self, key: str) -> bool:
        """True or false, nothing else."""
        value = self.data.get(key)
        if isinstance(value, bool):
            return value
        got = "nothing" if value is None else shown(value)
        self.complain(f"expected true or false, got {got}", key)
        return False

    def choice(self, key: str, options: Sequence[Option], *, default: Option | None = None) -> Option:
        """One of ``options``; without a default the key must be there."""
        value = self.data.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value in options:
            return options[options.index(value)]
        got = f"{key!r} is missing" if value is None else f"{shown(value)} is not known here"
        self.complain(f"{got}; one of {', '.join(options)}", key, word=value, options=options)
        return options[0]

    def words(self, key: str, options: Iterable[str] | None = None, *, kind: str = "word") -> tuple[str, ...]:
        """A list of distinct words, empty when the key is not there; of ``options`` when given."""
        value = self.data.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.complain(f"expected a list [...], got {shown(value)}", key)
            return ()
        known = None if options is None else list(options)
        for number, word in enumerate(value):
            if not isinstance(word, str):
                self.complain(f"{shown(word)} is not the name of any {kind}", key, number)
            elif word in value[:number]:
                self.complain(f"{word!r} stands in the list twice", key, number)
            elif known is not None and word not in known:
                self.complain(f"{word!r} is not the name of any {kind}", key, number, word=word, options=known)
        return tuple(word for word in value if isinstance(word, str))

    def below(self, key: str) -> "Form | None":
        """The mapping under a key that must be there."""
        if self.data.get(key) is None:
            self.complain(f"{key!r} is missing")
            return None
        return Form(self.document, (*self.path, key), self.complaints)


def shown(value: object) -> str:
    """A value as the file writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "keys with values"
    return repr(value) if isinstance(value, str) else str(value)
