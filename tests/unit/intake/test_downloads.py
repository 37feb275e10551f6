"""Rows handed back: in the vendor's words, safe in any spreadsheet, and taken in again as they are."""

import csv
import io
import shutil
import subprocess

import pytest
from builders import key, make_services
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from gateway.domain.ports import Suppression
from gateway.intake.columns.ours import FOR_VENDORS
from gateway.intake.downloads import open_download
from gateway.intake.lists import bring
from gateway.intake.runs import work_run
from gateway.lifecycle.store import withdraw
from gateway.outcomes import workbook
from gateway.outcomes.export import csv_lines, csv_meant, csv_safe
from gateway.outcomes.tables import leads
from gateway.outcomes.workbook import Workbook, write_workbook
from gateway.suppression.book import record

MANIFEST = """name: A bought list
vendor: Meridian Leads
method: co_registration
form_url: https://quotes.example.com/
collected: {from: 2026-10-01, until: 2026-10-31}
consent: {claimed: none}
"""
PHONE = "+44 20 7946 0000"
FIRES = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001
PARTS = st.text(st.sampled_from("=+-@|%\t\r\n'\" \u00a0\u3000＝＋－＠`\0\x0b\ufffe_x041aé😀,;1"), max_size=12)  # noqa: RUF001
CELLS = st.one_of(
    PARTS,
    st.text(max_size=12).filter(lambda text: text.isprintable()),
    st.sampled_from([PHONE, "0049301234", "'0049", "442079460000", "12"]),
)


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


def brought(services, tmp_path, content, name="list.csv", manifest=MANIFEST):
    """A list brought and run to its end; its number."""
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    begun = bring(services, path, manifest, manifest_name="m.yaml", encoding=None, again=True, by="test")
    work_run(begun["run"], services)
    return begun["list"]


def given_back(services, number, *outcomes, reader="vendor"):
    found = open_download(services, number, outcomes=outcomes, reader=reader)
    return found.headings, list(found.rows()), found


def as_csv(headings, rows):
    return "".join(csv_lines(headings, rows))


def as_book(headings, rows, folder, **more):
    out = io.BytesIO()
    if more:
        book = Workbook(out, headings, folder=folder, **more)
        book.add_rows(rows)
        book.close([])
    else:
        write_workbook(out, headings, rows, lambda: [("Rows by outcome",), ("Holds", 3)], folder=folder)
    out.seek(0)
    return load_workbook(out)


# --- what stands in it


LIST = f"""E-Mail Address,Name,Phone,note
ann@example.com,Ann,,
not an address,Bob,{PHONE},=cmd|' /C calc'!A0
ann@example.com,Ann again,,
left@example.com,Lee,,
known@example.com,Kim,,"two
lines"
"""


@pytest.fixture
def told(services, tmp_path, clock):
    brought(services, tmp_path, "email\nknown@example.com\n", "before.csv")
    with services.unit_of_work() as unit:
        record(unit, [Suppression(key("left@example.com"), "complaint", clock.now())], by="test")
    return services, brought(services, tmp_path, LIST)


def test_the_vendor_s_columns_come_back_as_they_were_behind_ours(told):
    headings, rows, _ = given_back(*told)
    assert headings == [*FOR_VENDORS, "E-Mail Address", "Name", "Phone", "note"]
    assert [row[0] for row in rows] == ["2", "3", "4", "5", "6"]
    assert rows[1][5:] == ["not an address", "Bob", PHONE, "=cmd|' /C calc'!A0"]


def test_several_outcomes_at_once(told):
    _, rows, found = given_back(*told, "rejection", "hold")
    assert [row[0] for row in rows] == [row[0] for row in given_back(*told)[1] if row[1] != "prospect"]
    assert found.counts.total() == len(rows)


def test_a_duplicate_names_the_row_of_the_same_file(told):
    headings, rows, _ = given_back(*told)
    place = headings.index("gateway: duplicate of row")
    assert [row[place] for row in rows] == ["", "", "2", "", ""]
    officers, rows, _ = given_back(*told, reader="officer")
    first = {row[0]: row[officers.index("lead")] for row in rows}
    assert [row[officers.index("duplicate_of")] for row in rows] == ["", "", first["2"], "", "lead_1"]


def test_where_nobody_is_taken_a_duplicate_still_names_its_row(services, tmp_path):
    manifest = "name: Of whom nobody says anything\nvendor: Meridian Leads\n"
    content = "email\nann@example.com\nbob@example.com\nAnn@Example.com\nnobody\nann@example.com\nnobody\n"
    headings, rows, _ = given_back(services, brought(services, tmp_path, content, manifest=manifest))
    assert "prospect" not in {row[1] for row in rows}
    place = headings.index("gateway: duplicate of row")
    assert [row[place] for row in rows] == ["", "", "2", "", "2", "5"]
    headings, rows, _ = given_back(services, brought(services, tmp_path, content, "b.csv", manifest=manifest))
    assert [row[place] for row in rows] == ["", "", "2", "", "2", "5"], "rows of another list are none of this one's"


