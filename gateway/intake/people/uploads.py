"""Uploads that are not lists yet and hold somebody who is erased: they go, file and all, and are to be uploaded again.

They would go after a day by themselves. What is not plain lines of text (a workbook, an archive, JSON) cannot be looked
through here, so it goes whoever is in it: better one upload too many once more than somebody erased a day too late.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import delete, select

from gateway.db.work import reading
from gateway.intake.tables import drafts
from gateway.person.who import Who
from gateway.pipeline import Services

_HEAD = 65_536  # bytes by which a file is known for text
_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def forget_uploads(services: Services, who: Who) -> int:
    """Drop every unfinished upload that names this person, or could; how many."""
    with reading(services.engine) as connection:
        rows = connection.execute(select(drafts).order_by(drafts.c.id)).all()
    gone = 0
    for row in rows:
        path = services.settings.data / row.file_path
        told = (row.file_name, row.answers, row.preview, row.sample)
        if not (any(text and _names(who, text) for text in told) or (row.list_id is None and _may_hold(path, who))):
            continue
        if row.list_id is None:
            path.unlink(missing_ok=True)  # before its row, as a sweep has it
        with services.unit_of_work() as unit:
            gone += unit.connection.execute(delete(drafts).where(drafts.c.id == row.id)).rowcount
    return gone


def _names(who: Who, text: str) -> bool:
    """Whether a text names the person; in a file's name the address ends where the ending begins."""
    return bool(who.named_in(text)) or without_in_name(who, text) != text


def without_in_name(who: Who, name: str) -> str:
    """A file's name without the person's address, which its ending may hide: ``ann@example.com.csv``."""
    stem, ending = name, ""
    while "@" in stem or "%40" in stem:
        left = who.without(stem)
        if left != stem:
            return left + ending
        stem, dot, last = stem.rpartition(".")
        ending = dot + last + ending
    return name


def _may_hold(path: Path, who: Who) -> bool:
    try:
        return any(who.named_in(line) for line in _lines(path))
    except FileNotFoundError:
        return False
    except UnicodeError:
        return True


def _lines(path: Path) -> Iterator[str]:
    """The lines of a text that have an address in them. Raises UnicodeError for what is no plain text."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    coding = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "utf-8")
    plain = coding != "utf-8" or b"\0" not in head
    if not plain or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"[", b"<"}:
        raise UnicodeError("not plain lines of text")
    with path.open(encoding=coding, errors="replace" if coding == "utf-8" else "strict") as text:
        yield from (line for line in text if "@" in line or "%40" in line)
