"""A house with a past, for measuring pages: lists of many vendors, signups by the hundred thousand, holds, answers.

Lists and the first signups run through the pipeline itself. What is only many of a kind (further signups, wordings,
answers) is copied by SQL from what the pipeline wrote. Of what waits, so much as is wanted goes on waiting, evenly.
"""

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import generate
from ground import PLAIN, ROOT, prepare, settings
from hello import REST
from sqlalchemy import Connection, func, insert, select, text

from gateway.pipeline import Services

SMALL, OF_SMALL = 40, 2_500
VENDORS = tuple(
    f"Vendor {name} LLC"
    for name in ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ironwood", "Juniper"]
)
DAYS = 70
"""Over how many days the signups lie, behind the lists."""
SHAPES = 400  # signups of the pipeline's own, of which the others are copies
WORDS = "Yes, {sender} may send me offers by e-mail, as shown in edition {number} of its {what}."
FORMS, CHUNK = 5, 10_000
HOURS = (
    "INSERT INTO hours (hour, origin_kind, source, decision_id, outcome, extra, leads) "
    "SELECT substr(b.settled_at, 1, 13), b.origin_kind, b.source, t.decision_id, t.outcome, t.extra, sum(t.leads) "
    "FROM tallies t JOIN batches b ON b.id = t.batch_id GROUP BY 1, 2, 3, 4, 5, 6"
)
EVENTS, OF_EVENTS = 100_000, 5_000
"""What happened to every so many-th person, told so many at a time."""
WORDINGS, ANSWERS, OVERRIDES, PEOPLE = 20_000, 2_000, 300, 40


@dataclass(frozen=True)
class At:
    """A clock that stands."""

    instant: datetime

    def now(self) -> datetime:
        """The same each time."""
        return self.instant


def open_house(data: Path, database: str | None) -> Services:
    """The services of the house, at the time when its last signup had come."""
    from gateway.config import load, with_secret
    from gateway.db.work import reading
    from gateway.outcomes.tables import batches
    from gateway.wiring import build_services

    os.environ.update({name: value for name, value in settings(data, database).items() if name.startswith("GATEWAY_")})
    services = build_services(with_secret(load()))
    with reading(services.engine) as connection:
        newest = connection.execute(select(func.max(batches.c.settled_at))).scalar()
    return replace(services, clock=At(max(newest or datetime.now(UTC), datetime.now(UTC)) + timedelta(minutes=1)))


def build(data: Path, database: str | None, *, rows: int, signups: int, waiting: int) -> None:
    """Fill the house, which is empty."""
    prepare(data, database)
    services = open_house(data, database)
    _tell("lists")
    _lists(services, data, rows)
    _tell("overrides")
    _overrides(services)
    _tell("signups")
    for number in range(FORMS):
        subprocess.run(
            [*PLAIN, "sources", "add", f"form-{number}", "--title", "A form", "--wording", "Yes, write to me.", "--url",
             "https://www.example.com/join", "--proof", "never", "--most-an-hour", "10000000"],
            env=settings(data, database), cwd=ROOT, check=True, capture_output=True,
        )  # fmt: skip
    _signups(services)
    with services.engine.begin() as connection:
        _answered(connection, waiting)
        _more_signups(services, connection, signups)
        _more(connection)
    _tell("what became of them")
    _lives(services)
    with services.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    services.engine.dispose()


def _tell(what: str) -> None:
    print(f"building: {what}", file=sys.stderr, flush=True)


