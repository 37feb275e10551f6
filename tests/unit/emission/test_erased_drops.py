"""Dropped files that still lie in their folder hold nobody who was erased, in no dress of bytes; all others stay."""

import base64
import csv
import json
from datetime import timedelta
from hashlib import sha256

import pytest
from emitting import destine, items, serve, sign_up
from sqlalchemy import update

from gateway.db.work import reading
from gateway.emission.deliver import way_of
from gateway.emission.destinations.files import erasing as forgetting
from gateway.emission.tables import deliveries, destinations
from gateway.intake.people.erasing import erase_person, finish_erasures
from gateway.person.erase import find_unfinished

ADDRESS = "zenobia.quill@harbor.example.com"
WORDS = (ADDRESS, "Zenobia", "Quillfeather")
FORMATS = ("csv", "ndjson", "parquet")


@pytest.fixture(params=FORMATS)
def form(request):
    if request.param == "parquet":
        pytest.importorskip("pyarrow")
    return request.param


@pytest.fixture
def dropped(services, form):
    """Three people in one file, one of whom has a name that a spreadsheet would run."""
    destine(services, "store", "files", format=form)
    sign_up(services, "ann@example.com", first_name="=1+1", last_name="Lee")
    sign_up(services, ADDRESS, first_name="Zenobia", last_name="Quillfeather")
    sign_up(services, "bob@example.org", first_name="Bob\nRay")
    serve(services, way_of(services))
    return way_of(services).drops / "store"


def needles():
    for word in WORDS:
        for text in (word, word.lower(), word.upper()):
            raw = text.encode()
            yield raw
            yield text.encode("utf-16-le")
            yield text.encode("utf-16-be")
            yield raw.hex().encode()
            yield from (base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3))


def unpacked(path):
    """A file's bytes, and what a Parquet file says once it is read, for its pages are packed."""
    yield path.read_bytes()
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        yield json.dumps(pq.read_table(path).to_pylist()).encode()


def found_in(folder):
    data = [part for path in folder.rglob("*") if path.is_file() for part in unpacked(path)]
    return [one for one in needles() for part in data if one in part]


def lines_of(path):
    """Each line's number of a prospect and first name, as they are read."""
    if path.suffix == ".ndjson":
        events = [json.loads(line) for line in path.read_text().splitlines()]
        return [(event["subject"], event["data"].get("first_name")) for event in events]
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [(row["prospect"], row["first_name"]) for row in csv.DictReader(file)]
    import pyarrow.parquet as pq

    return [(row["prospect"], row["first_name"]) for row in pq.read_table(path).to_pylist()]


def files_of(folder):
    return sorted(path for path in folder.iterdir() if path.suffix != ".json")


def test_no_byte_of_the_person_is_left_and_the_others_stay_as_they_were(services, dropped):
    (path,) = files_of(dropped)
    before = lines_of(path)
    assert found_in(dropped)
    told = erase_person(services, ADDRESS.upper(), why="asked", by="test")
    assert (told["done"], told["files"]["dropped"]) == (True, 1)
    assert found_in(dropped) == []
    assert lines_of(path) == [before[0], before[2]]
    manifest = json.loads(path.with_name(path.name + ".manifest.json").read_text())
    assert (manifest["items"], manifest["kinds"]) == (2, {"accepted": 2})
    assert manifest["sha256"] == sha256(path.read_bytes()).hexdigest()
    assert manifest["rewritten_at"]


def test_whoever_fetched_it_is_told_and_the_line_that_revokes_stays(services, dropped):
    erase_person(services, ADDRESS, why="asked", by="test")
    serve(services, way_of(services))
    assert lines_of(files_of(dropped)[-1])[0][0] == "prospect_2"
    assert items(services, kind="revoked")[0].cause == "erasure"
    erase_person(services, ADDRESS, why="asked again", by="test")
    assert [one for path in files_of(dropped) for one, _ in lines_of(path)] == [
        "prospect_1", "prospect_3", "prospect_2",
    ]  # fmt: skip
    assert found_in(dropped) == []


def test_a_file_of_them_alone_says_that_nobody_is_in_it(services, form):
    destine(services, "store", "files", format=form)
    sign_up(services, ADDRESS, first_name="Zenobia", last_name="Quillfeather")
    serve(services, way_of(services))
    erase_person(services, ADDRESS, why="asked", by="test")
    (path,) = files_of(way_of(services).drops / "store")
    assert lines_of(path) == []
    assert found_in(path.parent) == []


def test_the_line_of_somebody_else_that_names_them_loses_the_address_alone(services, form):
    destine(services, "store", "files", format=form)
    sign_up(services, "ann@example.com", first_name="Ann", last_name=f"friend of {ADDRESS}")
    serve(services, way_of(services))
    erase_person(services, ADDRESS, why="asked", by="test")
    (path,) = files_of(way_of(services).drops / "store")
    assert [who for who, _ in lines_of(path)] == ["prospect_1"]
    assert found_in(path.parent) == []


def test_while_a_file_of_them_may_be_written_it_is_not_done_and_the_workers_finish(services, dropped, clock):
    """Somebody serves the folder and has read of the person: their file may appear after the erasure."""
    with services.unit_of_work() as work:
        held = update(destinations).values(lease_until=work.at + timedelta(minutes=2))
        work.connection.execute(held)
        work.connection.execute(update(deliveries).where(deliveries.c.prospect_id == 2).values(sent_at=None))
    assert not erase_person(services, ADDRESS, why="asked", by="test")["done"]
    assert found_in(dropped)
    clock.move(minutes=3)
    assert finish_erasures(services) == 1
    assert found_in(dropped) == []
    with reading(services.engine) as connection:
        assert find_unfinished(connection) == []


def test_a_draft_that_was_left_behind_goes_unless_somebody_writes(services, dropped, clock):
    draft = dropped / ".prospects-000000000009-abc.csv.part"
    draft.write_text(f"half of {ADDRESS}")
    with services.unit_of_work() as work:
        work.connection.execute(update(destinations).values(lease_until=work.at + timedelta(minutes=2)))
    assert not erase_person(services, ADDRESS, why="asked", by="test")["done"]
    clock.move(minutes=3)
    assert finish_erasures(services) == 1
    assert not draft.exists()
    assert found_in(dropped) == []


def test_parquet_that_cannot_be_read_here_leaves_the_erasure_open(services, monkeypatch):
    pytest.importorskip("pyarrow")
    destine(services, "store", "files", format="parquet")
    sign_up(services, ADDRESS)
    serve(services, way_of(services))
    monkeypatch.setattr(forgetting, "find_spec", lambda _: None)
    assert not erase_person(services, ADDRESS, why="asked", by="test")["done"]
    monkeypatch.undo()
    assert finish_erasures(services) == 1
    assert found_in(way_of(services).drops) == []
