"""How far a run has come, on standard error: a bar on a terminal, else a line every few seconds, nothing for JSON."""

import os
import sys
import time
from typing import Any

import click

PLAIN_SECONDS = 5.0
WIDTH = 16
USUAL = 80  # columns of a terminal that does not say


class Bar:
    """What moves of a list (receipts.watch_list), shown over and over; ``end`` it before anything else is printed."""

    def __init__(self, *, as_json: bool) -> None:
        self._silent = as_json
        self._tty = sys.stderr.isatty()
        self._drawn = 0
        self._spoken = time.monotonic()

    def show(self, view: dict[str, Any]) -> None:
        """The state at this moment."""
        if self._silent:
            return
        text = errand_text(view["errand"]) if _is_errand(view) else progress_text(view["progress"] or {})
        if self._tty:
            room = _columns() - 1
            line = text[:room]
            click.echo("\r" + line.ljust(min(self._drawn, room)), nl=False, err=True)
            self._drawn = len(line)
        elif time.monotonic() - self._spoken > PLAIN_SECONDS:
            self._spoken = time.monotonic()
            click.echo(text, err=True)

    def end(self) -> None:
        """Leave the line as it is and begin another."""
        if self._drawn:
            click.echo(err=True)
            self._drawn = 0


def _columns() -> int:
    """How wide the terminal is: that of standard error, for standard output may go into a file."""
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or USUAL
    except OSError:
        return USUAL


def _is_errand(view: dict[str, Any]) -> bool:
    return view["errand"] is not None and view["state"] != "running"


def progress_text(progress: dict[str, Any]) -> str:
    """A run in one line: bar, rows, rate, time left."""
    rows, total, rate = progress.get("rows", 0), progress.get("total"), progress.get("rows_per_second")
    left = progress.get("seconds_left")
    if progress.get("waits_for"):
        of = f" of {'' if progress.get('total_is_exact') else 'about '}{total:,}" if total else ""
        return f"{rows:,}{of} rows; {progress['waits_for']}"
    about = "" if progress.get("total_is_exact") else "about "
    parts = [
        _bar(rows, total), f"{rows:,} of {about}{total:,} rows" if total else f"{rows:,} rows",
        f"{rate:,.0f}/s" if rate else "", f"{_clock(left)} left" if left is not None else "",
    ]  # fmt: skip
    return "  ".join(part for part in parts if part)


def errand_text(errand: dict[str, Any]) -> str:
    """An errand in one line."""
    verb = "undone" if errand["errand"] == "undo" else "judged again"
    line = f"{_bar(errand['dealt'], errand['leads'])}  {errand['dealt']:,} of {errand['leads']:,} leads {verb}".strip()
    if errand["state"] == "failed":
        return f"{line}; given up after {errand['tries']:,} tries: {errand['error']}"
    return line + (f"; its last try failed and is made again: {errand['error']}" if errand["error"] else "")


def _bar(done: int, total: int | None) -> str:
    if not total:
        return ""
    share = min(done / total, 1.0)
    full = int(share * WIDTH)
    return f"[{'#' * full}{'-' * (WIDTH - full)}] {share:4.0%}"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
