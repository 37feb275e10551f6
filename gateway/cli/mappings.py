"""``gateway lists mapping``: what a vendor's columns mean, saved for its later files."""

from typing import Any

import click

from gateway.cli.common import json_option, number_of, open_services, say
from gateway.domain.problem import CallerError, Problem


@click.group()
def mapping() -> None:
    """What a vendor's columns mean: saved once, used for its later files with the same headings."""


@mapping.command("show")
@click.argument("vendor")
@json_option
def show(vendor: str, *, as_json: bool) -> None:
    """Show what is saved for VENDOR."""
    from gateway.intake.mappings import view_mappings

    found = view_mappings(open_services().engine, vendor)
    lines = [line for one in found for line in _lines(one)]
    say({"mappings": found}, lines or [f"Nothing is saved for {vendor}."], as_json=as_json)


@mapping.command("save")
@click.argument("list_id")
@click.option("--column", "columns", multiple=True, metavar="HEADING=FIELD", help="What a column means instead.")
@json_option
def save(list_id: str, *, columns: tuple[str, ...], as_json: bool) -> None:
    """Save how the columns of LIST_ID were read, for its vendor's later files with the same headings."""
    from gateway.intake.mappings import as_told, mapping_of, save_mapping

    services = open_services()
    vendor, found = mapping_of(services, number_of(list_id, "list"))
    if not found.has_headings:
        message = "the list's file has no headings by which a later one could be known"
        raise CallerError([Problem("no_headings", message)])
    saved = save_mapping(services, vendor, found.headings, as_told(found) | pairs(columns), by="cli")
    say(saved, [f"Saved for {vendor}.", *_lines(saved)], as_json=as_json)


@mapping.command("forget")
@click.argument("vendor")
@click.argument("mapping_id", metavar="MAPPING")
def forget(vendor: str, mapping_id: str) -> None:
    """Forget what is saved for VENDOR under MAPPING, a number that `show` prints."""
    from gateway.intake.mappings import forget_mapping, view_mappings

    services = open_services()
    known = [one["mapping"] for one in view_mappings(services.engine, vendor)]
    meant = [one for one in known if one.startswith(mapping_id)]
    if len(meant) != 1 or not forget_mapping(services, vendor, meant[0], by="cli"):
        raise CallerError([Problem("unknown_mapping", f"nothing is saved for {vendor} under {mapping_id}")])
    click.echo("Forgotten.")


def pairs(columns: tuple[str, ...]) -> dict[str, str]:
    """``Heading=field`` options as a manifest says them. Raises CallerError for one without an equals sign."""
    told: dict[str, str] = {}
    for column in columns:
        heading, equals, field = column.rpartition("=")
        if not equals or not heading.strip() or not field.strip():
            raise CallerError([Problem("bad_column", f"--column is Heading=field, and {column!r} is not")])
        told[heading.strip()] = field.strip()
    return told


def _lines(one: dict[str, Any]) -> list[str]:
    head = f"{one['mapping'][:12]}  saved {one['saved_at']} by {one['by']}"
    return [head, *(f"  {heading}: {use}" for heading, use in one["columns"].items())]
