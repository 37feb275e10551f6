"""Whatever arrives becomes rows with the numbers of its sheet, line or element, or is refused with advice."""

import bz2
import gzip
import io
import json
import subprocess
import sys
import tarfile
import time
import zipfile
from datetime import date, datetime

import pytest
import zstandard
from arrivals import compound, far_apart, locked, ods, xls, xlsx, zipped
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gateway.domain.problem import CallerError
from gateway.intake.arrival import open_arrival, sheets
from gateway.intake.arrival.exact import ExactWriter
from gateway.intake.arrival.json_rows import write_json
from gateway.intake.arrival.shelf import Stored
from gateway.intake.inspection import AS_IT_CAME, Inspection, Made
from gateway.intake.readers import read_records

CSV = "email,first_name\nann@example.com,Ann\nbob@example.org,Bob\n"
PEOPLE = [["email", "first_name"], ["ann@example.com", "Ann"], ["bob@example.org", "Bob"]]
HTML = (
    "<html><meta charset=iso-8859-1><table><tr><th>email<th>first_name</tr><tr><td>ann@example.com<td>Ann</tr>"
    "<tr><td>bob@example.org<td>Bob</table></html>"
)
JSON = [{"email": "ann@example.com", "first_name": "Ann"}, {"email": "bob@example.org", "first_name": "Bob"}]


@pytest.fixture
def opened(tmp_path):
    """Opens bytes under a name: (label, inspection, records) of each list; nothing stays behind."""

    def opened(content, name="list.csv", **more):
        arrived = tmp_path / "arrived"
        arrived.write_bytes(content.encode() if isinstance(content, str) else content)
        given = Stored(arrived, "d" * 64, arrived.stat().st_size)
        settings = {"manifest": None, "encoding": None, **more}
        try:
            with open_arrival(given, tmp_path / "files", name=name, **settings) as arrival:
                return [
                    (one.part.label, one.found, list(read_records(one.part.text, one.found))) for one in arrival.lists
                ]
        finally:
            assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

    return opened


def refusal(opened, content, name="list.csv"):
    with pytest.raises(CallerError) as refused:
        opened(content, name)
    assert len(refused.value.problems) == 1
    return refused.value.problems[0]


def parquet(rows=JSON, **columns):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow.parquet import write_table

    made = io.BytesIO()
    write_table(pyarrow.table(columns) if columns else pyarrow.Table.from_pylist(rows), made)
    return made.getvalue()


FORMS = {
    "csv": CSV.encode,
    "xlsx": lambda: xlsx(People=PEOPLE),
    "xls": lambda: xls(PEOPLE),
    "ods": lambda: ods(PEOPLE),
    "html": HTML.encode,
    "json": lambda: json.dumps(JSON).encode(),
    "wrapped json": lambda: json.dumps({"paging": {"next": None}, "data": JSON}).encode(),
    "utf-16 json": lambda: json.dumps(JSON, indent=1).encode("utf-16"),
    "ndjson": lambda: "".join(json.dumps(one) + "\n" for one in JSON).encode(),
    "parquet": parquet,
}
PACKED = {
    "bare": lambda content: content,
    "zip": lambda content: zipped({"folder/list.csv": content}),
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
    "gzip in zip": lambda content: zipped({"list.csv.gz": gzip.compress(content)}),
}


@pytest.mark.parametrize("packed", PACKED)
@pytest.mark.parametrize("form", FORMS)
def test_any_form_in_any_container_gives_the_same_rows(opened, form, packed):
    ((_, found, records),) = opened(PACKED[packed](FORMS[form]()))
    first = 1 if "json" in form or form == "parquet" else 2
    assert found.headings == ("email", "first_name")
    assert found.first_row == first
    assert records == [
        (first, ["ann@example.com", "Ann"], None), (first + 1, ["bob@example.org", "Bob"], None),
    ]  # fmt: skip


def test_cells_of_a_sheet_are_text_with_all_their_digits(opened):
    rows = [
        ["Our leads"], [], ["email", "phone", "day", "at", "yes", "share", "id"],
        ["ann@example.com", 15551234567, date(2025, 3, 4), datetime(2025, 3, 4, 14, 5, 9), True, 0.25, 1.20232e17],  # noqa: DTZ001
        [], ["bob@example.org", 44.5, 'two\nlines, "quoted"'],
    ]  # fmt: skip
    ((_, found, records),) = opened(xlsx(People=rows))
    assert found.first_row == 4
    assert records == [
        (4, ["ann@example.com", "15551234567", "2025-03-04", "2025-03-04T14:05:09", "true", "0.25", "1.20232e+17"],
         None),
        (5, [""], "empty"),
        (6, ["bob@example.org", "44.5", 'two\nlines, "quoted"', "", "", "", ""], None),
    ]  # fmt: skip


