"""What asking needs to know of a form, and who tells it: forms are kept above this room."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class FormTerms:
    """A form as far as its confirmations go."""

    title: str
    wordings: frozenset[str]  # that the form shows or has shown: only those are repeated in a mail
    mails_an_hour: int


FindTerms = Callable[[Connection, str], FormTerms | None]
"""The terms of the form of this key; None if there is no such form."""
