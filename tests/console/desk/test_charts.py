"""Pictures say what the numbers say: no ribbon is lost, no label stands on another, all of it within the frame."""

import re
from itertools import pairwise

import pytest

from gateway.console.desk.charts import APART, HEAD, TALL, flow, stacks

NAMES = [("prospect", "Accepted"), ("hold", "On hold"), ("rejection", "Refused")]
CASES = [
    {},
    {("prospect", "prospect"): 10},
    {
        ("prospect", "prospect"): 911_559,
        ("prospect", "hold"): 1,
        ("hold", "rejection"): 2,
        ("rejection", "rejection"): 1,
    },
    {(a, b): 100 for a, _ in NAMES for b, _ in NAMES},
    {("rejection", "prospect"): 1_000_000},
]


@pytest.mark.parametrize("moved", CASES)
def test_a_flow_holds_all_and_stays_in_its_frame(moved):
    chart = flow("Title", ("Before", "After"), NAMES, moved)
    assert len(chart.ribbons) == len(moved)
    for side in ("end", "start"):
        posts = [post for post in chart.posts if post.anchor == side]
        assert sum(post.count for post in posts) == sum(moved.values())
        assert all(post.y >= HEAD and post.y + post.height <= TALL for post in posts)
        labels = [post.text_y for post in posts]
        assert all(below - above >= APART - 0.01 for above, below in pairwise(labels))
        assert labels[-1] <= TALL - APART / 2 + 0.01
    for ribbon in chart.ribbons:
        assert all(0 <= float(number) <= chart.width for number in re.findall(r"[0-9.]+", ribbon.path))
    assert {(label, tuple(counts)) for label, counts in chart.rows} == {
        (name, tuple(moved.get((tone, other), 0) for other, _ in NAMES)) for tone, name in NAMES
    }


def test_stacks_are_as_long_as_what_they_count():
    one, other = stacks([("a", [("hold", "held", 30), ("rejection", "refused", 10)]), ("b", [("hold", "held", 10)])])
    assert (one.count, other.count) == (40, 10)
    assert [(x, width) for x, width, *_ in one.parts] == [(0, 75), (75, 25)]
    assert other.parts[0][1] == 25
