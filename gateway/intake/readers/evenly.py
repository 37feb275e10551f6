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
    if '"' in text or text[-1] != "\n":
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    body = text[:-1]
    escaped = _escaped(body, delimiter)
    if escaped is None:
        return None
    as_arrived = ('["' + escaped.replace(delimiter, '","').replace("\n", '"]\n["') + '"]').split("\n")
    size = body.find("\n")
    size = 1 + body.count(delimiter, 0, len(body) if size < 0 else size)
    # Between the lines a cell of its own, which has to come where it would if each line had as many as the first.
    cells = body.replace("\n", f"{delimiter}\n{delimiter}").split(delimiter)
    between = cells[size :: size + 1]
    if (
        size > width
        or len(cells) > MOST_CELLS
        or between.count("\n") != len(between)
        or len(cells) != len(as_arrived) * (size + 1) - 1
        or max(map(len, as_arrived)) > longest  # which is longer than each of its cells
    ):
        return None
    columns = [cells[place :: size + 1] for place in range(size)]
    if not any(all(map(str.strip, column)) for column in columns):  # a row may be blank
        return None
    return Even(first, columns, as_arrived)


def _escaped(body: str, delimiter: str) -> str | None:
    """As JSON writes it, but for the ends of lines and the delimiters; None if more than blanks has to be escaped."""
    try:
        escapes = orjson.dumps(body).count(b"\\")
    except TypeError:  # a lone surrogate stands for a byte that could not be decoded
        return None
    if escapes == body.count("\n"):
        return body
    tabs = body.count("\t")
    if escapes != body.count("\n") + tabs:
        return None
    return body if delimiter == "\t" else body.replace("\t", "\\t")
