"""The parts of what arrived: each list that a file holds, as bytes and as text to read. Their columns are not known."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.arrival.binary import refuse_binary
from gateway.intake.arrival.containers import check_workbook, head_of, open_zip, unpack_gzip, unpack_member, unpack_zstd
from gateway.intake.arrival.exact import ExactWriter
from gateway.intake.arrival.json_rows import write_json
from gateway.intake.arrival.kinds import Kind, kind_of
from gateway.intake.arrival.limits import MOST_DEPTH, Allowance
from gateway.intake.arrival.sheets import ChildKind, read_tables
from gateway.intake.arrival.shelf import Shelf, Stored
from gateway.intake.columns.against import says_against
from gateway.intake.encodings import encoding_named
from gateway.intake.inspection import AS_IT_CAME, Made
from gateway.intake.readers.encoding import HEAD
from gateway.intake.readers.refused import refuse

_SYSTEM = re.compile(r"(?:.*/)?(?:__MACOSX/.*|\.DS_Store|Thumbs\.db|desktop\.ini)", re.IGNORECASE)
_ABOUT = re.compile(r"(?:.*/)?(?:readme|licen[cs]e)(?:\.(?:txt|md|rst))?", re.IGNORECASE)
"""Whole names alone: ``licensed_agents_unsubscribed.txt`` is a list."""
_APPLE_DOUBLE = b"\0\5\x16\7"  # what macOS keeps beside a file, under its name after "._"
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,30})""", re.IGNORECASE)
_AGAINST = re.compile(
    r"unsub|opt.?(?:ed.?)?out|clean|bounce|block|suppress|complain|do.?not|dnc|removed?\b", re.IGNORECASE
)
_OFFICE = {"xl": "workbook", "word": "a Word document", "ppt": "a PowerPoint presentation"}
_OLD_OFFICE = {
    "WordDocument": "a Word document", "PowerPoint Document": "a PowerPoint presentation",
    "__substg1.0": "an Outlook message",
}  # fmt: skip
"""What files of Office are besides workbooks: by a folder in them, or by a name in those before 2007."""
_NO_LIST = frozenset({"file_not_a_list", "file_empty", "no_address_column"})
"""Why a file beside lists may be left out. All else could be a list that we fail to read, and that is refused."""


@dataclass(frozen=True, slots=True)
class Part:
    """One list of what arrived."""

    name: str  # as its sender calls the file
    stored: Stored  # its bytes as they came, kept as evidence
    text: Path  # what is read: the same file, or the text made of it
    told: str  # all that names it: folders, file, sheet. Judged for what it says of its people; never a path of ours
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

    def parts(self, stored: Stored, name: str, depth: int = 0, told: str = "") -> Iterator[Part]:
        """The parts of one file. Raises CallerError when it is damaged, encrypted, a bomb, or no list at all.

        ``told``: its path in the archive that it came in.
        """
        told = told or name
        kind = kind_of(stored.path)
        if kind in {"gzip", "zstd"}:
            yield from self._unpacked(stored, name, depth, kind, told)
        elif kind == "zip":
            yield from self._zip(stored, name, depth, told)
        elif kind == "json":
            yield self._json(stored, name, told)
        elif kind == "text":
            refuse_binary(stored.path)
            yield Part(name, stored, stored.path, told)
        else:
            yield from self._tables(stored, name, kind, told)

    def _unpacked(self, stored: Stored, name: str, depth: int, kind: Kind, told: str) -> Iterator[Part]:
        _check_depth(depth)
        unpack = unpack_gzip if kind == "gzip" else unpack_zstd
        inside = unpack(stored.path, self.shelf, self.allowance)
        self.shelf.remove(stored.path)
        yield from self.parts(inside, _unpacked_name(name), depth + 1, _unpacked_name(told))

    def _zip(self, stored: Stored, name: str, depth: int, told: str) -> Iterator[Part]:
        with open_zip(stored.path) as archive:
            if (what := _document(archive)) is not None:
                if what == "workbook":
                    check_workbook(archive)
                    yield from self._tables(stored, name, "workbook", told)
                    return
                message = phrase("this is %(what)s, whatever its name says; ask for the list as CSV", what=what)
                raise refuse("file_not_a_list", message)
            _check_depth(depth)
            found: list[Part] = []
            for member in archive.infolist():
                if not member.is_dir():
                    found += self._member(archive, member, name, depth, f"{told}/" if depth else "")
        self.shelf.remove(stored.path)
        if not found:
            told = "; ".join(self.left_out) or "it is empty"
            raise refuse("file_empty", phrase("the ZIP archive holds no list: %(told)s", told=told))
        yield from found

    def _member(self, archive: ZipFile, member: ZipInfo, name: str, depth: int, above: str) -> list[Part]:
        shown, told = shown_name(member.filename), above + member.filename
        if _SYSTEM.fullmatch(member.filename) or _ABOUT.fullmatch(member.filename) or _is_apple_double(archive, member):
            self.leave_out(shown, name, "it is no list")
            return []
        inside = unpack_member(archive, member, self.shelf, self.allowance)
        try:
            return list(self.parts(inside, shown, depth + 1, told))
        except CallerError as error:
            if is_no_list(error) and speaks_against(told):
                error = with_advice(error)
            elif is_no_list(error):
                self.leave_out(shown, name, str(error.problems[0].message))
                self.shelf.remove(inside.path)
                return []
            raise inside_of(error, shown) from None

    def leave_out(self, shown: str, name: str, why: str) -> None:
        """Note that something of the arrival is no list."""
        self.left_out.append(f"{shown} of {name} is left out: {why}.")

    def _tables(self, stored: Stored, name: str, kind: Kind, told: str) -> Iterator[Part]:
        child: ChildKind = "parquet" if kind == "parquet" else "html" if kind == "html" else "workbook"
        if child == "workbook":
            _check_old_workbook(stored.path)
        encoding = self.encoding or (_page_encoding(stored.path) if child == "html" else "utf-8")
        tables = read_tables(stored.path, child, self.shelf, encoding=encoding)
        for table in tables:
            made = Made(child, table.name if len(tables) > 1 else None, -1 if child == "parquet" else 0)
            hidden = (f"The sheet {table.name!r} is hidden in its workbook; it is read like the others.",)
            # A sheet is no file: the dot keeps what follows one in its name from being taken for an ending.
            yield Part(
                name,
                stored,
                table.path,
                f"{told}/{table.name}." if made.sheet else told,
                made,
                hidden if table.hidden else (),
            )

    def _json(self, stored: Stored, name: str, told: str) -> Part:
        with self.shelf.new() as (path, out):
            writer = ExactWriter(out)
            kind, notes = write_json(stored.path, writer)
            writer.close()
        return Part(name, stored, path, told, Made(kind, None, -1), tuple(notes))


