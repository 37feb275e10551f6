"""The month day by day: lists come, people sign up, complain and leave. Everything through the real pipeline."""

import csv
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.cli.demo import add_store
from gateway.cli.demo_month import bought
from gateway.cli.demo_month.lists import ANGRY, ANGRY_DAYS, BILLED, HEADINGS, MONTH, Sold, manifest_of
from gateway.cli.demo_month.lives import tell_lives
from gateway.cli.demo_month.people import FIRST, LAST, STATES, address_of, rows
from gateway.cli.demo_month.vendor_files import note_files
from gateway.domain.lead import REQUEST_PARTS, Batch, Cell, Origin, Statement
from gateway.domain.ports import Suppression
from gateway.emission.deliver import deliver, way_of
from gateway.emission.recall import ask, work_recall
from gateway.feedback.book import record
from gateway.feedback.event import Event, Kind
from gateway.intake.forms import Source, create_source, find_source
from gateway.intake.lists import bring
from gateway.intake.recalling import read_asked
from gateway.intake.runs import work_run
from gateway.invoicing.book import Given
from gateway.invoicing.reconcile import add_invoice
from gateway.lifecycle.store import export
from gateway.outcomes.leave import leave
from gateway.outcomes.origins import ranges_of_list
from gateway.pipeline import Services, process
from gateway.scoring.keep import find_scores
from gateway.scoring.refresh import refresh
from gateway.screening.address.keys import key_of
from gateway.vendors.book import set_standing
from gateway.vendors.contracts import Terms, note_contract

DAYS = 29
HANDED_ON = 10  # days between two files for the store
SIGNUPS = 6_000
MOST_KNOWN = 20_000  # of whom those who leave are drawn
WORDING = (
    "Yes, Example Gardens Inc. may send me the Harbour Letter with news and offers by e-mail. I can unsubscribe with "
    "one click at any time."
)
FORMS = (("newsletter", "Newsletter, foot of every page", 0.62), ("planting-guide", "Free planting guide", 0.3),
         ("prize-draw", "Spring prize draw", 0.08))  # fmt: skip
Told = Callable[[int, str], None]


@dataclass
class _Then:
    """The month's clock."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def live_through(services: Services, *, share: float = 1.0, told: Told = lambda _days, _what: None) -> None:
    """Bring a month to an empty gateway; ``share`` of its usual 50,000 leads. ``told``: days gone, what happens."""
    end = services.clock.now()
    clock = _Then(end - timedelta(days=DAYS))
    then = replace(services, clock=clock)
    rng = random.Random("a month")  # noqa: S311 - made-up people
    _forms(then)
    with then.unit_of_work() as work:
        add_store(work, then)
    for day in range(DAYS):
        morning = end - timedelta(days=DAYS - day)
        for sold in [one for one in MONTH if one.day == day]:
            clock.at = morning + timedelta(hours=2)
            told(day, f"{sold.vendor} delivers {sold.name}")
            _list(then, rng, sold, max(20, int(sold.rows * share)))
        told(day, "people sign up")
        for hour, batch in _signups(then, rng, morning, int(SIGNUPS * share / DAYS)):
            clock.at = hour
            process(batch, then, dns_seconds=0)
        _one_by_one(then, clock, morning, day, share)
        clock.at = morning + timedelta(hours=20)
        _aftermath(then, rng, day)
        if day % HANDED_ON == HANDED_ON - 1 or day == DAYS - 1:
            told(day, "prospects are handed on, and who left is revoked")
            while deliver(1, then, way_of(then)):
                pass
        if day % 4 == 1 or day == DAYS - 1:
            refresh(then, whole=True)
    clock.at = end - timedelta(hours=1)
    for sold in [one for one in MONTH if one.day == DAYS]:  # when the limits have seen who complained
        told(DAYS, f"{sold.vendor} delivers {sold.name}")
        _list(then, rng, sold, max(20, int(sold.rows * share)))
    _invoice(then)
    _recall(then)
    note_files(services)
    told(DAYS, "the shop tells what became of people")
    tell_lives(services, rng, share=share)
    refresh(replace(services, clock=_Then(end)), whole=True)
    told(DAYS, "done")


def _one_by_one(then: Services, clock: _Then, morning: datetime, day: int, share: float) -> None:
    """What a vendor posts by machine, at two hours of the day."""
    chance = random.Random(f"posts of {day}")  # noqa: S311 - made-up people
    if day < bought.SINCE:
        return
    if day == bought.SINCE:
        clock.at = morning
        bought.agree(then)
    for hour in (4, 12):
        clock.at = morning + timedelta(hours=hour)
        bought.post_some(then, chance, max(1, round(bought.POSTS * min(1.0, share) * (0.7 + chance.random() / 2))))


def _recall(then: Services) -> None:
    """The lists of the vendor whose people complained are taken back; the store is told with its next file."""
    with then.unit_of_work() as work:
        lists = [int(one.source) for one in find_scores(work.connection, vendor=ANGRY)][:1]
        asked = read_asked(work.connection, lists, None, "complaints", "Twelve of its people complained in four days",
                           withheld=False)  # fmt: skip
        number = ask(work, then.ledger, asked, by="demo")
    while work_recall(number, then):
        pass
    while deliver(1, then, way_of(then)):
        pass


def _forms(then: Services) -> None:
    with then.unit_of_work() as work:
        for key, title, _ in FORMS:
            statement = Statement(
                direct=True, method="form", form_url=f"https://www.example.com/{key}", wording=WORDING, language="en",
                consent_act="unticked_box", relationship="marketing", audience="general", legal_basis="consent",
                form_capture="kept with the site's own releases", request_parts=frozenset(REQUEST_PARTS),
                products=frozenset({"general"}), advertisers=("Example Gardens Inc.",),
            )  # fmt: skip
            create_source(work, Source(key, title, statement, published=True))


def _list(then: Services, rng: random.Random, sold: Sold, count: int) -> None:
    at = then.clock.now()
    if sold.standing:
        with then.unit_of_work() as work:
            set_standing(work, sold.vendor, *sold.standing)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{sold.name.lower().replace(' ', '-')}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(HEADINGS)
            since, until = at - timedelta(days=42), at - timedelta(days=3)
            page = "https://offers.example.com/garden"
            writer.writerows(rows(rng, count, sold.mix, since=since, until=until, page=page))
        begun = bring(
            then, path, manifest_of(sold, at), manifest_name="manifest.yaml", encoding=None, again=False, by="demo"
        )  # fmt: skip
        work_run(begun["run"], then)


def _signups(then: Services, rng: random.Random, morning: datetime, count: int) -> Iterator[tuple[datetime, Batch]]:
    """A day's signups, form by form and hour by hour."""
    for hour in range(6, 23):
        at = morning.replace(minute=0) + timedelta(hours=hour - 6, minutes=rng.randrange(50))
        for key, _, part in FORMS:
            some = round(count * part * (0.4 + rng.random()) / 14)
            if some:
                yield at, _batch(then, rng, key, at, some)


