"""Texts of the program that people read, marked where they are written, so that translators find every one of them.

A text is English wherever it goes, over HTTP, to the command line, into a log; the desk says it again in the language
of its reader. Standard library only.
"""

from typing import Any


class Phrase(str):
    """A text with the values that stand in it: the same as the English of it, and able to be said otherwise."""

    __slots__ = ("text", "values")
    text: str
    values: dict[str, Any]


def phrase(text: str, **values: Any) -> Phrase:
    """A text for people; ``values`` stand in it as %(name)s. Its first argument is a literal: `make words` reads it."""
    found = Phrase(text % values if values else text)
    found.text, found.values = text, values
    return found
