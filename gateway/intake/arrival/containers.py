"""What is packed, unpacked into files of ours: ZIP, gzip, Zstandard. Each is read within limits; none is believed."""

import errno
import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError
from gateway.intake.arrival.limits import MOST_MEMBERS, SHEET_BYTES, Allowance
from gateway.intake.arrival.shelf import BLOCK, Shelf, Stored
from gateway.intake.readers.refused import refuse

_ENCRYPTED = 0x1  # of a member's flags
_TAIL = 65_557  # a ZIP's end record with the longest comment
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_DIRECTORY_BYTES = 4 << 20  # 200 members need 50 KB
_WINDOW = 1 << 27  # bytes of memory a Zstandard file may ask for
_ZSTD_FED = 1024  # bytes at a time: each can stand for 32 KiB

DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, lzma.LZMAError, ValueError, struct.error, OverflowError,
    IndexError,
)  # fmt: skip
"""What the libraries raise over broken bytes. Their words may quote the bytes: they are never told on, nor logged."""


def open_zip(path: Path) -> zipfile.ZipFile:
    """The archive with its directory looked over: not too many members, none of them encrypted."""
    _check_directory(path)
    try:
        archive = zipfile.ZipFile(path)
    except (*DAMAGED, NotImplementedError):
        raise damaged("ZIP archive") from None
    if any(member.flag_bits & _ENCRYPTED for member in archive.infolist()):
        archive.close()
        message = phrase(
            "the ZIP archive has a password; unpack it and give the files inside, or zip them again without one"
        )
        raise refuse("file_encrypted", message)
    return archive


def _check_directory(path: Path) -> None:
    """Refuse an archive of too many files before its directory is read into memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(size - _TAIL, 0))
        tail = file.read()
        end = tail.rfind(_END)
        if end < 0 or len(tail) < end + 22:
            raise damaged("ZIP archive")
        members, length = int.from_bytes(tail[end + 10 : end + 12], "little"), tail[end + 12 : end + 16]
        directory = int.from_bytes(length, "little")
        locator = max(size - _TAIL, 0) + end - 20
        if locator >= 56:  # noqa: PLR2004 - the length of ZIP64's end record, which stands before its locator
            file.seek(locator - 56)
            record = file.read(76)
            if record[56:60] == _LOCATOR_64 and record[:4] == _END_64:
                members = int.from_bytes(record[32:40], "little")
                directory = int.from_bytes(record[40:48], "little")
    if members > MOST_MEMBERS or directory > _DIRECTORY_BYTES:
        message = phrase(
            "the ZIP archive holds more than %(most_members)s files; give the lists on their own",
            most_members=MOST_MEMBERS,
        )
        raise refuse("file_too_large", message)


def check_workbook(archive: zipfile.ZipFile) -> None:
    """Refuse a workbook that says itself that it is too large for its reader; what it hides is the child's to bear."""
    if sum(member.file_size for member in archive.infolist()) > SHEET_BYTES:
        message = phrase(
            "unpacked, the workbook is larger than %(sheet_bytes)s MiB; save its sheets as CSV",
            sheet_bytes=SHEET_BYTES >> 20,
        )
        raise refuse("file_too_large", message)


def unpack_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, shelf: Shelf, allowance: Allowance) -> Stored:
    """One file of an archive, as a file of ours."""
    with _opened(archive, member) as packed:
        return shelf.copy(_Counted(packed.read, allowance, lambda: member.compress_size))


def head_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> bytes:
    """The first bytes of one file of an archive."""
    with _opened(archive, member) as packed:
        return packed.read(size)


@contextmanager
def _opened(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[IO[bytes]]:
    with _naming("ZIP archive"):
        try:
            with archive.open(member) as packed:
                yield packed
        except (NotImplementedError, RuntimeError):
            message = phrase(
                "the ZIP archive is packed in a way that is not understood; zip the files again, the plain way"
            )
            raise refuse("file_damaged", message) from None


def unpack_gzip(path: Path, shelf: Shelf, allowance: Allowance) -> Stored:
    """What a gzip file holds, all its members in a row."""
    with _naming("gzip archive"), path.open("rb") as raw, gzip.GzipFile(fileobj=raw) as packed:
        return shelf.copy(_Counted(packed.read, allowance, raw.tell))


def unpack_zstd(path: Path, shelf: Shelf, allowance: Allowance) -> Stored:
    """What a Zstandard file holds, all its frames in a row."""
    import zstandard

    with _naming("Zstandard archive"), path.open("rb") as raw:
        try:
            return shelf.copy(_Counted(_Frames(raw).read, allowance, raw.tell))
        except zstandard.ZstdError as error:
            if "memory" in str(error):
                message = phrase(
                    "the Zstandard archive needs more memory than we give; pack it again without --ultra, --long"
                )
                raise refuse("file_too_large", message) from None
            raise damaged("Zstandard archive") from None


class _Frames:
    """The frames of a Zstandard file as one stream that knows when it was cut off, as the library's own does not."""

    def __init__(self, raw: BinaryIO) -> None:
        import zstandard

        self._raw = raw
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        self._frame = self._decompressor.decompressobj()
        self._begun = False
        self._rest = b""

    def read(self, size: int) -> bytes:
        """Some bytes, rarely more than asked for; none at the end of the last frame."""
        found = bytearray()
        while len(found) < size:
            fed = self._rest or self._raw.read(_ZSTD_FED)
            self._rest = b""
            if not fed:
                if self._begun:
                    raise EOFError
                break
            self._begun = True
            found += self._frame.decompress(fed)
            if self._frame.eof:
                self._rest = self._frame.unused_data
                self._frame, self._begun = self._decompressor.decompressobj(), False
        return bytes(found)


class _Counted:
    """A stream whose bytes are counted as they come out."""

    def __init__(self, read: Callable[[int], bytes], allowance: Allowance, packed: Callable[[], int]) -> None:
        self._read, self._allowance, self._packed = read, allowance, packed
        self._unpacked = 0

    def read(self, size: int = BLOCK, /) -> bytes:
        block = self._read(size)
        self._unpacked += len(block)
        self._allowance.spend(len(block), packed=self._packed(), unpacked=self._unpacked)
        return block


@contextmanager
def _naming(what: str) -> Iterator[None]:
    """Say of broken bytes that the archive is damaged; our own refusals and a full disk go through."""
    try:
        yield
    except DAMAGED as error:
        if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:  # EINVAL: a place no file has
            raise  # the disk's fault, not the file's
        raise damaged(what) from None


def damaged(what: str) -> CallerError:
    """The refusal of a file that was cut off or altered on its way."""
    message = phrase(
        "the %(what)s is damaged or was cut off on its way; fetch it again, or ask for it once more", what=what
    )
    return refuse("file_damaged", message)
