"""Pictures of numbers as SVG: where each bar stands. Drawn by templates/desk/_charts.html, coloured by desk.css.

Attributes only, no style and no script: they show under the strictest CSP. Each comes with its numbers as a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

WIDTH, HEIGHT = 720, 220  # of a picture over time, in its own units
LEFT, BOTTOM, TOP = 48, 24, 8
TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a ranking."""

    label: str
    count: float | Decimal
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


@dataclass(frozen=True, slots=True)
class Stack:
    """One line of a ranking whose bar has coloured parts."""

    label: str
    count: float
    parts: list[tuple[float, float, str, str]]  # x and width of 100, tone, what it says when pointed at
    href: str = ""
    note: str = ""


def stacks(
    found: Sequence[tuple[str, Sequence[tuple[str, str, float]]]], *, hrefs: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> list[Stack]:  # fmt: skip
    """A ranking of labels, each with tone, name and count of its parts; as they come."""
    most = max((sum(count for *_, count in parts) for _, parts in found), default=0) or 1
    made = []
    for label, parts in found:
        x, drawn = 0.0, []
        for tone, name, count in parts:
            wide = 100 * count / most
            drawn.append((x, wide, tone, f"{name}: {count:,}"))
            x += wide
        total = sum(count for *_, count in parts)
        made.append(Stack(label, total, drawn, (hrefs or {}).get(label, ""), (notes or {}).get(label, "")))
    return made


@dataclass(frozen=True, slots=True)
class Post:
    """One end of a flow: a bar with its label beside it."""

    x: float
    y: float
    height: float
    tone: str
    label: str
    count: float
    text_y: float
    anchor: str  # of the label


@dataclass(frozen=True, slots=True)
class Ribbon:
    """What goes from one end to another."""

    path: str
    tone: str  # where it ends
    stays: bool
    label: str


TALL, POST, GAP, SIDE, HEAD, THIN, APART = 330, 14, 14, 150, 40, 1.5, 52
"""Of a flow: height, width of a bar, room between bars and for labels beside, head, thinnest ribbon, label to label."""


@dataclass(frozen=True, slots=True)
class Flow:
    """How much of what stood so before stands so afterwards."""

    title: str
    posts: list[Post]
    ribbons: list[Ribbon]
    heads: tuple[str, str]  # over the left and the right ends
    names: list[tuple[str, str]]  # tone and its name, in order
    rows: list[tuple[str, list[float]]]  # the same as a table: from each, to each
    width: int = WIDTH
    height: int = TALL


def flow(
    title: str, heads: tuple[str, str], names: Sequence[tuple[str, str]], moved: Mapping[tuple[str, str], float]
) -> Flow:
    """``moved``: how many of each tone before went to each tone afterwards. Ribbons are never too thin to be seen."""
    tones = [tone for tone, _ in names]
    total = sum(moved.values()) or 1
    high = TALL - HEAD - GAP * (len(tones) - 1) - 4
    thick = {pair: max(THIN, high * count / total) for pair, count in moved.items() if count}
    scale = high / max(sum(thick.values()), high)
    thick = {pair: size * scale for pair, size in thick.items()}
    left, right = SIDE, WIDTH - SIDE - POST
    ends = [_ends(tones, thick, side) for side in (0, 1)]
    called = dict(names)
    posts = [
        Post(x, ends[side][tone][0], ends[side][tone][1], tone, called[tone],
             sum(count for pair, count in moved.items() if pair[side] == tone),
             ends[side][tone][2], "end" if side == 0 else "start")
        for side, x in enumerate((left, right)) for tone in tones
    ]  # fmt: skip
    ribbons, used = [], ({tone: ends[0][tone][0] for tone in tones}, {tone: ends[1][tone][0] for tone in tones})
    for before in tones:
        for after in tones:
            size = thick.get((before, after), 0)
            if size:
                y0, y1 = used[0][before], used[1][after]
                used[0][before] += size
                used[1][after] += size
                said = f"{called[before]} \N{RIGHTWARDS ARROW} {called[after]}: {moved[before, after]:,}"
                path = _ribbon(left + POST, y0, right, y1, size)
                ribbons.append(Ribbon(path, after, before == after, said))
    rows = [(called[one], [moved.get((one, other), 0) for other in tones]) for one in tones]
    ribbons.sort(key=lambda one: not one.stays)  # what moves lies above what stays
    return Flow(title, posts, ribbons, heads, list(names), rows)


def _ends(
    tones: Sequence[str], thick: Mapping[tuple[str, str], float], side: int
) -> dict[str, tuple[float, float, float]]:
    """Of each tone where its bar begins, how high it is and where its label stands, no label on another."""
    y, bars_of = float(HEAD), {}
    for tone in tones:
        size = sum(one for pair, one in thick.items() if pair[side] == tone)
        bars_of[tone] = (y, size)
        y += size + GAP
    labels: list[float] = []
    last = TALL - APART / 2
    for place, (begins, size) in enumerate(bars_of.values()):
        lowest = last - APART * (len(tones) - 1 - place)
        labels.append(max(min(begins + size / 2, lowest), labels[-1] + APART if labels else HEAD + APART / 2))
    return {tone: (*bars_of[tone], label) for tone, label in zip(tones, labels, strict=True)}


def _ribbon(x0: float, y0: float, x1: float, y1: float, thick: float) -> str:
    bend = (x0 + x1) / 2
    return (
        f"M{x0:.1f} {y0:.1f}C{bend:.1f} {y0:.1f} {bend:.1f} {y1:.1f} {x1:.1f} {y1:.1f}V{y1 + thick:.1f}"
        f"C{bend:.1f} {y1 + thick:.1f} {bend:.1f} {y0 + thick:.1f} {x0:.1f} {y0 + thick:.1f}Z"
    )


@dataclass(frozen=True, slots=True)
class Point:
    """One share with its bounds."""

    x: float
    y: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, slots=True)
