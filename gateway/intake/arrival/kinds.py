"""What a file is, by its first bytes; its name is never believed. Nothing is unpacked or converted here."""

import re
from pathlib import Path
from typing import Literal

from gateway.intake.readers.encoding import HEAD

Kind = Literal["text", "zip", "gzip", "zstd", "workbook", "html", "json", "parquet"]

_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"PK\x03\x04", "zip"),  # also the newer workbooks; what is in it decides
    (b"PK\x05\x06", "zip"),  # an empty one
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook"),  # Excel before 2007, and encrypted Office files
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PAR1", "parquet"),
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|table|meta|style|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*[\[{"\]])')
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))


def kind_of(path: Path) -> Kind:
    """What to do with a file before it can be read as text; ``text`` also for what is no list at all."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    text = _letters(head)
    if _HTML.match(text):
        return "html"
    return "json" if _JSON.match(text) else "text"


def _letters(head: bytes) -> str:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "replace")
    return head.decode("latin-1")
