"""Which letters the bytes of a file stand for, and the file opened as text. Rows and cells are cut elsewhere."""

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gateway.domain.phrase import phrase
from gateway.intake.encodings import encoding_named
from gateway.intake.readers.magic import controls_in
from gateway.intake.readers.refused import refuse, refuse_what_begins_otherwise, refuse_what_is_no_text

HEAD = 65_536  # bytes looked at to tell what a file is
BLOCK = 1 << 16  # bytes; text of a megabyte is new memory each time, which took twice as long

_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
"""Byte order marks; the longer ones first, because UTF-16's begins UTF-32's."""

UNDECODED = "gateway.undecoded"
"""The error handler by which text of ours is decoded."""
_FEW = 0.02  # of the bytes at one place of the pairs; the zeroes of UTF-16 stand at the other
_MANY = 0.2


@dataclass(frozen=True, slots=True)
class Encoding:
    """What the bytes are and how many of them at the start are a byte order mark."""

    name: str
    mark: int = 0


def _mark_undecoded(error: UnicodeError) -> tuple[str, int]:
    """Stand one lone surrogate, U+DC00 + byte, for each byte that means nothing; such rows are told apart later."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(UNDECODED, _mark_undecoded)


def find_encoding(path: Path, declared: str | None = None) -> Encoding:
    """The file's encoding: a byte order mark, else UTF-16 by its zeroes, else what was declared, else strict UTF-8.

    Raises CallerError when the file is no text at all, or is in an encoding that has to be declared.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    for mark, name in _MARKS:
        if head.startswith(mark):
            if len(head) == len(mark):
                raise refuse("file_empty", phrase("the file holds nothing but a byte order mark"))
            if name == "utf-8":
                refuse_what_is_no_text(head)
            return Encoding(name, len(mark))
    refuse_what_begins_otherwise(head)
    pairs = _pairs(head)
    if pairs is None:
        refuse_what_is_no_text(head)
    said = encoding_named(declared) if declared is not None else None
    if pairs is not None and said != "utf-32":  # what is declared is of all files of an archive; zeroes are of this one
        return Encoding(pairs)
    if said is not None:
        return Encoding(f"{said}-le" if said in {"utf-16", "utf-32"} else said)
    _check_utf8(path)
    return Encoding("utf-8")


def _pairs(head: bytes) -> str | None:
    """UTF-16 without a mark: letters of ASCII leave a zero at the same place of nearly every pair of bytes."""
    count = len(head) // 2
    if not count:
        return None
    even, odd = head[0 : 2 * count : 2], head[1 : 2 * count : 2]
    for zeroes, letters, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        beside = bytes(letter for zero, letter in zip(zeroes, letters, strict=True) if not zero)
        is_text = controls_in(beside) <= _FEW * len(beside)  # beside a picture's zeroes stand small numbers
        if len(beside) > _MANY * count and letters.count(0) < _FEW * count and is_text:
            return name
    return None


def _check_utf8(path: Path) -> None:
    """Read the whole file as strict UTF-8; only its last character may be cut off (then its row is broken)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    read = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            held = len(decoder.getstate()[0])
            try:
                if held or not block.isascii():  # which is seen in a tenth of the time
                    decoder.decode(block)
            except UnicodeDecodeError as error:
                position = read - held + error.start
                byte = error.object[error.start]
                lines = _line_at(path, position)
                message = phrase(
                    "the file is not UTF-8: byte 0x%(byte)s at position %(position)s (line %(lines)s) fits "
                    "nothing. Say which encoding it is: --encoding cp1252 (over HTTP ?encoding=cp1252) for most files "
                    "from Windows, or encoding: in the manifest. `gateway preview` shows rows under the likely ones",
                    byte=f"{byte:02X}",
                    position=f"{position:,}",
                    lines=f"{lines:,}",
                )
                raise refuse(
                    "encoding_unknown",
                    message,
                    line=lines, suggestion="cp1252",
                ) from None  # fmt: skip
            read += len(block)


def _line_at(path: Path, position: int) -> int:
    """The line, from 1, in which a byte of a file stands."""
    lines, left = 1, position
    with path.open("rb") as file:
        while left and (block := file.read(min(BLOCK, left))):
            lines += block.count(b"\n")
            left -= len(block)
    return lines


class TextFile:
    """A file read as text: line ends as they are, a lone surrogate for each byte that means nothing.

    Large pieces are decoded at once; io.TextIOWrapper, with its pieces of 8 KiB, takes eight times as long.
    """

    def __init__(self, path: Path, encoding: Encoding) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding.name)(UNDECODED)
        self._file = path.open("rb")
        self._file.seek(encoding.mark)

    def read(self, size: int) -> str:
        """The text of the next bytes, about ``size`` of them; nothing only at the end of the file."""
        while True:
            block = self._file.read(size)
            text = self._decoder.decode(block, final=not block)
            if text or not block:
                return text

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
