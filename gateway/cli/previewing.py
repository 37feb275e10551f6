"""``gateway preview`` and ``gateway sample``: lists looked at before they are taken in or paid for."""

import shutil
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.common import json_option, open_services, read_text, require_policies, say, table
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from gateway.intake.beforehand.opened import Brought
    from gateway.pipeline import Services

_WIDEST_CELL = 28
_MARKS = {"prospect": "+", "hold": "?", "rejection": "-"}

_file = click.argument("file", type=click.Path(path_type=Path))
_encoding = click.option("--encoding", help="How the file is written, if it is neither UTF-8 nor UTF-16 (e.g. cp1252).")
_order = click.option(
    "--dates",
    "--date-order",
    "date_order",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help="In which order day and month stand in its dates.",
)


@click.command()
@_file
@click.option("--manifest", "-m", "manifest_path", type=click.Path(path_type=Path), help="What is known of the list.")
@_encoding
@_order
@click.option("--rows", type=click.IntRange(1, 200), default=10, show_default=True, help="How many rows to show.")
@json_option
def preview(
    file: Path, manifest_path: Path | None, *, encoding: str | None, date_order: Any, rows: int, as_json: bool
) -> None:
    """Look at FILE: how it would be read, its first rows, what they would end as, and what the whole list shows.

    Nothing is stored. Without a manifest the rows are judged as those of a list of which nobody says anything. A file
    whose encoding nobody can tell is shown under each that is likely; give the right one with --encoding.
    """
    from gateway.intake.beforehand.preview import preview as look

    services = open_services()
    require_policies(services)
    found = look(_brought(services, file, manifest_path, encoding=encoding, date_order=date_order), services, rows=rows)
    say(found, preview_lines(found), as_json=as_json)


@click.command()
@_file
@click.option("--manifest", "-m", "manifest_path", type=click.Path(path_type=Path), required=True,
              help="What is known of the list, with its price.")  # fmt: skip
@click.option("--rows", type=click.IntRange(1, 50_000), default=2_000, show_default=True, help="How many rows to draw.")
@click.option("--seed", type=click.IntRange(0), help="Of an earlier sample: draws the same rows again.")
@_encoding
@_order
@json_option
def sample(
    file: Path, manifest_path: Path, *, rows: int, seed: int | None, encoding: str | None, date_order: Any,
    as_json: bool,
) -> None:  # fmt: skip
    """Draw rows of FILE at random, judge them, and say what the whole list is worth before it is paid for.

    Shares come with the bounds in which they lie with 95 % confidence. The recommendation (accept, negotiate, refuse)
    rests on the thresholds of policies/buying.yaml. Nothing is stored; domains are asked for within the DNS deadline.
    """
    from gateway.intake.beforehand.opened import opened
    from gateway.intake.beforehand.sample import sample_list

    services = open_services()
    require_policies(services)
    brought = _brought(services, file, manifest_path, encoding=encoding, date_order=date_order)
    with opened(brought, services) as parts:
        told = [
            {
                "part": one.label,
                **sample_list(one.text, one.found, one.statement, services, rows=rows, seed=seed).as_dict(),
                "whole_list": one.found.wide.as_dict() if one.found.wide else None,
            }
            for one in parts
        ]
    lines = [line for part in told for line in sample_lines(part)]
    say({"name": brought.name, "parts": told}, lines, as_json=as_json)


def _brought(
    services: "Services", file: Path, manifest_path: Path | None, *, encoding: str | None, date_order: Any
) -> "Brought":
    from gateway.intake.beforehand.opened import Brought, manifest_for

    if not file.is_file():
        raise CallerError([Problem("no_such_file", f"there is no file {file}")])
    text = None if manifest_path is None else read_text(manifest_path)
    name = manifest_path.name if manifest_path else "the manifest"
    manifest = manifest_for(services, name=file.name, text=text, text_name=name, date_order=date_order)
    return Brought(file, file.name, manifest, encoding)


def preview_lines(found: dict[str, Any]) -> list[str]:
    """A preview for people, as wide as their terminal."""
    width = shutil.get_terminal_size((100, 24)).columns
    lines = [] if found["question"] is None else _choice_of_encoding(found)
    for part in found["parts"]:
        lines += [*_how_read(part), "", *_columns(part), "", *_rows(part, width), "", *_whole(part["whole_list"])]
    return [_cut(line, width) if line.startswith("  ") else line for line in lines]


def _choice_of_encoding(found: dict[str, Any]) -> list[str]:
    lines = [found["question"] + ".", "Which of these reads well? Give it with --encoding."]
    for one in found["encodings"]:
        lines += ["", one["encoding"], *(f"  {plain(row)}" for row in one["rows"])]
    return lines


def _how_read(part: dict[str, Any]) -> list[str]:
    signs = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
    cut = f", cut at {signs.get(part['delimiter'], part['delimiter'])}" if part["kind"] == "text" else ""
    at = part["headings_row"]
    headings = f"headings in row {at}" if at else "no headings" if part["kind"] == "text" else "headings by name"
    said = part["read_as"]
    lines = [f"{plain(part['part'])}: {part['kind']}, {part['encoding']}{cut}, {headings}, layout {said['layout']}"]
    lines += [f"Note: {plain(note)}" for note in said["notes"]]
    lines += [f"Question: {plain(_asked(question))}" for question in said.get("questions") or ()]
    return lines


