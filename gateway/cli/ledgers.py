"""``gateway ledger``: whether the account still says what it said."""

import sys
from pathlib import Path

import click

from gateway.cli.common import json_option, open_services, read_text, say


@click.group()
def ledger() -> None:
    """The append-only, chained account of what happened."""


@ledger.command("verify")
@click.option("--since", type=click.Path(path_type=Path), help="A checkpoint kept elsewhere; it must still lead here.")
@json_option
def verify(*, since: Path | None, as_json: bool) -> None:
    """Check every entry. Exits with 1 and names the first entry that does not fit."""
    services = open_services()
    found = services.ledger.verify(services.engine, since=read_text(since) if since else None)
    document = {
        "ok": found.ok, "entries": found.entries, "root": found.root, "first_bad": found.first_bad, "why": found.why,
    }  # fmt: skip
    if found.ok:
        lines = [f"The ledger fits: {found.entries:,} entries, root {found.root}."]
    else:
        lines = [f"The ledger does not fit at entry {found.first_bad}: {found.why}"]
    say(document, lines, as_json=as_json)
    if not found.ok:
        sys.exit(1)


@ledger.command("checkpoint")
def checkpoint() -> None:
    """Print a signed checkpoint; keep it outside, and `verify --since` finds any rewriting since."""
    services = open_services()
    with services.unit_of_work() as work:
        note = services.ledger.hand_out(work, "cli")
    click.echo(note, nl=False)


@ledger.command("key")
def key() -> None:
    """Print the public keys of the ledger, the newest first: by them anybody checks checkpoints and evidence."""
    for one in open_services().ledger.public_keys():
        click.echo(one)
