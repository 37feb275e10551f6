"""Lists over HTTP: manifest, file, receipt, rows."""

import csv
import io
import json
import re
import stat
from pathlib import Path

import pytest
from arrivals import far_apart, xlsx, zipped
from openpyxl import load_workbook

from gateway.intake import http_lists, uploaded
from gateway.intake.runs import work_run

MANIFEST = """\
name: Spring, 2026
vendor: Meridian Leads
method: co_registration
collected: {from: 2026-10-01, until: 2026-10-31}
form_url: https://quotes.example.com/
consent: {claimed: none}
"""
ROWS = "email,first_name,note\nann@example.com,Ann,=cmd|x\nnot an address,Bob,\nann@example.com,Ann again,+44 20\n"


@pytest.fixture
def caller(web):
    return web.key("lists")


def register(web, caller, manifest=MANIFEST, kind="application/yaml"):
    return web.client.post("/v1/lists", data=manifest, content_type=kind, headers=caller)


def upload(web, caller, number, body=ROWS, **more):
    path = more.pop("path", f"/v1/lists/list_{number}/file?name=spring.csv")
    data = body.encode() if isinstance(body, str) else body
    return web.client.put(path, data=data, headers={**caller, **more.pop("headers", {})}, **more)


def files(web):
    folder = web.services.settings.data / "files"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def test_a_list_is_registered_given_its_file_run_and_read(web, caller):
    made = register(web, caller)
    assert made.status_code == 201
    assert made.json["list"] == "list_1"
    assert made.json["upload"] == "/v1/lists/list_1/file"
    assert any(gap.startswith("contract") for gap in made.json["gaps"])
    assert made.headers["Location"] == "/v1/lists/list_1"
    waiting = web.client.get("/v1/lists/list_1", headers=caller).json
    assert (waiting["state"], waiting["file"], waiting["run"]) == ("waiting_for_file", None, None)

    started = upload(web, caller, 1)
    assert started.status_code == 202
    assert (started.json["list"], started.json["run"], started.json["repeated"]) == ("list_1", "run_1", False)
    assert started.json["bytes"] == len(ROWS)
    assert web.woken

    work_run(1, web.services)
    shown = web.client.get(started.json["url"], headers=caller).json
    assert (shown["state"], shown["name"], shown["file"]["name"]) == ("done", "Spring, 2026", "spring.csv")
    assert shown["created_by"] == "key_1"
    run = shown["run"]
    assert run["rows"] == 3 == run["prospects"] + run["holds"] + run["rejections"]
    assert run["reasons"]


def test_a_list_whose_encoding_nobody_can_tell_is_given_again_with_it(web, caller):
    body = "email,name\nana@example.com,Zoë\nbo@example.com,Müller\n".encode("cp1252")
    register(web, caller)
    (problem,) = upload(web, caller, 1, body).json["problems"]
    assert problem["code"] == "encoding_unknown"
    assert "?encoding=cp1252" in problem["message"]
    (odd,) = upload(web, caller, 1, body, path="/v1/lists/list_1/file?encoding=klingon").json["problems"]
    assert odd["code"] == "encoding_not_known"
    assert files(web) == []

    path = "/v1/lists/list_1/file?name=a.csv&encoding=windows-1252"
    assert upload(web, caller, 1, body, path=path).status_code == 202
    work_run(1, web.services)
    rows = web.client.get("/v1/lists/list_1/rows", headers=caller).json
    assert "Zoë" in rows["rows"][0]
    assert upload(web, caller, 1, body, path=path).json["repeated"]

    register(web, caller)
    other = upload(web, caller, 2, body, path="/v1/lists/list_2/file?name=a.csv&encoding=cp1250").json
    assert not other["repeated"]  # read another way, it is another list


def test_a_manifest_may_be_json(web, caller):
    body = json.dumps({"name": "Spring", "vendor": "Meridian Leads"})
    assert register(web, caller, body, "application/json").status_code == 201


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [("vendr: X\n", "application/yaml", 422), ('{"vendr": "X"}', "application/json", 422),
     ("{", "application/json", 400),
     ("vendor: [", "application/yaml", 422), ("", "application/yaml", 422), (b"\xff", "application/yaml", 400),
     ("vendor: X\0", "application/yaml", 422), ("x" * (2 << 20), "application/yaml", 413),
     ("vendor: X", "text/plain", 415),
     ("[]", "application/json", 422), ("null", "application/json", 422)],
)  # fmt: skip
def test_a_manifest_with_problems_makes_no_list(small_web, body, kind, status):
    response = register(small_web, small_web.key("lists"), body, kind)
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert response.json["problems"]
    assert small_web.client.get("/v1/lists", headers=small_web.key("lists")).json == {"lists": [], "next": None}


