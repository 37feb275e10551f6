"""What a file that is no list seems to be by its first bytes, and what to do instead. The one table of them."""

from typing import NamedTuple

SAVE_AS_CSV = 'open it in a spreadsheet program and save it as "CSV UTF-8"'
_ASK = "ask for the list as CSV"
_ASK_EITHER = "ask for the list as CSV or XLSX"
_DO_NOT_RUN = f"do not run it; {_ASK_EITHER}"
_CHOOSE = "choose the list itself"
_UNPACK = "unpack it and give the file inside"
_EXPORT = "export its table as CSV"
_EXPORT_EITHER = "export its table as CSV or XLSX"


class Start(NamedTuple):
    """Bytes that begin a kind of file."""

    place: int
    mark: bytes
    what: str
    advice: str


_STARTS = tuple(Start(*row) for row in (
    (0, b"\x89PNG\r\n", "a PNG picture", _CHOOSE),
    (0, b"\xff\xd8\xff", "a JPEG picture", _CHOOSE),
    (0, b"GIF87a", "a GIF picture", _CHOOSE),
    (0, b"GIF89a", "a GIF picture", _CHOOSE),
    (0, b"BM", "a BMP picture", _CHOOSE),
    (0, b"II*\0", "a TIFF picture", _CHOOSE),
    (0, b"MM\0*", "a TIFF picture", _CHOOSE),
    (8, b"WEBP", "a WebP picture", _CHOOSE),
    (4, b"ftyp", "a video or a photograph (MP4, HEIC)", _CHOOSE),
    (0, b"ID3", "a recording (MP3)", _CHOOSE),
    (0, b"OggS", "a recording (Ogg)", _CHOOSE),
    (8, b"WAVE", "a recording (WAV)", _CHOOSE),
    (0, b"%PDF-", "a PDF document", _ASK),
    (0, b"{\\rtf", "an RTF document", _ASK),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)", SAVE_AS_CSV),
    (0, b"\x1f\x8b", "a gzip archive", _UNPACK),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (0, b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (4, b"1AY&SY", "a bzip2 archive", _UNPACK),  # behind "BZh" and a digit
    (0, b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive", _UNPACK),
    (257, b"ustar", "a tar archive", "unpack it and give the files in it, or zip them"),
    (0, b"SQLite format 3\x00", "an SQLite database", _EXPORT),
    (4, b"Standard Jet DB", "an Access database", _EXPORT_EITHER),
    (4, b"Standard ACE DB", "an Access database", _EXPORT_EITHER),
    (0, b"PAR1", "a Parquet file", "export it as CSV"),
    (0, b"!BDN", "an Outlook mailbox (PST)", "export its contacts as CSV"),
    (0, b"MZ", "a program for Windows (EXE or DLL)", _DO_NOT_RUN),
    (0, b"\x7fELF", "a program for Linux", _DO_NOT_RUN),
    (0, b"\xcf\xfa\xed\xfe", "a program for macOS", _DO_NOT_RUN),
    (0, b"\xca\xfe\xba\xbe", "a program", _DO_NOT_RUN),
))  # fmt: skip
_LONG = 5  # letters; a heading may begin with BM, MZ or ID3, and none with GIF89a
_FIRST = 16  # bytes, among which such files have a zero and texts have none
CONTROLS = bytes(sorted({*range(1, 9), *range(14, 32)} - {0x1A, 0x1B}))  # not NUL, TAB, line ends, Ctrl-Z, ESC


def named_by_start(head: bytes, *, is_text: bool = True) -> Start | None:
    """What a file seems to be that begins so. ``is_text``: it may be one, so letters alone must be many to tell."""
    bare = is_text and b"\0" not in head[:_FIRST]
    for start in _STARTS:
        if head.startswith(start.mark, start.place) and not (bare and _may_be_heading(start.mark)):
            return start
    return None


def _may_be_heading(mark: bytes) -> bool:
    return len(mark) < _LONG and mark.isascii() and mark.decode().isprintable()


def controls_in(head: bytes) -> int:
    """How many of the bytes are such as no text has."""
    return len(head) - len(head.translate(None, CONTROLS))
