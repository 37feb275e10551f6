"""Files that are no lists of text: told by their first bytes, each with what to do instead. Nothing is decoded here."""

import re

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.readers.magic import SAVE_AS_CSV, controls_in, named_by_start

_INSIDE_ZIP: tuple[tuple[bytes, str, str], ...] = (
    (b"xl/", "an Excel workbook", SAVE_AS_CSV),
    (b"opendocument.spreadsheet", "an OpenDocument spreadsheet", SAVE_AS_CSV),
    (b"word/", "a Word document", "ask for the list as CSV"),
    (b"[Content_Types].xml", "an Office document", SAVE_AS_CSV),
)
_MARKUP: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (
        re.compile(rb"\s*(?:<!doctype\s+html|<html|<head|<table|<meta|<style|<body)", re.IGNORECASE),
        "a web page (HTML)", SAVE_AS_CSV,
    ),
    (re.compile(rb"\s*<\?xml"), "XML", SAVE_AS_CSV),
    (re.compile(rb'\s*(?:\{\s*["}]|\[\s*[\[{"\]])'), "JSON", "give the list as CSV, one row a line"),
)  # fmt: skip


def refuse(code: str, message: str, *, suggestion: str | None = None, line: int | None = None) -> CallerError:
    """The one problem for which a file cannot be read at all."""
    return CallerError(
        [Problem(code, message, field="file", line=line, suggestion=suggestion)], title="The file cannot be read"
    )


def refuse_what_begins_otherwise(head: bytes, *, is_text: bool = True) -> None:
    """Raise CallerError if a file begins as only other kinds of files do, whichever letters it might stand for."""
    if (start := named_by_start(head, is_text=is_text)) is not None:
        message = phrase("this is %(what)s, not a list of rows; %(advice)s", what=start.what, advice=start.advice)
        raise refuse("file_not_a_list", message)


def refuse_what_is_no_text(head: bytes) -> None:
    """Raise CallerError if a file that begins with these bytes is no delimited text, whatever its name says."""
    if not head:
        raise refuse("file_empty", phrase("the file is empty; check that the export or the upload finished"))
    refuse_what_begins_otherwise(head)
    text = head.removeprefix(b"\xef\xbb\xbf")
    for pattern, what, advice in _MARKUP:
        if pattern.match(text):
            message = phrase("this is %(what)s, whatever its name says; %(advice)s", what=what, advice=advice)
            raise refuse("file_not_a_list", message)
    if head.startswith(b"PK\x03\x04"):
        raise _zip(head)
    if controls_in(head) > len(head) // 10:
        refuse_what_begins_otherwise(head, is_text=False)
        raise refuse("file_not_a_list", phrase("this is no text file; ask for the list as CSV"))


def _zip(head: bytes) -> CallerError:
    for mark, what, advice in _INSIDE_ZIP:
        if mark in head:
            message = phrase("this is %(what)s, whatever its name says; %(advice)s", what=what, advice=advice)
            return refuse("file_not_a_list", message)
    return refuse("file_not_a_list", phrase("this is a ZIP archive; unpack it and give each file in it on its own"))
