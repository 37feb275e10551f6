"""Rows made into columns, and curves drawn once: as value by value, and as drawn each time."""

import math
import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from gateway.db.base import text_of
from gateway.domain.happening import KINDS
from gateway.economics import people, waiting

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)


def rows_of(chance, count):
    """What is told of forty people, some of whom nobody knows."""
    for number in range(count):
        yield (
            number, chance.randrange(1, 60), chance.choice(sorted(KINDS)),
            text_of(BEGUN + timedelta(seconds=chance.randrange(86_400 * 300)))[:19],
            chance.choice([None, -500, 0, 1999]), chance.choice([None, "USD", "EUR"]),
            chance.choice([None, "", "coffee", "lamp"]), chance.choice([None, "spring"]),
            chance.choice([None, 1, 5]), chance.choice([None, 0, 10]),
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_columns_say_what_the_rows_said(seed):
    chance = random.Random(seed)
    number, joined = np.arange(1, 41), np.full(40, BEGUN.timestamp() / people.DAY + 10)
    names = (people.Names(), people.Names(), people.Names())
    rows = list(rows_of(chance, 500))
    found = [people._told_page(rows[start : start + 100], number, joined, names) for start in range(0, 500, 100)]
    columns = [np.concatenate(some).tolist() for some in zip(*found, strict=True)]
    texts = [[*one.texts, None] for one in names]
    expected = []
    for _, who, kind, at, amount, currency, product, campaign, satisfied, recommend in rows:
        after = datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp() / people.DAY - joined[0]
        if who <= 40 and after >= -people.GRACE:
            paid_in = None if amount is None else currency
            expected.append((who - 1, max(math.floor(after * 24) / 24, 0.0), people.KIND[kind], amount, paid_in,
                             product, campaign, satisfied, recommend))  # fmt: skip
    told = [
        (who, at, kind, None if math.isnan(amount) else amount, texts[0][currency], texts[1][product],
         texts[2][campaign], None if satisfied < 0 else satisfied, None if recommend < 0 else recommend)
        for who, at, kind, amount, currency, product, campaign, satisfied, recommend in zip(*columns, strict=True)
    ]  # fmt: skip
    assert told == expected


def test_a_curve_is_drawn_once_and_is_the_same(monkeypatch):
    chance = np.random.default_rng(7)
    drawn, draw = [], waiting._draw
    monkeypatch.setattr(waiting, "_draw", lambda *args: drawn.append(1) or draw(*args))
    watched = chance.uniform(1, 400, 300)
    after = np.where(chance.random(300) < 0.4, chance.uniform(0, 400, 300), np.nan)
    with waiting.remembering():
        first, again = waiting.curve(after, watched), waiting.curve(after.copy(), watched.copy())
        swapped = waiting.curve(watched, np.nan_to_num(after))
    assert (first is again, swapped is first, len(drawn)) == (True, False, 2)
    plain = waiting.curve(after, watched)
    assert len(drawn) == 3
    for name in ("days", "share", "at_risk", "still", "variance", "mean", "square", "exposure"):
        np.testing.assert_array_equal(getattr(first, name), getattr(plain, name))
