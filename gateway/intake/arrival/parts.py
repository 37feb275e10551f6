"""The parts of what arrived: each list that a file holds, as bytes and as text to read. Their columns are not known."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from gateway.domain.problem import CallerError, Problem
from gateway.intake.arrival.containers import check_workbook, open_zip, unpack_gzip, unpack_member, unpack_zstd
from gateway.intake.arrival.exact import ExactWriter
from gateway.intake.arrival.json_rows import write_json
from gateway.intake.arrival.kinds import Kind, kind_of
from gateway.intake.arrival.limits import MOST_DEPTH, Allowance
from gateway.intake.arrival.sheets import ChildKind, read_tables
from gateway.intake.arrival.shelf import Shelf, Stored
from gateway.intake.encodings import encoding_named
from gateway.intake.inspection import AS_IT_CAME, Made
from gateway.intake.readers.encoding import HEAD
from gateway.intake.readers.refused import refuse

_SYSTEM = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._[^/]*$)", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:read.?me|licen[cs]e|changelog)[^/]*\.(?:txt|md|rst)$|(?:^|/)(?:readme|licen[cs]e)$", re.IGNORECASE
)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
_NO_LIST = frozenset({"file_not_a_list", "file_empty", "no_address_column"})
"""Why a file beside lists may be left out. All else could be a list that we fail to read, and that is refused."""


@dataclass(frozen=True, slots=True)
class Part:
    """One list of what arrived."""

    name: str  # as its sender calls the file
    stored: Stored  # its bytes as they came, kept as evidence
    text: Path  # what is read: the same file, or the text made of it
    made: Made = AS_IT_CAME
    notes: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What to call the part beside its neighbours."""
        return f"{self.name}, {self.made.sheet}" if self.made.sheet else self.name


@dataclass(slots=True)
class Unpacking:
    """One arrival being taken apart."""

    shelf: Shelf
    encoding: str | None  # as declared
    allowance: Allowance = field(default_factory=Allowance)
    left_out: list[str] = field(default_factory=list)  # sentences: nothing is dropped without a word

    def parts(self, stored: Stored, name: str, depth: int = 0) -> Iterator[Part]:
        """The parts of one file. Raises CallerError when it is damaged, encrypted, a bomb, or no list at all."""
        kind = kind_of(stored.path)
        if kind in {"gzip", "zstd"}:
            yield from self._unpacked(stored, name, depth, kind)
        elif kind == "zip":
            yield from self._zip(stored, name, depth)
        elif kind == "json":
            yield self._json(stored, name)
        elif kind == "text":
            yield Part(name, stored, stored.path)
        else:
            yield from self._tables(stored, name, kind)

    def _unpacked(self, stored: Stored, name: str, depth: int, kind: Kind) -> Iterator[Part]:
        _check_depth(depth)
        unpack = unpack_gzip if kind == "gzip" else unpack_zstd
        inside = unpack(stored.path, self.shelf, self.allowance)
        self.shelf.remove(stored.path)
        shorter = re.sub(r"\.(?:gz|gzip|zst|zstd)$", "", name, flags=re.IGNORECASE) or name
        yield from self.parts(inside, shorter, depth + 1)

    def _zip(self, stored: Stored, name: str, depth: int) -> Iterator[Part]:
        with open_zip(stored.path) as archive:
            if (what := _document(archive)) is not None:
                if what == "workbook":
                    check_workbook(archive)
                    yield from self._tables(stored, name, "workbook")
                    return
                raise refuse("file_not_a_list", f"this is {what}, whatever its name says; ask for the list as CSV")
            _check_depth(depth)
            found: list[Part] = []
            for member in archive.infolist():
                if not member.is_dir():
                    found += self._member(archive, member, name, depth)
        self.shelf.remove(stored.path)
        if not found:
            told = "; ".join(self.left_out) or "it is empty"
            raise refuse("file_empty", f"the ZIP archive holds no list: {told}")
        yield from found

    def _member(self, archive: ZipFile, member: ZipInfo, name: str, depth: int) -> list[Part]:
        shown = shown_name(member.filename)
        if _SYSTEM.search(member.filename) or _ABOUT.search(member.filename):
            self.leave_out(shown, name, "it is no list")
            return []
        inside = unpack_member(archive, member, self.shelf, self.allowance)
        try:
            return list(self.parts(inside, shown, depth + 1))
        except CallerError as error:
            if is_no_list(error):
                self.leave_out(shown, name, str(error.problems[0].message))
                self.shelf.remove(inside.path)
                return []
            raise inside_of(error, shown) from None

    def leave_out(self, shown: str, name: str, why: str) -> None:
        """Note that something of the arrival is no list."""
        self.left_out.append(f"{shown} of {name} is left out: {why}.")

    def _tables(self, stored: Stored, name: str, kind: Kind) -> Iterator[Part]:
        child: ChildKind = "parquet" if kind == "parquet" else "html" if kind == "html" else "workbook"
        if child == "workbook":
            _check_old_workbook(stored.path)
        encoding = self.encoding or (_page_encoding(stored.path) if child == "html" else "utf-8")
        tables = read_tables(stored.path, child, self.shelf, encoding=encoding)
        for table in tables:
            made = Made(child, table.name if len(tables) > 1 else None, -1 if child == "parquet" else 0)
            hidden = (f"The sheet {table.name!r} is hidden in its workbook; it is read like the others.",)
            yield Part(name, stored, table.path, made, hidden if table.hidden else ())

    def _json(self, stored: Stored, name: str) -> Part:
        with self.shelf.new() as (path, out):
            writer = ExactWriter(out)
            kind, notes = write_json(stored.path, writer)
            writer.close()
        return Part(name, stored, path, Made(kind, None, -1), tuple(notes))


