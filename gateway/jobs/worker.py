"""Celery: the application, waking, the worker. Settings after the trials in docs/decisions/0006-work-that-waits.md."""

import logging
import os
import time
import warnings
from collections.abc import Callable

from celery import Celery
from celery.exceptions import SecurityWarning

from gateway.config import Settings
from gateway.jobs.brokers import broker_of
from gateway.jobs.tasks import CHILDREN, EXPIRES, add_tasks
from gateway.pipeline import Services

log = logging.getLogger(__name__)
RECONCILE_SECONDS = 2.0
WAKE_SECONDS = 0.2
PAUSE_SECONDS = 10.0  # after a failure: with a broker away not every signup waits for it in vain


def make_celery(settings: Settings) -> Celery:
    """The Celery application on the configured transport; folders under GATEWAY_DATA by default."""
    broker = broker_of(settings)
    app = Celery("gateway", broker=broker.url)
    app.conf.update(
        broker_transport_options=broker.options,
        task_default_queue="gateway",
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_pool="gateway.jobs.pool:Pool",
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_publish_retry_policy={"max_retries": 2, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5},
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,  # nobody asks, and each worker's box of answers outlives it
        worker_cancel_long_running_tasks_on_connection_loss=False,  # the database fences a batch; the broker need not
        timezone="UTC",
        beat_schedule={
            "reconcile": {
                "task": "gateway.reconcile", "schedule": RECONCILE_SECONDS, "options": {"expires": EXPIRES},
            },
        },
        **broker.settings,
    )  # fmt: skip
    return app


def make_wake(settings: Settings) -> Callable[[], None]:
    """A call that tells the workers to look now. Never fails its caller: the next reconcile finds what is owed."""
    app = make_celery(settings)

    not_before = 0.0

    def wake() -> None:
        nonlocal not_before
        now = time.monotonic()
        if now < not_before:  # the workers look every two seconds anyway; a flood of signups is one wake-up
            return
        not_before = now + WAKE_SECONDS
        try:
            app.send_task("gateway.reconcile", expires=EXPIRES)
        except Exception:
            not_before = time.monotonic() + PAUSE_SECONDS
            log.warning("the workers could not be woken; they look by themselves", exc_info=True)

    return wake


def run_worker(settings: Settings, build: Callable[[Settings], Services]) -> None:
    """Work until stopped. Each child process builds its own services: a database connection does not survive a fork."""
    # A worker in a container is root by habit; with JSON alone as its messages that is no hole worth a page of text.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app = make_celery(settings)
    add_tasks(app, lambda: build(settings))
    app.worker_main(
        [
            "--quiet", "worker", "--beat", "--scheduler", "celery.beat:Scheduler",
            "--concurrency", str(CHILDREN), "--hostname", f"gateway-{os.getpid()}@%h", "--loglevel", "WARNING",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ]
    )  # fmt: skip
