"""A made-up company of two years of which the truth is known: who sells what quality, when people buy, what they pay.

Drawn from a seed. What the numbers say of it can be held against formulas that share no code with the gateway.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import exp

import numpy as np

from gateway.db.base import text_of
from gateway.db.work import unit_of_work
from gateway.domain.lead import Statement
from gateway.domain.wire import statement_to_json
from gateway.lifecycle.tables import happenings, prospects
from gateway.outcomes.tables import batches, statements

AS_OF = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAYS = 730
GIVEN_BACK, BACK_AFTER = 0.06, 10.0  # share of purchases given back, and after how many days
FRAILTY = 2.0  # people differ in how often they buy again: gamma of this shape
REPEAT_DAYS = 180


@dataclass(frozen=True)
class Quality:
    """The truth about one source."""

    name: str
    vendor: str | None
    leads: int
    usable: float  # share of its leads that become prospects
    ever: float  # share of people who would buy some day
    wait: float  # mean days until then
    yearly: float  # purchases a year after the first
    pays: float  # mean of a purchase, minor units
    euros: float = 0.0  # share of people who pay in EUR
    refers: float = 0.0  # share of people who ever send somebody; after a mean of 120 days
    promotes: float = 0.4  # share of those asked who answer 9 or 10
    price: int = 60
    since: float = 0.0  # day of the company's life on which it began


COMPANY = (
    Quality("newsletter", None, 1400, 0.93, 0.62, 60, 2.4, 4200, 0.15, 0.20, 0.55),
    Quality("quiz", None, 900, 0.88, 0.35, 110, 1.6, 3600, 0.15, 0.10, 0.40),
    Quality("prize-draw", None, 60, 0.90, 0.20, 120, 1.2, 3000, 0.10, 0.05, 0.30),
    Quality("good", "Good Leads", 1800, 0.70, 0.30, 100, 1.8, 4000, 0.10, 0.08, 0.40),
    Quality("fair", "Fair Lists", 2400, 0.55, 0.18, 140, 1.4, 3800, 0.20, 0.05, 0.35),
    Quality("poor", "Poor Data", 2400, 0.35, 0.06, 160, 1.0, 3500, 0.10, 0.02, 0.20),
    Quality("late", "Late Starter", 600, 0.60, 0.24, 120, 1.6, 3900, 0.10, 0.05, 0.35, since=600),
    Quality("tiny", "Tiny Broker", 9, 0.60, 0.20, 120, 1.4, 3800, 0.10, 0.05, 0.35),
)


def bought_by(one: Quality, day: float) -> float:
    """The true share that has bought for the first time within so many days."""
    return one.ever * (1 - exp(-day / one.wait))


def purchases_by(one: Quality, day: float) -> float:
    """The true average number of purchases within so many days of joining."""
    if day <= 0:
        return 0.0
    early = 1 - exp(-day / one.wait)
    return one.ever * (early + one.yearly / 365 * (day - one.wait * early))


def spent_by(one: Quality, day: float, currency: str) -> float:
    """The true average spending, with what was given back taken off."""
    part = one.euros if currency == "EUR" else 1 - one.euros
    return part * one.pays * (purchases_by(one, day) - GIVEN_BACK * purchases_by(one, day - BACK_AFTER))


def again_within(one: Quality, day: float = REPEAT_DAYS) -> float:
    """Of those who bought, the true share that buys again within so many days, but on the first of them."""
    return 1 - (1 + one.yearly / 365 * (day - 1) / FRAILTY) ** -FRAILTY


def referred_by(one: Quality, day: float) -> float:
    """The true share that has sent somebody within so many days."""
    return one.refers * (1 - exp(-day / 120))


@dataclass
class Event:
    """What somebody did."""

    person: int
    at: float  # days of the company's life
    kind: str
    amount: int | None = None
    currency: str | None = None
    recommend: int | None = None


@dataclass
class Arrived:
    """One delivery: a signup, or a list."""

    source: Quality
    at: float
    leads: int
    people: list[int] = field(default_factory=list)  # of those who became prospects, by number from 0


@dataclass
class Life:
    """Two years of the company."""

    arrivals: list[Arrived]
    events: list[Event]
    people: int


def live(seed: int, company=COMPANY, *, scale: float = 1.0) -> Life:
    """Draw the two years: more people come later than sooner, as in every company that grows."""
    rng = np.random.default_rng(seed)
    arrivals: list[Arrived] = []
    people: list[tuple[Quality, float]] = []
    for one in company:
        leads = max(1, round(one.leads * scale))
        if one.vendor is None:
            days = np.sort(one.since + (DAYS - one.since) * rng.random(leads) ** 0.7)
            found = [(day, 1) for day in days]
        else:
            lists = min(leads, 12 if one.leads > 100 else 1)
            days = np.sort(one.since + (DAYS - one.since) * rng.random(lists) ** 0.7)
            found = [(day, leads // lists) for day in days]
        for day, size in found:
            taken = int(rng.binomial(size, one.usable))
            arrivals.append(Arrived(one, float(day), size, list(range(len(people), len(people) + taken))))
            people += [(one, float(day))] * taken
    events: list[Event] = []
    for number, (one, joined) in enumerate(people):
        events += _life_of(rng, number, one, joined)
    return Life(arrivals, events, len(people))


def _life_of(rng, number: int, one: Quality, joined: float):
    left = DAYS - joined
    currency = "EUR" if rng.random() < one.euros else "USD"
    first = rng.exponential(one.wait) if rng.random() < one.ever else float("inf")
    if first < left:
        bought = [first]
        pace = one.yearly / 365 * rng.gamma(FRAILTY) / FRAILTY
        bought += list(first + (left - first) * rng.random(rng.poisson(pace * (left - first))))
        for at in sorted(bought):
            amount = max(1, round(one.pays * rng.lognormal(-0.32, 0.8)))
            kind = "first_purchase" if at == first else "purchase"
            yield Event(number, joined + at, kind, amount, currency)
            if rng.random() < GIVEN_BACK and at + BACK_AFTER < left:
                yield Event(number, joined + at + BACK_AFTER, "purchase", -amount, currency)
        if rng.random() < 0.5:
            answer = rng.choice([9, 10]) if rng.random() < one.promotes else rng.choice([3, 6, 7, 8])
            yield Event(number, joined + (first + left) / 2, "survey", recommend=int(answer))
    if rng.random() < one.refers and (at := rng.exponential(120)) < left:
        yield Event(number, joined + at, "referral")


def instant(day: float) -> datetime:
    """A day of the company's life as an instant."""
    return AS_OF - timedelta(days=DAYS - day)