def test_a_misspelt_key_is_shown_with_its_line_and_a_suggestion(small_web):
    [problem] = register(small_web, small_web.key("lists"), "name: x\nvendor: X\nmethd: form\n").json["problems"]
    assert (problem["line"], problem["suggestion"]) == (3, "method")


def test_the_same_bytes_are_recognised(web, caller):
    register(web, caller)
    upload(web, caller, 1)
    work_run(1, web.services)
    again = upload(web, caller, 1)
    assert (again.status_code, again.json["run"], again.json["repeated"]) == (202, "run_1", True)
    register(web, caller)
    other = upload(web, caller, 2)
    assert (other.json["list"], other.json["run"], other.json["repeated"]) == ("list_1", "run_1", True)
    assert len(files(web)) == 1


def test_a_list_whose_file_was_brought_before_goes_on_waiting_and_may_have_it_all_the_same(web, caller):
    register(web, caller)
    upload(web, caller, 1)
    work_run(1, web.services)
    register(web, caller)
    assert upload(web, caller, 2).json["repeated"]
    assert web.client.get("/v1/lists/list_2", headers=caller).json["state"] == "waiting_for_file"
    again = upload(web, caller, 2, path="/v1/lists/list_2/file?again=true")
    assert (again.status_code, again.json["list"], again.json["repeated"]) == (202, "list_2", False)
    work_run(2, web.services)
    receipt = web.client.get("/v1/lists/list_2", headers=caller).json["run"]
    assert (receipt["state"], receipt["reasons"].get("already_known", 0) > 0) == ("done", True)


def test_a_list_that_has_its_file_is_run_again_as_a_new_one(web, caller):
    register(web, caller)
    upload(web, caller, 1)
    again = upload(web, caller, 1, path="/v1/lists/list_1/file?again=true")
    assert (again.status_code, again.json["list"], again.json["run"]) == (202, "list_2", "run_2")
    assert upload(web, caller, 1, ROWS + "x", path="/v1/lists/list_1/file?again=true").status_code == 409
    assert upload(web, caller, 1, path="/v1/lists/list_1/file?again=yes").status_code == 422
    assert len(files(web)) == 2


def test_a_list_of_hashes_is_refused_with_what_to_ask_for(web, caller):
    register(web, caller)
    refused = upload(web, caller, 1, "email\n" + "".join(f"{n:064x}\n" for n in range(20)))
    assert (refused.status_code, refused.json["problems"][0]["code"]) == (422, "hashed_addresses")
    assert files(web) == []


def test_another_file_needs_another_list(web, caller):
    register(web, caller)
    upload(web, caller, 1)
    response = upload(web, caller, 1, ROWS + "x@example.com,X,\n")
    assert response.status_code == 409
    assert len(files(web)) == 1


@pytest.mark.parametrize("body", ["", "\0\1\2" * 100, "just,some\nwords,here\n"])
def test_a_file_that_cannot_be_read_is_a_problem_and_nothing_is_kept(web, caller, body):
    register(web, caller)
    response = upload(web, caller, 1, body)
    assert response.status_code == 422
    assert response.json["problems"][0]["message"]
    assert files(web) == []
    assert web.leads() == []


def test_a_file_for_a_list_that_is_not_there_is_not_taken(web, caller):
    assert upload(web, caller, 9).status_code == 404
    assert files(web) == []


def test_a_form_in_the_place_of_the_file_is_refused_with_advice(small_web):
    caller = small_web.key("lists")
    register(small_web, caller)
    response = small_web.client.put(
        "/v1/lists/list_1/file", data={"file": (io.BytesIO(ROWS.encode()), "x.csv")}, headers=caller
    )
    assert response.status_code == 415
    assert "upload-file" in response.json["problems"][0]["message"]


def test_the_file_lies_under_a_name_of_ours_for_our_eyes_only(small_web):
    caller = small_web.key("lists")
    register(small_web, caller)
    upload(small_web, caller, 1, path="/v1/lists/list_1/file?name=../../etc/passwd")
    [kept] = files(small_web)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert "passwd" not in kept.name
    assert small_web.client.get("/v1/lists/list_1", headers=caller).json["file"]["name"] == "passwd"


