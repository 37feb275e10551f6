"""What became of some people: a shop tells of purchases, answers and complaints, of years for those it knew before."""

import random
from datetime import datetime, timedelta
from itertools import islice

from gateway.becoming.derive import derive_due
from gateway.becoming.said import Said
from gateway.becoming.taking import take_in
from gateway.domain.happening import Happening
from gateway.lifecycle.store import export
from gateway.pipeline import Services

PEOPLE = 260
BUYERS = 0.05
"""Of those who came in by this month's lists and forms: they buy within days, as no shop could live otherwise."""
MOST_KNOWN = 5_000
_GOODS = (("Harbour seeds", "seeds", 365, 2400), ("House blend", "coffee", 21, 1450), ("Bench", "furniture", 120, 8900),
          ("Garden club", "membership", 365, 4900), ("Rose feed", "plant food", 60, 1290))  # fmt: skip
_OTHERWISE = (("contact", 0.6), ("reply", 0.15), ("return_visit", 0.15), ("referral", 0.08), ("complaint", 0.02))
_CAMPAIGNS = ("spring-letter", "harbour-letter", "back-again")
_DERIVE_SECONDS = 10.0


def tell_lives(services: Services, rng: random.Random, *, share: float) -> int:
    """Tell of some of the prospects what they did; how many events."""
    with services.engine.connect() as connection:
        known = [one["id"] for one in islice(export(connection), MOST_KNOWN)]
        joined = [(one["id"], datetime.fromisoformat(one["since"])) for one in export(connection)]
    now, told = services.clock.now(), list[Said]()
    fresh = {number for number, _ in joined if rng.random() < BUYERS}
    for number, since in joined:
        if number in fresh:
            told += _newcomer(rng, number, since, now)
    known = [number for number in known if number not in fresh]  # one life each
    for number in rng.sample(known, min(len(known), max(12, int(PEOPLE * share)))):
        told += _life(rng, number, now)
    for start in range(0, len(told), 1_000):
        take_in(services, "shop", told[start : start + 1_000])
    derive_due(services, seconds=_DERIVE_SECONDS)
    return len(told)


def _newcomer(rng: random.Random, number: int, since: datetime, now: datetime) -> list[Said]:
    """Somebody who came in this month and bought, once or twice."""
    product, segment, pace, price = rng.choice(_GOODS)
    at = since + timedelta(days=rng.expovariate(1 / 9))
    found = []
    for kind in ("first_purchase", "purchase")[: rng.choice((1, 1, 2))]:
        money = 3 * price + rng.randrange(-200, 900)
        found.append(Happening(number, kind, at, product, segment, 1, money, "USD", rng.choice(_CAMPAIGNS), "shop"))
        at += timedelta(days=pace * rng.uniform(0.5, 1.0))
    return [Said(f"demo-new-{number}-{n}", "prospect", number, one) for n, one in enumerate(found) if one.at <= now]


def _life(rng: random.Random, number: int, now: datetime) -> list[Said]:
    """One person: how often they buy, whether they stopped, and what was said between."""
    product, segment, pace, price = rng.choice(_GOODS)
    times, stopped = rng.choice((0, 1, 1, 2, 3, 5, 8)), rng.choice((0.0, 0.0, 0.0, 0.6, 1.2, 2.5))
    last = now - timedelta(days=pace * stopped + rng.uniform(0.1, 0.8) * min(pace, 90))
    at, found = last - timedelta(days=pace * max(0, times - 1)), list[Happening]()
    for turn in range(times):
        kind = "purchase" if turn else "first_purchase"
        money = price + rng.randrange(-200, 400)
        campaign = rng.choice(_CAMPAIGNS)
        found.append(Happening(number, kind, at, product, segment, 1, money, "USD", campaign, "shop"))
        if rng.random() < 0.2:  # noqa: PLR2004 - the share of those who answer surveys
            said = rng.randint(1, 5)
            found.append(Happening(number, "survey", at + timedelta(days=5), product, satisfaction=said,
                                   recommend=min(10, 2 * said)))  # fmt: skip
        at += timedelta(days=pace * rng.uniform(0.85, 1.1))
    for kind, chance in _OTHERWISE:
        if rng.random() < chance:
            when = now - timedelta(days=rng.uniform(0.1, 20))
            found.append(Happening(number, kind, when, campaign=rng.choice(_CAMPAIGNS), channel="email"))
    return [Said(f"demo-{number}-{place}", "prospect", number, one) for place, one in enumerate(found) if one.at <= now]
