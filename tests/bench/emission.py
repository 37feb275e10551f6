"""What leaves, measured: `python tests/bench/emission.py [--recall 100000] [--postgresql]`; prints a line for each.

1. Ten thousand prospects to three receivers side by side, and to the same three with bad ones beside them: slow, 500,
   redirecting, answering without end, closing early. What the good ones take longer because of it.
2. A vendor's list, sent to three receivers, one of which confirms by itself, and recalled.
"""

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import pytest
from builders import BOUGHT, list_batch
from conftest import StillClock
from databases import Databases
from emitting import destine, items, ready_services
from postgres import Postgres, find_binaries
from receivers import Reply, resolve_to_public, stand, way_to

from gateway.db.engine import open_engine
from gateway.db.work import reading
from gateway.emission.acknowledge import acknowledge
from gateway.emission.book import Terms
from gateway.emission.browse import find_recall
from gateway.emission.crew import Crew
from gateway.emission.due import find_due
from gateway.emission.recall import Asked, ask, work_recall
from gateway.pipeline import process

BATCH = "200"
BAD = {
    "slow": Reply(seconds=3), "broken": Reply(500), "away": Reply(302, headers={"Location": "https://example.org/"}),
    "endless": Reply(500, huge=1 << 34), "closes": Reply(cut=True),
}  # fmt: skip


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
    services = make()
    good = [stand(folder / f"good{n}-{bool(bad)}") for n in range(3)]
    opened = [one.__enter__() for one in good]
    worse = {name: stand(folder / name, lambda _, reply=reply: reply) for name, reply in bad.items()}
    stood = {name: one.__enter__() for name, one in worse.items()}
    way = way_to(folder / "drops", *opened, *stood.values())
    for n, one in enumerate(opened):
        destine(services, f"good{n}", url=one.url, batch=BATCH)
    for name, one in stood.items():
        destine(services, name, url=one.url, batch=BATCH)
    bring(services, count)
    took, crew = serve_all(services, way, lambda: all(one.count >= count for one in opened))
    for one in (*good, *worse.values()):
        one.__exit__(None, None, None)
    while not crew.is_idle():
        time.sleep(0.1)
    services.engine.dispose()
    return took


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
            with reading(services.engine) as connection:
                return not find_due(connection, services.clock.now()) and not answering_open(connection, services)

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
        with reading(services.engine) as connection:
            found = find_recall(connection, number)
        print(f"  acknowledged by b in {time.monotonic() - begun:.1f} s: {found}", flush=True)
        assert (found.people, found.messages, found.acknowledged) == (count, 3 * count, 3 * count)
        for one in (a, b):
            assert all(events[-1][1] == "prospect.revoked" for events in one.by_person().values())
        assert len(one.by_person()) == count
        while not crew.is_idle():
            time.sleep(0.1)
    services.engine.dispose()


def answering_open(connection, services):
    del services
    from sqlalchemy import select

    from gateway.emission.tables import destinations

    busy = select(destinations.c.id).where(destinations.c.lease_until.is_not(None)).limit(1)
    return connection.execute(busy).first() is not None


def main():
    told = argparse.ArgumentParser()
    told.add_argument("--recall", type=int, default=0)
    told.add_argument("--prospects", type=int, default=10_000)
    told.add_argument("--postgresql", action="store_true")
    asked = told.parse_args()
    running = []

    def server():
        if not running:
            running.append(Postgres(find_binaries()))
        return running[0]

    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        resolve_to_public(patch)
        folder = Path(name)
        kind = "postgresql" if asked.postgresql else "sqlite"
        databases = Databases(folder, server)

        def make():
            clock = StillClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
            return ready_services(open_engine(databases.fresh(kind)), clock, folder)

        if asked.recall:
            print(f"Recall of {asked.recall:,} on {kind}")
            recall(make, folder, asked.recall)
        else:
            alone = side_by_side(make, folder, asked.prospects, {})
            beside = side_by_side(make, folder, asked.prospects, BAD)
            print(f"{asked.prospects:,} to three receivers on {kind}: alone {alone:.1f} s, with five bad ones beside "
                  f"{beside:.1f} s ({beside / alone - 1:+.0%})")  # fmt: skip
    for one in running:
        one.stop()


if __name__ == "__main__":
    assert items
    main()
