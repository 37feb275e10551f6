"""Previews, samples and dry runs over HTTP: what they show, and that nothing of a file is kept."""

import io
import json
import threading
import zipfile
from functools import partial

import pytest
from sqlalchemy import func, select

from gateway.intake import uploaded
from gateway.intake.runs import work_run
from gateway.ledger.tables import entries
from gateway.outcomes.tables import leads

MANIFEST = """\
name: Spring, 2026
vendor: Meridian Leads
method: co_registration
collected: {from: 2026-10-01, until: 2026-10-31}
form_url: https://quotes.example.com/
price: {amount: "0.30", currency: USD}
consent: {claimed: none}
"""
ROWS = "email;first_name\nann@example.com;Ann\nnot an address;Bob\nann@example.com;Ann again\n"


@pytest.fixture
def caller(web):
    headers = web.key("lists")
    web.client.post("/v1/lists", data=MANIFEST, content_type="application/yaml", headers=headers)
    return headers


def kept(web):
    folder = web.services.settings.data / "files"
    with web.services.engine.connect() as connection:
        numbers = [connection.execute(select(func.count()).select_from(table)).scalar() for table in (leads, entries)]
    return [*numbers, sorted(folder.iterdir()) if folder.is_dir() else []]


def post(web, caller, path, body=ROWS):
    return web.client.post(path, data=body.encode() if isinstance(body, str) else body, headers=caller)


def test_a_preview_shows_how_a_file_would_be_read_and_keeps_nothing(web, caller):
    before = kept(web)
    answer = post(web, caller, "/v1/previews?name=spring.csv&rows=2&list=list_1")
    assert answer.status_code == 200
    (part,) = answer.json["parts"]
    assert (part["part"], part["delimiter"], part["encoding"], part["headings_row"]) == ("spring.csv", ";", "utf-8", 1)
    assert part["read_as"]["fields"] == {"email": ["email"], "first_name": ["first_name"]}
    assert [row["row"] for row in part["rows"]] == [2, 3]
    assert part["rows"][1]["outcome"] == "rejection"
    assert part["rows"][1]["reasons"][0]["reason"] == "address_not_valid"
    assert part["rows"][1]["reasons"][0]["says"]
    assert part["receipt"]["rows"] == 2
    assert part["whole_list"]["rows"] == 3
    assert kept(web) == before


def test_the_lists_of_an_archive_are_shown_each(web, caller):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("unsubscribed.csv", "email\nann@example.com\n")
        archive.writestr("leads.csv", "email\nann@example.com\nbo@example.org\n")
    answer = post(web, caller, "/v1/previews?name=all.zip", body.getvalue())
    assert [part["part"] for part in answer.json["parts"]] == ["unsubscribed.csv", "leads.csv"]
    assert kept(web)[2] == []


def test_an_encoding_nobody_can_tell_is_shown_in_several(web, caller):
    body = "email,name\nana@example.com,Zoë\nbo@example.com,Müller\n".encode("cp1252")
    answer = post(web, caller, "/v1/previews?name=x.csv", body).json
    assert answer["parts"] == []
    assert "not UTF-8" in answer["question"]
    shown = {one["encoding"]: one["rows"] for one in answer["encodings"]}
    assert shown["cp1252"][:2] == ["ana@example.com,Zoë", "bo@example.com,Müller"]
    assert shown["cp1251"] != shown["cp1252"]
    again = post(web, caller, "/v1/previews?name=x.csv&encoding=cp1252", body).json
    assert again["parts"][0]["rows"][0]["cells"] == ["ana@example.com", "Zoë"]
    assert kept(web)[2] == []


