"""Files that are no text at all: what each seems to be by its first bytes, and what to do instead."""

from pathlib import Path

from gateway.intake.readers.encoding import HEAD
from gateway.intake.readers.refused import refuse

_ASK = "ask for the list as CSV or XLSX"
_CHOOSE = "choose the list itself"
_STARTS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"MZ", "a program for Windows (EXE or DLL)", f"do not run it; {_ASK}"),
    (0, b"\x7fELF", "a program for Linux", f"do not run it; {_ASK}"),
    (0, b"\xcf\xfa\xed\xfe", "a program for macOS", f"do not run it; {_ASK}"),
    (0, b"\xca\xfe\xba\xbe", "a program", f"do not run it; {_ASK}"),
    (0, b"BM", "a BMP picture", _CHOOSE),
    (0, b"II*\0", "a TIFF picture", _CHOOSE),
    (0, b"MM\0*", "a TIFF picture", _CHOOSE),
    (8, b"WEBP", "a WebP picture", _CHOOSE),
    (4, b"ftyp", "a video or a photograph (MP4, HEIC)", _CHOOSE),
    (0, b"ID3", "a recording (MP3)", _CHOOSE),
    (0, b"OggS", "a recording (Ogg)", _CHOOSE),
    (8, b"WAVE", "a recording (WAV)", _CHOOSE),
    (4, b"Standard Jet DB", "an Access database", "export its table as CSV or XLSX"),
    (4, b"Standard ACE DB", "an Access database", "export its table as CSV or XLSX"),
    (0, b"!BDN", "an Outlook mailbox (PST)", "export its contacts as CSV"),
)
"""Where in the file, which bytes. Only asked of what is no text: ``BM`` and ``MZ`` may begin a heading."""
_CONTROLS = frozenset({*range(1, 9), *range(14, 32)} - {0x1A, 0x1B})  # not NUL, TAB, line ends, Ctrl-Z, ESC
_MANY = 8  # kinds of them: a text has one or two, as delimiters; machine code and pictures have all
_SHARE = 0.03  # of all bytes: what is pressed has 0.09; one row of rubbish is no reason to refuse the others
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_READABLE = 0.9  # of the letters of a wide text, which may hold any byte


def refuse_binary(path: Path) -> None:
    """Raise CallerError for bytes that are no text in any encoding, saying what they seem to be."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head and not head.strip(b"\0"):
        message = "the file begins with nothing but zeros, as after a copy that failed; fetch it again"
        raise refuse("file_damaged", message)
    controls = len(head) - len(head.translate(None, bytes(sorted(_CONTROLS))))
    if controls < _SHARE * len(head) or len(_CONTROLS.intersection(head)) < _MANY or _is_wide(head):
        return
    for place, start, what, advice in _STARTS:
        if head.startswith(start, place):
            raise refuse("file_not_a_list", f"this seems to be {what}, not a list of rows; {advice}")
    message = "this is no text, but bytes as programs, pictures or encrypted files have them"
    raise refuse("file_not_a_list", f"{message}; {_CHOOSE}, or {_ASK}")


def _is_wide(head: bytes) -> bool:
    """Whether the bytes read well two or four at a time."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    whole = head[: len(head) // 4 * 4]
    for encoding in _WIDE:
        try:
            text = whole.decode(encoding)
        except UnicodeDecodeError:  # also where the last letter was cut, which no list's address is
            continue
        if sum(letter.isprintable() or letter.isspace() for letter in text) >= _READABLE * len(text):
            return True
    return False