def is_no_list(error: CallerError) -> bool:
    """Whether a refused file is none of the lists among its neighbours."""
    return all(problem.code in _NO_LIST for problem in error.problems)


def inside_of(error: CallerError, name: str) -> CallerError:
    """The refusal, said of a file among others."""
    told: list[Problem] = [replace(problem, message=f"{name}: {problem.message}") for problem in error.problems]
    return CallerError(told, error.status, error.title)


def shown_name(path: str) -> str:
    """What a sender calls a file: a label, never a path."""
    name = "".join(letter for letter in path.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return name.strip()[:255] or "unnamed"


def _check_depth(depth: int) -> None:
    if depth >= MOST_DEPTH:
        raise refuse(
            "file_too_large", "archives lie in archives in archives; unpack them and give the lists themselves"
        )


def _document(archive: ZipFile) -> str | None:
    """``workbook``, what other document the archive is, or None."""
    names = {member.filename for member in archive.infolist()}
    if "mimetype" in names and "content.xml" in names:
        with archive.open("mimetype") as file:
            mimetype = file.read(100)
        return "workbook" if b"opendocument.spreadsheet" in mimetype else "an OpenDocument file, but no spreadsheet"
    if "[Content_Types].xml" in names:
        return "workbook" if any(name.lower().startswith("xl/") for name in names) else "an Office document"
    return "an Apple Numbers file" if "Index/Document.iwa" in names else None


def _check_old_workbook(path: Path) -> None:
    """Tell encrypted Office files and Word documents from workbooks: all three lie in the same kind of file."""
    with path.open("rb") as file:
        head = file.read(8)
        if not head.startswith(b"\xd0\xcf\x11\xe0"):
            return
        file.seek(0)
        found = {word for word in ("EncryptedPackage", "WordDocument") if _holds(file, word.encode("utf-16-le"))}
    if "EncryptedPackage" in found:
        raise refuse("file_encrypted", "the workbook has a password; save it without a password and give that")
    if "WordDocument" in found:
        raise refuse("file_not_a_list", "this is a Word document, whatever its name says; ask for the list as CSV")


def _holds(file: BinaryIO, word: bytes) -> bool:
    file.seek(0)
    before = b""
    while block := file.read(1 << 20):
        if word in before + block:
            return True
        before = block[-len(word) :]
    return False


def _page_encoding(path: Path) -> str:
    """The encoding an HTML page names, as browsers take it: what calls itself Latin-1 is cp1252."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return name
    said = _CHARSET.search(head)
    try:
        name = encoding_named(said[1].decode("ascii")) if said else "utf-8"
    except CallerError:
        name = "utf-8"
    return "cp1252" if name in {"iso8859-1", "ascii"} else name