def speaks_against(name: str) -> bool:
    """Whether a name, or a heading, may be that of people who must not be written to; rather once too often."""
    return says_against(name)[0] is not None or _AGAINST.search(name) is not None


def is_no_list(error: CallerError) -> bool:
    """Whether a refused file is none of the lists among its neighbours."""
    return all(problem.code in _NO_LIST for problem in error.problems)


def with_advice(error: CallerError) -> CallerError:
    """The refusal of what may be people who left and cannot be read as a list: nobody of them may be lost."""
    advice = "It may be people who must not be written to: import it with `gateway suppressions import`"
    ending = "and give the lists without it"
    told = [replace(problem, message=f"{problem.message}. {advice} {ending}.") for problem in error.problems]
    return CallerError(told, error.status, error.title)


def inside_of(error: CallerError, name: str) -> CallerError:
    """The refusal, said of a file among others."""
    told: list[Problem] = [replace(problem, message=f"{name}: {problem.message}") for problem in error.problems]
    return CallerError(told, error.status, error.title)


def shown_name(path: str) -> str:
    """What a sender calls a file: a label, never a path."""
    name = "".join(letter for letter in path.replace("\\", "/").rpartition("/")[2] if letter.isprintable())
    return name.strip()[:255] or "unnamed"


def _unpacked_name(name: str) -> str:
    return re.sub(r"\.(?:gz|gzip|zst|zstd)$", "", name, flags=re.IGNORECASE) or name


def _is_apple_double(archive: ZipFile, member: ZipInfo) -> bool:
    name = member.filename.rpartition("/")[2]
    return name.startswith("._") and head_of(archive, member, 4) == _APPLE_DOUBLE


def _check_depth(depth: int) -> None:
    if depth >= MOST_DEPTH:
        raise refuse(
            "file_too_large", phrase("archives lie in archives in archives; unpack them and give the lists themselves")
        )


def _document(archive: ZipFile) -> str | None:
    """``workbook``, what other document the archive is, or None."""
    names = {member.filename for member in archive.infolist()}
    if "mimetype" in names and "content.xml" in names:
        mimetype = head_of(archive, archive.getinfo("mimetype"), 100)
        return "workbook" if b"opendocument.spreadsheet" in mimetype else "an OpenDocument file, but no spreadsheet"
    if "[Content_Types].xml" in names:
        folders = {name.lower().partition("/")[0] for name in names}
        return next((what for folder, what in _OFFICE.items() if folder in folders), "an Office document")
    return "an Apple Numbers file" if "Index/Document.iwa" in names else None


def _check_old_workbook(path: Path) -> None:
    """Tell encrypted Office files and documents from workbooks: all lie in the same kind of file."""
    with path.open("rb") as file:
        head = file.read(8)
        if not head.startswith(b"\xd0\xcf\x11\xe0"):
            return
        file.seek(0)
        found = [word for word in ("EncryptedPackage", *_OLD_OFFICE) if _holds(file, word.encode("utf-16-le"))]
    if "EncryptedPackage" in found:
        raise refuse("file_encrypted", phrase("the workbook has a password; save it without a password and give that"))
    if found:
        message = phrase(
            "this is %(old_office)s, whatever its name says; ask for the list as CSV", old_office=_OLD_OFFICE[found[0]]
        )
        raise refuse("file_not_a_list", message)


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
