"""``gateway sources`` and ``gateway vendors``: where leads come from."""

from dataclasses import replace
from pathlib import Path

import click

from gateway.cli.common import json_option, open_services, read_text, say, table
from gateway.domain.problem import CallerError, Problem


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def sources(context: click.Context, *, as_json: bool) -> None:
    """Show forms; `add` makes one."""
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
@click.option("--wording", help="The notice shown beside the box, word for word.")
@click.option("--language", help="Of the notice; en if nothing else says.")
@click.option(
    "--says",
    type=click.Path(path_type=Path),
    help="What the form states of its leads, in a file like a manifest: audience, legal_basis, country, dealings ...",
)
@click.option("--url", help="The page the form stands on.")
@click.option("--origin", "origins", multiple=True, help="A web origin whose scripts may post (repeat).")
@click.option("--published/--unpublished", default=True, show_default=True, help="Whether strangers may post.")
@click.option("--box-required/--box-optional", default=True, show_default=True, help="Whether the box must be ticked.")
@click.option(
    "--confirm/--no-confirm",
    "confirm",
    default=None,
    help="Whether everybody has to confirm by a mail; if not given, who has to by law, and by the --says file.",
)
@click.option("--redirect", help="Where a browser goes after a signup; our own page if not given.")
@json_option
def add(
    key: str,
    *,
    title: str,
    wording: str | None,
    language: str | None,
    says: Path | None,
    url: str | None,
    origins: tuple[str, ...],
    published: bool,
    box_required: bool,
    confirm: bool | None,
    redirect: str | None,
    as_json: bool,
) -> None:
    """Make the form KEY, to which websites post signups. An option goes before the same words in the --says file."""
    from gateway.domain.lead import Statement
    from gateway.intake.forms import Source, create_source
    from gateway.intake.manifest import read_form

    services = open_services()
    stated = Statement(direct=True, method="form")
    if says is not None:
        stated = read_form(read_text(says), name=says.name, as_of=services.clock.now().date())
    statement = replace(
        stated, form_url=url or stated.form_url, wording=wording or stated.wording,
        language=language or stated.language or "en", consent_act=stated.consent_act or "unticked_box",
        relationship=stated.relationship or "marketing",
        asks_confirmation=stated.asks_confirmation if confirm is None else confirm,
    )  # fmt: skip
    source = Source(
        key=key, title=title, statement=statement, published=published, requires_tick=box_required, origins=origins,
        received_url=redirect,
    )  # fmt: skip
    with services.unit_of_work() as work:
        create_source(work, source)
        services.ledger.append(work, "source.created", {"source": key, "by": "cli"})
    say({"source": key}, [f'Made. Post signups with "source": "{key}".'], as_json=as_json)


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def vendors(context: click.Context, *, as_json: bool) -> None:
    """Show vendors and how they stand; `standing` changes it."""
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


@vendors.command("standing")
@click.argument("vendor")
@click.argument("standing", type=click.Choice(["new", "approved", "probation", "suspended", "barred"]))
@click.option("--why", required=True, help="The reason; kept for ever.")
@json_option
def standing(vendor: str, standing: str, *, why: str, as_json: bool) -> None:
    """Set how VENDOR stands with us; rules use it from the next batch on."""
    from gateway.vendors.book import set_standing

    if "@" in why:
        raise CallerError(
            [Problem("address_in_reason", "no addresses in the reason: it is kept for ever", field="why")]
        )
    services = open_services()
    with services.unit_of_work() as work:
        set_standing(work, vendor, standing, why)
        services.ledger.append(work, "vendor.standing_set", {"vendor": vendor, "standing": standing, "why": why})
    say({"vendor": vendor, "standing": standing}, [f"{vendor}: {standing}"], as_json=as_json)
