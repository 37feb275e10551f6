"""``gateway numbers``: what leads are worth and what became of people, on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import counted, json_option, open_services, read_instant, say, table
from gateway.domain.problem import CallerError, Problem
from gateway.economics.tabled import SECTIONS

if TYPE_CHECKING:
    from gateway.economics.kept import Numbers

_SHOWN = {
    "campaigns": ("name", "reached", "replied", "bought_within_30", "purchases_naming_it"),
    "leaks": ("from", "to", "what", "name", "people", "goes_on", "rest_goes_on", "lost"),
    "moves": ("from", "to", "came", "went", "by_90", "by_365"),
    "worth": ("scope", "name", "currency", "people", "per_prospect", "per_row", "paid_per_row", "verdict"),
}
_LINES = ("name", "rows", "people", "buyers", "bought_within_90", "bought_within_365", "median_days", "bought_again")


@click.command()
@click.argument("section", type=click.Choice(SECTIONS), required=False)
@click.option("--as-of", help="As it was known to stand then (2026-03-01); now if left out.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, every column.")
@click.option("--parquet", type=click.Path(path_type=Path, dir_okay=False), help="Write a Parquet file, every column.")
@json_option
def numbers(section: str | None, *, as_of: str | None, as_csv: bool, parquet: Path | None, as_json: bool) -> None:
    """What leads are worth and what became of people, with intervals of 95 % (docs/numbers.md).

    Without SECTION a summary. People too young to have bought are reckoned as such; money is never mixed between
    currencies; small sources are drawn towards their kind.
    """
    from gateway.economics.asking import numbers_as_of
    from gateway.economics.tabled import as_texts, parquet_of, rows_of
    from gateway.outcomes.export import csv_lines

    if section is None and (as_csv or parquet):
        raise CallerError([Problem("missing", f"say which section: {', '.join(SECTIONS)}", field="section")])
    services = open_services()
    now = services.clock.now()
    at = read_instant(as_of, now, services.settings.zone, "as_of")
    found = numbers_as_of(services.engine, services.policies, now, at)
    if section is None:
        say(found.body, _summary(found), as_json=as_json)
        return
    headings, rows = rows_of(found.body, section)
    if parquet is not None:
        data = parquet_of(headings, rows)
        try:
            parquet.write_bytes(data)
        except OSError as error:
            raise CallerError([Problem("unwritable", f"cannot write {parquet}: {error.strerror}")]) from None
        click.echo(f"Wrote {counted(len(rows), 'row')} to {parquet}.")
    elif as_csv:
        click.echo("".join(csv_lines(headings, as_texts(rows))), nl=False)
    else:
        document = {"as_of": found.body["as_of"], section: found.body[section]}
        say(document, _table(headings, rows, section), as_json=as_json)


def _table(headings: list[str], rows: list[list[Any]], section: str) -> list[str]:
    wanted = _SHOWN.get(section, _LINES) + tuple(
        one
        for one in headings
        if section not in _SHOWN and one.startswith("firm_spent_") and len(one) == len("firm_spent_USD")
    )
    chosen = [name for name in wanted if name in headings]
    cells = []
    for row in rows:
        told = dict(zip(headings, row, strict=True))
        cells.append([_cell(told, name) for name in chosen])
    return table(cells, [name.replace("_", " ") for name in chosen]) if rows else ["There is nothing to tell yet."]


def _cell(told: dict[str, Any], name: str) -> str:
    value = told[name]
    if value is None:
        return "(one not seen yet)" if name == "name" and told.get("scope") else ""
    if name == "name" and value == "":
        return "(any)" if told.get("scope") == "all" else "(one not seen yet)"
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    low, high = told.get(f"{name}_low"), told.get(f"{name}_high")
    plain = name in {"lost", "median_days"} or "spent" in name or "per_" in name
    shown = [f"{end:,.2f}" if plain else f"{100 * end:.1f} %" for end in (value, low, high) if end is not None]
    return shown[0] if len(shown) == 1 else f"{shown[0]} ({' to '.join(shown[1:])})"


def _summary(found: "Numbers") -> list[str]:
    body = found.body
    whole = body["all"]
    lines = [f"As of {body['as_of']}: {counted(body['people'], 'prospect')}, {counted(whole['buyers'], 'buyer')}."]
    for day, share in whole["bought_within"].items():
        if share:
            lines.append(f"Bought within {day} days: {_percent(share)}")
    if whole["bought_again"]:
        lines.append(f"Of those, bought again in time: {_percent(whole['bought_again'])}")
    headings, rows = rows_worth(body)
    return [*lines, "", *_table(headings, rows, "worth")] if rows else lines


def rows_worth(body: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """What leads may cost, for the summary."""
    from gateway.economics.tabled import rows_of

    return rows_of(body, "worth")


def _percent(share: dict[str, float]) -> str:
    return f"{100 * share['value']:.1f} % ({100 * share['low']:.1f} to {100 * share['high']:.1f})"
