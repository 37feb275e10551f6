"""``gateway import`` and ``gateway manifest``: lists on their way in."""

import gc
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.asking import answered, somebody_is_there
from gateway.cli.common import json_option, open_services, read_text, require_policies, say
from gateway.cli.mappings import pairs
from gateway.cli.parted import part_lines, together
from gateway.cli.running import exit_if_cancelled, stop_here
from gateway.domain.outcome import Receipt
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.intake.inspection import Inspection
    from gateway.intake.values import DateOrder
    from gateway.pipeline import Services


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
@click.option("--dates", type=click.Choice(["dmy", "mdy", "ymd"]), help="How ambiguous dates are meant: 3/4 or 4/3.")
@click.option("--column", "columns", multiple=True, metavar="HEADING=FIELD", help="What a column means (repeatable).")
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
    dates: "DateOrder | None",
    columns: tuple[str, ...],
    strict: bool,
    as_json: bool,
) -> None:
    """Import the list FILE under its manifest and print the receipt.

    Works without a server: the run is done by this command. Where a worker runs already, it does the run, and this
    command watches it for ten seconds (with --wait: to the end). A run that was cut off is taken up where it stopped.
    Ctrl-C cancels it: what is in stays in, and `gateway lists resume` or `gateway lists undo` go on from there.

    FILE is text (CSV and its like), XLSX, XLS, ODS, JSON, NDJSON or Parquet, also inside ZIP, gzip or Zstandard. If
    it holds several lists, each has a receipt, and a total adds them up.
    """
    if not file.is_file():
        raise CallerError([Problem("no_such_file", f"there is no file {file}")])
    text = read_text(manifest_path)
    gc.disable()  # one list, then the process ends: nothing it makes is worth looking over for cycles
    services = open_services()
    require_policies(services)  # before anything is stored of the list
    ask = somebody_is_there() and not as_json
    text, encoding = answered(
        services, file, text, name=manifest_path.name, encoding=encoding, dates=dates, columns=pairs(columns), ask=ask
    )
    try:
        if dry_run:
            receipt = _rehearse(services, file, manifest_path, text, encoding, as_json=as_json)
        else:
            receipt = _run(services, file, manifest_path, text, encoding, again=again, wait=wait, as_json=as_json)
    except KeyboardInterrupt:
        stop_here(_NOTHING_RUN if dry_run else _NOT_BEGUN)
    say(receipt, receipt_lines(receipt), as_json=as_json)
    exit_if_cancelled(receipt)
    if strict and receipt["holds"] + receipt["rejections"]:
        sys.exit(1)


_NOTHING_RUN = "Stopped. It was a dry run: nothing of the list was written."
_NOT_BEGUN = (
    "Stopped before a run could be watched: no row is in unless `gateway lists` shows this list as running. Then "
    "`gateway lists cancel` stops it; the same import command goes on, or begins."
)


def _rehearse(
    services: "Services", file: Path, manifest_path: Path, text: str, encoding: str | None, *, as_json: bool
) -> dict[str, Any]:
    from gateway.intake.beforehand.opened import Brought, manifest_for, opened
    from gateway.intake.beforehand.rehearsed import rehearse_list
    from gateway.outcomes.fates import Rehearsal

    manifest = manifest_for(services, name=file.name, text=text, text_name=manifest_path.name)
    told = []
    rehearsal = Rehearsal()  # of all parts: who leaves in one is out in the next
    with opened(Brought(file, file.name, manifest, encoding), services) as parts:
        for one in parts:
            started = time.monotonic()
            progress = _progress(as_json=as_json)
            receipt = rehearse_list(
                one.text, one.found, one.statement, services, progress=progress, rehearsal=rehearsal
            )
            told.append({
                "part": one.label, "list": None, "run": None, "state": "rehearsed", **receipt.as_dict(),
                "seconds": round(time.monotonic() - started, 3), "dry_run": True, **_reading(one.found),
            })  # fmt: skip
    return together(told)


