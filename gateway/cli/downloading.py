"""``gateway lists download`` and ``gateway lists rows``: a list's rows handed back, for the vendor and for us."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from gateway.cli.common import counted, json_option, number_of, open_services, say
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.intake.downloads import Download

OUTCOMES = click.Choice(["prospect", "hold", "rejection"])
_bom = click.option(
    "--bom/--no-bom", default=True, show_default=True, help="CSV begins with a byte order mark; Excel needs it."
)


@click.command()
@click.argument("list_id")
@click.option("--outcome", "outcomes", type=OUTCOMES, multiple=True, help="Only rows that ended so; may be repeated.")
@click.option("--format", "form", type=click.Choice(["csv", "ndjson"]), default="csv", show_default=True)
@_bom
@click.option("--json", "as_json", is_flag=True, help="The same as --format ndjson.")
def rows(list_id: str, *, outcomes: tuple[Any, ...], form: str, bom: bool, as_json: bool) -> None:
    """Every row with its reasons and remedies beside the original columns; safe to open in a spreadsheet.

    With our reason codes and lead numbers: for us. For the vendor there is `gateway lists download`.
    """
    from gateway.intake.downloads import open_download
    from gateway.outcomes.export import csv_lines

    found = open_download(open_services(), number_of(list_id, "list"), outcomes=outcomes)
    if form == "csv" and not as_json:
        for line in csv_lines(found.headings, found.rows(), mark=bom):
            click.echo(line, nl=False)
        return
    count = len(found.ours)
    for row in found.rows():
        record: dict[str, Any] = dict(zip(found.ours, row[:count], strict=True))
        record |= {"row": int(row[0]), "reasons": [code for code in row[2].split(";") if code]}
        record["cells"] = [list(pair) for pair in zip(found.headings[count:], row[count:], strict=False)]
        click.echo(json.dumps(record, ensure_ascii=False))


@click.command()
@click.argument("list_id")
@click.option(
    "--outcome", "outcomes", type=OUTCOMES, multiple=True, default=["rejection", "hold"],
    help="Only rows that ended so; may be repeated. Without it: rejections and holds.",
)  # fmt: skip
@click.option("--format", "form", type=click.Choice(["xlsx", "csv"]), help="Without it: after --out's ending, or xlsx.")
@click.option("--out", type=click.Path(path_type=Path), help="The file to write; - for the standard output.")
@_bom
@json_option
def download(
    list_id: str, *, outcomes: tuple[Any, ...], form: str | None, out: Path | None, bom: bool, as_json: bool
) -> None:
    """Write the rows of a list for its vendor: what we did not take and why, beside the original columns.

    The reasons are in words meant for vendors, and say nothing of what a person asked of us. The vendor mends the file
    and sends it back as it is: our columns are passed over then. No cell of it runs as a formula.
    """
    from gateway.intake.downloads import open_download

    number = number_of(list_id, "list")
    kind = form or ("csv" if out is not None and out.suffix.lower() == ".csv" else "xlsx")
    services = open_services()
    found = open_download(services, number, outcomes=outcomes, reader="vendor")
    if str(out) == "-":
        _write(found, sys.stdout.buffer, kind, services.settings.data, mark=bom)
        return
    path = out or Path(f"list_{number}-{'-and-'.join(f'{name}s' for name in dict.fromkeys(outcomes))}.{kind}")
    with _new_file(path) as file:
        _write(found, file, kind, path.parent, mark=bom)
    told = {f"{name}s": found.counts[name] for name in dict.fromkeys(outcomes)}
    words = ", ".join(counted(found.counts[name], name) for name in dict.fromkeys(outcomes))
    lines = [f"Wrote {path}: {counted(found.counts.total(), 'row')} ({words})."]
    lines += [f"  {count:>9,}  {reason}" for reason, count in found.reasons.most_common()]
    say(
        {"file": str(path), "rows": found.counts.total(), **told, "reasons": dict(found.reasons.most_common())},
        lines,
        as_json=as_json,
    )


def _write(found: "Download", out: BinaryIO, kind: str, folder: Path, *, mark: bool) -> None:
    from gateway.outcomes.export import csv_lines
    from gateway.outcomes.workbook import write_workbook

    if kind == "xlsx":
        write_workbook(out, found.headings, found.rows(), found.summary, folder=folder)
        return
    out.writelines(line.encode("utf-8", "replace") for line in csv_lines(found.headings, found.rows(), mark=mark))


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that is there only once it is whole. Raises CallerError if there is one of that name already."""
    if path.exists():
        raise CallerError([Problem("file_exists", f"{path} exists already; choose another name with --out")])
    if not path.parent.is_dir():
        raise CallerError([Problem("no_such_folder", f"there is no folder {path.parent}")])
    handle, half = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(half).replace(path)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise
