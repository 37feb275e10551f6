"""The page of figures says what was measured and what was not."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).parent))  # as Python itself does for a script of this folder

import chart
import report

FIGURES = {
    "rows": 1000, "list_sqlite_seconds": 2.0, "bare_insert_sqlite_seconds": 1.0, "email_validator_seconds": 4.0,
    "naive_sqlite_rows_per_second": 10,
}  # fmt: skip


def test_the_page_has_a_line_for_every_peer_and_says_what_was_not_run(tmp_path):
    page = report.write(FIGURES, tmp_path).read_text(encoding="utf-8")
    assert "| the gateway, default install, SQLite | 2.00 | 500 |" in page
    assert "| row by row with an ORM, SQLite | 100.00 | 10 |" in page
    assert "| validator (npm), syntax alone | not run | |" in page
    assert "| `email_validator_seconds` | 4 |" in page
    assert "| email-validator | 2." in page


def test_the_page_says_what_the_bytes_of_a_lead_are(tmp_path):
    assert "bytes are" not in report.write(FIGURES, tmp_path).read_text(encoding="utf-8")
    sizes = {f"sqlite_bytes_of_{table}": 7 for table in report.HOLDS}
    page = report.write(FIGURES | sizes, tmp_path).read_text(encoding="utf-8")
    assert "| table with its indexes | SQLite | holds |" in page
    assert [line for line in page.splitlines() if line.startswith("| leads | 7 | the row word for word")]


def test_the_chart_is_svg_with_a_bar_for_each_row():
    drawn = ET.fromstring(chart.bars("A & B", [("ours", 1000.0, True), ("theirs", 10.0, False)]))
    assert len(drawn.findall(".//{*}rect")) == 3
    ET.fromstring(chart.bars("one", [("alone", 7.0, True)]))
