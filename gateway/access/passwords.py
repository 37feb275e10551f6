"""Passwords: which are taken, how they are kept, whether one is right. Who may try, and how often, is in tries."""

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, update

from gateway.access.tables import people
from gateway.db.work import UnitOfWork
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12  # characters, each code point counted as one
LONGEST = 200
READ = LONGEST * 10  # of what somebody typed: composing a megabyte takes longer than the hash
MEMORY_KIB, ROUNDS, LANES = 19_456, 2, 1
"""OWASP's parameters of argon2id: 19 MiB and a few hundredths of a second, so that eight threads that sign people in
at once take 150 MiB and not the 512 MiB of argon2-cffi's own 64 MiB each."""
_GUESSED = re.compile(
    r"pass(?:wor[dt]|wort|phrase)|kennwort|qwert[yz]\w*|asdf\w*|letmein|welcome|willkommen|changeme|secret|geheim|"
    r"admin(?:istrator)?|officer|gateway|lead|login|iloveyou|monkey|dragon|football|baseball|sunshine|princess|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)|"
    r"(?:spring|summer|autumn|winter)|(?:19|20)\d\d|(.)\1{2,}"
)
_LEAST_OWN, _LEAST_DIFFERENT = 6, 5
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def plain(password: str) -> str:
    """The same text for the same characters, however a keyboard composes them (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, *, name: str, address: str) -> None:
    """Refuse a password that is too short or that others would think of. Raises CallerError.

    No rule about kinds of characters: length counts, and that it is nobody's first guess.
    """
    text = plain(password)
    if len(text) < SHORTEST:
        message = phrase(
            "A password has at least %(shortest)s characters. A few words that nobody else would put together do.",
            shortest=SHORTEST,
        )
    elif len(text) > LONGEST:
        message = phrase("Please take at most %(longest)s characters.", longest=LONGEST)
    elif _own_part(text.casefold(), [name, *re.split(r"[@.+_-]", address)]) < _LEAST_OWN:
        message = phrase(
            "That is easily guessed: it is made of your name, your address, common words or runs such as 12345."
        )
    elif len(set(text.casefold())) < _LEAST_DIFFERENT:
        message = phrase("That is easily guessed: it repeats a few characters.")
    else:
        return
    raise CallerError([Problem("weak_password", message, field="password")])


def _own_part(text: str, theirs: list[str]) -> int:
    """How many letters and digits are left without what anybody would try first."""
    for word in sorted({part for one in theirs for part in one.casefold().split()}, key=len, reverse=True):
        if len(word) > 2:  # noqa: PLR2004 - initials stand in every text
            text = text.replace(word, " ")
    text = _GUESSED.sub(" ", text)
    for run in (*_RUNS, *(run[::-1] for run in _RUNS)):
        for size in range(len(run), 3, -1):
            for start in range(len(run) - size + 1):
                text = text.replace(run[start : start + size], " ")
    return sum(c.isalnum() for c in text)


def set_password(work: UnitOfWork, person: int, password_hash: str) -> None:
    """From now on this is the person's; what ``hash_of`` made, before the transaction began."""
    work.connection.execute(update(people).where(people.c.id == person).values(password_hash=password_hash))


def hash_of(password: str) -> str:
    """What is kept of a password. Takes a few hundredths of a second: never inside a transaction."""
    return _hasher().hash(plain(password))


def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password.

    Where there is none, the same work is done for nothing, so that time tells nobody who has an account.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    nobodys = _nobodys()  # made once, for whoever comes first: known or not
    try:
        matches = _hasher().verify(kept or nobodys, plain(password[:READ])[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return matches and kept is not None


def find_hash(connection: Connection, person: int) -> str | None:
    """What is kept of the person's password, if they have one."""
    return connection.execute(select(people.c.password_hash).where(people.c.id == person)).scalar_one_or_none()


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=LANES)


@cache
def _nobodys() -> str:
    return _hasher().hash("the password of nobody")
