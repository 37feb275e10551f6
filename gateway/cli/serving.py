"""``gateway serve`` and ``gateway work``: the processes that stay."""

import os
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING

import click

from gateway.cli.common import require_policies
from gateway.config import load, with_secret

if TYPE_CHECKING:
    from gateway.cli.crew import Begin, Process
    from gateway.pipeline import Services


@click.command()
@click.option("--demo", is_flag=True, help="Load demo vendors, a list, a form and an officer on first start.")
@click.option("--no-worker", is_flag=True, help="Only the web server; start workers with `gateway work`.")
def serve(*, demo: bool, no_worker: bool) -> None:
    """Run the gateway on GATEWAY_HOST and GATEWAY_PORT: web server and, beside it, one worker."""
    from dataclasses import replace

    from gateway.cli.crew import Crew, Worker
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
    crew = Crew(_webs(services))
    if not no_worker:
        crew.add(lambda: Worker(demo=settings.demo))
    crew.begin()
    for line in lines:
        click.echo(line)
    crew.keep()


def _webs(services: "Services") -> list["Begin"]:
    """What begins each of the web processes, the port taken."""
    from gateway.app import create_app
    from gateway.cli.crew import forked
    from gateway.cli.listening import Shares, bound, listen, pass_by
    from gateway.intake.guard.siblings import Siblings

    count = services.settings.processes
    sockets, siblings, shares = bound(services.settings), Siblings(count), Shares(count)
    pages = create_app(services, siblings)
    pass_by()  # what is loaded by now stays, and a page of memory that nobody touches is shared

    def web(place: int) -> "Process":
        def answer() -> None:
            siblings.begin(place)
            listen(services, pages, sockets, shares, place).run()

        services.engine.dispose()  # no connection may be of two processes
        shares.note(place, 0)
        return forked(answer)

    return [partial(web, place) for place in range(count)]


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
