"""A JSON text read value by value, in bounded memory. What the values mean is read elsewhere."""

import json
import re
from collections.abc import Iterator
from typing import Any

from gateway.intake.readers.encoding import TextFile

PIECE = 1 << 18  # bytes
LONGEST = 4 << 20  # characters of one value; a person has a few thousand
DEEPEST = 64  # objects and lists in each other; forms nest three or four, and reading deeper ones takes the stack
EXACT = 1e15

_BLANKS = re.compile(r"[ \t\r\n]*")
_WHOLE = re.compile(r"-?[0-9]+\.0+")


def _number(text: str) -> str:
    """A number with its digits as they were written; whole ones without the exponent and the point of a float."""
    if _WHOLE.fullmatch(text):
        return text.partition(".")[0]
    if "e" in text or "E" in text:
        value = float(text)
        return str(int(value)) if abs(value) < EXACT and value.is_integer() else text
    return text


class Again(str):
    """A key that its object has already: a key of its own, so that the later value does not take the first one's place.

    RFC 8259, 4, leaves open which value counts; a stop among them must not be lost.
    """

    __slots__ = ()
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        found = {}
        for key, value in pairs:
            found[Again(key) if key in found else key] = value
    return found


def _constant(word: str) -> str | None:
    """NaN, which JSON does not have, is how data frames write that there is nothing; Infinity stays a word."""
    return None if word == "NaN" else word


DECODER = json.JSONDecoder(parse_int=str, parse_float=_number, parse_constant=_constant, object_pairs_hook=_object)


def is_too_deep(value: Any) -> bool:
    """Whether objects and lists lie in each other more than DEEPEST times."""
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            inside
            for outer in level
            if isinstance(outer, dict | list)
            for inside in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inside, dict | list)
        ]
        if not level:
            return False
    return True


class Broken(Exception):  # noqa: N818 - the caller says of what
    """The text is no JSON from some line on."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why)
        self.line = line


class TooLong(Broken):
    """One value is longer than LONGEST."""


class Values:
    """Takes one value after another from a text."""

    def __init__(self, file: TextFile) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._lines = 1  # up to the beginning of what is held
        self._ended = False

    def next_sign(self) -> str:
        """The next character that is no blank, which stays where it is; nothing at the end."""
        while True:
            blank = _BLANKS.match(self._text, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def value(self) -> Any:
        """The next value, whole."""
        self.next_sign()
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                raise self._broken("it is nested too deep") from None
            except json.JSONDecodeError as error:
                if not self._more():
                    why = "the file ends in the middle" if error.pos >= len(self._text) - 1 else error.msg
                    raise self._broken(why) from None
            else:
                if is_too_deep(value):
                    raise self._broken("it is nested too deep")
                if end < len(self._text) or not self._more():  # a number may go on in the next piece
                    self._at = end
                    return value

    def array(self) -> Iterator[Any]:
        """The elements of the array that begins here, one after another."""
        self._take("[")
        if self.next_sign() == "]":
            self._at += 1
            return
        while True:
            yield self.value()
            if self._take(",]") == "]":
                return

    def keys(self) -> Iterator[str]:
        """The keys of the object that begins here; whoever gets one takes its value before the next."""
        self._take("{")
        if self.next_sign() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise self._broken("a key is no text")
            self._take(":")
            self.next_sign()
            yield key
            if self._take(",}") == "}":
                return

    def opens_objects(self) -> bool:
        """Whether an array that begins here begins with an object."""
        while True:
            found = re.compile(r"\[[ \t\r\n]*(.)").match(self._text, self._at)
            if found:
                return found[1] == "{"
            if not self._more():
                return False

    def end(self) -> None:
        """Nothing may follow."""
        if self.next_sign():
            raise self._broken("something stands behind its end")

    def _take(self, signs: str) -> str:
        sign = self.next_sign()
        if not sign:
            raise self._broken("the file ends in the middle")
        if sign not in signs:
            raise self._broken(f"{signs[0]!r} is missing")
        self._at += 1
        return sign

    def _more(self) -> bool:
        if self._ended:
            return False
        self._lines += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :], 0
        if len(self._text) > LONGEST:
            raise TooLong("one value is too long, or broken", self._lines)
        piece = self._file.read(PIECE)
        self._text += piece
        self._ended = not piece
        return not self._ended

    def _broken(self, why: str) -> Broken:
        return Broken(why, self._lines + self._text.count("\n", 0, self._at))
