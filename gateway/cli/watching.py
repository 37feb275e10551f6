"""A run seen through from the command line: done here, or watched while a worker does it; Ctrl-C cancels it."""

import time
from typing import TYPE_CHECKING

import click

from gateway.cli.bar import Bar
from gateway.domain.problem import CallerError, LedgerError

if TYPE_CHECKING:
    from gateway.pipeline import Services

PATIENCE = 10.0  # seconds a command without --wait watches a run that a worker does
LOOK_SECONDS = 0.2
TROUBLE_SECONDS = 600.0  # of outages in a row without a row done; a worker would go on for ever
TROUBLE_PAUSE = 2.0


def see_through(services: "Services", list_id: int, run_id: int, *, wait: bool, as_json: bool) -> None:
    """Stay with a run until it ends, or for ten seconds where a worker does it and nobody waits."""
    from gateway.intake.running.commands import cancel
    from gateway.jobs.owed import workers_alive

    bar = Bar(as_json=as_json)
    try:
        _stay(services, list_id, run_id, bar, quits=not wait and bool(workers_alive(services)))
    except KeyboardInterrupt:
        bar.end()
        try:
            cancel(services, list_id, by="cli")
        except CallerError:  # it had just ended
            return
        click.echo(
            f"Cancelled: the rows of the receipt are in, and no more. `gateway lists resume list_{list_id}` goes on "
            f"behind them; `gateway lists undo list_{list_id}` takes them back.",
            err=True,
        )
    finally:
        bar.end()


def _stay(services: "Services", list_id: int, run_id: int, bar: Bar, *, quits: bool) -> None:
    from gateway.intake.receipts import watch_list
    from gateway.intake.runs import work_run

    quit_at = time.monotonic() + PATIENCE if quits else None
    trouble = Trouble()
    bar.show(watch_list(services, list_id) or {})  # opening a long list takes seconds, and somebody looks on
    while True:
        try:
            if quit_at is None:
                work_run(run_id, services, progress=lambda _: bar.show(watch_list(services, list_id) or {}))
            view = watch_list(services, list_id)
        except Exception as error:  # noqa: BLE001 - weighed, and raised unless waiting helps
            trouble.weigh(error, bar)
            continue
        if view is None or view["state"] != "running":
            return
        bar.show(view)
        trouble.forget(view["progress"]["rows"])
        if quit_at is not None and time.monotonic() > quit_at:
            bar.end()
            click.echo(f"A worker is at it; `gateway lists show list_{list_id}` tells more.", err=True)
            return
        time.sleep(LOOK_SECONDS)


class Trouble:
    """Outages: the database away, the disk full. They are waited out, but not for ever by somebody at a terminal."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._rows = -1

    def weigh(self, error: Exception, bar: Bar) -> None:
        """Wait a little, or raise the error where waiting does not help or did not for long."""
        from gateway.intake.running.blame import is_the_worlds
        from gateway.policy.errors import PolicyError

        if not is_the_worlds(error) or isinstance(error, PolicyError | LedgerError):
            raise error
        now = time.monotonic()
        if self._since is None:
            self._since = now
            bar.end()
            click.echo(f"{str(error).splitlines()[0]}; it is tried again. Ctrl-C stops.", err=True)
        if now - self._since > TROUBLE_SECONDS:
            raise error
        time.sleep(TROUBLE_PAUSE)

    def forget(self, rows: int) -> None:
        """Rows are done again."""
        if rows != self._rows:
            self._rows, self._since = rows, None
