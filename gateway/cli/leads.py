"""``gateway leads``, ``gateway explain`` and ``gateway prospects``."""

import json
from typing import Any

import click

from gateway.cli.common import json_option, match_key, number_of, open_services, say, table
from gateway.domain.problem import CallerError, Problem


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
        told = explain_lead(connection, services.policies, number_of(lead, "lead"))
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
    """All prospects that may be written to. People who left are not among them."""
    from gateway.outcomes.export import csv_lines
    from gateway.outcomes.prospects import HEADINGS, export_prospects

    found = export_prospects(open_services().engine)
    if form == "ndjson" or as_json:
        for prospect in found:
            click.echo(json.dumps(prospect, ensure_ascii=False))
        return
    rows = ([" ".join(p[h]) if isinstance(p[h], list) else str(p[h] or "") for h in HEADINGS] for p in found)
    for line in csv_lines(list(HEADINGS), rows):
        click.echo(line, nl=False)
