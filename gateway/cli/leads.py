"""``gateway leads``, ``gateway explain`` and ``gateway prospects``."""

import json
import sys
from typing import Any

import click

from gateway.cli.common import json_option, match_key, number_of, open_services, say, table
from gateway.domain.problem import CallerError, Problem

WITHHELD = 3
"""The exit code when prospects were withheld: a script must not take a part for the whole."""


@click.group()
def leads() -> None:
    """Leads by the person's address."""


@leads.command("find")
@click.argument("address")
@json_option
def find(address: str, *, as_json: bool) -> None:
    """Every lead of one mailbox, with its outcome and reasons."""
    from gateway.db.work import reading
    from gateway.outcomes.view import find_leads

    services = open_services()
    with reading(services.engine) as connection:
        found = find_leads(connection, match_key(services, address))
    rows = [(one["lead"], _state(one), one["source"], one["row"], ", ".join(one["reasons"])) for one in found]
    lines = table(rows, ("lead", "outcome", "source", "row", "reasons")) if rows else []
    say({"leads": found}, lines or ["No lead has this address."], as_json=as_json)


def _state(lead: dict[str, Any]) -> str:
    prospect = lead["prospect"]
    return "prospect, withdrawn" if prospect and prospect["withdrawn"] else str(lead["outcome"])


@click.command()
@click.argument("lead")
@json_option
def explain(lead: str, *, as_json: bool) -> None:
    """Why LEAD (lead_12) ended as it did: rules, law, facts, obligations, in sentences."""
    from gateway.account import explain_lead
    from gateway.db.work import reading

    services = open_services()
    with reading(services.engine) as connection:
        told = explain_lead(connection, services, number_of(lead, "lead"))
    if told is None:
        raise CallerError([Problem("unknown_lead", f"there is no {lead}")])
    say(told, told["sentences"], as_json=as_json)


@click.group()
def prospects() -> None:
    """Leads that were accepted, each with its obligations."""


@prospects.command("export")
@click.option("--format", "form", type=click.Choice(["csv", "ndjson"]), default="csv", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format ndjson.")
def export(*, form: str, as_json: bool) -> None:
    """All prospects that may be written to. People who left are not among them.

    Those that must not be handed out yet, as while the sender's profile lacks its postal address, are withheld: the
    error output says how many, why, and what mends it, and the command exits with 3. What is printed is right either
    way. A phone number stands there only where it may be used (phone_use: accept).
    """
    from gateway.handout import Handout
    from gateway.outcomes.export import csv_lines
    from gateway.outcomes.prospects import HEADINGS, cells
    from gateway.person.links import link_maker

    services = open_services()
    handout = Handout(services, services.clock.now(), link_maker(services))
    if form == "ndjson" or as_json:
        for prospect in handout.prospects():
            click.echo(json.dumps(prospect, ensure_ascii=False))
    else:
        for line in csv_lines(list(HEADINGS), map(cells, handout.prospects())):
            click.echo(line, nl=False)
    if handout.withheld:
        click.echo(f"gateway: {handout.given:,} prospects handed out, {handout.withheld:,} withheld.", err=True)
        for reason in handout.reasons():
            click.echo(f"gateway: {reason}", err=True)
        sys.exit(WITHHELD)
