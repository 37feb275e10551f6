"""A file of domains read strictly: one a line, or a table with a heading. Nonsense is refused with its line.

What the FCC's list looks like today could not be read when this was written, so the plain forms are taken and nothing
is guessed: a line passed over in silence would be a phone that is written to.
"""

import csv
import re
from collections.abc import Iterator

import idna

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

HEADINGS = frozenset({"domain", "domains", "domain name", "domain names", "wireless domain", "wireless domain name"})
"""What the column of domains may be called, in any case, with blanks, hyphens or underscores."""
MOST_PROBLEMS = 20  # told at once; a file that is something else altogether has one on every line
LONGEST = 253
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+")
_DELIMITERS = "\t;,|"


def read_domains(text: str) -> list[str]:
    """The distinct domains (A-labels, lower case) in the order of the file. Raises CallerError with every problem."""
    found: dict[str, None] = {}
    problems: list[Problem] = []
    for line, cell in _cells(text):
        domain = as_domain(cell)
        if domain is None:
            bare = as_domain(cell.strip().removeprefix("*.").lstrip("@."))
            problems.append(
                Problem(
                    "not_a_domain",
                    phrase("%(cell)s is no domain", cell=repr(cell.strip()[:80])),
                    line=line,
                    suggestion=bare,
                )
            )
        else:
            found[domain] = None
    if len(problems) > MOST_PROBLEMS:
        rest = len(problems) - MOST_PROBLEMS
        more = phrase("and %(rest)s more line%(what)s like these", rest=f"{rest:,}", what="" if rest == 1 else "s")
        problems = [*problems[:MOST_PROBLEMS], Problem("not_a_domain", more)]
    if problems:
        raise CallerError(problems)
    if not found:
        raise CallerError([Problem("empty_list", "the file holds no domain; nothing was changed")])
    return list(found)


def as_domain(text: str) -> str | None:
    """The domain as DNS has it, or None for text that is none: it needs a dot and must not be a network address."""
    name = text.strip().rstrip(".").lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    labels = name.split(".")
    good = len(name) <= LONGEST and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    return name if good and not _NUMBER.fullmatch(labels[-1]) else None


def _cells(text: str) -> Iterator[tuple[int, str]]:
    """Every cell that should hold a domain, with its line. Raises CallerError for a table without such a column."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and line.strip()[0] != "#"]
    if not lines:
        return
    number, first = lines[0]
    delimiter = next((mark for mark in _DELIMITERS if mark in first), None)
    if delimiter is None:
        yield from lines[1:] if _folded(first) in HEADINGS else lines
        return
    headings = [_folded(cell) for cell in _split(first, delimiter, number)]
    place = next((n for n, heading in enumerate(headings) if heading in HEADINGS), None)
    if place is None:
        message = phrase("a table needs a heading, and one column of it called domain")
        raise CallerError([Problem("no_domain_column", message, line=number)])
    for line, row in lines[1:]:
        cells = _split(row, delimiter, line)
        yield line, cells[place] if place < len(cells) else ""


def _split(line: str, delimiter: str, number: int) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter))
    except csv.Error as error:  # a cell beyond the reader's limit, or a stray line end in one
        message = phrase("the line cannot be read: %(error)s", error=error)
        raise CallerError([Problem("unreadable", message, line=number)]) from None


def _folded(heading: str) -> str:
    return " ".join(re.sub("[_-]", " ", heading.strip().strip('"')).casefold().split())
