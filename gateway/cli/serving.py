"""``gateway serve`` and ``gateway work``: the processes that stay."""

import gc
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import require_policies
from gateway.config import Settings, load, with_secret

if TYPE_CHECKING:
    from gateway.pipeline import Services

UPLOAD_LIMIT = 2 << 30
RESTART_SECONDS = 2.0
COLLECT_AFTER = (10_000, 10, 10)
"""Objects more before the collector looks for cycles; a request makes a few thousand and leaves hardly any."""
HAND_OVER_SECONDS = 0.0005
"""So long one thread computes while another could go on; Python's own is ten times as long.

A signup asks its database some forty small questions, and lets go of the interpreter at each. Beside a page that is
computed each of them waited that long to go on: with one such neighbour half of the signups took 126 ms, 49 with this.
"""


@click.command()
@click.option("--demo", is_flag=True, help="Load demo vendors, a list, a form and an officer on first start.")
@click.option("--no-worker", is_flag=True, help="Only the web server; start workers with `gateway work`.")
def serve(*, demo: bool, no_worker: bool) -> None:
    """Run the gateway on GATEWAY_HOST and GATEWAY_PORT: web server and, beside it, one worker."""
    from dataclasses import replace

    from gateway.intake.lists import sweep_files
    from gateway.jobs.worker import make_wake
    from gateway.wiring import build_services

    settings = with_secret(load())
    if demo:
        settings = replace(settings, demo=True)
    services = build_services(settings, wake=make_wake(settings))
    require_policies(services)
    sweep_files(services)
    lines = [f"The Lead Gateway serves on http://{settings.host}:{settings.port}", ""]
    if settings.demo:
        from gateway.cli.demo import load_demo

        lines = [*lines, *load_demo(services)]
    server = _listen(services)
    worker = None if no_worker else _Keeper(settings)
    if worker is not None:
        worker.start()
    for line in lines:
        click.echo(line)
    try:
        server.run()
    finally:
        if worker is not None:
            worker.stop()


def _listen(services: "Services") -> Any:
    """The web server, its port taken, not yet serving."""
    import waitress

    from gateway.app import create_app
    from gateway.intake.guard.bodies import Keys, bounded
    from gateway.intake.guard.load import RememberedOrigins, Shed
    from gateway.intake.guard.onebyone import pays

    settings = services.settings
    pages = create_app(services)
    app = Shed(pages, origins=RememberedOrigins(services), threads=settings.threads)
    proxy = {}
    if settings.trusted_proxy:
        proxy = {
            "trusted_proxy": settings.trusted_proxy, "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }  # fmt: skip
    servers: dict[int, Any] = {}
    try:
        server = waitress.create_server(
            app, map=servers, host=settings.host, port=settings.port, threads=settings.threads, ident=None,
            max_request_body_size=UPLOAD_LIMIT, clear_untrusted_proxy_headers=True,
            # Half-open connections must not shut others out: many are let in, and the idle are sent away soon.
            connection_limit=1000, channel_timeout=30, cleanup_interval=5, asyncore_use_poll=True, **proxy,
        )  # fmt: skip
    except OSError as error:
        from gateway.config import SettingsError

        message = f"cannot serve on {settings.host}:{settings.port}: {error.strerror}; choose another GATEWAY_PORT"
        raise SettingsError(message) from None
    bounded(servers, Keys(services), in_turn=pays(services.engine))
    app.waiting = lambda: len(server.task_dispatcher.queue)
    _pass_by()
    sys.setswitchinterval(HAND_OVER_SECONDS)
    threading.Thread(target=_make_ready, args=(pages,), daemon=True, name="warming").start()
    return server


def _pass_by() -> None:
    """Tell Python's collector to pass by all that is there: it stays until the end.

    Else it goes through policies, calendars and templates every few thousand requests, and all wait for a fifth of a
    second. First of all, before the first request: of what is loaded by then it would find a few dozen objects to drop.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _make_ready(pages: Any) -> None:
    """Load what is loaded late, beside the first requests."""
    from gateway.console.desk.warming import warm

    warm(pages)
    gc.collect(1)  # the young ones: nobody waits for it
    _pass_by()


class _Keeper:
    """Keeps one worker running beside the server, and takes it along when the server ends."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True, name="worker-keeper")

    def start(self) -> None:
        """Start the worker, and again whenever it dies."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        self._thread.start()

    def stop(self) -> None:
        """End the worker: between two batches, or in a batch that takes too long, which is then done again later."""
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)

    def _keep(self) -> None:
        environment = dict(os.environ)
        if self._settings.demo:
            environment["GATEWAY_DEMO"] = "1"
        while not self._stopping.is_set():
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "gateway", "work", "--die-with", str(os.getpid())], env=environment,
                start_new_session=True,
            )  # fmt: skip
            self._process.wait()
            self._stopping.wait(RESTART_SECONDS)


@click.command()
@click.option("--die-with", type=int, hidden=True, help="End when this process ends, even by kill -9.")
def work(*, die_with: int | None) -> None:
    """Run one more worker: it takes up runs of lists and asks DNS again for leads that wait."""
    from gateway.jobs.worker import run_worker
    from gateway.policy.coverage import load_whole
    from gateway.wiring import build_services, policy_folders

    settings = with_secret(load())
    load_whole(policy_folders(settings))  # said here, once; its tasks would say it again and again
    if die_with is not None:
        _die_with(die_with)
    run_worker(settings, build_services)


def _die_with(parent: int) -> None:
    """Watch the server: a worker without its server would go on unseen. The whole process group ends with it."""

    def watch() -> None:
        pause = threading.Event()
        while os.getppid() == parent:
            pause.wait(1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()
