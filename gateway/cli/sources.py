"""``gateway sources`` and ``gateway vendors``: where leads come from."""

from pathlib import Path
from typing import Any

import click

from gateway.cli.common import json_option, open_services, read_text, say, table
from gateway.cli.platforms import fetches, platform
from gateway.cli.scores import score
from gateway.cli.source_settings import change, notice, said_of, settings_options, show, snippet
from gateway.cli.vendor_files import contract, is_new, known_or_new, note, recall, withdraw
from gateway.cli.vendor_files import show as show_file
from gateway.domain.problem import CallerError, Problem


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def sources(context: click.Context, *, as_json: bool) -> None:
    """Show forms; `add` makes one, `show`, `set`, `notice`, `snippet` and `platform` are about one."""
    if context.invoked_subcommand is not None:
        return
    from gateway.db.work import reading
    from gateway.intake.forms import list_sources

    with reading(open_services().engine) as connection:
        found = list_sources(connection)
    rows = [(s.key, "published" if s.published else "for keys only", s.title) for s in found]
    documents = [
        {"source": s.key, "title": s.title, "published": s.published, "origins": list(s.origins)} for s in found
    ]
    say({"sources": documents}, table(rows, ("source", "open to", "title")), as_json=as_json)


@sources.command("add")
@click.argument("key")
@click.option("--title", required=True, help="What the form is, in a few words.")
@click.option(
    "--says",
    type=click.Path(path_type=Path),
    help="What the form states of its leads, in a file like a manifest: audience, legal_basis, country, dealings ...",
)
@settings_options
@json_option
def add(key: str, *, title: str, says: Path | None, as_json: bool, **options: Any) -> None:
    """Make the form KEY, to which websites post signups. An option goes before the same words in the --says file."""
    from gateway.intake.manifest import read_form
    from gateway.intake.sourcing import make_source

    services = open_services()
    stated = None
    if says is not None:
        stated = read_form(read_text(says), name=says.name, as_of=services.clock.now().date())
    with services.unit_of_work() as work:
        make_source(work, services.ledger, key, said_of({"title": title, **options}), stated, by="cli")
    lines = [f'Made. Post signups with "source": "{key}", or see: gateway sources snippet {key}']
    say({"source": key}, lines, as_json=as_json)


for _command in (show, change, notice, snippet):
    sources.add_command(_command)


sources.add_command(platform)
sources.add_command(fetches)


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def vendors(context: click.Context, *, as_json: bool) -> None:
    """Show vendors and how they stand; `standing` changes it, `file`, `note` and `contract` are about one's file."""
    if context.invoked_subcommand is not None:
        return
    from gateway.db.work import reading
    from gateway.vendors.book import list_vendors

    with reading(open_services().engine) as connection:
        found = list_vendors(connection)
    say(
        {"vendors": found},
        table([(v["vendor"], v["standing"]) for v in found], ("vendor", "standing")),
        as_json=as_json,
    )


@vendors.command("list")
@json_option
@click.pass_context
def list_(context: click.Context, *, as_json: bool) -> None:
    """The same as without a command."""
    context.invoke(vendors, as_json=as_json)


@vendors.command("standing")
@click.argument("vendor")
@click.argument("standing", type=click.Choice(["new", "approved", "probation", "suspended", "barred"]))
@click.option("--why", required=True, help="The reason; kept for ever.")
@is_new
@json_option
def standing(vendor: str, standing: str, *, why: str, new: bool, as_json: bool) -> None:
    """Set how VENDOR stands with us; rules use it from the next batch on."""
    from gateway.vendors.book import set_standing

    if "@" in why:
        raise CallerError(
            [Problem("address_in_reason", "no addresses in the reason: it is kept for ever", field="why")]
        )
    services = open_services()
    with services.unit_of_work() as work:
        known_or_new(work, vendor, new=new)
        set_standing(work, vendor, standing, why)
        services.ledger.append(work, "vendor.standing_set", {"vendor": vendor, "standing": standing, "why": why})
    say({"vendor": vendor, "standing": standing}, [f"{vendor}: {standing}"], as_json=as_json)


for _command in (score, show_file, note, contract, withdraw, recall):
    vendors.add_command(_command)
