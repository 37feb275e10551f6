"""Exports that a spreadsheet program has saved again are still known: headings padded, columns and rows added."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.domain.lead import Origin, Statement
from gateway.intake.columns import to_batch
from gateway.intake.readers import inspect, read_records

SAMPLES = Path(__file__).parents[2] / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
EXPORTS = [name for name, said in EXPECTED.items() if said.get("layout", "plain") not in {"plain", "one_column"}]
OURS = Statement(direct=True)
NOW = datetime(2026, 11, 21, tzinfo=UTC)

SAVED = {
    "blanks": lambda heading: f"  {heading}   ",
    "no-break spaces": lambda heading: f"\u00a0{heading}\u00a0",
    "no-break spaces within": lambda heading: heading.replace(" ", "\u00a0"),
    "blanks doubled within": lambda heading: heading.replace(" ", "  "),
    "narrow and thin spaces": lambda heading: f"\u202f{heading}\u2009",
    "zero-width signs": lambda heading: f"\u200b{heading}\ufeff",
    "a line end": lambda heading: f"{heading}\n",
    "a tab": lambda heading: f"\t{heading}",
    "as it was": lambda heading: heading,
}
FORMS = {"semicolons": (";", "utf-8-sig"), "tabs": ("\t", "utf-16"), "commas": (",", "utf-8")}


def resaved(rows, change, delimiter):
    """The rows as Excel writes them, with two empty columns behind them and three empty rows below."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=delimiter)
    width = max(map(len, rows))
    for place, row in enumerate(rows):
        writer.writerow([*(map(change, row) if place == 0 else row), *[""] * (width + 2 - len(row))])
    return made.getvalue() + f"{delimiter * (width + 1)}\r\n" * 3


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("change", SAVED)
@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_saved_again_is_read_like_itself(tmp_path, name, change, form):
    path, declared = SAMPLES / name, EXPECTED[name].get("declared")
    before = inspect(path, name=path.name, encoding=declared)
    rows = [list(before.headings), *(cells for _, cells, _ in read_records(path, before))]
    delimiter, encoding = FORMS[form]
    again = tmp_path / path.name
    again.write_bytes(resaved(rows, SAVED[change], delimiter).encode(encoding))
    after = inspect(again, name=path.name)
    assert (after.layout, after.stop, after.uses) == (before.layout, before.stop, before.uses)
    assert after.headings[: len(before.headings)] == before.headings
    batch = to_batch(read_records(again, after), after, OURS, Origin("list", "7", OURS), NOW)
    count = len(EXPECTED[name]["addresses"])
    assert batch.columns["email"] == [*EXPECTED[name]["addresses"], None, None, None]
    assert [batch.broken[count + extra] for extra in range(3)] == ["empty"] * 3
    stopped = [place for place, stop in enumerate(batch.column("stop")[:count]) if stop]
    assert stopped == [number - before.first_row for number in EXPECTED[name].get("stop", [])]