def _lists(services: Services, data: Path, rows: int) -> None:
    """Two large lists and many small ones, of several vendors, some with words of their own in every row."""
    from gateway.intake.lists import bring
    from gateway.intake.runs import work_run
    from gateway.vendors.book import note_vendor, set_standing

    stream = generate.generate(rows)
    smalls = min(SMALL, rows // (2 * OF_SMALL))
    large = rows - smalls * OF_SMALL
    with services.unit_of_work() as work:
        for vendor in VENDORS[2:]:  # the first two stay unknown, and their leads wait
            note_vendor(work, vendor)
            set_standing(work, vendor, "approved", "a vendor of the benchmark")
    for place, size in enumerate([large * 3 // 4, large - large * 3 // 4, *[OF_SMALL] * smalls]):
        path = data / "list.csv"
        _write(path, islice(stream, size), place, worded=place > 1 and place % 4 == 0)
        manifest = generate.MANIFEST.replace("name: Made-up", f"name: List {place}, a made-up")
        if place:
            manifest = manifest.replace(generate.VENDOR, VENDORS[(place + 1) % len(VENDORS)])
        if place % 3 == 0:
            manifest = manifest.replace("for house and garden", f"for house, garden and edition {place}")
        begun = bring(
            services, path, manifest, manifest_name="m.yaml", encoding=None, again=True, by=f"person_{1 + place % 7}"
        )
        work_run(begun["run"], services)
        path.unlink()


def _write(path: Path, rows: Iterator[tuple[str, ...]], place: int, *, worded: bool) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow((*generate.HEADINGS, "consent text") if worded else generate.HEADINGS)
        for number, row in enumerate(rows):
            words = WORDS.format(sender=generate.SENDER, number=number % 500, what=f"catalogue {place}")
            writer.writerow((*row, words) if worded else row)


def _overrides(services: Services) -> None:
    from gateway.domain.problem import CallerError
    from gateway.outcomes.overrides import find_spoken
    from gateway.outcomes.tables import holds
    from gateway.overriding import ask

    with services.engine.connect() as connection:
        waiting = list(connection.execute(select(holds.c.lead_id).limit(OVERRIDES * 5)).scalars())
    for number in range(OVERRIDES):
        some = waiting[number * 5 : number * 5 + 5]
        with services.engine.connect() as connection:
            said = find_spoken(connection, some)
        rules = [rule for rule, found in said.items() if any(one.verdict == "hold" for one in found)]
        try:
            ask(services, rules=rules[:1], lead_ids=some, reason=f"Looked at by hand, {number}.", by="person_1")
        except CallerError:  # a rule that nobody may set aside: the next
            continue


def _signups(services: Services) -> None:
    """A few signups at five forms, through the front door."""
    from gateway.app import create_app

    app = create_app(services)
    domain = generate.domains()[0]
    for number in range(SHAPES):
        body = f'{{"email": "ana{number}@{domain}", {REST}'.replace('"bench"', f'"form-{number % FORMS}"')
        answer = app.test_client().post("/v1/signups", data=body, content_type="application/json")
        if answer.status_code != 202:
            sys.exit(answer.text)


def _answered(connection: Connection, waiting: int) -> None:
    """Refuse what waits beyond so many: every list and every question keeps its share."""
    count = connection.execute(text("SELECT count(*) FROM holds WHERE state = 'waiting'")).scalar() or 0
    if count > waiting:
        some = f"state = 'waiting' AND lead_id * 7919 % 10000 >= {10_000 * waiting // count}"
        which = f"SELECT lead_id FROM holds WHERE {some}"
        connection.execute(text(f"UPDATE leads SET outcome = 'rejection' WHERE id IN ({which})"))
        connection.execute(
            text(
                f"UPDATE holds SET state = 'refused', settled_at = asked_at, domain = NULL, fields = NULL WHERE {some}"
            )
        )


def _more_signups(services: Services, connection: Connection, count: int) -> None:
    """Copies of the signups there are: batch, lead, tally and ledger entry of each, one after the other in time."""
    from gateway.db.base import text_of
    from gateway.ledger.book import data_of, leaf_hash
    from gateway.ledger.tables import about, entries
    from gateway.outcomes.tables import batches, leads, tallies

    def newest(column: Any) -> int:
        return connection.execute(select(func.max(column))).scalar() or 0

    def rows_of(query: Any) -> list[dict[str, Any]]:
        return [dict(row._mapping) for row in connection.execute(query)]

    shapes = rows_of(select(batches).where(batches.c.origin_kind == "form").order_by(batches.c.id).limit(SHAPES))
    by_batch: dict[int, tuple[Any, ...]] = {}
    for shape in shapes:
        lead = rows_of(select(leads).where(leads.c.batch_id == shape["id"], leads.c.id == shape["first_lead"]))[0]
        tally = rows_of(select(tallies).where(tallies.c.batch_id == shape["id"]))[0]
        likely = select(entries).where(
            entries.c.kind == "batch.settled", entries.c.body.contains(f'"batch":{shape["id"]},')
        )
        entry = rows_of(likely)[0]
        words = connection.execute(select(about.c.word).where(about.c.seq == entry["seq"])).scalars().all()
        by_batch[shape["id"]] = lead, tally, entry, list(words)
    batch, lead_id, seq = newest(batches.c.id), newest(leads.c.id), newest(entries.c.seq)
    tree, notary = services.ledger._end(connection), services.ledger._notary
    start, step = max(shape["settled_at"] for shape in shapes), timedelta(days=DAYS) / max(count, 1)
    for begin in range(0, count, CHUNK):
        made: dict[Any, list[dict[str, Any]]] = {batches: [], leads: [], tallies: [], entries: [], about: []}
        for number in range(begin, min(begin + CHUNK, count)):
            shape, at, further = shapes[number % len(shapes)], start + step * (number + 1), number + 1
            lead, tally, entry, words = by_batch[shape["id"]]
            times = {"arrived_at": at, "as_of": at, "settled_at": at}
            made[batches].append({**shape, "id": batch + further, "first_lead": lead_id + further, **times})
            mine = {"id": lead_id + further, "batch_id": batch + further, "decided_in": batch + further}
            made[leads].append({**lead, **mine})
            made[tallies].append({**tally, "batch_id": batch + further})
            leaf = leaf_hash(data_of(seq + further, text_of(at), entry["kind"], entry["body"]).encode())
            signed = {"leaf_hash": leaf.hex(), "subtree": tree.append(leaf).hex(), "root": tree.root().hex()}
            signed["signature"] = notary.sign(seq + further, tree.root())
            made[entries].append({**entry, "seq": seq + further, "at": at, **signed})
            made[about] += [{"word": word, "seq": seq + further} for word in words]
        for table, rows in made.items():
            if rows:
                connection.execute(insert(table), rows)
    connection.execute(text("DELETE FROM hours"))
    connection.execute(text(HOURS))


def _more(connection: Connection) -> None:
    """People, wordings with their uses, answers given before."""
    from gateway.access.tables import people
    from gateway.outcomes.tables import hold_answers
    from gateway.wordings.tables import uses, wordings

    at = datetime.now(UTC)
    somebody = {"role": "officer", "since": at, "created_at": at, "added_at": at, "zone": None, "left_at": None}
    known = {name: value for name, value in somebody.items() if name in people.c}
    connection.execute(
        insert(people), [{"name": f"Officer {n}", "address": f"officer{n}@example.com", **known} for n in range(PEOPLE)]
    )
    made = [
        {
            "digest": f"{n:032x}", "text": f"yes i agree to letters of house {n} and its friends in town {n % 97}",
            "shown": None, "first_seen_at": at, "last_seen_at": at, "leads": 1 + n % 900,
            "standing": ("unread", "approved", "refused")[n % 3],
        }
        for n in range(WORDINGS)
    ]  # fmt: skip
    connection.execute(insert(wordings), made)
    connection.execute(
        insert(uses),
        [
            {"digest": one["digest"], "source": f"list_{1 + n % 40}", "kind": "list", "leads": one["leads"],
             "vendor": VENDORS[n % len(VENDORS)], "first_at": at, "last_at": at}
            for n, one in enumerate(made)
        ],
    )  # fmt: skip
    answered = {
        "kind": "refuse", "state": "done", "about": "a question", "group_key": None, "leads": 3, "reason": "Looked at.",
        "answered_by": "person_1", "answered_at": at, "due_at": at, "terms": "{}", "account": "{}", "attempt": 1,
        "tries": 0, "lease_until": None, "ended_at": at, "error": None,
    }  # fmt: skip
    connection.execute(insert(hold_answers), [answered] * ANSWERS)


def _lives(services: Services) -> None:
    """Purchases of some, a destination that was told of everybody, scorecards and numbers."""
    from gateway.becoming.derive import derive_due
    from gateway.becoming.said import read_said
    from gateway.becoming.taking import take_in
    from gateway.economics.asking import renew
    from gateway.economics.library import is_there
    from gateway.emission.book import Terms, add, find
    from gateway.emission.feed import feed
    from gateway.lifecycle.tables import prospects
    from gateway.scoring.refresh import refresh

    now = services.clock.now()
    with services.engine.connect() as connection:
        known = connection.execute(select(prospects.c.id).order_by(prospects.c.id)).scalars().all()
    step = max(1, len(known) // EVENTS)
    told = [
        read_said(
            {"id": f"order-{place}", "prospect": number, "kind": "purchase", "at": f"{now:%Y-%m-%d}",
             "product": f"product-{place % 7}", "amount": f"{10 + place % 90}.00", "currency": "USD"}, "UTC", now,
        )
        for place, number in enumerate(known[::step])
    ]  # fmt: skip
    for start in range(0, len(told), OF_EVENTS):
        take_in(services, "shop", told[start : start + OF_EVENTS])
    derive_due(services, seconds=3_600)
    with services.unit_of_work() as work:
        add(work, services, ("files", "files"), {"format": "ndjson"}, Terms(), by="bench")
    more = True
    while more:
        with services.unit_of_work() as work:
            more = feed(work, find(work.connection, "files"))
    with services.unit_of_work() as work:
        work.connection.execute(text("UPDATE deliveries SET state = 'sent', sent_at = made_at, tries = 1"))
    refresh(services, whole=True)
    if is_there():
        renew(services.engine, services.policies, now, services.unit_of_work)