class Spread:
    """Shares side by side, each with the bounds in which it lies."""

    title: str
    points: list[Point]
    ticks: list[tuple[float, str]]
    names: list[tuple[float, str]]
    rows: list[tuple[str, str, str]]  # label, share, bounds
    width: int = WIDTH
    height: int = HEIGHT


def spread(title: str, found: Sequence[tuple[str, float, float, float]]) -> Spread:
    """Shares from 0 to 1 with their lower and upper bounds, as they come."""
    tall, base = HEIGHT - TOP - BOTTOM, HEIGHT - BOTTOM
    step = (WIDTH - LEFT) / max(len(found), 1)
    every = max(1, -(-len(found) // 8))
    points = [
        Point(LEFT + (place + 0.5) * step, base - tall * share, base - tall * low, base - tall * high,
              f"{label}: {100 * share:.1f} % ({100 * low:.1f} to {100 * high:.1f} %)")
        for place, (label, share, low, high) in enumerate(found)
    ]  # fmt: skip
    return Spread(
        title, points, [(base - tall * n / TICKS, f"{100 * n // TICKS} %") for n in range(TICKS + 1)],
        [(point.x, found[place][0]) for place, point in enumerate(points) if place % every == 0],
        [(name, f"{100 * share:.1f} %", f"{100 * low:.1f} to {100 * high:.1f} %") for name, share, low, high in found],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A small line without axes; 100 wide and 24 high."""

    path: str
    last: tuple[float, float]
    label: str


def line(shares: Sequence[float]) -> Line:
    """Shares from 0 to 1, the oldest first."""
    wide = 92 / max(len(shares) - 1, 1)
    points = [(4 + place * wide if len(shares) > 1 else 50.0, 21 - 18 * share) for place, share in enumerate(shares)]
    path = "".join(f"{'L' if place else 'M'}{x:.1f} {y:.1f}" for place, (x, y) in enumerate(points))
    label = ", ".join(f"{100 * share:.0f} %" for share in shares)
    return Line(path, points[-1] if points else (50.0, 21.0), label)