def test_a_vendor_reads_nothing_of_what_a_person_asked_of_us(told):
    services, number = told
    headings, rows, found = given_back(services, number, "rejection")
    everything = " ".join(cell for row in [headings, *rows, [str(line) for line in found.summary()]] for cell in row)
    [left] = [row for row in rows if "left@example.com" in row]
    assert left[2] == "It is not taken, and nothing in the row would change it."
    for word in ("stop", "complain", "suppress", "opt", "lead_", "asked"):
        assert word not in everything.replace("stopped", "").lower(), everything
    ours = next(row for row in given_back(services, number, reader="officer")[1] if "left@example.com" in row)
    assert "asked_to_stop" in ours[2]
    assert "A standing order not to write to this person" in ours[3], "an officer is told why"
    assert "{" not in ours[3]


def test_an_officer_s_file_names_prospects_who_left_since_and_a_vendor_s_does_not(services, tmp_path):
    number = brought(services, tmp_path, "email\nann@example.com\nbo@example.com\n")
    with services.unit_of_work() as unit:
        withdraw(unit, [key("ann@example.com")], "asked_to_stop")
    headings, rows, _ = given_back(services, number, "prospect", reader="officer")
    said = {row[-1]: row[headings.index("explanation")] for row in rows}
    assert said == {
        "ann@example.com": "Withdrawn since: nobody may write to this person any more.", "bo@example.com": "",
    }  # fmt: skip
    assert {row[2] for row in given_back(services, number, "prospect")[1]} == {""}


def test_the_summary_counts_each_reason_in_words(told):
    _, rows, found = given_back(*told, "rejection", "hold")
    lines = list(found.summary())
    assert ("Rejections", sum(row[1] == "rejection" for row in rows)) in lines
    assert ("An earlier row of this list has the same address.", 1) in lines
    assert ("Prospects", 0) not in lines


def test_the_summary_counts_rows_by_reason_and_no_details(services, tmp_path):
    number = brought(services, tmp_path, "email\nno at sign\nann@\nbob@example.com\n")
    _, rows, found = given_back(services, number, "rejection")
    assert [row[2].rpartition(" (")[2] for row in rows] == ["no at)", "no domain)"]
    lines = list(found.summary())
    reasons = lines[lines.index(("Rows by reason; a row may have several",)) + 1 :]
    assert reasons[0][1] == 2
    assert not [line for line in reasons if line[0].startswith("(")]


# --- and back again


def fields_of(services, number):
    """Address and outcome of every row of a list's latest run."""
    with services.engine.connect() as connection:
        found = connection.execute(select(leads.c.number, leads.c.address, leads.c.batch_id).order_by(leads.c.id)).all()
    last = found[-1].batch_id
    return [row.address for row in found if row.batch_id == last]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_download_is_taken_in_again_as_it_is(services, tmp_path, form):
    hard = (f"E-Mail Address;Phone;Notiz\n'+gert@example.com;{PHONE};=1+1\n+ann@example.com;'{PHONE};'=x\n"
            "=bob@example.com;@x;\" =1\"\n\"a b@example.com\";-1;O'Neil\n")  # fmt: skip
    number = brought(services, tmp_path, hard)
    before, addresses = given_back(services, number)[1], fields_of(services, number)
    for again in range(2):
        headings, rows, _ = given_back(services, number)
        if form == "csv":
            content = as_csv(headings, rows).encode()
        else:
            cells = [[cell or "" for cell in row] for row in as_book(headings, rows, tmp_path)["Rows"].values]
            out = io.StringIO()
            csv.writer(out).writerows(cells)
            content = out.getvalue().encode()
        number = brought(services, tmp_path, content, f"mended-{again}.csv")
        after = given_back(services, number)[1]
        assert fields_of(services, number) == addresses
        assert [row[5:] for row in after] == [row[5:] for row in before]
        assert given_back(services, number)[0] == headings, "our own columns do not pile up"


ROUND_TRIP = """E-Mail Address,Name,Phone,note,opt-in date
ann@example.com,Ann,,,2026-10-03
not an address,Bob,+1 202 555 0101,=cmd,2026-10-03
bob at example.com,Lee,'+1 202 555 0100,,2026-10-05
left@example,Kim,,"two
lines",2026-10-06
gus@example.com,a,b,c,2026-10-06,extra,cells
,Nobody,,,
"""


