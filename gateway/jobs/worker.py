"""Celery: tasks, transports and the worker. Settings after the trials in docs/decisions/0006-work-that-waits.md."""

import logging
import os
import signal
import time
import warnings
from collections.abc import Callable
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.signals import worker_process_init

from gateway.config import Settings
from gateway.intake.runs import work_run
from gateway.jobs.owed import is_owed, recheck, sign_of_life
from gateway.jobs.transport import register
from gateway.pipeline import Services

log = logging.getLogger(__name__)
RECONCILE_SECONDS = 2.0
LIFE_SECONDS = 5.0
WAKE_SECONDS = 0.2
TURN_SECONDS = 5.0
EXPIRES = 30  # a wake-up is worth nothing later: the next reconcile sends another


def make_celery(settings: Settings) -> Celery:
    """The Celery application on the configured transport; folders under GATEWAY_DATA by default."""
    app = Celery("gateway", broker=settings.broker_url or register())
    options: dict[str, Any] = {}
    if not settings.broker_url:
        folder = settings.data.absolute() / "broker"
        for name in ("messages", "control"):
            (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        messages = str(folder / "messages")
        options = {
            "data_folder_in": messages, "data_folder_out": messages, "control_folder": str(folder / "control"),
            "polling_interval": 0.1,
        }  # fmt: skip
    app.conf.update(
        broker_transport_options=options,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        task_publish_retry_policy={"max_retries": 2, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.5},
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        timezone="UTC",
        beat_schedule={
            "reconcile": {
                "task": "gateway.reconcile", "schedule": RECONCILE_SECONDS, "options": {"expires": EXPIRES},
            },
        },
    )  # fmt: skip
    return app


def make_wake(settings: Settings) -> Callable[[], None]:
    """A call that tells the workers to look now. Never fails its caller: the next reconcile finds what is owed."""
    app = make_celery(settings)

    last = 0.0

    def wake() -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < WAKE_SECONDS:  # the workers look every two seconds anyway; a flood of signups is one wake-up
            return
        last = now
        try:
            app.send_task("gateway.reconcile", expires=EXPIRES)
        except Exception:
            log.warning("the workers could not be woken; they look by themselves", exc_info=True)

    return wake


def run_worker(settings: Settings, build: Callable[[Settings], Services]) -> None:
    """Work until stopped. Each child process builds its own services: a database connection does not survive a fork."""
    # A worker in a container is root by habit; with JSON alone as its messages that is no hole worth a page of text.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    app = make_celery(settings)
    _add_tasks(app, settings, build)
    app.worker_main(
        [
            "--quiet", "worker", "--beat", "--scheduler", "celery.beat:Scheduler", "--pool", "prefork",
            "--concurrency", "2", "--hostname", f"gateway-{os.getpid()}@%h", "--loglevel", "WARNING",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ]
    )  # fmt: skip


class _Held:
    """What one child process keeps between tasks."""

    services: Services
    life = 0.0


def _add_tasks(app: Celery, settings: Settings, build: Callable[[Settings], Services]) -> None:
    @worker_process_init.connect(weak=False)
    def prepare(**_: Any) -> None:
        # Who stops a worker often signals its whole group; the parent ends its children, in order.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _Held.services = build(settings)

    @app.task(name="gateway.advance")
    def advance(run_id: int) -> None:
        if work_run(run_id, _Held.services, seconds=TURN_SECONDS):  # rechecks and other lists get their turn between
            advance.apply_async((run_id,), expires=EXPIRES)

    @app.task(name="gateway.recheck")
    def again() -> None:
        while recheck(_Held.services):
            pass

    @app.task(name="gateway.reconcile")
    def reconcile() -> None:
        _reconcile(lambda run: advance.apply_async((run,), expires=EXPIRES), lambda: again.apply_async(expires=EXPIRES))


def _reconcile(send_run: Callable[[int], Any], send_recheck: Callable[[], Any]) -> None:
    """Send what is owed to whichever worker is free, and say now and then that this one lives."""
    runs, due = is_owed(_Held.services)
    for run in runs:
        send_run(run)
    if due:
        send_recheck()
    if time.monotonic() - _Held.life > LIFE_SECONDS:
        sign_of_life(_Held.services)
        _Held.life = time.monotonic()