def _batch(then: Services, rng: random.Random, key: str, at: datetime, count: int) -> Batch:
    with then.engine.connect() as connection:
        source = find_source(connection, key)
    assert source is not None
    people = [(rng.choice(FIRST), rng.choice(LAST)) for _ in range(count)]
    addresses = [address_of(rng, *who) for who in people]
    for place in range(count):  # slips of the pen
        if rng.random() < 0.015:  # noqa: PLR2004 - the share of people who mistype
            addresses[place] = f"{addresses[place].partition('@')[0]}@gone.example.net"
    columns: dict[str, list[Cell]] = {
        "email": [*addresses],
        "first_name": [first for first, _ in people],
        "last_name": [last for _, last in people],
        "country": ["US"] * count,
        "region": [rng.choice(STATES) for _ in range(count)],
        "consent_ticked": [True] * count,
        "consent_preticked": [False] * count,
        "consent_wording": [WORDING] * count,
        "consent_url": [f"https://www.example.com/{key}"] * count,
        "consent_ip": [f"198.51.{rng.randrange(256)}.{rng.randrange(1, 255)}" for _ in range(count)],
        "consent_at": [at] * count,
        "collected_at": [at] * count,
    }
    arrived = [json.dumps({"posted": {"email": one}, "seen": {"at": at.isoformat()}}) for one in addresses]
    return Batch(
        origin=Origin("form", key, source.statement), numbers=[1] * count, columns=columns, as_arrived=arrived,
        arrived_at=at,
    )  # fmt: skip


def _aftermath(then: Services, rng: random.Random, day: int) -> None:
    """The evening: some of those who are written to leave, complain, or cannot be reached."""
    with then.engine.connect() as connection:
        known = [one["address"] for one in islice(export(connection), MOST_KNOWN)]
    if day < 2 or not known:  # noqa: PLR2004 - nobody is written to on the first days
        return
    at = then.clock.now()
    some = rng.sample(known, min(len(known), 4 + day // 2))
    orders = [Suppression(key_of(one, then.world.match_keys), "opt_out", at) for one in some]
    with then.unit_of_work() as work:
        leave(work, then.ledger, orders, by="one-click", note="unsubscribed from a mailing")
    reports: list[tuple[Kind, int]] = [("hard_bounce", 6), ("soft_bounce", 5), ("complaint", 1 if day % 3 == 0 else 0)]
    events = [
        Event("generic", kind, (address,), at.astimezone(UTC), event_id=f"{day}-{kind}-{place}")
        for kind, count in reports
        for place, address in enumerate(rng.sample(known, min(count, len(known))))
    ]  # fmt: skip
    record(then, events + _angry(then, rng, day))


def _angry(then: Services, rng: random.Random, day: int) -> list[Event]:
    """Of one vendor's people so many complain that the house's limits see it."""
    if not ANGRY_DAYS[0] <= day <= ANGRY_DAYS[1]:
        return []
    with then.engine.connect() as connection:
        lists = [one.source for one in find_scores(connection, vendor=ANGRY)]
        ranges = [pair for one in lists for pair in ranges_of_list(connection, int(one))]
        theirs = [one["address"] for one in export(connection) if any(a <= one["lead_id"] < b for a, b in ranges)]
    some = rng.sample(theirs, min(len(theirs), 1 + len(theirs) // 1500))
    return [Event("generic", "complaint", (one,), then.clock.now(), event_id=f"angry-{day}-{one}") for one in some]


def _invoice(then: Services) -> None:
    """A contract and an invoice of a vendor whose last list was worse than its first."""
    vendor, number, price = BILLED
    with then.engine.connect() as connection:
        scored = find_scores(connection, vendor=vendor)
    if not scored:
        return
    today = then.clock.now().date()
    accepted = frozenset({"address_not_valid", "duplicate_in_list", "already_known", "no_such_domain",
                          "disposable_address", "bounced_for_good"})  # fmt: skip
    terms = Terms("PRAIRIE-2025", today - timedelta(days=90), price_minor=price, currency="USD",
                  accepted_reasons=accepted & then.policies.reasons.keys(), return_days=30)  # fmt: skip
    with then.unit_of_work() as work:
        note_contract(work, vendor, terms, by="demo")
    rows = sum(one.figures.rows for one in scored)
    lists = tuple(int(one.source) for one in scored)
    add_invoice(then, Given(vendor, number, lists, rows * price, "USD", today, today), None, by="demo")
