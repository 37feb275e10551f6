"""``gateway policy docs``."""

import sys
from pathlib import Path

import click

from gateway.cli.common import say
from gateway.cli.policies import folders_of


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a page is not current.")
def docs(folder: Path | None, *, check: bool) -> None:
    """Write the reference pages of the packs to FOLDER: facts, reasons, rules, obligations, coverage.

    Without FOLDER, those of our own packs to docs/reference, where they belong.
    """
    from gateway.policy.coverage import read_coverage
    from gateway.policy.errors import Complaint, PolicyError
    from gateway.policy.loader import load_policies
    from gateway.policy.reference import pages
    from gateway.wiring import POLICIES

    folders = [POLICIES] if folder is None else folders_of()
    place = folder or POLICIES.parent / "docs" / "reference"
    policies = load_policies(folders)
    complaints: list[Complaint] = []
    rows = [row for one in folders for row in read_coverage(one, policies, complaints)]
    if complaints:
        raise PolicyError(complaints)
    made = pages(policies, rows)
    if check:
        stale = [name for name, text in made.items() if not _is_current(place / name, text)]
        say({"not_current": stale}, [f"{place / name} is not current." for name in stale] or ["All pages are current."],
            as_json=False)  # fmt: skip
        if stale:
            sys.exit(1)
        return
    place.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (place / name).write_text(text, encoding="utf-8")
    click.echo(f"Wrote {', '.join(made)} to {place}.")


def _is_current(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
