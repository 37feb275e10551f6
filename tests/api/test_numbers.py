"""GET /v1/numbers: what leads are worth, over the wire."""

import csv
import io

import pytest
from company import live, put_into


@pytest.fixture
def filled(web):
    """A small company of two years."""
    put_into(web.services.engine, live(5, scale=0.15))
    return web


def get(web, path="", **query):
    return web.client.get(f"/v1/numbers{path}", query_string=query, headers=web.key("numbers"))


def test_all_numbers_come_as_one_document(filled):
    document = get(filled).json
    assert document["as_of"] == "2026-11-21T12:00:00Z"
    assert document["people"] == sum(one["people"] for one in document["cohorts"])
    assert sorted(document["currencies"]) == ["EUR", "USD"]
    assert {one["name"] for one in document["sources"]} == {"newsletter", "quiz", "prize-draw"}
    share = document["all"]["bought_within"]["90"]
    assert 0 < share["low"] < share["value"] < share["high"] < 1


def test_a_section_comes_alone(filled):
    document = get(filled, "/worth").json
    assert set(document) == {"as_of", "terms", "people", "currencies", "horizon_days", "worth"}
    assert {one["scope"] for one in document["worth"]} == {"all", "form", "list", "vendor"}


def test_the_past_is_told_as_it_stood(filled):
    then, now = get(filled, as_of="2025-11-21").json, get(filled).json
    assert then["as_of"] == "2025-11-21T00:00:00Z"
    assert 0 < then["people"] < now["people"]
    assert then["all"]["buyers"] < now["all"]["buyers"]


def test_as_csv_no_cell_runs_as_a_formula(filled):
    with filled.services.unit_of_work() as work:
        work.connection.exec_driver_sql("UPDATE batches SET source = '=1+1' WHERE source = 'quiz'")
    answer = get(filled, "/sources", format="csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sources-2026-11-21.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {row["name"] for row in rows} == {"newsletter", "'=1+1", "prize-draw"}
    assert float(rows[0]["spent_USD"]) > float(rows[0]["spent_USD_low"]) > 0


def test_as_parquet(filled):
    from pyarrow import BufferReader, parquet

    table = parquet.read_table(BufferReader(get(filled, "/vendors", format="parquet").data)).to_pylist()
    assert {row["name"] for row in table} == {"Good Leads", "Fair Lists", "Poor Data", "Late Starter", "Tiny Broker"}
    assert all(isinstance(row["people"], int) for row in table)


@pytest.mark.parametrize(("path", "query", "status", "code"), [
    ("/nothing", {}, 404, "unknown_section"),
    ("", {"as_of": "yesterday"}, 422, "bad_date"),
    ("", {"as_of": "2030-01-01"}, 422, "future_date"),
    ("/worth", {"format": "xls"}, 422, None),
])  # fmt: skip
def test_mistakes_are_named(small_web, path, query, status, code):
    answer = get(small_web, path, **query)
    assert answer.status_code == status
    assert code is None or answer.json["problems"][0]["code"] == code


def test_a_key_for_leads_does_not_read_numbers(small_web):
    assert small_web.client.get("/v1/numbers", headers=small_web.key("leads")).status_code == 403


def test_nobody_has_come_yet(small_web):
    document = get(small_web).json
    assert (document["people"], document["worth"], document["leaks"]) == (0, [], [])


def test_without_numpy_it_says_what_to_type(small_web, monkeypatch):
    monkeypatch.setattr("gateway.economics.library.find_spec", lambda _: None)
    answer = get(small_web)
    assert answer.status_code == 501
    assert "tools/venv.sh numbers" in answer.json["problems"][0]["message"]


def test_without_pyarrow_parquet_says_what_to_type(filled, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    answer = get(filled, "/vendors", format="parquet")
    assert answer.status_code == 501
    assert "tools/venv.sh bulk" in answer.json["problems"][0]["message"]
