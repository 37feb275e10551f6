"""What leaves, measured on SQLite and PostgreSQL.

    make bench-receivers      # ten thousand prospects to three receivers, alone and beside bad ones
    make bench-recall         # a vendor's list of 100,000, sent to three receivers and recalled
    make bench-recall ARGS="--only sqlite --people 10000"

Bad receivers are down, slow, answer 500, redirect, answer without end. Once the good ones have everything the bad ones
are mended, an hour and more goes by, and they have to get everybody, too. Of a recall every receiver is told of every
person, one of them confirms by itself, and at the end nobody's answer may be missing.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pytest
from builders import BOUGHT, list_batch
from conftest import StillClock
from databases import Databases
from emitting import destine, ready_services
from postgres import Postgres, find_binaries
from receivers import Reply, resolve_to_public, stand, way_to
from sqlalchemy import select

from gateway.db.engine import open_engine
from gateway.db.work import reading
from gateway.emission.acknowledge import acknowledge
from gateway.emission.book import Terms
from gateway.emission.browse import answering, find_recall
from gateway.emission.crew import Crew
from gateway.emission.due import find_due
from gateway.emission.recall import Asked, ask, work_recall
from gateway.emission.tables import destinations
from gateway.pipeline import process

BATCH = "200"
BAD = {
    "slow": Reply(seconds=3), "broken": Reply(500), "away": Reply(302, headers={"Location": "https://example.org/"}),
    "endless": Reply(500, huge=10 << 30), "down": Reply(cut=True),
}  # fmt: skip
HOURS = 5
"""After which whoever was mended is looked at again for certain: rests are an hour at most."""


def bring(services, count):
    for start in range(0, count, 5000):
        rows = [{"email": f"p{n}@example.com", "country": "US"} for n in range(start, min(start + 5000, count))]
        process(list_batch(rows, services.clock.now(), statement=BOUGHT, first=start + 2), services)


def serve_all(services, way, until, *, seconds=1800.0):
    """Like the workers: whatever is due is begun again and again, until this is so."""
    crew = Crew(lambda: services, lambda: way, is_stopping=lambda: False)
    begun = time.monotonic()
    while not until():
        with reading(services.engine) as connection:
            crew.start(find_due(connection, services.clock.now()))
        assert time.monotonic() - begun < seconds
        time.sleep(0.1)
    return time.monotonic() - begun, crew


def side_by_side(make, folder, count, bad):
    """What the good ones took, by the clock and of the processor; whom anybody lacks, once the bad are mended."""
    services = make()
    with ExitStack() as stack:
        good = [stack.enter_context(stand(folder / f"good{n}-{bool(bad)}")) for n in range(3)]
        worse = {
            name: stack.enter_context(stand(folder / name, lambda _, reply=reply: reply)) for name, reply in bad.items()
        }
        way = way_to(folder / "drops", *good, *worse.values())
        stood = {f"good{n}": one for n, one in enumerate(good)} | worse
        for name, one in stood.items():
            destine(services, name, url=one.url, batch=BATCH)
        bring(services, count)
        begun = time.process_time()
        took, crew = serve_all(services, way, lambda: all(one.count >= count for one in good))
        spent = time.process_time() - begun
        for one in worse.values():
            one.answer = lambda _: Reply()
        for _ in range(HOURS if bad else 0):
            wait_for(crew)
            services.clock.move(hours=1)
            serve_all(services, way, lambda: is_at_rest(services))
        wait_for(crew)
        lacking = {name: count - len(one.by_person()) for name, one in stood.items()}
        more = {name: one.count - count for name, one in stood.items()}
    services.engine.dispose()
    return (took, spent), lacking, more


def wait_for(crew):
    while not crew.is_idle():
        time.sleep(0.1)


def is_at_rest(services):
    """Whether nothing is due and nobody is served at this moment."""
    with reading(services.engine) as connection:
        return not find_due(connection, services.clock.now()) and not is_any_served(connection)


def recall(make, folder, count):
    services = make()
    with stand(folder / "a") as a, stand(folder / "b") as b:
        way = way_to(folder / "drops", a, b)
        destine(services, "a", url=a.url, batch="500")
        destine(services, "b", url=b.url, batch="500", terms=Terms(confirm="processing"))
        destine(services, "store", "files")
        begun = time.monotonic()
        bring(services, count)
        print(f"  {count:,} prospects brought in {time.monotonic() - begun:.1f} s", flush=True)

        def rested():
            return is_at_rest(services)

        took, crew = serve_all(services, way, lambda: a.count >= count and b.count >= count and rested())
        print(f"  sent to 3 receivers in {took:.1f} s ({3 * count / took:,.0f} a second)", flush=True)
        with services.unit_of_work() as work:
            number = ask(work, services.ledger, Asked((1,), "vendor_barred", "Meridian Leads", "bench"), by="bench")
        begun = time.monotonic()
        while work_recall(number, services):
            pass
        print(f"  withdrawn, {3 * count:,} revocations written in {time.monotonic() - begun:.1f} s", flush=True)
        took, _ = serve_all(services, way, lambda: a.count >= 2 * count and b.count >= 2 * count and rested())
        print(f"  all receivers told in {took:.1f} s", flush=True)
        begun = time.monotonic()
        mine = [int(event["id"][4:]) for event in b.events() if event["type"] == "prospect.revoked"]
        for start in range(0, len(mine), 1000):
            with services.unit_of_work() as work:
                acknowledge(work, mine[start : start + 1000], by="key_1")
        print(f"  acknowledged by the one that confirms itself in {time.monotonic() - begun:.1f} s", flush=True)
        with reading(services.engine) as connection:
            found = find_recall(connection, number)
            answers = answering(connection, services.clock.now(), number)
        for one in answers:
            print(f"    {one.destination:<8} told {one.issued - one.unsent:,}, acknowledged {one.acknowledged:,}, "
                  f"has not answered {one.unanswered:,}")  # fmt: skip
        assert (found.people, found.messages, found.acknowledged, found.is_done) == (count, 3 * count, 3 * count, True)
        assert [(one.issued, one.unanswered) for one in answers] == [(count, 0)] * 3
        for one in (a, b):
            assert all(events[-1][1] == "prospect.revoked" for events in one.by_person().values())
            assert len(one.by_person()) == count
        wait_for(crew)
    services.engine.dispose()


def is_any_served(connection):
    busy = select(destinations.c.id).where(destinations.c.lease_until.is_not(None)).limit(1)
    return connection.execute(busy).first() is not None


def compare(make, folder, count):
    (alone, spent), lacking, _ = side_by_side(make, folder, count, {})
    lost = sum(lacking.values())
    print(f"  three good ones alone: {alone:.1f} s ({spent:.1f} s of processor time), lost {lost}", flush=True)
    (beside, more_spent), lacking, more = side_by_side(make, folder, count, BAD)
    gap = f"{beside / alone - 1:+.0%}"
    print(f"  with {len(BAD)} bad ones beside: {beside:.1f} s ({gap}; {more_spent:.1f} s of processor time)")
    for name, lost in lacking.items():
        print(f"    {name:<8} lost {lost} of {count:,}, got {more[name]:,} again")
    assert not any(lacking.values())


def main():
    told = argparse.ArgumentParser()
    told.add_argument("what", choices=("recall", "receivers"))
    told.add_argument("--people", type=int)
    told.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = told.parse_args()
    running = []

    def server():
        if not running:
            running.append(Postgres(find_binaries()))
        return running[0]

    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        resolve_to_public(patch)
        databases = Databases(Path(name), server)
        try:
            for kind in [asked.only] if asked.only else ("sqlite", "postgresql"):
                folder = Path(name) / kind
                folder.mkdir()

                def make(kind=kind, folder=folder):
                    clock = StillClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
                    return ready_services(open_engine(databases.fresh(kind)), clock, folder)

                if asked.what == "recall":
                    count = asked.people or 100_000
                    print(f"Recall of {count:,} on {kind}", flush=True)
                    recall(make, folder, count)
                else:
                    count = asked.people or 10_000
                    print(f"{count:,} prospects to each receiver on {kind}", flush=True)
                    compare(make, folder, count)
        finally:
            for one in running:
                one.stop()


if __name__ == "__main__":
    main()
