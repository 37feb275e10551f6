"""``gateway lists``: what was brought, what became of it, row by row."""

import json
from typing import Any

import click

from gateway.cli.common import json_option, number_of, open_services, say, table
from gateway.cli.importing import receipt_lines
from gateway.domain.problem import CallerError, Problem


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def lists(context: click.Context, *, as_json: bool) -> None:
    """Show lists, newest first; `show` and `rows` tell more of one."""
    if context.invoked_subcommand is not None:
        return
    from gateway.intake.receipts import view_lists

    found = view_lists(open_services())
    rows = []
    for item in found:
        run = item["run"] or {"rows": "", "prospects": "", "holds": "", "rejections": ""}
        rows.append(
            (item["list"], item["state"], *(run[k] for k in ("rows", "prospects", "holds", "rejections")), item["name"])
        )
    lines = table(rows, ("list", "state", "rows", "prospects", "holds", "rejections", "name"))
    say(
        {"lists": found},
        lines if found else ["No lists yet. Start with `gateway manifest new list.yaml`."],
        as_json=as_json,
    )


@lists.command("show")
@click.argument("list_id")
@json_option
def show(list_id: str, *, as_json: bool) -> None:
    """How one list was read, and its receipt."""
    from gateway.intake.receipts import view_list

    found = view_list(open_services(), number_of(list_id, "list"))
    if found is None:
        raise CallerError([Problem("unknown_list", f"there is no list {list_id}")])
    say(found, _lines(found), as_json=as_json)


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['list']}: {found['name']}"]
    if found["read_as"]:
        read = found["read_as"]
        lines.append(f"  {found['file']['name']}, read as {read['layout']}, {read['encoding']}")
        lines += [f"  note: {note}" for note in read["notes"]]
        if read["not_understood"]:
            lines.append("  kept, but not understood: " + ", ".join(map(str, read["not_understood"])))
    return lines + (receipt_lines(found["run"]) if found["run"] else ["  no file yet"])


@lists.command("rows")
@click.argument("list_id")
@click.option("--outcome", type=click.Choice(["prospect", "hold", "rejection"]), help="Only rows that ended so.")
@click.option("--format", "form", type=click.Choice(["csv", "ndjson"]), default="csv", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format ndjson.")
def rows(list_id: str, *, outcome: str | None, form: str, as_json: bool) -> None:
    """Every row with its reasons and remedies beside the original columns; safe to open in a spreadsheet."""
    from gateway.intake.receipts import list_rows
    from gateway.outcomes.export import csv_lines

    headings, found = list_rows(open_services(), number_of(list_id, "list"), outcome=outcome)
    if form == "ndjson" or as_json:
        for row in found:
            record: dict[str, Any] = dict(zip(headings[:7], row[:7], strict=True))
            record |= {"row": int(row[0]), "reasons": [code for code in row[2].split(";") if code]}
            record["cells"] = [list(pair) for pair in zip(headings[7:], row[7:], strict=False)]
            click.echo(json.dumps(record, ensure_ascii=False))
        return
    for line in csv_lines(headings, found):
        click.echo(line, nl=False)