@pytest.mark.parametrize(
    ("query", "disposition", "name"),
    [("", "", "unnamed"), ("?name=a.csv", "", "a.csv"), ("", 'attachment; filename="b c.csv"', "b c.csv"),
     ("?name=a.csv", 'attachment; filename="b.csv"', "a.csv"),
     ("", "attachment; filename*=UTF-8''%E2%82%AC.csv", "€.csv"), ("?name=C:%5Cdata%5Cx.csv", "", "x.csv"),
     ("?name=a%0D%0Ab%E2%80%AE.csv", "", "ab.csv"), ("?name=" + "x" * 1000, "", "x" * 255),
     ("?name=..", "", ".."), ("?name=/", "", "unnamed")],
)  # fmt: skip
def test_what_the_uploader_calls_the_file_is_a_label(small_web, query, disposition, name):
    caller = small_web.key("lists")
    register(small_web, caller)
    headers = {"Content-Disposition": disposition} if disposition else {}
    assert upload(small_web, caller, 1, path=f"/v1/lists/list_1/file{query}", headers=headers).status_code == 202
    assert small_web.client.get("/v1/lists/list_1", headers=caller).json["file"]["name"] == name


def test_a_file_that_is_too_large_is_refused(small_web, monkeypatch):
    caller = small_web.key("lists")
    register(small_web, caller)
    monkeypatch.setattr(uploaded, "LARGEST", 50)
    response = upload(small_web, caller, 1)
    assert (response.status_code, response.content_type) == (413, "application/problem+json")
    assert files(small_web) == []


@pytest.mark.parametrize("broken", ["the line", "the disk"])
def test_an_upload_that_breaks_off_leaves_nothing_behind(small_web, monkeypatch, broken):
    caller = small_web.key("lists")
    register(small_web, caller)

    def full(_):
        raise OSError(28, "No space left on device")

    promised = len(ROWS) + (1 if broken == "the line" else 0)
    if broken == "the disk":
        monkeypatch.setattr("os.fsync", full)
    response = small_web.client.put(
        "/v1/lists/list_1/file", data=ROWS, headers=caller, environ_overrides={"CONTENT_LENGTH": str(promised)}
    )
    monkeypatch.undo()
    assert response.status_code == (400 if broken == "the line" else 500)
    assert files(small_web) == []
    assert upload(small_web, caller, 1).status_code == 202