def _reading(found: "Inspection") -> dict[str, Any]:
    """What the uploader should know of how the file was read."""
    wide = found.wide.as_dict() if found.wide else None
    return {
        "layout": found.layout, "notes": list(found.notes), "not_understood": list(found.not_understood),
        "signs": wide["signs"] if wide else [], "looked_at": wide["looked_at"] if wide else None,
    }  # fmt: skip


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
    from gateway.intake.lists import bring

    begun = bring(services, file, text, manifest_name=manifest_path.name, encoding=encoding, again=again, by="cli")
    if begun["repeated"] and not as_json:
        click.echo(f"This list was brought before, as list_{begun['list']}; --again runs it once more.", err=True)
    receipts: list[dict[str, Any]] = []
    for part in begun.get("parts", [begun]):
        stopped = any(receipt["state"] == "cancelled" for receipt in receipts)
        receipts.append(_see_part(services, part, stopped=stopped, wait=wait, as_json=as_json))
    return together(receipts)


def _see_part(
    services: "Services", begun: dict[str, Any], *, stopped: bool, wait: bool, as_json: bool
) -> dict[str, Any]:
    """One list's receipt once its run is seen through; where a part before it was ``stopped``, this one is too."""
    from gateway.cli.watching import see_through
    from gateway.db.work import reading
    from gateway.intake.inspection import Inspection
    from gateway.intake.receipts import load_run, view_list, view_run
    from gateway.intake.running.commands import cancel

    if stopped:
        with suppress(CallerError):  # a worker was quicker
            cancel(services, begun["list"], by="cli")
    else:
        see_through(services, begun["list"], begun["run"], wait=wait, as_json=as_json)
    with reading(services.engine) as connection:
        row = load_run(connection, begun["run"])
    shown = view_list(services, begun["list"]) or {}
    read = Inspection.from_dict(shown["read_as"])
    return {"part": begun.get("part"), **view_run(row, repeated=begun["repeated"]), **_reading(read)}


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
    if "parts" in receipt:
        parts = [line for part in receipt["parts"] for line in (f"{part['part']}:", *receipt_lines(part), "")]
        return parts + part_lines(receipt)
    head = "Dry run: nothing was written." if receipt.get("dry_run") else f"{receipt['list']} ({receipt['run']})"
    lines = [
        f"{head}  {_state(receipt)}, {receipt['seconds']} s",
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
        lines += [f"  row {item['row']}: {item['reason']}{_error(item)}" for item in receipt["unread"][:10]]
    if receipt.get("erased"):
        lines += [
            f"Nothing but a keyed hash is kept of {receipt['erased']:,} rejected rows; our copy of the file goes.",
            "The file you gave still has them.",
        ]
    lines += [f"Note: {note}" for note in receipt.get("notes", ())]
    lines += [line for sign in receipt.get("signs", ()) for line in sign_lines(sign)]
    if receipt.get("not_understood"):
        lines += ["Kept, but not understood: " + ", ".join(map(str, receipt["not_understood"]))]
    if receipt["state"] == "cancelled":
        lines += [f"Cancelled; `gateway lists resume {receipt['list']}` goes on behind these rows."]
    if receipt.get("error"):
        lines += [f"The run failed: {receipt['error']}"]
    if not receipt.get("dry_run"):
        lines += [f"See `gateway lists rows {receipt['list']} --outcome rejection --format csv`."]
    return lines


def _state(receipt: dict[str, Any]) -> str:
    """How the run stands; done with problems is not quite done."""
    state, problems = str(receipt["state"]), receipt.get("problems")
    return state + (f" with problems (rows that could not be processed: {problems:,})" if problems else "")


def _error(item: dict[str, Any]) -> str:
    return f" ({item['error']})" if item.get("error") else ""


def sign_lines(sign: dict[str, Any]) -> list[str]:
    """A sign of the whole list, with the first rows that show it."""
    rows = "; ".join(f"row {seen['row']}: {seen['value']}" for seen in sign["rows"][:3])
    return [f"Sign: {sign['says']}" + (f" Such as {rows}." if rows else "")]


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
