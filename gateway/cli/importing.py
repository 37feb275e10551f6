"""``gateway import`` and ``gateway manifest``: lists on their way in."""

import gc
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import json_option, open_services, read_text, require_policies, say
from gateway.domain.outcome import Receipt
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.intake.inspection import Inspection
    from gateway.pipeline import Services

PATIENCE = 10.0  # seconds a command without --wait watches a run that a worker does


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--manifest",
    "-m",
    "manifest_path",
    type=click.Path(path_type=Path),
    required=True,
    help="What a buyer should know of the list; start one with `gateway manifest new`.",
)
@click.option("--wait", is_flag=True, help="Stay until the run is done, however long a worker takes.")
@click.option("--dry-run", is_flag=True, help="Everything but writing, with the full receipt.")
@click.option("--again", is_flag=True, help="Run a list that was run before once more.")
@click.option("--encoding", help="How the file is written, if it is neither UTF-8 nor UTF-16 (e.g. cp1252).")
@click.option("--strict", is_flag=True, help="Exit with 1 if any row was held or rejected.")
@json_option
def import_list(
    file: Path,
    manifest_path: Path,
    *,
    wait: bool,
    dry_run: bool,
    again: bool,
    encoding: str | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Import the list FILE under its manifest and print the receipt.

    Works without a server: the run is done by this command. Where a worker runs already, it does the run, and this
    command watches it for ten seconds (with --wait: to the end). A run that was cut off is taken up where it stopped.
    """
    if not file.is_file():
        raise CallerError([Problem("no_such_file", f"there is no file {file}")])
    text = read_text(manifest_path)
    gc.disable()  # one list, then the process ends: nothing it makes is worth looking over for cycles
    services = open_services()
    require_policies(services)  # before anything is stored of the list
    if dry_run:
        receipt = _rehearse(services, file, manifest_path, text, encoding, as_json=as_json)
    else:
        receipt = _run(services, file, manifest_path, text, encoding, again=again, wait=wait, as_json=as_json)
    say(receipt, receipt_lines(receipt), as_json=as_json)
    if strict and receipt["holds"] + receipt["rejections"]:
        sys.exit(1)


def _rehearse(
    services: "Services", file: Path, manifest_path: Path, text: str, encoding: str | None, *, as_json: bool
) -> dict[str, Any]:
    from gateway.intake.lists import stated
    from gateway.intake.manifest import read_manifest
    from gateway.intake.readers import inspect
    from gateway.intake.runs import rehearse_list

    manifest = read_manifest(text, name=manifest_path.name, as_of=services.clock.now().date())
    found = inspect(file, name=file.name, manifest=manifest, encoding=encoding)
    statement = stated(manifest.statement, found)
    started = time.monotonic()
    receipt = rehearse_list(file, found, statement, services, progress=_progress(as_json=as_json))
    return {
        "list": None, "run": None, "state": "rehearsed", **receipt.as_dict(),
        "seconds": round(time.monotonic() - started, 3), "dry_run": True, **_reading(found),
    }  # fmt: skip


def _reading(found: "Inspection") -> dict[str, Any]:
    """What the uploader should know of how the file was read."""
    return {"layout": found.layout, "notes": list(found.notes), "not_understood": list(found.not_understood)}


def _run(
    services: "Services",
    file: Path,
    manifest_path: Path,
    text: str,
    encoding: str | None,
    *,
    again: bool,
    wait: bool,
    as_json: bool,
) -> dict[str, Any]:
    from gateway.db.work import reading
    from gateway.intake.inspection import Inspection
    from gateway.intake.lists import bring
    from gateway.intake.receipts import load_run, view_list, view_run
    from gateway.intake.runs import work_run
    from gateway.jobs.owed import workers_alive

    begun = bring(services, file, text, manifest_name=manifest_path.name, encoding=encoding, again=again, by="cli")
    if begun["repeated"] and not as_json:
        click.echo(f"This list was brought before, as list_{begun['list']}; --again runs it once more.", err=True)
    quit_at = None if wait or not workers_alive(services) else time.monotonic() + PATIENCE
    while True:
        if quit_at is None:
            work_run(begun["run"], services, progress=_progress(as_json=as_json))
        with reading(services.engine) as connection:
            row = load_run(connection, begun["run"])
        if row.state != "running":
            break
        if quit_at is not None and time.monotonic() > quit_at:
            click.echo(f"A worker is at it; `gateway lists show list_{begun['list']}` tells more.", err=True)
            break
        time.sleep(0.2)
    shown = view_list(services, begun["list"]) or {}
    read = Inspection.from_dict(shown["read_as"])
    return {**view_run(row, repeated=begun["repeated"]), **_reading(read)}


def _progress(*, as_json: bool) -> Any:
    """Rows done so far, on a terminal only."""
    if as_json or not sys.stderr.isatty():
        return None
    started = time.monotonic()

    def show(receipt: Receipt) -> None:
        rate = receipt.rows / max(time.monotonic() - started, 0.001)
        click.echo(f"\r{receipt.rows:,} rows, {rate:,.0f} a second", nl=False, err=True)

    return show


def receipt_lines(receipt: dict[str, Any]) -> list[str]:
    """A receipt for people."""
    head = "Dry run: nothing was written." if receipt.get("dry_run") else f"{receipt['list']} ({receipt['run']})"
    lines = [
        f"{head}  {receipt['state']}, {receipt['seconds']} s",
        f"  rows        {receipt['rows']:>9,}",
        f"  prospects   {receipt['prospects']:>9,}",
        f"  holds       {receipt['holds']:>9,}",
        f"  rejections  {receipt['rejections']:>9,}   of them duplicates: {receipt['duplicates']:,}",
    ]
    if receipt["reasons"]:
        lines += ["Reasons (a row may have several):"]
        lines += [f"  {count:>9,}  {code}" for code, count in receipt["reasons"].items()]
    if receipt["unread"]:
        lines += [f"Rows that could not be read: {len(receipt['unread'])}"]
        lines += [f"  row {item['row']}: {item['reason']}" for item in receipt["unread"][:10]]
    if receipt.get("erased"):
        lines += [
            f"Nothing but a keyed hash is kept of {receipt['erased']:,} rejected rows; our copy of the file goes.",
            "The file you gave still has them.",
        ]
    lines += [f"Note: {note}" for note in receipt.get("notes", ())]
    if receipt.get("not_understood"):
        lines += ["Kept, but not understood: " + ", ".join(map(str, receipt["not_understood"]))]
    if receipt.get("error"):
        lines += [f"The run failed: {receipt['error']}"]
    if not receipt.get("dry_run"):
        lines += [f"See `gateway lists rows {receipt['list']} --outcome rejection --format csv`."]
    return lines


@click.group()
def manifest() -> None:
    """What a buyer should know of a list, in a YAML or JSON file beside it."""


@manifest.command("new")
@click.argument("path", type=click.Path(path_type=Path), required=False)
def new(path: Path | None) -> None:
    """Write a commented manifest to fill in to PATH (or print it)."""
    from gateway.intake.manifest import new_manifest

    if path is None:
        click.echo(new_manifest(), nl=False)
        return
    if path.exists():
        raise CallerError([Problem("file_exists", f"{path} exists already; choose another name")])
    path.write_text(new_manifest(), encoding="utf-8")
    click.echo(f"Wrote {path}. Fill it in, then: gateway import FILE --manifest {path}")


@manifest.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def check(path: Path, *, as_json: bool) -> None:
    """Say what is wrong with a manifest, and what is missing that will hold its leads."""
    from gateway.intake.manifest import read_manifest

    found = read_manifest(read_text(path), name=str(path))
    lines = [f"{path} can be used."] + [f"Missing: {gap}" for gap in found.gaps]
    say({"name": found.name, "gaps": list(found.gaps)}, lines, as_json=as_json)