def test_every_sheet_with_a_table_is_a_part_and_the_others_are_named(opened):
    told = opened(xlsx(May=PEOPLE, Notes=[["call them"]], Empty=[], Unsubscribed=[["email"], ["cy@example.net"]]))
    assert [label for label, _, _ in told] == ["list.csv, Unsubscribed", "list.csv, May"]
    assert [found.made.sheet for _, found, _ in told] == ["Unsubscribed", "May"]
    assert any(note.startswith("Notes of list.csv is left out: no column") for note in told[0][1].notes)


def test_tables_of_a_page_hold_spans_entities_and_lost_end_tags(opened):
    page = (
        "<TABLE border=1><TR><TH>Email<TH>First Name<TH>Note<TR><TD rowspan=2>ann@example.com<TD>A&amp;n<br>n<TD>x"
        "<TR><TD>Bob<TD><table><tr><td>inner</table></TABLE>"
    )
    ((_, _, records),) = opened(page, "report.xls")
    assert records == [(2, ["ann@example.com", "A&n\nn", "x"], None), (3, ["ann@example.com", "Bob", "inner"], None)]


def test_a_page_is_read_in_the_encoding_it_names(opened):
    page = "<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-1'><table><tr><td>email<td>name<tr>"
    ((_, _, records),) = opened((page + "<td>ann@example.com<td>Zoë€").encode("cp1252"), "leads.xls")
    assert records == [(2, ["ann@example.com", "Zoë€"], None)]
    assert refusal(opened, "<table><tr><td>email<tr><td>Zoë".encode("cp1252")).code == "encoding_unknown"


def test_keys_of_json_are_one_heading_each_in_the_order_they_come(opened):
    rows = [
        {"email": "ann@example.com", "consent": {"at": "2025-01-01", "ip": None}, "tags": ["a", 2], "ok": True},
        {"email": "bob@example.org", "phone": 15551234567.0, "id": 12345678901234567890123, "share": 0.10},
    ]
    ((_, found, records),) = opened(json.dumps(rows))
    assert found.headings == ("email", "consent.at", "consent.ip", "tags", "ok", "phone", "id", "share")
    assert records[0][1] == ["ann@example.com", "2025-01-01", "", "a; 2", "true", "", "", ""]
    assert records[1][1] == ["bob@example.org", "", "", "", "", "15551234567", "12345678901234567890123", "0.1"]


def test_the_pairs_that_meta_answers_with_are_columns(opened):
    lead = {"id": "1", "field_data": [{"name": "email", "values": ["ann@example.com"]}]}
    ((_, found, records),) = opened(json.dumps({"data": [lead]}))
    assert (found.headings, records) == (("id", "email"), [(1, ["1", "ann@example.com"], None)])


def test_a_broken_line_of_ndjson_costs_its_own_row(opened):
    lines = (
        '{"email": "ann@example.com"}\n{"email": "bo\n\n[1]\n{"email": "\\ud800@example.com"}\n'
        '{"email": "cy@example.net", "note": "a@x\\nb@x\\nc@x\\nd@x"}\n'
    )
    ((_, found, records),) = opened(lines + '{"email": "' + "x" * (2 << 20) + '"}\n{"email": "dee@example.com"}\n')
    assert found.made == Made("ndjson", None, -1)
    assert [(number, problem) for number, _, problem in records] == [
        (1, None), (2, "broken_json"), (3, "empty"), (4, "broken_json"), (5, "unreadable_characters"), (6, None),
        (7, "cell_too_long"), (8, None),
    ]  # fmt: skip
    assert records[1][1] == ['{"email": "bo']
    assert records[5][1][1] == "a@x\nb@x\nc@x\nd@x"


def test_of_several_lists_in_an_object_one_is_taken_and_the_others_named(opened):
    document = {"errors": [{"why": "x"}] * 3, "leads": JSON, "count": 2}
    ((_, found, records),) = opened(json.dumps(document))
    assert len(records) == 2
    assert any("'errors' with 3 entries is left out" in note for note in found.notes)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("count", [1, 4000])