class Rows(io.RawIOBase):
    """A long list that is made while it is read."""

    def __init__(self, size):
        self.left = size
        self.head = b"email,first_name\n"

    def readable(self):
        return True

    def readinto(self, buffer):
        block = (self.head or b"ann.someone@example.com,Ann\n" * (len(buffer) // 28 + 1))[: min(len(buffer), self.left)]
        self.head = b""
        self.left -= len(block)
        buffer[: len(block)] = block
        return len(block)


def memory(what):
    """Bytes of this process: VmRSS now, VmHWM at most."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(rf"{what}:\s+(\d+) kB", told)[1]) << 10


def test_a_large_file_is_never_in_memory_as_a_whole(small_web):
    caller = small_web.key("lists")
    register(small_web, caller)
    size = 128 << 20
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is counted anew: proc(5)
    before = memory("VmRSS")
    response = small_web.client.put(
        "/v1/lists/list_1/file", headers=caller,
        environ_overrides={"wsgi.input": Rows(size), "CONTENT_LENGTH": str(size)},
    )  # fmt: skip
    assert response.status_code == 202
    assert response.json["bytes"] == size
    assert memory("VmHWM") - before < size / 2


# --- read


@pytest.fixture
def done(web, caller):
    register(web, caller)
    upload(web, caller, 1)
    work_run(1, web.services)
    return web


def rows(done, caller, query=""):
    return done.client.get(f"/v1/lists/list_1/rows{query}", headers=caller)


def test_every_row_is_told_with_its_outcome_and_reasons(done, caller):
    told = rows(done, caller).json
    assert told["headings"][:3] == ["row", "outcome", "reasons"]
    assert told["headings"][-3:] == ["email", "first_name", "note"]
    assert [row[0] for row in told["rows"]] == ["2", "3", "4"]
    assert told["rows"][1][1] == "rejection"
    assert told["rows"][0][-1] == "=cmd|x", "JSON is what was sent"


def test_rows_of_one_outcome(done, caller):
    refused = rows(done, caller, "?outcome=rejection").json["rows"]
    assert refused
    assert {row[1] for row in refused} == {"rejection"}


def test_rows_for_a_spreadsheet_hold_no_formula(done, caller):
    response = rows(done, caller, "?format=csv")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="list_1-rows.csv"'
    table = list(csv.reader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    assert [row[-1] for row in table[1:]] == ["'=cmd|x", "", "'+44 20"]


def test_rows_for_the_vendor_as_a_workbook(done, caller):
    response = rows(done, caller, "?reader=vendor&outcome=rejection,hold&format=xlsx")
    assert response.mimetype == http_lists.XLSX
    assert response.headers["Content-Disposition"] == 'attachment; filename="list_1-rejection-hold.xlsx"'
    book = load_workbook(io.BytesIO(response.get_data()))
    [head, *told] = book["Rows"].values
    assert head[:2] == ("gateway: row", "gateway: outcome")
    assert head[-3:] == ("email", "first_name", "note")
    assert [row[-3:] for row in told[-2:]] == [
        ("not an address", "Bob", None),
        ("ann@example.com", "Ann again", "+44 20"),
    ]
    assert book.sheetnames == ["Rows", "Summary"]
    assert not {path.name for path in done.services.settings.data.iterdir()} - {"files"}


def test_a_byte_order_mark_can_be_left_out(done, caller):
    assert rows(done, caller, "?format=csv").get_data().startswith(b"\xef\xbb\xbf")
    assert rows(done, caller, "?format=csv&bom=false").get_data().startswith(b'"row"')


@pytest.mark.parametrize(
    "query",
    [
        "?outcome=rejections",
        "?format=xls",
        "?outcome=",
        "?outcome=hold,",
        "?page=2",
        "?outcome=hold&outcome=hold",
        "?reader=person",
        "?bom=1",
    ],
)
def test_a_query_that_is_not_understood_is_a_problem(done, caller, query):
    assert rows(done, caller, query).status_code == 422


def test_rows_of_a_list_without_a_file_are_none(web, caller):
    register(web, caller)
    assert rows(web, caller).json["rows"] == []
    assert rows(web, caller, "?format=csv").status_code == 200


@pytest.mark.parametrize("path", ["/v1/lists/list_5", "/v1/lists/list_5/rows"])
def test_a_list_that_is_not_there_is_not_found(web, caller, path):
    response = web.client.get(path, headers=caller)
    assert (response.status_code, response.json["problems"][0]["code"]) == (404, "unknown_list")


def test_lists_come_newest_first_and_in_pages(web, caller):
    for _ in range(5):
        register(web, caller)
    page = web.client.get("/v1/lists?limit=2", headers=caller).json
    assert ([one["list"] for one in page["lists"]], page["next"]) == (["list_5", "list_4"], "list_4")
    page = web.client.get("/v1/lists?limit=3&before=list_4", headers=caller).json
    assert ([one["list"] for one in page["lists"]], page["next"]) == (["list_3", "list_2", "list_1"], None)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "before=7", "before=list_0", "before=list_", "limit=1&limit=2"]
)
def test_a_page_that_cannot_be_is_a_problem(small_web, query):
    assert small_web.client.get(f"/v1/lists?{query}", headers=small_web.key("lists")).status_code == 422


def test_an_archive_of_several_lists_answers_with_each_of_them(web, caller):
    register(web, caller)
    body = zipped({"may.csv": ROWS, "unsubscribed.csv": "email\ncy@example.net\n"})
    started = upload(web, caller, 1, body, path="/v1/lists/list_1/file?name=export.zip")
    assert started.status_code == 202
    assert (started.json["list"], started.json["run"], started.json["bytes"]) == ("list_1", "run_1", len(body))
    assert [(part["part"], part["list"], part["repeated"]) for part in started.json["parts"]] == [
        ("unsubscribed.csv", "list_1", False), ("may.csv", "list_2", False),
    ]  # fmt: skip
    shown = web.client.get(started.json["parts"][1]["url"], headers=caller).json
    assert (shown["name"], shown["file"]["name"]) == ("Spring, 2026: may.csv", "may.csv")
    again = upload(web, caller, 1, body, path="/v1/lists/list_1/file?name=export.zip")
    assert again.json["repeated"]
    assert [part["run"] for part in again.json["parts"]] == [part["run"] for part in started.json["parts"]]
    assert upload(web, caller, 1, ROWS + "x").status_code == 409
    assert len(files(web)) == 2


def test_an_archive_that_was_brought_under_another_list_gives_that_and_this_goes_on_waiting(web, caller):
    body = zipped({"may.csv": ROWS, "june.csv": "email\ncy@example.net\n"})
    register(web, caller)
    upload(web, caller, 1, body)
    register(web, caller)
    again = upload(web, caller, 3, body)
    assert (again.json["repeated"], again.json["list"]) == (True, "list_1")
    assert web.client.get("/v1/lists/list_3", headers=caller).json["state"] == "waiting_for_file"


@pytest.mark.parametrize("make", [far_apart, lambda: zipped({"a.csv": b"0" * 120_000_000}), lambda: zipped({})])
def test_what_is_made_to_do_harm_is_refused_and_the_list_waits(web, caller, make):
    register(web, caller)
    refused = upload(web, caller, 1, make())
    assert refused.status_code == 422
    assert refused.json["problems"][0]["message"]
    assert files(web) == []
    assert upload(web, caller, 1, xlsx(P=[["email"], ["ann@example.com"]])).status_code == 202
