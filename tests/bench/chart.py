"""A bar chart as SVG, written by hand: rows a second, on a logarithmic scale because the slowest is far behind."""

from collections.abc import Sequence
from html import escape
from math import floor, log10

WIDTH, BAR, GAP, LEFT, RIGHT, TOP = 860, 22, 12, 300, 90, 44
OURS, PEER = "#1f6f5c", "#9aa5b1"


def bars(title: str, rows: Sequence[tuple[str, float, bool]]) -> str:
    """``rows``: name, rows a second, whether it is ours."""
    least = 10 ** floor(log10(min(value for _, value, _ in rows)))
    most = max(value for _, value, _ in rows)
    height = TOP + len(rows) * (BAR + GAP) + 8
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'font-family="system-ui, sans-serif" font-size="14" role="img" aria-label="{escape(title)}">'
        ),
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="24" font-weight="bold" fill="#1b2733">{escape(title)}</text>',
    ]
    for place, (name, value, ours) in enumerate(rows):
        y = TOP + place * (BAR + GAP)
        share = log10(value / least) / (log10(most / least) or 1)
        width = max(2, (WIDTH - LEFT - RIGHT) * share)
        parts += [
            f'<text x="{LEFT - 10}" y="{y + 16}" text-anchor="end" fill="#1b2733">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{OURS if ours else PEER}"/>',
            f'<text x="{LEFT + width + 8:.1f}" y="{y + 16}" fill="#1b2733">{value:,.0f}</text>',
        ]
    return "\n".join([*parts, "</svg>"]) + "\n"
