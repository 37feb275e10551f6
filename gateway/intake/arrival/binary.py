"""Files that are no text at all, told by how their bytes are mixed; readers/magic.py names them."""

from pathlib import Path

from gateway.domain.phrase import phrase
from gateway.intake.readers.encoding import HEAD
from gateway.intake.readers.magic import CONTROLS, controls_in, named_by_start
from gateway.intake.readers.refused import refuse

_MANY = 8  # kinds of them: a text has one or two, as delimiters; machine code and pictures have all
_SHARE = 0.03  # of all bytes: what is pressed has 0.09; one row of rubbish is no reason to refuse the others
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_READABLE = 0.9  # of the letters of a wide text, which may hold any byte


def refuse_binary(path: Path) -> None:
    """Raise CallerError for bytes that are no text in any encoding, saying what they seem to be."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head and not head.strip(b"\0"):
        message = phrase("the file begins with nothing but zeros, as after a copy that failed; fetch it again")
        raise refuse("file_damaged", message)
    if controls_in(head) < _SHARE * len(head) or len(set(CONTROLS).intersection(head)) < _MANY or _is_wide(head):
        return
    if (start := named_by_start(head, is_text=False)) is not None:
        message = phrase(
            "this seems to be %(what)s, not a list of rows; %(advice)s", what=start.what, advice=start.advice
        )
        raise refuse("file_not_a_list", message)
    message = phrase("this is no text, but bytes as programs, pictures or encrypted files have them")
    message = phrase("%(message)s; choose the list itself, or ask for it as CSV or XLSX", message=message)
    raise refuse("file_not_a_list", message)


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
