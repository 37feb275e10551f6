"""``gateway lists``: what was brought, what became of it, row by row."""

from typing import Any

import click

from gateway.cli.bar import errand_text, progress_text
from gateway.cli.common import json_option, number_of, open_services, say, table
from gateway.cli.downloading import download, rows
from gateway.cli.importing import receipt_lines
from gateway.cli.mappings import mapping
from gateway.cli.running import cancel, recheck, resume, undo
from gateway.domain.problem import CallerError, Problem


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def lists(context: click.Context, *, as_json: bool) -> None:
    """Show lists, newest first; `show`, `rows` and `download` tell more of one."""
    if context.invoked_subcommand is not None:
        return
    from gateway.intake.receipts import view_lists

    found = view_lists(open_services())
    shown = []
    for item in found:
        run = item["run"] or {"rows": "", "prospects": "", "holds": "", "rejections": ""}
        shown.append(
            (item["list"], item["state"], *(run[k] for k in ("rows", "prospects", "holds", "rejections")), item["name"])
        )
    lines = table(shown, ("list", "state", "rows", "prospects", "holds", "rejections", "name"))
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
    if not found["run"]:
        return [*lines, "  no file yet"]
    if found["state"] == "running":
        lines.append("  " + progress_text(found["progress"]))
    if found["errand"]:
        lines.append("  " + errand_text(found["errand"]))
        if found["errand"]["state"] == "failed":
            lines.append(f"  To go on with what is left: gateway lists {found['errand']['errand']} {found['list']}")
    now = found["now"]
    if now and any(now[name] != found["run"][name] for name in now):
        stand = ", ".join(f"{now[name]:,} {name}" for name in ("prospects", "holds", "rejections"))
        lines.append(f"  now {stand}; when the run ended:")
    return lines + receipt_lines(found["run"])


lists.add_command(rows)
lists.add_command(download)
for command in (cancel, resume, undo, recheck):
    lists.add_command(command)


lists.add_command(mapping)
