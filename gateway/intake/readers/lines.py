"""A text cut into physical lines, block by block, each of bounded length. Quotes and cells are cut elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from gateway.intake.readers.encoding import TextFile

LINE_LIMIT = 1 << 20  # characters; a longer line is no row of a list
LINE_KEPT = 1_000  # of a line that is too long
BLOCK = 1 << 18
BLOCK_LINES = 1 << 13  # lines of one character would make 30 times as many objects as a block of rows does

_NOT_OUR_BREAKS = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Where str.splitlines breaks a line and CSV does not."""


class CutLine(str):
    """The beginning of a line that was longer than LINE_LIMIT; the rest was never held in memory."""

    __slots__ = ()


@dataclass(slots=True)
class Block:
    """Some lines with their ends (LF, CRLF or CR), and what is known of all of them."""

    lines: list[str]
    has_quotes: bool
    is_clean: bool  # no NUL and nothing that could not be decoded


def cut_lines(file: TextFile) -> Iterator[Block]:
    """Every line of the file, in order."""
    for text in cut_texts(file):
        yield from blocks_of(text)


def cut_texts(file: TextFile) -> Iterator[str]:
    """The file in pieces of whole lines, in order; what there is of a line that is too long is a piece of its own."""
    rest = ""
    while read := file.read(BLOCK):
        text = rest + read
        end = len(text)
        if text[-1] != "\n":  # a CR at the very end may be half of a CRLF
            end = 1 + max(text.rfind("\n"), text.rfind("\r", 0, -1))
        if end:
            yield text[:end]
        rest = text[end:]
        if len(rest) > LINE_LIMIT:
            yield CutLine(rest[:LINE_KEPT])
            rest = _after_line_end(file)
    if rest:
        yield rest


def blocks_of(text: str) -> Iterator[Block]:
    """The lines of such a piece."""
    if isinstance(text, CutLine):
        yield Block([text], has_quotes=False, is_clean=True)
        return
    has_quotes, clean, lines = '"' in text, is_clean(text), split_lines(text)
    for start in range(0, len(lines), BLOCK_LINES):
        yield Block(lines[start : start + BLOCK_LINES], has_quotes, clean)


def split_lines(text: str) -> list[str]:
    """The lines of a text with their ends; only LF, CRLF and CR end a line."""
    if any(sign in text for sign in _NOT_OUR_BREAKS):
        return StringIO(text, newline="").readlines()
    return text.splitlines(keepends=True)


def is_clean(text: str) -> bool:
    """Whether a text holds neither NUL nor a lone surrogate (what stands for a byte that means nothing)."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _after_line_end(file: TextFile) -> str:
    """Read on to the end of a line without keeping it; what was read of the lines after it."""
    while text := file.read(BLOCK):
        ends = [place for place in (text.find("\n"), text.find("\r")) if place >= 0]
        if ends:
            after = text[min(ends) + 1 :]
            if text[min(ends)] == "\r":
                after = after or file.read(1)
                after = after.removeprefix("\n")
            return after
    return ""
