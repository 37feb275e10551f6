"""``gateway demo``: fill an empty gateway with a month of a made-up company."""

import sys

import click

from gateway.cli.common import say
from gateway.domain.problem import CallerError, Problem

USUAL = 50_000


@click.command()
@click.option("--leads", default=USUAL, show_default=True, type=click.IntRange(500, 1_000_000), help="About how many.")
@click.option("--once", is_flag=True, help="Do nothing, and say nothing, where there is something already.")
def demo(*, leads: int, once: bool) -> None:
    """Live through a month of a made-up company: forms, vendors good and bad, people who leave.

    Everything goes through the real pipeline, at made-up times, into an empty data folder, which is a demonstration's
    from then on. `gateway serve --demo` shows it.
    """
    from dataclasses import replace

    from gateway.cli.demo import load_demo
    from gateway.cli.demo_month.month import DAYS, live_through
    from gateway.config import load, with_secret
    from gateway.db.work import reading
    from gateway.ledger.book import count_entries
    from gateway.wiring import build_services

    services = build_services(replace(with_secret(load()), demo=True))
    with reading(services.engine) as connection:
        is_empty = count_entries(connection) == 0
    if not is_empty:
        if once:
            return
        message = (
            "there is something in this gateway already; choose an empty folder, as GATEWAY_DATA=demo gateway demo"
        )
        raise CallerError([Problem("not_empty", message)])
    with click.progressbar(length=DAYS, label="A month passes", item_show_func=_shown, file=sys.stderr) as bar:
        live_through(services, share=leads / USUAL, told=lambda day, what: bar.update(day - bar.pos, what))
    load_demo(services)
    say({"leads": leads}, ["The month is over. Look at it: gateway serve --demo"], as_json=False)


def _shown(what: str | None) -> str:
    return what or ""