def _asked(question: Any) -> str:
    return (
        str(question.get("asks") or question.get("message") or question)
        if isinstance(question, dict)
        else str(question)
    )


def _columns(part: dict[str, Any]) -> list[str]:
    """What each column is taken for."""
    said = part["read_as"]
    uses: dict[int, list[str]] = {}
    for use, place in said["uses"]:
        uses.setdefault(place, []).append(use)
    sure = {one["column"]: one for one in said.get("mapping") or () if isinstance(one, dict) and "column" in one}
    rows = []
    for place, heading in enumerate(said["headings"]):
        confidence = sure.get(place, {}).get("confidence", "")
        rows.append((place + 1, plain(heading)[:_WIDEST_CELL], ", ".join(uses.get(place, ["kept"])), confidence))
    return [f"  {line}" for line in table(rows, ("column", "heading", "used as", ""))]


def _rows(part: dict[str, Any], width: int) -> list[str]:
    """The first rows as a table, each with what it would end as."""
    shown = [[plain(cell) for cell in row["cells"]] for row in part["rows"]]
    headings = [plain(heading) for heading in part["read_as"]["headings"]]
    columns = max([len(headings), *map(len, shown)], default=0)
    widths = [
        min(_WIDEST_CELL, max([_wide(row[place]) for row in [headings, *shown] if place < len(row)], default=0))
        for place in range(columns)
    ]
    lines = [_cut("  row     " + _aligned(headings, widths), width)]
    for row, cells in zip(part["rows"], shown, strict=True):
        lines.append(_cut(f"  {row['row']:>5} {_MARKS[row['outcome']]} {_aligned(cells, widths)}", width))
    lines += ["", "  + prospect, ? hold, - rejection"]
    said: dict[str, tuple[str, list[int]]] = {}
    for row in part["rows"]:
        for reason in row["reasons"]:
            said.setdefault(reason["reason"], (reason["says"], []))[1].append(row["row"])
    for reason, (says, numbers) in said.items():
        rows = ", ".join(map(str, numbers[:5])) + (" ..." if len(numbers) > 5 else "")  # noqa: PLR2004 - enough to look at
        lines.append(f"{reason} (row {rows}): {says}")
    return lines


def _whole(wide: dict[str, Any] | None) -> list[str]:
    if wide is None:
        return []
    lines = [f"The whole list ({wide['looked_at']}):"]
    for name, share in wide["shares"].items():
        if share["of"]:
            lines.append(f"  {name.replace('_', ' '):<14} {100 * share['count'] / share['of']:5.1f} %")
    about = "" if wide["rows_are_exact"] else "about "
    for sign in wide["signs"]:
        lines.append(f"Sign: {sign['says']}")
        lines += [f"  {about}row {seen['row']}: {plain(seen['value'])}" for seen in sign["rows"]]
    return lines


def sample_lines(part: dict[str, Any]) -> list[str]:
    """A sample for people."""

    def percents(one: dict[str, float]) -> tuple[str, str]:
        return f"{100 * one['share']:.1f} %", f"{100 * one['low']:.1f} to {100 * one['high']:.1f} %"

    drawn = f"{part['drawn']:,} of {part['rows']:,} rows drawn at random (--seed {part['seed']})"
    lines = [f"{plain(part['part'])}: {drawn}; bounds of 95 % confidence."]
    rows = [(name.replace("_", " "), *percents(one)) for name, one in part["shares"].items()]
    lines += [f"  {line}" for line in table(rows, ("share of", "", "between"))]
    if part["reasons"]:
        rows = [(name, *percents(one)) for name, one in part["reasons"].items()]
        lines += [f"  {line}" for line in table(rows, ("reason", "", "between"))]
    expected = part["expected_prospects"]
    between = f"{expected['low']:,} to {expected['high']:,}"
    lines.append(f"Expected prospects: {expected['likely']:,} ({between}), repeats counted off.")
    if part["unanswered"]:
        lines.append(f"{part['unanswered']:,} drawn rows lie at domains silent until now; they widen the bounds.")
    lines.append("Repeats are reckoned over the whole list: a sample alone would find too few of them.")
    lines += [f"{one['answer'] + ':':<10} {one['says']}" for one in part["thresholds"]]
    if part["cost_per_prospect"] is None:
        lines.append("The manifest says no price, so nothing is said of the cost per prospect.")
    lines.append(f"Recommendation: {part['recommendation']}")
    lines += _whole(part["whole_list"])
    return lines


def plain(text: str) -> str:
    """A cell as a terminal may show it: nothing that moves the cursor or turns the line around."""
    return "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in str(text))


def _wide(text: str) -> int:
    """Columns of a terminal that a text takes; East Asian letters take two."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def _cut(text: str, width: int) -> str:
    if _wide(text) <= width:
        return text
    taken, room = [], width - 1
    for letter in text:
        room -= _wide(letter)
        if room < 0:
            break
        taken.append(letter)
    return "".join(taken) + "…"


def _aligned(cells: list[str], widths: list[int]) -> str:
    shown = [_cut(cell, width) for cell, width in zip(cells, widths, strict=False)]
    return "  ".join(cell + " " * (width - _wide(cell)) for cell, width in zip(shown, widths, strict=False)).rstrip()