@pytest.mark.parametrize("path", ["/v1/previews", "/v1/samples?list=list_1", "/v1/lists/list_1/rehearsal"])
def test_a_file_that_cannot_be_read_is_a_problem_and_is_gone(web, caller, path):
    answer = post(web, caller, path, b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert kept(web)[2] == []


@pytest.mark.parametrize("path", ["/v1/previews?list=list_9", "/v1/samples?list=list_9", "/v1/lists/list_9/rehearsal"])
def test_a_list_that_is_not_there_is_a_404(small_web, path):
    assert post(small_web, small_web.key("lists"), path).status_code == 404


@pytest.mark.parametrize(
    "query", ["rows=0", "rows=201", "rows=x", "list=7", "date_order=dym", "encoding=cp125", "colour=red"]
)
def test_queries_are_read_strictly(small_web, query):
    answer = post(small_web, small_web.key("lists"), f"/v1/previews?{query}")
    assert answer.status_code == 422


def test_days_are_read_in_the_order_that_is_asked_for(small_web):
    rows = "email,birthday\nann@example.com,03/04/1990\n"
    headers = small_web.key("lists")
    (part,) = post(small_web, headers, "/v1/previews?date_order=dmy", rows).json["parts"]
    assert part["read_as"]["date_order"] == "dmy"


def test_a_sample_says_what_the_list_is_worth(web, caller):
    rows = "email\n" + "".join(f"p{i * 7919 % 10_007}x@example.com\n" for i in range(300))
    before = kept(web)
    answer = post(web, caller, "/v1/samples?list=list_1&rows=100&seed=4&name=s.csv", rows)
    assert answer.status_code == 200
    (part,) = answer.json["parts"]
    assert (part["rows"], part["drawn"], part["seed"], part["confidence"]) == (300, 100, 4, 0.95)
    assert set(part["shares"]) >= {"prospects", "holds", "rejections", "opted_out", "duplicates"}
    assert sum(part["shares"][name]["share"] for name in ("prospects", "holds", "rejections")) == pytest.approx(1)
    assert part["recommendation"] in {"accept", "negotiate", "refuse"}
    assert {one["of"] for one in part["thresholds"]} >= {"prospects", "cost_per_prospect"}
    assert post(web, caller, "/v1/samples?list=list_1&rows=100&seed=4&name=s.csv", rows).json == answer.json
    assert kept(web) == before


def test_a_dry_run_streams_the_receipt_the_run_will_have(web, caller, monkeypatch):
    monkeypatch.setattr("gateway.intake.beforehand.dryrun.BATCH_ROWS", 2)
    before = kept(web)
    answer = post(web, caller, "/v1/lists/list_1/rehearsal?name=spring.csv")
    lines = [json.loads(line) for line in answer.data.decode().splitlines()]
    answer.close()
    assert answer.mimetype == "application/x-ndjson"
    assert [line["rows"] for line in lines] == [2, 3, 3]
    assert [line["state"] for line in lines] == ["rehearsing", "rehearsing", "rehearsed"]
    assert kept(web) == before
    web.client.put("/v1/lists/list_1/file?name=spring.csv", data=ROWS.encode(), headers=caller)
    work_run(1, web.services)
    run = web.client.get("/v1/lists/list_1", headers=caller).json["run"]
    assert {name: lines[-1][name] for name in ("prospects", "holds", "rejections", "reasons", "duplicates")} == {
        name: run[name] for name in ("prospects", "holds", "rejections", "reasons", "duplicates")
    }


def test_whoever_hangs_up_stops_the_dry_run_and_its_file_goes(web, caller, monkeypatch):
    monkeypatch.setattr("gateway.intake.beforehand.dryrun.BATCH_ROWS", 1)
    answer = web.client.post("/v1/lists/list_1/rehearsal", data=ROWS.encode(), headers=caller, buffered=False)
    stream = answer.iter_encoded()
    assert json.loads(next(stream))["rows"] == 1
    answer.close()
    assert kept(web)[2] == []


def test_a_failure_midway_is_a_last_line(web, caller, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no")

    monkeypatch.setattr("gateway.intake.beforehand.rehearsed.rehearsed", fail)
    answer = post(web, caller, "/v1/lists/list_1/rehearsal")
    assert json.loads(answer.data.decode().splitlines()[-1]) == {"state": "failed"}
    assert kept(web)[2] == []


LOOKED_AT = ["/v1/previews", "/v1/samples?list=list_1", "/v1/lists/list_1/rehearsal", "/v1/lists/list_1/file"]


@pytest.mark.parametrize("path", LOOKED_AT)
def test_only_so_many_files_are_looked_at_at_once(web, caller, monkeypatch, path):
    monkeypatch.setattr(uploaded, "LOOKS", threading.BoundedSemaphore(1))
    send = partial(web.client.open, path, method="PUT" if path.endswith("file") else "POST", data=ROWS, headers=caller)
    before = kept(web)
    with uploaded.LOOKS:
        answer = send()
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert answer.json["problems"][0]["code"] == "too_many_files"
        assert kept(web) == before
    answer = send()
    assert answer.status_code in {200, 202}
    answer.close()
    assert web.client.post("/v1/previews", data=b"", headers=caller).status_code == 422
    assert uploaded.LOOKS.acquire(blocking=False), "whatever became of it, the room is free again"


def test_a_dry_run_holds_its_room_until_its_reader_has_all_or_hangs_up(web, caller, monkeypatch):
    monkeypatch.setattr(uploaded, "LOOKS", threading.BoundedSemaphore(1))
    answer = web.client.post("/v1/lists/list_1/rehearsal", data=ROWS, headers=caller, buffered=False)
    assert post(web, caller, "/v1/previews").status_code == 503
    answer.close()
    assert post(web, caller, "/v1/previews").status_code == 200