def put_into(engine, life: Life) -> None:
    """Write the two years straight into the tables that the numbers read."""
    with unit_of_work(engine, AS_OF) as work:
        known: dict[Quality, int] = {}
        for one in {arrived.source: None for arrived in life.arrivals}:
            known[one] = len(known) + 1
            price = {"price_minor": one.price, "currency": "USD"} if one.vendor else {}
            said = Statement(one.vendor is None, one.vendor, wording=f"I agree to mail ({one.name}).", **price)
            work.insert_many(statements, ("id", "digest", "body"), [(known[one], one.name, statement_to_json(said))])
        rows, come, lead = [], [], 1
        for number, one in enumerate(sorted(life.arrivals, key=lambda each: each.at), 1):
            at = text_of(instant(one.at))
            kind = "form" if one.source.vendor is None else "list"
            source = one.source.name if kind == "form" else str(number)
            rows.append((number, "arrival", kind, source, known[one.source], at, at, at, "x", lead, one.leads))
            come += [(person, lead + place) for place, person in enumerate(one.people)]
            lead += one.leads
        work.insert_many(batches, ("id", "kind", "origin_kind", "source", "statement_id", "arrived_at", "as_of",
                                   "settled_at", "policy_digest", "first_lead", "leads"), rows)  # fmt: skip
        people = [(person + 1, person.to_bytes(16, "big"), "", lead, 1) for person, lead in sorted(come)]
        work.insert_many(prospects, ("id", "match_key", "address", "lead_id", "decision_id"), people,
                         same={"state": "prospect", "since": text_of(AS_OF)})  # fmt: skip
        told = [
            (one.person + 1, "shop", f"e{number}", one.kind, text_of(instant(one.at)), one.amount, one.currency,
             one.recommend)
            for number, one in enumerate(life.events)
        ]  # fmt: skip
        names = ("prospect_id", "teller", "event_key", "kind", "at", "amount_minor", "currency", "recommend")
        work.insert_many(happenings, names, told, same={"known_at": text_of(AS_OF)})


def as_json(life: Life) -> str:
    """For a look."""
    return json.dumps({"people": life.people, "events": len(life.events), "arrivals": len(life.arrivals)})
