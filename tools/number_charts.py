"""Draw the charts of docs/numbers.md (docs/numbers/*.svg): a made-up company beside its truth, a hundred's counts.

`.venv/bin/python tools/number_charts.py`. The counts are those of docs/numbers/coverage.csv, made by `make truth`.
"""

import csv
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
OUT = ROOT / "docs" / "numbers"
WIDE, LEFT, RIGHT, ROW = 760, 250, 70, 26
ENOUGH = 40  # companies of the hundred in which the number was told at all
STYLE = (
    "<style>svg{font:13px system-ui,sans-serif}text{fill:#1b2329}.soft{fill:#55606a}.band{fill:#0b5c63;opacity:.25}"
    ".line{stroke:#0b5c63;stroke-width:2;fill:none}.at{fill:#0b5c63}.truth{fill:#b4560a}.naive{fill:#a02622}"
    ".rule{stroke:#8b887f;stroke-width:1}.dash{stroke:#b4560a;stroke-width:2;fill:none;stroke-dasharray:5 4}"
    "@media(prefers-color-scheme:dark){text{fill:#e7eaec}.soft{fill:#a6b0b8}.band,.at{fill:#79cfc8}"
    ".line{stroke:#79cfc8}.truth{fill:#f2a45a}.dash{stroke:#f2a45a}.naive{fill:#f39c94}}</style>"
)


def main() -> None:
    """Reckon one company and draw."""
    from company import COMPANY, bought_by, spent_by
    from truths import TERMS, reckon_seed, worth_truth

    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        body = reckon_seed(7, Path(folder))
    people = {one["name"]: one["people"] for one in body["sources"] + body["vendors"]}
    total = sum(people.values())

    def mixed(of: Callable[[Any], float]) -> float:
        return sum(people.get(one.vendor or one.name, 0) * of(one) for one in COMPANY) / total

    save("first-purchase", grown(body["curve"], lambda day: mixed(lambda one: bought_by(one, day))))
    named = {one.vendor or one.name: one for one in COMPANY}
    rows = [
        (one["name"], one["per_prospect"], worth_truth(named[one["name"]]), None)
        for one in body["worth"] if one["name"] in named and one["scope"] != "list" and one["currency"] == "USD"
    ]  # fmt: skip
    terms = f"margin {TERMS.gross_margin:.0%}, profit {TERMS.target_profit:.0%} of it"
    save("may-cost", ranged(f"What a prospect may cost, USD ({terms})", rows, 100))
    spent = body["all"]["spent"]["USD"]
    truth = mixed(lambda one: spent_by(one, 365, "USD"))
    save("naive", ranged("Spent in a year, USD: here, and by the naive mean", [
        ("as reckoned here", spent["mean"], truth, None), ("the naive mean", None, truth, spent["naive"]),
    ], 100))  # fmt: skip
    save("coverage", covered())


def save(name: str, drawing: str) -> None:
    """Write a picture."""
    (OUT / f"{name}.svg").write_text(drawing + "\n", encoding="utf-8")
    print(f"docs/numbers/{name}.svg")


