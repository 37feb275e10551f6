"""The worker's task for what leaves: destinations served by threads beside it, recalls a few seconds at a time."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from celery import Celery

from gateway.db.work import reading
from gateway.emission.crew import Crew
from gateway.emission.deliver import way_of
from gateway.emission.due import find_due
from gateway.emission.recall import Asked, ask, find_barred, find_open, work_recall
from gateway.intake.listed import lists_of_vendor
from gateway.jobs.owed import Owed
from gateway.pipeline import Services

EXPIRES = 30  # as of every wake-up: the next reconcile sends another
RECALL_SECONDS = 5.0


def add_delivering(
    app: Celery, services: Callable[[], Services], patience: Callable[[], AbstractContextManager[None]],
    is_stopping: Callable[[], bool],
) -> Callable[[Owed], None]:  # fmt: skip
    """Make the task known to a worker; what sends it. ``patience``: waits the world's faults out."""
    crew = Crew(services, lambda: way_of(services()), is_stopping=is_stopping)

    @app.task(name="gateway.deliver")
    def deliver() -> None:
        with patience():
            recall_barred(services())
            with reading(services().engine) as connection:
                now = services().clock.now()
                due, recalls = find_due(connection, now), find_open(connection, now)
            crew.start(due)
            for number in recalls:
                if work_recall(number, services(), seconds=RECALL_SECONDS, is_stopping=is_stopping):
                    deliver.apply_async(expires=EXPIRES)

    def send(owed: Owed) -> None:
        if owed.destinations or owed.recalls:
            deliver.apply_async(expires=EXPIRES)

    return send


def recall_barred(services: Services) -> int:
    """Ask for the recall of vendors who were barred since the last look; how many."""
    with reading(services.engine) as connection:
        if not find_barred(connection):
            return 0
    with services.unit_of_work() as work:
        asked = 0
        for vendor in find_barred(work.connection):
            lists = lists_of_vendor(work.connection, vendor)
            told = Asked(lists, "vendor_barred", vendor, "The vendor was barred", vendor)
            ask(work, services.ledger, told, by="gateway:emission")
            asked += 1
    return asked
