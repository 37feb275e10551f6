"""Files looked over: what they are, how they are to be read, and what their uploader is told."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.problem import CallerError, Problem
from gateway.intake.encodings import ENCODINGS, encoding_named
from gateway.intake.manifest import read_manifest
from gateway.intake.readers import Inspection, inspect, read_records
from gateway.intake.readers.generated import looks_generated
from gateway.intake.readers.records import COLUMN_LIMIT


@pytest.fixture
def look(tmp_path):
    def looked(
        content: str | bytes, *, manifest: str | None = None, name: str = "list.csv", encoding: str | None = None
    ) -> Inspection:
        path = tmp_path / "stored"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        said = None if manifest is None else read_manifest(f"direct: true\n{manifest}", name="manifest")
        return inspect(path, name=name, manifest=said, encoding=encoding)

    return looked


def problem_of(look, content: str | bytes, **kwargs) -> Problem:
    with pytest.raises(CallerError) as refused:
        look(content, **kwargs)
    (problem,) = refused.value.problems
    return problem


def test_an_unknown_encoding_is_told_with_its_place_and_the_way_out(look):
    content = "email,name\nana@example.com,Ana\nbo@example.com,Zoë\n".encode("cp1252")
    problem = problem_of(look, content)
    assert (problem.code, problem.line, problem.suggestion) == ("encoding_unknown", 3, "cp1252")
    assert "0xEB at position 48" in problem.message
    assert "--encoding cp1252" in problem.message
    assert look(content, encoding="windows-1252").encoding == "cp1252"
    assert look(content, manifest="encoding: cp1252").encoding == "cp1252"


@pytest.mark.parametrize("name", ["Zoë", "Zoe"])  # letters cut in two by the blocks that are read, and none
def test_a_position_far_into_the_file_is_right_too(look, name):
    row = f"ana@example.com,{name}\n".encode()
    problem = problem_of(look, b"email,name\n" + row * 100_000 + b"\xff\n")
    assert f"position {11 + len(row) * 100_000:,} (line 100,002)" in problem.message


def test_a_declared_utf_8_breaks_rows_and_not_the_file(look, tmp_path):
    found = look(b"email,name\nana@example.com,Zo\xeb\nbo@example.com,Bo\n", encoding="utf-8")
    assert [problem for _, _, problem in read_records(tmp_path / "stored", found)] == ["unreadable_characters", None]
    assert "1 of the first 2 rows hold characters that cannot be read, the first of them row 2" in found.notes[0]


def test_a_byte_order_mark_is_surer_than_what_was_declared(look):
    assert look(codecs.BOM_UTF8 + b"email\na@example.com\n", encoding="cp1252").encoding == "utf-8"
    assert look(codecs.BOM_UTF16_LE + "email\n".encode("utf-16-le"), encoding="utf-8").encoding == "utf-16-le"


@pytest.mark.parametrize(
    ("encoding", "declared", "found"),
    [("utf-16", None, "utf-16-le"), ("utf-16-be", "utf-16", "utf-16-be"), ("utf-16-le", "utf-16", "utf-16-le"),
     ("utf-32", None, "utf-32-le"), ("utf-32-le", "utf-32", "utf-32-le"), ("koi8-r", "koi8-r", "koi8-r"),
     ("gb18030", "GB18030", "gb18030"), ("latin-1", "iso-8859-1", "iso8859-1")],
)  # fmt: skip
def test_other_encodings_are_read(look, tmp_path, encoding, declared, found):
    name = {"koi8-r": "Имя", "gb18030": "名字"}.get(encoding, "Zoë")
    inspection = look(f"email,name\nana@example.com,{name}\n".encode(encoding), encoding=declared)
    assert inspection.encoding == found
    assert list(read_records(tmp_path / "stored", inspection)) == [(2, ["ana@example.com", name], None)]


def test_utf_16_with_half_a_letter_breaks_its_row_only(look, tmp_path):
    broken = (
        "email,name\n".encode("utf-16-le")
        + "a@example.com,x".encode("utf-16-le")
        + b"\x00\xd8"
        + "\nb@example.com,y\n".encode("utf-16-le")
    )
    found = look(codecs.BOM_UTF16_LE + broken)
    assert [problem for _, _, problem in read_records(tmp_path / "stored", found)] == ["unreadable_characters", None]


@pytest.mark.parametrize(
    "name", ["rot13", "base64", "zlib", "punycode", "idna", "unicode_escape", "utf-7", "no such", "", "\0"]
)
def test_only_encodings_of_text_may_be_declared(name):
    with pytest.raises(CallerError) as refused:
        encoding_named(name)
    assert refused.value.problems[0].code == "encoding_not_known"


@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_every_encoding_is_one_python_reads_by_that_name(name):
    assert codecs.lookup(name).name == name
    assert encoding_named(name.upper()) == name


@pytest.mark.parametrize(
    ("start", "word"),
    [(b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff\xe0", "JPEG"), (b"GIF89a", "GIF"), (b"%PDF-1.7", "PDF"),
     (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"), (b"\x1f\x8b\x08", "gzip"), (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
     (b"Rar!\x1a\x07", "RAR"), (b"SQLite format 3\x00", "SQLite"), (b"PAR1", "Parquet"),
     (b"PK\x03\x04..xl/workbook.xml", "Excel"), (b"PK\x03\x04..word/document.xml", "Word"),
     (b"PK\x03\x04..list.csv", "ZIP"),
     (b"PK\x03\x04..application/vnd.oasis.opendocument.spreadsheet", "OpenDocument"),
     (b"\xef\xbb\xbf <!DOCTYPE html><html>", "HTML"), (b"<TABLE>", "HTML"), (b"<?xml version='1.0'?>", "XML"),
     (b'{"email": 1}', "JSON"), (b"[[1]]", "JSON")],
)  # fmt: skip
def test_what_is_no_list_is_named_for_what_it_is(look, start, word):
    problem = problem_of(look, start + b"\x01\x02" * 10, name="list.csv")
    assert problem.code in {"file_not_a_list", "file_empty"}
    assert word in problem.message


def test_a_mark_and_nothing_else_is_an_empty_file(look):
    assert problem_of(look, codecs.BOM_UTF16_LE).code == "file_empty"


def test_a_file_without_addresses_is_refused_with_what_was_seen(look):
    problem = problem_of(look, "Name;Town\nAna;Leeds\n")
    assert problem.code == "no_address_column"
    assert "cut at semicolons, is 'Name', 'Town'" in problem.message
    assert "columns: {heading: email}" in problem.message


def test_the_manifest_may_name_the_column_of_addresses(look):
    found = look("Wer;Wie\nAna;ana@example.com\n", manifest="columns: {wie: email}")
    assert found.fields() == {"email": ["Wie"]}
    assert found.delimiter == ";"


def test_the_manifest_may_say_that_a_column_is_none_of_addresses(look):
    found = look("Email,Kontakt\nfreier Text,ana@example.com\n", manifest="columns: {Email: attribute}")
    assert found.fields() == {"email": ["Kontakt"]}


def test_the_manifest_may_name_columns_that_have_no_headings(look):
    content = "ana@example.com,Ana,boss@example.org\nbo@example.com,Bo,boss@example.org\n"
    found = look(content, manifest="columns: {column 3: email, column 2: first_name}")
    assert found.fields() == {"first_name": ["column 2"], "email": ["column 3"]}
    assert found.notes == ("The file has no headings; its columns are called 'column 1', 'column 2' and so on.",)


def test_headings_can_always_be_shown_and_kept(look):
    found = look(b"email,N\x81me\0," + b"x" * 1_000 + b"\na@example.com\n", encoding="cp1252")
    assert found.headings == ("email", r"N\udc81me\0", "x" * 200)


def test_too_many_columns_are_refused(look):
    content = "email," + ",".join(f"c{n}" for n in range(COLUMN_LIMIT)) + "\na@example.com\n"
    assert problem_of(look, content).code == "too_many_columns"


def test_a_headerless_file_does_not_lose_a_first_line_that_is_no_address(look, tmp_path):
    found = look("ana@@example,2026-01-01\nbo@example.com,2026-01-02\n")
    assert (found.has_headings, found.first_row) == (False, 1)
    assert len(list(read_records(tmp_path / "stored", found))) == 2


def test_rows_are_numbered_as_spreadsheets_number_them(look, tmp_path):
    found = look("Report of leads\n\nEmail\nana@example.com\n")
    assert list(read_records(tmp_path / "stored", found)) == [(4, ["ana@example.com"], None)]


def test_a_title_that_names_e_mail_is_not_taken_for_the_headings(look):
    assert look("E-Mail\n\nEmail,First Name,Phone\nana@example.com,Ana,\n").first_row == 4


def test_the_delimiter_is_the_one_that_makes_sense(look):
    assert look('email|note\nana@example.com|"a, b, c; d"\n').delimiter == "|"
    assert look('"Leads, all of them"\nemail;name\nana@example.com;Ana, B., C.\n').delimiter == ";"
    assert look("email\nana@example.com\n").delimiter == ","
    assert look("sep=|\nemail|name\nana@example.com|x\n").separator_line


def test_dates_that_can_be_read_twice_are_counted_and_both_readings_shown(look):
    content = "email,optin_date\na@example.com,03/04/2025\nb@example.com,31/12/2024\nc@example.com,\n"
    note = next(note for note in look(content).notes if "two ways" in note)
    assert note == (
        "'optin_date': 1 of 2 dates can be read in two ways ('03/04/2025' is 3 April 2025 or 4 March 2025). "
        "They count as unknown; write date_order: dmy or date_order: mdy in the manifest."
    )
    told = look(content, manifest="date_order: mdy")
    assert told.date_order == "mdy"
    assert [note for note in told.notes if "two ways" in note] == []
    assert [note for note in told.notes if "do not fit the manifest's date_order (such as '31/12/2024')" in note] != []


def test_dates_without_a_zone_and_cells_that_are_no_dates_are_counted(look):
    notes = look("email,consent_ts\na@example.com,2025-01-01 10:00\nb@example.com,soon\n").notes
    assert "'consent_ts': 1 of 2 dates name no time zone. They are taken as UTC." in notes
    assert "'consent_ts': 1 of 2 cells are no date we can read. They count as unknown." in notes


def test_a_promised_column_that_is_missing_is_told(look):
    found = look("email,ip\na@example.com,192.0.2.1\n", manifest="promised_columns: [Email, IPs, source_url]")
    assert found.notes == (
        "The manifest promises the column 'IPs', and the file has none of that name. Did you mean 'ip'?",
        "The manifest promises the column 'source_url', and the file has none of that name.",
    )


def test_columns_that_are_not_understood_are_told(look):
    assert look("email,flavour,,shoe size\na@example.com,x,y,z\n").not_understood == (
        "flavour",
        "column 3",
        "shoe size",
    )


def test_guarded_cells_are_seen(look):
    assert look('email,zip\n="a@example.com",="01020"\n').is_protected


@settings(deadline=None)  # a busy machine is no fault
@given(
    content=st.binary(max_size=300)
    | st.text(st.sampled_from(list('email,;|\t\n\r"@.x é\0')), max_size=200).map(str.encode)
)
def test_whatever_the_file_it_is_read_or_refused_and_every_row_is_counted(tmp_path_factory, content):
    path: Path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    for encoding in (None, "cp1252"):
        try:
            found = inspect(path, name="any.csv", encoding=encoding)
        except CallerError as error:
            assert len(error.problems) == 1  # noqa: PT017 - either way is right; what must not come is another exception
            continue
        numbers = [number for number, _, _ in read_records(path, found)]
        assert numbers == list(range(found.first_row, found.first_row + len(numbers)))
        assert found.rows_looked_at == len(numbers)


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([f"a{n}@example.com" for n in range(1, 901)], True),
        ([f"user{n:05}@example.com" for n in range(0, 5_000, 5)], True),
        ([f"{a}{b}@example.com" for a in "abcdefghij" for b in "abcdefghijklmnopqrstuvwxyz"], True),
        ([f"a{n}@example.com" for n in range(1, 100)], None),  # too few to say
        ([f"a{n}@example.com" for n in range(99)] + ["ana.lee@example.org"], False),  # no sequence of a hundred
        ([f"a{n}@example.com" for n in range(200)] + [f"{n * n}x@example.org" for n in range(900)], False),  # few
        ([f"s{n * n % 99_991:06}@example.edu" for n in range(1_000)], False),  # numbers of students, not in a row
        ([f"person{n * 7_919 % 100_000}@example{n % 50}.com" for n in range(2_000)], False),
        ([f"a{n}@example{n}.com" for n in range(500)], False),  # each at its own domain
        (["ana@example.com"] * 500, False),
        ([""] * 500, False),
    ],
)  # fmt: skip
def test_a_list_looks_generated_when_a_hundred_addresses_rise_in_even_steps(addresses, expected):
    assert looks_generated(addresses) is expected


def test_columns_of_what_the_law_protects_most_are_told(look):
    (note,) = look("email,Diabetic,Union\nana@example.com,no,yes\n").notes
    assert note.startswith("These columns name what the law protects most")
    assert "'Diabetic', 'Union'" in note


def test_birthdays_are_told_of_only_where_they_can_be_read_twice(look):
    assert look("email,dob\nana@example.com,1990-05-31\nbo@example.com,\ncy@example.com,spring\n").notes == ()
    (note,) = look("email,dob\nana@example.com,1990-05-31\nbo@example.com,03/04/2012\n").notes
    assert note.startswith("'dob': 1 of 2 days can be read in two ways. The later one counts")
    assert look("email,dob\nbo@example.com,03/04/2012\n", manifest="date_order: dmy").notes == ()


def test_a_list_that_was_counted_up_is_told(look):
    found = look("email\n" + "".join(f"a{n}@example.com\n" for n in range(1, 901)))
    assert found.looks_generated is True
    assert look("email\nana@example.com\n").looks_generated is None


@pytest.mark.parametrize("said", ["UNSUBSCRIBED", "Opted out since May", "Abgemeldet:", "Removed"])
def test_people_below_a_line_that_says_they_left_are_not_taken_for_those_above(look, said):
    content = f"email,name,city\na@example.com,Ana,X\n,,\n{said},,\nb@example.com,Bo,X\n"
    problem = problem_of(look, content)
    assert (problem.code, problem.line) == ("lists_below_each_other", 4)
    assert said in problem.message
    assert "a file of its own" in problem.message


@pytest.mark.parametrize("line", ["Unsubscribed: 2,,", "Unsubscribed,,", ",,unsubscribed", "Total,2,"])
def test_a_footer_and_a_row_without_an_address_are_no_such_line(look, line):
    assert look(f"email,name,status\na@example.com,Ana,active\nb@example.com,Bo,active\n{line}\n").rows_looked_at == 3


def test_a_list_of_those_who_left_may_have_such_lines(look):
    content = "email,name,city\na@example.com,Ana,X\nUNSUBSCRIBED,,\nb@example.com,Bo,X\n"
    assert look(content, name="unsubscribed.csv").rows_looked_at == 3


def test_statuses_that_nobody_knows_are_told_and_what_to_do_about_them(look):
    rows = "".join(
        f"{i}@example.com,{said}\n"
        for i, said in enumerate(["active", "Inactive", "3", "", "unsubscribed", "INACTIVE"])
    )
    (note,) = look(f"email,Status\n{rows}").notes
    assert note.startswith("'Status' says 'inactive' (2), '3' (1): nobody here knows whether such people left")
    assert "columns: {Status: stop}" in note
    assert look(f"email,Status\n{rows}", manifest="columns: {Status: stop}").notes == ()


@pytest.mark.parametrize(
    "said",
    [
        ["active", "subscribed", "unsubscribed", "bounced", "yes", "aktiv", "配信中"],
        [f"deal {chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(40)],
    ],
)
def test_statuses_that_are_known_and_columns_that_are_none_are_not(look, said):
    rows = "".join(f"{i}@example.com,{one}\n" for i, one in enumerate(said))
    assert look(f"email,Status\n{rows}").notes == ()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_zeroes_between_letters_are_surer_than_what_was_declared(look, encoding):
    found = look("email,name\nana@example.com,Ana\n".encode(encoding), encoding="cp1252")
    assert found.encoding == encoding
    assert found.headings == ("email", "name")


def test_an_encoding_that_hides_the_addresses_is_named_as_the_reason(look):
    problem = problem_of(look, b"email,name\nana@example.com,Zo\xeb\n", encoding="utf-16")
    assert problem.code == "encoding_wrong"
    assert "read as utf-16" in problem.message
    assert problem_of(look, b"name,town\nAna,Zo\xeb\n", encoding="cp1252").code == "no_address_column"


@pytest.mark.parametrize("use", ["attribute", "first_name", "other_emails"])
def test_a_list_whose_addresses_are_said_to_be_something_else_is_refused(look, use):
    problem = problem_of(look, "email,Ort\nana@example.com,Ulm\n", manifest=f"columns: {{email: {use}}}\n")
    assert problem.code == "address_column_denied"
    assert f"email: {use}" in problem.message