@pytest.mark.parametrize("reader", ["vendor", "officer"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_not_mended_is_refused_as_before_and_what_is_mended_is_taken(services, tmp_path, form, reader):
    number = brought(services, tmp_path, ROUND_TRIP)
    headings, rows, _ = given_back(services, number, "rejection", "hold", reader=reader)
    assert len(rows) == 5
    why = slice(1, 5)  # outcome, reasons, what to do

    def again(rows):
        if form == "csv":
            content = as_csv(headings, rows).encode()
        else:
            out = io.BytesIO()
            as_book(headings, rows, tmp_path).save(out)
            content = out.getvalue()
        mended = brought(services, tmp_path, content, f"mended.{form}")
        found, told, _ = given_back(services, mended, reader=reader)
        assert found == headings
        return told

    told = again(rows)
    assert [row[why] for row in told] == [row[why] for row in rows]
    assert [row[len(row) - 5 :] for row in told[:4]] == [row[len(row) - 5 :] for row in rows[:4]]
    place = headings.index("E-Mail Address")
    for row, address in zip(rows, ("bob@example.com", "lee@example.com", "kim@example.com"), strict=False):
        row[place] = address
    rows[3] = rows[3][: len(headings)]
    told = again(rows)
    assert [row[1] for row in told] == ["prospect"] * 4 + ["rejection"]


def test_a_file_without_headings_has_some_when_it_comes_back(services, tmp_path):
    number = brought(services, tmp_path, "1,Ann,ann@example.com\n2,Bob,bob at example.com\n3,Cy,cy@example.com\n")
    headings, rows, _ = given_back(services, number)
    assert headings[5:] == ["column 1", "column 2", "email"]
    again = brought(services, tmp_path, as_csv(headings, rows[1:]), "mended.csv")
    assert fields_of(services, again) == ["bob at example.com", "cy@example.com"]


def test_cells_beyond_the_headings_come_back_too(services, tmp_path):
    number = brought(services, tmp_path, "email,name\nann@example.com,Ann,one,=2\n")
    [row] = given_back(services, number)[1]
    assert row[5:] == ["ann@example.com", "Ann", "one", "=2"]


# --- whatever comes


@given(cells=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=5))
@settings(max_examples=150, deadline=None)
def test_no_cell_of_a_csv_begins_as_a_formula_and_all_can_be_had_back(cells):
    text = as_csv(["=heading", PHONE], cells)
    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    for row in read:
        for cell in row:
            assert not cell.startswith(FIRES)
            assert not cell.lstrip(' \t\r\u00a0\u3000"`').startswith(FIRES)
    assert [[csv_meant(cell) for cell in row] for row in read[1:]] == cells
    assert "'" + PHONE in read[0]


@given(cell=CELLS)
def test_disarming_can_be_undone(cell):
    assert csv_meant(csv_safe(cell)) == cell
    assert csv_meant(csv_safe(csv_safe(cell))) == csv_safe(cell)


@given(cells=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_workbook_holds_texts_only(tmp_path, cells):
    sheet = as_book(["=heading", PHONE], cells, tmp_path)["Rows"]
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in found} <= {"s", "inlineStr"}
    assert sum(bool(cell) for row in cells for cell in row) + 2 == len(found)
    assert [cell.value for cell in found if PHONE in cell.value].count(PHONE) == 1 + sum(
        row.count(PHONE) for row in cells
    )


def test_a_full_sheet_is_followed_by_another(tmp_path):
    book = as_book(["n"], [[str(n)] for n in range(7)], tmp_path, sheet_rows=4)
    assert book.sheetnames == ["Rows", "Rows 2", "Rows 3", "Summary"]
    assert [row[0] for sheet in book.worksheets[:3] for row in list(sheet.values)[1:]] == list("0123456")
    assert {next(sheet.values)[0] for sheet in book.worksheets[:3]} == {"n"}


def test_what_no_workbook_can_hold_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "SHEET_COLUMNS", 3)
    rows = list(as_book(["a"], [["x" * 40_000], list("abcde")], tmp_path)["Rows"].values)
    assert len(rows[1][0]) == 32_767
    assert rows[1][0].endswith("all of it)")
    assert rows[2] == ("a", "b", "(3 more cells; the CSV download has them)")


def test_nothing_but_the_workbook_is_left_in_the_folder(tmp_path):
    as_book(["a"], [["1"]], tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="there is no LibreOffice")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_in_libreoffice_no_formula_fires_and_phones_are_intact(tmp_path, form):
    cells = [
        PHONE,
        "=1+1",
        "+1+1",
        "-2+3",
        "@SUM(1,2)",
        "\t=1+1",
        "＝1+1",  # noqa: RUF001
        " =1+1",
        "0049301234",
        "442079460000",
        '=HYPERLINK("http://a","b")',
    ]
    source = tmp_path / f"down.{form}"
    if form == "csv":
        source.write_text(as_csv(["cell", "n"], [[cell, "0049"] for cell in cells]), encoding="utf-8", newline="")
    else:
        with source.open("wb") as out:
            write_workbook(out, ["cell", "n"], [[cell, "0049"] for cell in cells], lambda: (), folder=tmp_path)
    # 1: convert to CSV as UTF-8, formulas shown as such (token 9 of LibreOffice's filter options)
    ask = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true"
    # Without being told, a conversion reads CSV in the encoding of the system, as nobody at a screen would.
    told = ["--infilter=CSV:44,34,76,1"] if form == "csv" else []
    command = ["soffice", "--headless", *told, f"-env:UserInstallation=file://{tmp_path}/office", "--convert-to", ask,
               "--outdir", str(tmp_path / "out"), str(source)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    read = list(csv.reader((tmp_path / "out" / "down.csv").read_text(encoding="utf-8-sig").splitlines()))[1:]
    shown = [row[0].removeprefix("'").strip() for row in read]
    assert shown == [cell.strip() for cell in cells]
