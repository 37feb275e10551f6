"""The gateway's command line with small batches and with faults: ``python slowly.py OPTIONS -- gateway's arguments``.

Everything is the gateway's own but for the size of a batch and what an option below adds. A pause before each commit
makes it likely that a worker dies where it hurts most: its rows written and not yet kept.
"""

import argparse
import random
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from gateway.intake import runs
from gateway.intake.running import errands, leases
from gateway.jobs import transport, worker


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--batch-rows", type=int, default=50)
    options.add_argument("--pause", type=float, default=0.0, help="seconds before each commit")
    options.add_argument("--pages", type=Path, help="a file that says how many pages a SQLite database may have")
    options.add_argument("--triple", action="store_true", help="each message of the folders three times, in any order")
    options.add_argument("rest", nargs="*")
    given = options.parse_args()
    runs.work_run.__kwdefaults__["batch_rows"] = given.batch_rows
    worker.RECONCILE_SECONDS = 0.5
    leases.FIRST_PAUSE = errands.FIRST_PAUSE = timedelta(milliseconds=100)
    leases.LONGEST_PAUSE = errands.LONGEST_PAUSE = timedelta(seconds=1)
    if given.pause:
        event.listen(Engine, "commit", lambda _: time.sleep(given.pause))
    if given.pages:
        limit_pages(given.pages)
    if given.triple:
        triple()

    from gateway.cli import main as gateway

    gateway(given.rest)


def limit_pages(file: Path) -> None:
    """A full disk as SQLite meets it, told by a file so that room can be made while the gateway runs."""

    @event.listens_for(Engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={int(file.read_text())}")


def triple() -> None:
    """The folder transport hands messages over by name: names by chance, order by chance."""
    put = transport.Channel._put
    chance = random.Random(1)

    def thrice(self: Any, queue: Any, message: Any, **more: Any) -> None:
        for _ in range(3):
            transport.monotonic = lambda: chance.random() * 1000
            put(self, queue, message, **more)

    transport.Channel._put = thrice


if __name__ == "__main__":
    sys.argv[0] = "gateway"
    main()
