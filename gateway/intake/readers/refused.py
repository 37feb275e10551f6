"""Files that are no lists of text: told by their first bytes, each with what to do instead. Nothing is decoded here."""

import re

from gateway.domain.problem import CallerError, Problem

_SAVE_AS_CSV = 'open it in a spreadsheet program and save it as "CSV UTF-8"'
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG\r\n", "a PNG picture", "choose the list itself"),
    (b"\xff\xd8\xff", "a JPEG picture", "choose the list itself"),
    (b"GIF8", "a GIF picture", "choose the list itself"),
    (b"%PDF", "a PDF document", "ask for the list as CSV"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)", _SAVE_AS_CSV),
    (b"\x1f\x8b", "a gzip archive", "unpack it and give the file inside"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it and give the file inside"),
    (b"Rar!\x1a\x07", "a RAR archive", "unpack it and give the file inside"),
    (b"BZh", "a bzip2 archive", "unpack it and give the file inside"),
    (b"\xfd7zXZ\x00", "an xz archive", "unpack it and give the file inside"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "unpack it and give the file inside"),
    (b"SQLite format 3\x00", "an SQLite database", "export its table as CSV"),
    (b"PAR1", "a Parquet file", "export it as CSV"),
    (b"{\\rtf", "an RTF document", "ask for the list as CSV"),
)
_INSIDE_ZIP: tuple[tuple[bytes, str, str], ...] = (
    (b"xl/", "an Excel workbook", _SAVE_AS_CSV),
    (b"opendocument.spreadsheet", "an OpenDocument spreadsheet", _SAVE_AS_CSV),
    (b"word/", "a Word document", "ask for the list as CSV"),
    (b"[Content_Types].xml", "an Office document", _SAVE_AS_CSV),
)
_MARKUP: tuple[tuple[re.Pattern[bytes], str, str], ...] = (
    (
        re.compile(rb"\s*(?:<!doctype\s+html|<html|<head|<table|<meta|<style|<body)", re.IGNORECASE),
        "a web page (HTML)", _SAVE_AS_CSV,
    ),
    (re.compile(rb"\s*<\?xml"), "XML", _SAVE_AS_CSV),
    (re.compile(rb'\s*(?:\{\s*["}]|\[\s*[\[{"\]])'), "JSON", "give the list as CSV, one row a line"),
)  # fmt: skip
_CONTROLS = bytes(sorted({*range(1, 9), *range(14, 32)} - {0x1A, 0x1B}))  # not NUL, TAB, line ends, Ctrl-Z, ESC


def refuse(code: str, message: str, *, suggestion: str | None = None, line: int | None = None) -> CallerError:
    """The one problem for which a file cannot be read at all."""
    return CallerError(
        [Problem(code, message, field="file", line=line, suggestion=suggestion)], title="The file cannot be read"
    )


def refuse_what_is_no_text(head: bytes) -> None:
    """Raise CallerError if a file that begins with these bytes is no delimited text, whatever its name says."""
    if not head:
        raise refuse("file_empty", "the file is empty; check that the export or the upload finished")
    text = head.removeprefix(b"\xef\xbb\xbf")
    for start, what, advice in _MAGIC:
        if head.startswith(start):
            raise refuse("file_not_a_list", f"this is {what}, not a list of rows; {advice}")
    if head[257:262] == b"ustar":
        raise refuse("file_not_a_list", "this is a tar archive; unpack it and give the files in it, or zip them")
    for pattern, what, advice in _MARKUP:
        if pattern.match(text):
            raise refuse("file_not_a_list", f"this is {what}, whatever its name says; {advice}")
    if head.startswith(b"PK\x03\x04"):
        raise _zip(head)
    if len(head) - len(head.translate(None, _CONTROLS)) > len(head) // 10:
        raise refuse("file_not_a_list", "this is no text file; ask for the list as CSV")


def _zip(head: bytes) -> CallerError:
    for mark, what, advice in _INSIDE_ZIP:
        if mark in head:
            return refuse("file_not_a_list", f"this is {what}, whatever its name says; {advice}")
    return refuse("file_not_a_list", "this is a ZIP archive; unpack it and give each file in it on its own")
