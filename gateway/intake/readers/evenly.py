"""Text in which nothing is odd: no quote, no broken letter, and every row has as many cells as the next.

Its cells are cut for all rows at once and kept in columns, in two thirds of the time of line by line, and what is kept
of each row as it arrived is written from the same text. Anything that is not surely so is left to records.py, which
cuts the same cells out of the same lines.
"""

import orjson

from gateway.intake.even import Even

MOST_CELLS = 1 << 17
"""Text of a hundred thousand delimiters is left to records.py, which holds fewer of its lines at a time."""


def cut_evenly(text: str, delimiter: str, first: int, *, width: int, longest: int) -> Even | None:
    """The rows of whole lines; None where one of them may be odd.

    ``first``: the number of the first. ``width``: how many cells a row may have, ``longest``: and letters a cell.
    """
    end = "\r\n" if text[-2:] == "\r\n" else "\n"
    if '"' in text or text[-1] != "\n":
        return None
    body = text[: -len(end)]
    count = 1 + body.count(end)
    written = _written(body, end, count - 1)
    if written is None or _may_have_longer_lines(body, longest):
        return None
    size = body.find(end)
    size = 1 + body.count(delimiter, 0, len(body) if size < 0 else size)
    # Between the lines a cell of its own, which has to come where it would if each line had as many as the first.
    cells = body.replace(end, f"{delimiter}\n{delimiter}").split(delimiter)
    between = cells[size :: size + 1]
    is_even = len(cells) == count * (size + 1) - 1 and between.count("\n") == len(between)
    if not is_even or size > width or len(cells) > MOST_CELLS:
        return None
    columns = [cells[place :: size + 1] for place in range(size)]
    if not any(all(map(str.strip, column)) for column in columns):  # a row may be blank
        return None
    rows = written.replace(_escaped(end), b'"]\n["').replace(_escaped(delimiter), b'","')
    return Even(first, columns, b"[" + rows + b"]")


def _may_have_longer_lines(body: str, longest: int) -> bool:
    """Whether no line ends somewhere in half of so many letters: else none is so long, and no cell."""
    half = longest // 2
    return any(body.find("\n", at, at + half) < 0 for at in range(0, len(body) - half + 1, half))


def _written(body: str, end: str, breaks: int) -> bytes | None:
    """As JSON writes it; None if more has to be escaped than tabs and the ends of lines, each of them alike."""
    try:
        written = orjson.dumps(body)
    except TypeError:  # a lone surrogate stands for a byte that could not be decoded
        return None
    escapes = written.count(b"\\") - breaks * len(end)
    return written if not escapes or escapes == body.count("\t") else None


def _escaped(text: str) -> bytes:
    return orjson.dumps(text)[1:-1]
