"""Pictures of numbers that are not certain: a curve with its band, estimates with their bounds. SVG, as charts.py."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gateway.console.desk.charts import BOTTOM, HEIGHT, LEFT, TICKS, TOP, WIDTH

RIGHT = 12
Write = Callable[[float], str]
"""How a value is written."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A share that grows with the days, with the band in which the truth lies."""

    title: str
    line: str  # SVG paths
    band: str
    ticks: list[tuple[float, str]]
    names: list[tuple[float, str]]
    rows: list[tuple[str, str, str, str]]  # the same as a table
    width: int = WIDTH
    height: int = HEIGHT


def curve(title: str, points: Mapping[str, Sequence[float]]) -> Curve | None:
    """``points``: days, share, low, high; None where there are too few to draw."""
    days = points["days"]
    few = 3
    if len(days) < few or days[-1] <= 0:
        return None
    top = _top(max(points["high"]))
    tall = HEIGHT - TOP - BOTTOM

    def x(day: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * day / days[-1]

    def y(share: float) -> float:
        return HEIGHT - BOTTOM - tall * min(share / top, 1)

    def path(values: Sequence[float]) -> str:
        return "L".join(f"{x(day):.1f} {y(value):.1f}" for day, value in zip(days, values, strict=True))

    back = "L".join(
        f"{x(day):.1f} {y(value):.1f}" for day, value in reversed(list(zip(days, points["low"], strict=True)))
    )
    step = max(1, (len(days) - 1) // 6)
    marks = _days(days[-1])
    return Curve(
        title, "M" + path(points["share"]), f"M{path(points['high'])}L{back}Z",
        ticks=[(y(top * n / TICKS), f"{100 * top * n / TICKS:.0f} %") for n in range(TICKS + 1)],
        names=[(x(day), f"{day:.0f}") for day in marks],
        rows=[
            (f"{days[n]:.0f}", _share(points["share"][n]), _share(points["low"][n]), _share(points["high"][n]))
            for n in range(0, len(days), step)
        ],
    )  # fmt: skip


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _top(share: float) -> float:
    return next(top for top in (0.04, 0.08, 0.12, 0.2, 0.4, 0.6, 0.8, 1.0) if share <= top or top >= 1)


def _days(last: float) -> list[float]:
    """Days named below: whole months, as many as fit."""
    step = next((step for step in (5, 10, 30, 60, 90, 180, 365) if last / step <= 7), 730)  # noqa: PLR2004
    return [float(day) for day in range(0, int(last) + 1, step)]


@dataclass(frozen=True, slots=True)
class Interval:
    """One line: an estimate with its bounds, from 0 to 100 across the picture."""

    label: str
    value: str
    between: str
    at: float
    low: float
    high: float
    href: str = ""
    note: str = ""
    tone: str = ""
    mark: float | None = None  # where something it is held against stands, such as a price
    mark_text: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What an interval is made of."""

    label: str
    value: float
    low: float
    high: float
    note: str = ""
    tone: str = ""
    mark: float | None = None
    href: str = ""


def intervals(found: Sequence[Told], write: Write) -> list[Interval]:
    """Lines on one scale, which ends a little beyond the largest value; a bound beyond it is cut off."""
    end = max([*(one.value for one in found), *(one.mark or 0.0 for one in found)], default=0.0) * 1.6
    end = max(end, 1e-9)

    def place(value: float) -> float:
        return min(100.0, max(0.0, 100 * value / end))

    return [
        Interval(
            one.label, write(one.value), f"{write(one.low)} \N{EN DASH} {write(one.high)}", place(one.value),
            place(one.low), place(one.high), one.href, one.note, one.tone,
            None if one.mark is None else place(one.mark), "" if one.mark is None else write(one.mark),
        )
        for one in found
    ]  # fmt: skip
