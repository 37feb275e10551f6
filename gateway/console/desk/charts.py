"""Pictures of numbers as SVG: where each bar stands. Drawn by templates/desk/_charts.html, coloured by desk.css.

Attributes only, no style and no script: they show under the strictest CSP. Each comes with its numbers as a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT = 720, 220  # of a picture over time, in its own units
LEFT, BOTTOM, TOP = 48, 24, 8
TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a ranking."""

    label: str
    count: float
    share: float  # of the longest, 0 to 1
    href: str = ""
    tone: str = ""  # prospect, hold, rejection, or none
    note: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One coloured part of a column over time."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    label: str  # what it says when pointed at


@dataclass(frozen=True, slots=True)
class Columns:
    """Stacked columns over time."""

    title: str
    pieces: list[Piece]
    ticks: list[tuple[float, str]]  # y and what it stands for
    names: list[tuple[float, str]]  # x and the label below
    tones: list[tuple[str, str]]  # tone and its name
    rows: list[tuple[str, list[float]]] = field(default_factory=list)  # the same as a table
    width: int = WIDTH
    height: int = HEIGHT


def bars(counts: Sequence[tuple[str, float]], *, tone: str = "", hrefs: Mapping[str, str] | None = None) -> list[Bar]:
    """A ranking: labels with their counts, as they come."""
    most = max((count for _, count in counts), default=0) or 1
    return [Bar(label, count, count / most, (hrefs or {}).get(label, ""), tone) for label, count in counts]


def columns(
    title: str,
    labels: Sequence[str],
    series: Sequence[tuple[str, str, Sequence[float]]],
    *,
    every: int = 0,
    top: float = 0,
) -> Columns:
    """Stacked columns: a label for each, and tone, name and counts of each series, the lowest first.

    ``every``: how many labels stand below; as many as fit if 0. ``top``: where the scale ends, as 100 for percents.
    """
    totals = [sum(counts[place] for _, _, counts in series) for place in range(len(labels))]
    top = max(top, max(totals, default=0)) if top else _round_up(max(totals, default=0))
    step = (WIDTH - LEFT) / max(len(labels), 1)
    tall = HEIGHT - TOP - BOTTOM
    pieces = []
    for place, label in enumerate(labels):
        base: float = HEIGHT - BOTTOM
        for tone, name, counts in series:
            high = tall * counts[place] / top
            base -= high
            if high:
                text = f"{label}: {counts[place]:,} {name}"
                pieces.append(Piece(LEFT + place * step + step * 0.12, base, step * 0.76, high, tone, text))
    shown = every or max(1, -(-len(labels) // 8))
    return Columns(
        title, pieces,
        ticks=[(HEIGHT - BOTTOM - tall * n / TICKS, short(top * n / TICKS)) for n in range(TICKS + 1)],
        names=[(LEFT + (n + 0.5) * step, label) for n, label in enumerate(labels) if n % shown == 0],
        tones=[(tone, name) for tone, name, _ in series],
        rows=[(label, [counts[n] for _, _, counts in series]) for n, label in enumerate(labels)],
    )  # fmt: skip


def short(count: float) -> str:
    """12k rather than 12,000, where room is scarce."""
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.1f}".rstrip("0").rstrip(".") + unit
    return f"{count:.1f}".rstrip("0").rstrip(".") if count % 1 else f"{count:.0f}"


def _round_up(count: float) -> float:
    """The next number that divides well into the ticks."""
    size = 1.0
    while True:
        for step in (4, 8, 12, 20, 40):
            if step * size >= count:
                return step * size
        size *= 10
