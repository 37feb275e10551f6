"""The worker's task for leads that platforms have told of: fetch what is due, one after the other."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from celery import Celery

from gateway.intake.platforms.fetches import fetch_next
from gateway.pipeline import Services

EXPIRES = 30  # as of every wake-up: the next reconcile sends another


def add_fetching(
    app: Celery, services: Callable[[], Services], patience: Callable[[], AbstractContextManager[None]]
) -> Callable[[], None]:
    """Make the task known to a worker; what sends it. ``patience``: waits the world's faults out."""

    @app.task(name="gateway.fetch")
    def fetch() -> None:
        with patience():
            while fetch_next(services()):
                pass

    def send() -> None:
        fetch.apply_async(expires=EXPIRES)

    return send
