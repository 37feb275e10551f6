"""The numbers of the made-up company, each beside the truth that it should find (company.py)."""

import shutil
from collections.abc import Iterator
from math import log
from pathlib import Path
from typing import NamedTuple

from company import (
    AS_OF,
    COMPANY,
    REPEAT_DAYS,
    again_within,
    bought_by,
    live,
    put_into,
    referred_by,
    spent_by,
)

from gateway.db.engine import open_engine
from gateway.db.migrate import upgrade
from gateway.db.work import reading
from gateway.economics.document import reckon_numbers
from gateway.policy.worth import Terms

TERMS = Terms(cost_per_prospect={"USD": 50})
YEAR = 365.0
FEW = ("tiny",)
"""Of so few people that nothing is told but what its kind says."""


class Held(NamedTuple):
    """One number beside the truth; None where nothing was told."""

    number: str
    source: str
    told: dict[str, float | None] | None
    truth: float

    @property
    def is_inside(self) -> bool:
        """Whether the truth lies within the bounds."""
        assert self.told is not None
        low, high = self.told["low"], self.told["high"]
        return low <= self.truth and (high is None or self.truth <= high)


def held_against_truth(body, *, again_days: float = REPEAT_DAYS) -> Iterator[Held]:
    """Every number of every source and of the whole company."""
    lines = [(one, _line(body, one)) for one in COMPANY]
    lines = [(one, line) for one, line in lines if line is not None]
    for one, line in lines:
        if one.name not in FEW:
            yield from _seen(one, line, again_days)
        yield from _drawn(one, line)
    yield from _worth(body)
    people = {one: line["people"] for one, line in lines}
    yield from _whole(body, people)


def _line(body, one):
    lines = body["vendors"] if one.vendor else body["sources"]
    return next((line for line in lines if line["name"] == (one.vendor or one.name)), None)


def _seen(one, line, again_days) -> Iterator[Held]:
    for day in (30, 90, 365):
        yield Held(f"bought within {day} days", one.name, line["bought_within"][str(day)], bought_by(one, day))
    if one.ever > 0.5:
        yield Held("median days to the first purchase", one.name, line["median_days"],
                   -one.wait * log(1 - 0.5 / one.ever))  # fmt: skip
    yield Held("bought again in time", one.name, line["bought_again"], again_within(one, again_days))
    yield Held("referred somebody", one.name, line["referred"], referred_by(one, YEAR))
    yield Held("would recommend", one.name, line["promoters"], one.promotes)
    for currency in ("USD", "EUR"):
        spent = line["spent"].get(currency)
        told = spent["mean"] if spent and spent["days"] and spent["days"] >= YEAR else None
        yield Held(f"spent in a year, {currency}", one.name, told, spent_by(one, YEAR, currency))


def _drawn(one, line) -> Iterator[Held]:
    firm = line["firm"]
    yield Held("bought within a year, drawn to its kind", one.name, firm["first"], bought_by(one, YEAR))
    yield Held("rows that become prospects", one.name, firm["becomes_prospect"], one.usable)
    for currency in ("USD", "EUR"):
        yield Held(f"spent in a year, drawn to its kind, {currency}", one.name, firm["spent"].get(currency),
                   spent_by(one, YEAR, currency))  # fmt: skip


def worth_truth(one) -> float:
    """What a prospect of a source may truly cost, in cents."""
    return max(0.0, (spent_by(one, YEAR, "USD") * TERMS.gross_margin - 50) * (1 - TERMS.target_profit))


def _worth(body) -> Iterator[Held]:
    named = {one.vendor or one.name: one for one in COMPANY}
    for told in body["worth"]:
        if told["name"] in named and told["scope"] in {"form", "vendor"} and told["currency"] == "USD":
            one = named[told["name"]]
            yield Held("what a prospect may cost", one.name, told["per_prospect"], worth_truth(one))
            yield Held("what a row may cost", one.name, told["per_row"], worth_truth(one) * one.usable)


def _whole(body, people) -> Iterator[Held]:
    total = sum(people.values())

    def mixed(of) -> float:
        return sum(count * of(one) for one, count in people.items()) / total

    for day in (30, 90, 365):
        truth = mixed(lambda one, day=day: bought_by(one, day))
        yield Held(f"bought within {day} days", "all", body["all"]["bought_within"][str(day)], truth)
    for currency in ("USD", "EUR"):
        spent = body["all"]["spent"].get(currency)
        truth = mixed(lambda one, currency=currency: spent_by(one, YEAR, currency))
        yield Held(f"spent in a year, {currency}", "all", spent and spent["mean"], truth)
        naive = spent and {"value": spent["naive"], **_naive_bounds(body, spent)}
        yield Held(f"the naive mean, {currency}", "all", naive, truth)


def _naive_bounds(body, spent) -> dict[str, float]:
    """As wide as the right one's, about the wrong middle: the naive mean is not saved by calling it uncertain."""
    mean = spent["mean"]
    return {end: spent["naive"] * mean[end] / mean["value"] for end in ("low", "high")}


def reckon_seed(seed: int, folder: Path):
    """The document of one made-up company, written straight into a fresh database."""
    base, file = folder / "empty.sqlite", folder / f"seed-{seed}.sqlite"
    if not base.exists():
        empty = open_engine(f"sqlite:///{base}")
        upgrade(empty)
        empty.dispose()
    shutil.copy(base, file)
    engine = open_engine(f"sqlite:///{file}")
    put_into(engine, live(seed))
    with reading(engine) as connection:
        found, _ = reckon_numbers(connection, AS_OF, TERMS, lambda _: float(REPEAT_DAYS))
    engine.dispose()
    for one in folder.glob(f"{file.name}*"):
        one.unlink()
    return found.body