def test_a_large_array_is_read_piece_by_piece(opened, indent, count):
    rows = [{"email": f"p{n}@example.com", "note": "ü" * 200, "n": n} for n in range(count)]
    for document in (rows, {"data": rows}):
        ((_, _, records),) = opened(json.dumps(document, indent=indent, ensure_ascii=False))
        assert [(number, cells[0], cells[2]) for number, cells, _ in records] == [
            (n + 1, f"p{n}@example.com", str(n)) for n in range(count)
        ]


def test_parquet_keeps_numbers_instants_and_what_lies_inside(opened):
    content = parquet(
        [{"email": "ann@example.com", "n": 15551234567, "at": datetime(2025, 1, 2, 3, 4), "in": {"a": {"b": 1}},  # noqa: DTZ001
          "tags": ["x", "y"], "f": 2.0}, {"email": None}],
    )  # fmt: skip
    ((_, found, records),) = opened(content)
    assert found.headings == ("email", "n", "at", "in.a.b", "tags", "f")
    assert records[0][1] == ["ann@example.com", "15551234567", "2025-01-02T03:04:00", "1", "x; y", "2"]
    assert records[1] == (2, [""] * 6, "empty")


NAN = float("nan")
MISSING = [
    {"email": "ann@example.com", "first_name": "Nan", "phone": NAN, "country": NAN, "unsubscribed": NAN},
    {"email": "bob@example.org", "first_name": "Bob", "phone": 15551234567.0, "country": NAN, "unsubscribed": 1.0},
]
MISSING_SHEET = [list(MISSING[0]), *(list(one.values()) for one in MISSING)]


@pytest.mark.parametrize(
    "content",
    [
        lambda: "\n".join(map(json.dumps, MISSING)).encode(), lambda: json.dumps(MISSING).encode(),
        lambda: json.dumps({"leads": MISSING}, indent=2).encode(), lambda: parquet(MISSING),
        lambda: xls(MISSING_SHEET), lambda: xlsx(People=MISSING_SHEET),
    ],
    ids=["ndjson", "json", "wrapped json", "parquet", "xls", "xlsx"],
)  # fmt: skip
def test_what_a_data_frame_lacks_is_nothing_and_no_word(opened, content):
    ((_, _, records),) = opened(content())
    assert [cells for _, cells, _ in records] == [
        ["ann@example.com", "Nan", "", "", ""], ["bob@example.org", "Bob", "15551234567", "", "1"],
    ]  # fmt: skip


def test_parquet_without_its_library_says_what_to_install(opened, monkeypatch):
    monkeypatch.setattr(sheets, "find_spec", lambda _: None)
    problem = refusal(opened, b"PAR1" + b"\0" * 100)
    assert (problem.code, "lead-gateway[bulk]" in problem.message) == ("extra_missing", True)


def test_an_archive_of_several_lists_has_those_first_that_speak_against(opened):
    told = opened(
        zipped({
            "subscribed_x.csv": CSV, "../../bounced.csv": "email\ncy@example.net\n", "notes/readme.txt": "hello",
            "__MACOSX/._subscribed_x.csv": b"\0\5", "terms.pdf": b"%PDF-1.7", "empty.csv": b"",
        }),
        "export.zip",
    )  # fmt: skip
    assert [label for label, _, _ in told] == ["bounced.csv", "subscribed_x.csv"]
    left_out = [note for note in told[0][1].notes if "left out" in note]
    assert [note.split(" of ")[0] for note in left_out] == [
        "readme.txt",
        "._subscribed_x.csv",
        "terms.pdf",
        "empty.csv",
    ]
    assert not any("left out" in note for note in told[1][1].notes)


def test_a_list_among_others_that_fails_to_be_read_is_no_note(opened):
    content = zipped({"subscribed.csv": CSV, "unsubscribed.csv": "email,name\nzoe@example.com,Zoë\n".encode("cp1252")})
    problem = refusal(opened, content, "export.zip")
    assert problem.code == "encoding_unknown"
    assert problem.message.startswith("unsubscribed.csv: ")


def deep():
    inner = zipped({"list.csv": CSV})
    return zipped({"b.zip": zipped({"a.zip": inner})})


def bombs_directory():
    return zipped({f"{n}.csv": "" for n in range(300)})


def tar():
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        about = tarfile.TarInfo("list.csv")
        about.size = len(CSV)
        archive.addfile(about, io.BytesIO(CSV.encode()))
    return made.getvalue()


