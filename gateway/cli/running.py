"""``gateway lists cancel``, ``resume``, ``undo`` and ``recheck``: what may be asked of a list's run."""

import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn

import click

from gateway.cli.bar import Bar
from gateway.cli.common import counted, json_option, number_of, open_services, require_policies, say
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.pipeline import Services

LOOK_SECONDS = 0.3


@click.command()
@click.argument("list_id")
@json_option
def cancel(list_id: str, *, as_json: bool) -> None:
    """Stop a list's run. What is in stays in; nothing is added once this has answered."""
    from gateway.intake.running import commands

    services, number = open_services(), number_of(list_id, "list")
    commands.cancel(services, number, by="cli")
    receipt = _receipt(services, number)
    lines = [
        f"list_{number} is cancelled with {counted(receipt['rows'], 'row')} in.",
        f"Go on behind them: gateway lists resume list_{number}",
        f"Take them back:     gateway lists undo list_{number}",
    ]
    say(receipt, lines, as_json=as_json)


@click.command()
@click.argument("list_id")
@click.option("--wait", is_flag=True, help="Stay until the run is done, however long a worker takes.")
@json_option
def resume(list_id: str, *, wait: bool, as_json: bool) -> None:
    """Let a run that was cancelled or has failed go on where it stopped."""
    from gateway.cli.importing import receipt_lines
    from gateway.cli.watching import see_through
    from gateway.intake.running import commands

    services, number = open_services(), number_of(list_id, "list")
    require_policies(services)
    run = commands.resume(services, number, by="cli")
    see_through(services, number, run, wait=wait, as_json=as_json)
    receipt = _receipt(services, number)
    say(receipt, receipt_lines(receipt), as_json=as_json)
    exit_if_cancelled(receipt)


@click.command()
@click.argument("list_id")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@json_option
def undo(list_id: str, *, yes: bool, as_json: bool) -> None:
    """Take back what a list's run changed. Opt-outs stay.

    Its prospects are removed, or withdrawn where something happened to them since; its holds are closed; its rows are
    rejections with the reason `undone`. A running list must be cancelled first. The file may then be imported again.
    """
    from gateway.intake.running import commands

    services, number = open_services(), number_of(list_id, "list")
    found = commands.preview_undo(services, number)
    if not as_json:
        click.echo(
            f"Undoing list_{number} takes back {counted(found['prospects'], 'prospect')} and closes "
            f"{counted(found['holds'], 'hold')}. Opt-outs it brought stay."
        )
        if found["had_left"]:
            click.echo(f"{counted(found['had_left'], 'prospect')} left since and stay withdrawn for that.")
        if found["lost_elsewhere"]:
            click.echo(
                f"{counted(found['lost_elsewhere'], 'lead')} of other lists and forms lost to them as duplicates and "
                "do not come back by themselves: import those lists again (--again) afterwards."
            )
    if not yes:
        if as_json or not sys.stdin.isatty():
            raise CallerError([Problem("not_confirmed", "nothing was undone: nobody can be asked here; add --yes")])
        click.confirm("Go on?", abort=True)
    errand = commands.begin_undo(services, number, by="cli")
    done = _see_errand_through(services, number, errand, as_json=as_json)
    account = done["account"]
    line = (
        f"list_{number} is undone: {counted(account['removed'], 'prospect')} removed, {account['withdrawn']:,} "
        f"withdrawn, {account['had_left']:,} had left and stay so; {counted(account['holds'], 'hold')} closed."
    )
    say({"list": f"list_{number}", "state": "undone", **account}, [line], as_json=as_json)


@click.command()
@click.argument("list_id")
@json_option
def recheck(list_id: str, *, as_json: bool) -> None:
    """Judge the leads of a list that wait once more, under today's policies and facts."""
    from gateway.intake.running import commands

    services, number = open_services(), number_of(list_id, "list")
    require_policies(services)
    errand = commands.begin_recheck(services, number, by="cli")
    account = _see_errand_through(services, number, errand, as_json=as_json)["account"]
    line = (
        f"Of the holds of list_{number}, {counted(account['prospects'], 'prospect')} came, "
        f"{counted(account['rejections'], 'rejection')} came, and {account['holds']:,} still wait."
    )
    say({"list": f"list_{number}", **account}, [line], as_json=as_json)


def _see_errand_through(services: "Services", list_id: int, errand_id: int, *, as_json: bool) -> dict[str, Any]:
    """Do an errand here, or watch the worker that does it, to its end. Ctrl-C leaves it to the workers.

    Raises CallerError where it fails for good.
    """
    from gateway.cli.watching import Trouble
    from gateway.intake.receipts import watch_list
    from gateway.intake.running.blame import is_the_worlds
    from gateway.intake.running.errands import find_errand, work_errand

    bar, trouble = Bar(as_json=as_json), Trouble()

    def show(_: object = None) -> None:
        bar.show(watch_list(services, list_id) or {})

    try:
        while True:
            try:
                work_errand(errand_id, services, told=show)
            except Exception as error:  # noqa: BLE001 - the errand has its reason, and is tried again
                if is_the_worlds(error):
                    trouble.weigh(error, bar)
            found = find_errand(services, errand_id)
            if found["state"] == "done":
                return found
            if found["state"] == "failed":
                raise CallerError([Problem("errand_failed", _given_up(found, list_id))])
            trouble.forget(found["dealt"])
            show()
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        bar.end()
        stop_here(_left_off(find_errand(services, errand_id), list_id))
    finally:
        bar.end()


def _left_off(errand: dict[str, Any], list_id: int) -> str:
    return (
        f"You stopped watching: {errand['dealt']:,} of {errand['leads']:,} leads are dealt with, and that stays. What "
        f"is left is not given up: a worker takes it up within two minutes, or `gateway lists {errand['errand']} "
        f"list_{list_id}` goes on."
    )


def _given_up(errand: dict[str, Any], list_id: int) -> str:
    return (
        f"given up after {errand['tries']:,} tries: {errand['error']}. What was dealt "
        f"with stays so ({errand['dealt']:,} of {errand['leads']:,} leads); once it is mended, `gateway lists "
        f"{errand['errand']} list_{list_id}` goes on with what is left"
    )


def _receipt(services: "Services", list_id: int) -> dict[str, Any]:
    from gateway.intake.receipts import view_list

    found = view_list(services, list_id)
    assert found is not None
    run: dict[str, Any] = found["run"]
    return run


def stop_here(line: str) -> NoReturn:
    """Say what state Ctrl-C left things in, and end as programs do that it ended."""
    click.echo(f"\n{line}", err=True)
    sys.exit(130)


def exit_if_cancelled(receipt: dict[str, Any]) -> None:
    """As programs do that Ctrl-C ended."""
    if receipt["state"] == "cancelled":
        sys.exit(130)