def framed(title: str, high: float, parts: list[str]) -> str:
    """An SVG with its title."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high:.0f}" role="img" aria-label="{title}">'
    return "\n".join([head, STYLE, f'<text x="0" y="16" font-weight="600">{title}</text>', *parts, "</svg>"])


def grown(curve: Mapping[str, Sequence[float]], truth: Callable[[float], float]) -> str:
    """The share that has bought by each day, its band, and the truth dashed."""
    top, high, low = max(curve["high"]) * 1.1, 40, 260

    def at(day: float, share: float) -> str:
        return f"{50 + (WIDE - 60) * day / curve['days'][-1]:.1f} {low - (low - high) * share / top:.1f}"

    def path(values: Sequence[float]) -> str:
        return "L".join(at(day, value) for day, value in zip(curve["days"], values, strict=True))

    back = "L".join(at(day, v) for day, v in list(zip(curve["days"], curve["low"], strict=True))[::-1])
    parts = [
        f'<path class="band" d="M{path(curve["high"])}L{back}Z"/>', f'<path class="line" d="M{path(curve["share"])}"/>',
        f'<path class="dash" d="M{path([truth(day) for day in curve["days"]])}"/>',
    ]  # fmt: skip
    for day in range(0, int(curve["days"][-1]) + 1, 60):
        x = at(day, 0).split()[0]
        parts.append(f'<text class="soft" x="{x}" y="{low + 18}" text-anchor="middle">{day}</text>')
    for share in (0.1, 0.2, 0.3):
        y = at(0, share).split()[1]
        parts.append(f'<text class="soft" x="40" y="{y}" text-anchor="end">{share:.0%}</text>')
    return framed("Bought for the first time, by days since joining; the truth dashed", low + 30, parts)


def ranged(title: str, rows: Sequence[tuple[Any, ...]], unit: float) -> str:
    """Estimates with their bounds, the truth as a diamond, a naive number as a cross."""
    ends = [max(truth, naive or 0, told["value"] * 1.4 if told else 0) for _, told, truth, naive in rows]
    scale = (WIDE - LEFT - RIGHT) / max(ends)
    parts = []
    for number, (name, told, truth, naive) in enumerate(rows):
        y = 40 + number * ROW
        parts.append(f'<text x="{LEFT - 12}" y="{y + 5}" text-anchor="end">{name}</text>')
        if told:
            x, wide = LEFT + told["low"] * scale, (min(told["high"], max(ends)) - told["low"]) * scale
            parts.append(f'<rect class="band" x="{x:.1f}" y="{y - 6}" width="{wide:.1f}" height="12"/>')
            parts.append(
                f'<rect class="at" x="{LEFT + told["value"] * scale - 1.5:.1f}" y="{y - 8}" width="3" height="16"/>'
            )
        if naive:
            parts.append(
                f'<rect class="naive" x="{LEFT + naive * scale - 1.5:.1f}" y="{y - 8}" width="3" height="16"/>'
            )
        x, shown = LEFT + truth * scale, (told["value"] if told else naive) / unit
        parts.append(f'<path class="truth" d="M{x:.1f} {y - 6}l6 6l-6 6l-6 -6Z"/>')
        parts.append(f'<text class="soft" x="{WIDE}" y="{y + 5}" text-anchor="end">{shown:.2f}</text>')
    y = 44 + len(rows) * ROW
    parts.append(
        f'<text class="soft" x="{LEFT}" y="{y}">bar: bounds of 95 %; line: estimate; diamond: the truth</text>'
    )
    return framed(title, y + 8, parts)


def covered() -> str:
    """Of each number, in how many of a hundred companies the truth lay in its bounds: a dot for each source."""
    found: dict[str, list[float]] = {}
    with (OUT / "coverage.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["number"].startswith("the naive mean, EUR") and int(row["told"]) >= ENOUGH:
                found.setdefault(row["number"], []).append(int(row["inside"]) / int(row["told"]))
    left, parts = 300, []
    scale = (WIDE - left - 20) / 1.0
    for share in (0, 0.5, 0.9, 1.0):
        x = left + share * scale
        parts.append(f'<path class="rule" d="M{x:.1f} 30V{34 + len(found) * ROW}"/>')
        parts.append(
            f'<text class="soft" x="{x:.1f}" y="{50 + len(found) * ROW}" text-anchor="middle">{share:.0%}</text>'
        )
    for number, (name, shares) in enumerate(found.items()):
        y = 46 + number * ROW
        parts.append(f'<text x="{left - 16}" y="{y + 4}" text-anchor="end" font-size="12">{name}</text>')
        tone = "naive" if name.startswith("the naive") else "at"
        parts += [
            f'<circle class="{tone}" opacity=".6" cx="{left + one * scale:.1f}" cy="{y}" r="5"/>' for one in shares
        ]
    return framed("In how many of a hundred companies the truth lay in the bounds", 60 + len(found) * ROW, parts)


if __name__ == "__main__":
    main()