def hollow_xlsx():
    """A workbook whose directory says that its sheets unpack to 600 MB."""
    made = bytearray(zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": b" "}))
    at = made.rfind(b"PK\x01\x02") + 24
    made[at : at + 4] = (600_000_000).to_bytes(4, "little")
    return bytes(made)


def repeated(rows):
    """An OpenDocument spreadsheet that says of its last row that it comes so many times."""
    made = io.BytesIO()
    mark = b"<table:table-row>"
    with zipfile.ZipFile(io.BytesIO(ods(PEOPLE))) as given, zipfile.ZipFile(made, "w") as out:
        for name in given.namelist():
            start, found, last = given.read(name).rpartition(mark)
            many = f'<table:table-row table:number-rows-repeated="{rows}">'.encode()
            out.writestr(name, start + many + last if found else last)
    return made.getvalue()


TO_SUPPRESS = ("no_address_column", "gateway suppressions import")
LONG = CSV + "".join(f"p{n}@example.com,P{n}\n" for n in range(5000))
HOSTILE = {
    "far apart": (far_apart, "file_not_readable", "save it as CSV"),
    "hollow workbook": (hollow_xlsx, "file_too_large", "save its sheets as CSV"),
    "cut workbook": (lambda: xlsx(People=PEOPLE)[:-100], "file_damaged", "fetch it again"),
    "broken workbook": (
        lambda: zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.xml": "<oops"}), "file_damaged", "save it anew",
    ),
    "wide workbook": (lambda: xlsx(P=[["email", *map(str, range(300))]]), "too_many_columns", "at most 200"),
    "empty workbook": (lambda: xlsx(P=[]), "file_empty", "every sheet"),
    "cut old workbook": (lambda: xls(PEOPLE)[:1000], "file_damaged", "save it anew"),
    "locked workbook": (lambda: compound("EncryptedPackage", b"x" * 5000), "file_encrypted", "without a password"),
    "word document": (lambda: compound("WordDocument", b"x" * 5000), "file_not_a_list", "Word"),
    "bomb": (lambda: zipped({"a.csv": b"0" * 120_000_000}), "file_too_large", "unpacked"),
    "gzip bomb": (lambda: gzip.compress(b"0" * 120_000_000), "file_too_large", "unpacked"),
    "zstd bomb": (lambda: zstandard.compress(b"0" * 120_000_000), "file_too_large", "unpacked"),
    "too many": (bombs_directory, "file_too_large", "200 files"),
    "deep": (deep, "file_too_large", "unpack them"),
    "locked": (lambda: locked({"list.csv": CSV}), "file_encrypted", "password"),
    "empty archive": (lambda: zipped({}), "file_empty", "holds no list"),
    "archive of pictures": (lambda: zipped({"a.png": b"\x89PNG\r\n\x1a\n"}), "file_not_a_list", "PNG"),
    "cut archive": (lambda: zipped({"list.csv": CSV})[:-30], "file_damaged", "fetch it again"),
    "cut gzip": (lambda: gzip.compress(LONG.encode())[:-9], "file_damaged", "fetch it again"),
    "altered gzip": (lambda: gzip.compress(LONG.encode())[:-8] + b"\0" * 8, "file_damaged", "fetch it again"),
    "cut zstd": (lambda: zstandard.compress(LONG.encode())[:-5], "file_damaged", "fetch it again"),
    "tar": (tar, "file_not_a_list", "tar"),
    "bzip2": (lambda: bz2.compress(CSV.encode()), "file_not_a_list", "bzip2"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "file_not_a_list", "PNG"),
    "cut json": (lambda: json.dumps(JSON).encode()[:-5], "file_damaged", "NDJSON"),
    "deep json": (lambda: b'[{"a":' * 100_000, "file_damaged", "nested"),
    "no objects": (lambda: b'["a", "b"]', "file_not_a_list", "list of objects"),
    "many keys": (
        lambda: json.dumps([{f"k{n}": 1} for n in range(1100)]).encode(), "too_many_columns", "one object for each",
    ),
    "endless tag": (lambda: HTML.replace("</html>", "<a " * 400_000), "file_damaged", "save its table as CSV"),
    "endless tag at the end": (lambda: HTML + "<a " * 20_000, "file_damaged", "save its table as CSV"),
    "phones against": (lambda: zipped({"a.csv": CSV, "do-not-call.csv": "phone\n+12025550100\n"}), *TO_SUPPRESS),
    "column against": (lambda: zipped({"a.csv": CSV, "b.csv": "DNC,phone\nyes,+12025550100\n"}), *TO_SUPPRESS),
    "document against": (
        lambda: zipped({"a.csv": CSV, "bounced/b.pdf": b"%PDF-1.7"}), "file_not_a_list", TO_SUPPRESS[1],
    ),
    "hashes": (
        lambda: zipped({"a.csv": CSV, "suppression.csv": "md5\n" + "0a" * 16}), "hashed_addresses", TO_SUPPRESS[1],
    ),
    "cut parquet": (lambda: parquet()[:-20], "file_damaged", "fetch it again"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_cannot_be_read_is_refused_with_advice_and_leaves_nothing(opened, what):
    make, code, advice = HOSTILE[what]
    problem = refusal(opened, make())
    assert problem.code == code
    assert advice in problem.message


@pytest.mark.slow
def test_a_row_repeated_without_end_is_refused_or_read_as_far_as_a_sheet_goes(opened):
    """It takes about the 5 s of CPU that so small a file gets: a quick machine reads the whole of a sheet in them."""
    try:
        ((_, _, records),) = opened(repeated(900_000_000))
    except CallerError as refused:
        (problem,) = refused.problems
        assert (problem.code, "memory and time" in problem.message) == ("file_not_readable", True)
    else:
        assert len(records) == (1 << 20) - 1  # the rows of a sheet, less the headings


@given(content=st.binary(max_size=300), start=st.sampled_from(
    [b"PK\x03\x04", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"[{", b'{"', b"", b"\xff\xfe"]))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_noise_is_read_or_refused(tmp_path_factory, content, start):
    folder = tmp_path_factory.mktemp("noise")
    arrived = folder / "arrived"
    arrived.write_bytes(start + content)
    problems = []
    try:
        with open_arrival(Stored(arrived, "", 0), folder, name="x", manifest=None, encoding=None) as arrival:
            assert arrival.lists
    except CallerError as refused:
        problems = refused.problems
    assert all(problem.message for problem in problems)
    assert list(folder.iterdir()) == []


CELL = st.text(max_size=20) | st.sampled_from(['"', "\n", "\r\n", ",", '"\n"', "\0", "\0empty", "\u2028", "\ud800", ""])


@given(rows=st.lists(st.lists(CELL, min_size=1, max_size=4), max_size=8))
@settings(max_examples=300, deadline=None)
def test_what_is_written_down_is_read_back_to_the_letter(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("exact") / "text"
    with path.open("wb") as out:
        writer = ExactWriter(out)
        writer.write(["email", "b", "c", "d"])
        for row in rows:
            writer.write(row)
        writer.close()
    back = list(read_records(path, _plain()))
    assert [number for number, _, _ in back] == list(range(1, len(rows) + 1))
    for (_, cells, problem), row in zip(back, rows, strict=True):
        if problem is None:
            assert cells == row
        else:
            text = "".join(row)
            assert (problem == "empty") == (not text.strip())
            assert problem == "empty" or "\0" in text or "\ud800" in text or not _storable(text)


def _storable(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _plain():
    return Inspection(
        name="x", encoding="utf-8", mark=0, delimiter=",", skip_spaces=False, separator_line=False, first_row=1,
        headings=("email", "b", "c", "d"), has_headings=True, layout="plain", uses=(("email", 0),), not_understood=(),
        notes=(), date_order=None, is_protected=False, stop=False, looks_generated=None, rows_looked_at=0,
        made=Made("json", None, -1),
    )  # fmt: skip


def test_inspections_kept_before_are_read_as_they_were():
    kept = _plain().as_dict()
    del kept["made"]
    assert Inspection.from_dict(kept).made == AS_IT_CAME
    assert Inspection.from_dict(json.loads(json.dumps(_plain().as_dict()))) == _plain()


def test_a_child_that_never_answers_is_given_up(opened, monkeypatch, tmp_path):
    child = tmp_path.parent / "sleeper.py"
    child.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(sheets, "CHILD", child)
    monkeypatch.setitem(sheets.WALL_SECONDS, "workbook", 0.3)
    assert refusal(opened, xlsx(People=PEOPLE)).code == "file_not_readable"


def test_rows_of_json_are_counted_as_they_are_written(tmp_path):
    path = tmp_path / "leads.json"
    path.write_text(json.dumps(JSON))
    with (tmp_path / "text").open("wb") as out:
        writer = ExactWriter(out)
        assert write_json(path, writer) == ("json", [])
        writer.close()
    assert writer.rows == 3


def test_folders_archives_and_sheets_say_that_people_left(opened):
    cases = (
        zipped({"leads.csv": CSV, "unsubscribed/list.csv": CSV}),
        zipped({"leads.csv": CSV, "unsubscribed.zip": zipped({"list.csv": CSV})}),
        xlsx(People=PEOPLE, Unsubscribed=PEOPLE),
        zipped({"leads.csv": CSV, "licensed_agents_unsubscribed.txt": CSV}),
    )
    for content in cases:
        told = opened(content, "all")
        assert [found.stop for _, found, _ in told] == [True, False]
        assert all("/" not in found.name for _, found, _ in told)
    assert [found.stop for _, found, _ in opened(zipped({"list.csv": CSV}), "unsubscribed.zip")] == [True]


def test_only_whole_names_are_no_lists(opened):
    told = opened(zipped({"changelog_people.txt": CSV, "licensees.txt": CSV, "LICENSE": CSV, "._a": b"\0\5\x16\7"}))
    assert [label for label, _, _ in told] == ["changelog_people.txt", "licensees.txt"]


@pytest.mark.parametrize("harm", ["checksum", "method", "offset", "header"])
@pytest.mark.parametrize("name", ["mimetype", "list.csv"])
def test_a_damaged_member_is_refused_in_our_own_words(opened, harm, name):
    content = ods(PEOPLE) if name == "mimetype" else zipped({name: CSV})
    made = bytearray(content)
    at = made.find(b"PK\x01\x02")
    if harm == "checksum":
        made[at + 16] ^= 1
    elif harm == "method":
        made[8] = made[at + 10] = 99
    elif harm == "offset":
        made[at + 42 : at + 46] = (len(made) - 3).to_bytes(4, "little")
    else:
        made[30] ^= 1
    problem = refusal(opened, bytes(made))
    assert problem.code == "file_damaged"
    assert name not in problem.message.removeprefix(f"{name}: ")


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_the_child_dies_with_its_parent():
    body = (
        "import os, subprocess, sys, time\n"
        'code = \'import os, runpy, sys, time; m = runpy.run_path(sys.argv[1]); m["end_with"](os.getppid(), 60); '
        'print("on", flush=True); time.sleep(60)\'\n'
        "child = subprocess.Popen([sys.executable, '-c', code, sys.argv[1]], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\nprint(child.pid, flush=True)\ntime.sleep(60)\n"
    )
    command = [sys.executable, "-c", body, str(sheets.CHILD)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 5
    while _runs(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _runs(pid)


def test_a_child_whose_parent_is_another_ends_at_once():
    command = [sys.executable, "-I", str(sheets.CHILD), "html", "/dev/null", "utf-8", "1", "60"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1


def _runs(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


MERGED = [
    ["Status", "Email"],
    ["Unsubscribed", "ann@example.com"],
    [None, "bo@example.com"],
    ["Active", "cy@example.com"],
]


def merged(*ranges: str) -> bytes:
    book = Workbook()
    for row in MERGED:
        book.active.append(row)
    for one in ranges:
        book.active.merge_cells(one)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_cell_merged_over_rows_is_about_each_of_them(opened):
    ((_, _, records),) = opened(merged("A2:A3"))
    assert [cells[0] for _, cells, _ in records] == ["Unsubscribed", "Unsubscribed", "Active"]
    ((_, _, records),) = opened(merged())
    assert [cells[0] for _, cells, _ in records] == ["Unsubscribed", "", "Active"]


def test_a_cell_merged_far_down_makes_no_rows(opened):
    ((_, _, records),) = opened(merged("A4:A5000"))
    assert len(records) == 3


def test_an_ods_with_cells_merged_over_rows_is_refused(opened):
    content = zipfile.ZipFile(io.BytesIO(ods([[one or "" for one in row] for row in MERGED])))
    files = {name: content.read(name) for name in content.namelist()}
    spanned = files["content.xml"].replace(b"<table:table-cell ", b'<table:table-cell table:number-rows-spanned="2" ')
    with pytest.raises(CallerError) as refused:
        opened(zipped(files | {"content.xml": spanned}), "list.ods")
    assert "merged over several rows" in refused.value.problems[0].message
