"""A file of several lists is a list and a run for each; whatever form a list arrives in, it ends alike."""

import json
import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from arrivals import far_apart, xlsx, zipped
from builders import make_services
from sqlalchemy import select

from gateway.db.engine import open_engine
from gateway.domain.problem import CallerError
from gateway.intake.lists import bring, sweep_files
from gateway.intake.receipts import view_list
from gateway.intake.runs import work_run
from gateway.intake.tables import lists
from gateway.outcomes.tables import leads

SAMPLES = Path(__file__).parents[2] / "samples" / "mailchimp"
MANIFEST = (
    "name: Autumn\nvendor: Meridian Leads\nmethod: event\ncollected: {from: 2026-09-01, until: 2026-10-31}\n"
    "consent: {claimed: none}\nrelationship: marketing\n"
)
PEOPLE = [
    ["email", "first_name", "age"], ["ann@example.com", "Ann", "40"], ["no address", "Bo", ""], [],
    ["ann@example.com", "Ann again", "41"], ["cy@example.net", "Cy", "50"],
]  # fmt: skip


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path / "var")


@pytest.fixture
def brought(services, tmp_path):
    def brought(content, name="list.csv", **more):
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        options = {"manifest_name": "m.yaml", "encoding": None, "again": False, "by": "test", **more}
        return bring(services, file, MANIFEST, **options)

    return brought


def files(services):
    folder = services.settings.data / "files"
    return sorted(folder.iterdir()) if folder.is_dir() else []


def run_all(services, begun):
    """The receipts of all parts, as far as they do not name their list or the time they took."""
    found = []
    for part in begun.get("parts", [begun]):
        work_run(part["run"], services)
        run = view_list(services, part["list"])["run"]
        assert run["state"] == "done"
        assert run["rows"] == run["prospects"] + run["holds"] + run["rejections"]
        names = ("rows", "prospects", "holds", "rejections", "duplicates", "reasons", "unread")
        found.append({name: run[name] for name in names})
    return found


def rows_of(services):
    with services.engine.connect() as connection:
        return [
            (lead.number, lead.outcome, json.loads(lead.as_arrived))
            for lead in connection.execute(select(leads).order_by(leads.c.id))
        ]


def text_of(rows):
    return "".join(",".join(row) + "\n" for row in rows)


def test_a_workbook_ends_as_its_text_does(databases, clock, tmp_path, engine):
    ends = []
    kind = engine.dialect.name
    for place, (name, content) in enumerate([("a.csv", text_of(PEOPLE).encode()), ("a.xlsx", xlsx(P=PEOPLE))]):
        url = databases.fresh(kind)
        own = open_engine(url)
        services = make_services(own, clock, tmp_path / f"var{place}")
        file = tmp_path / name
        file.write_bytes(content)
        begun = bring(services, file, MANIFEST, manifest_name="m", encoding=None, again=False, by="test")
        ends.append((run_all(services, begun), rows_of(services)))
        own.dispose()
        databases.drop(url)
    assert ends[0] == ends[1]
    assert [row[0] for row in ends[0][1]] == [2, 3, 4, 5, 6]


def test_an_audience_export_gives_a_list_for_each_status_and_who_left_is_out(services, brought):
    members = {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir())}
    begun = brought(zipped({**members, "readme.txt": "Thank you"}), "export.zip")
    names = [part["part"].partition("_")[0] for part in begun["parts"]]
    assert sorted(names[:2]) == ["cleaned", "unsubscribed"]
    assert names[2:] == ["subscribed"]
    assert (begun["list"], begun["run"]) == (begun["parts"][0]["list"], begun["parts"][0]["run"])
    shown = view_list(services, begun["parts"][2]["list"])
    assert shown["name"] == f"Autumn: {begun['parts'][2]['part']}"
    first = view_list(services, begun["list"])["read_as"]["notes"]
    assert any("readme.txt of export.zip is left out" in note for note in first)
    assert len(files(services)) == 3
    told = run_all(services, begun)
    assert sum(one["rows"] for one in told) == 6
    assert [one["prospects"] for one in told[:2]] == [0, 0]


def test_the_same_archive_is_recognised_whole_and_part_by_part(services, brought):
    parts = {"one.csv": "email\nann@example.com\n", "two.csv": "email\nbob@example.org\n"}
    first = brought(zipped(parts), "a.zip")
    kept = files(services)
    again = brought(zipped(parts), "b.zip")
    assert again["repeated"]
    assert [(part["list"], part["run"]) for part in again["parts"]] == [
        (part["list"], part["run"]) for part in first["parts"]
    ]
    alone = brought(parts["two.csv"], "two.csv")
    assert (alone["repeated"], alone["list"]) == (True, first["parts"][1]["list"])
    more = brought(zipped({**parts, "three.csv": "email\ncy@example.net\n"}), "c.zip")
    assert [part["repeated"] for part in more["parts"]] == [True, True, False]
    assert not more["repeated"]
    assert len(files(services)) == len(kept) + 1
    assert not any(part["repeated"] for part in brought(zipped(parts), "a.zip", again=True)["parts"])


def test_sheets_of_one_workbook_are_recognised_each(services, brought):
    book = xlsx(May=[["email"], ["ann@example.com"]], June=[["email"], ["bob@example.org"]])
    first, second = brought(book, "a.xlsx"), brought(book, "a.xlsx", encoding="cp1252")
    assert second["repeated"]
    assert [part["run"] for part in second["parts"]] == [part["run"] for part in first["parts"]]
    assert [part["part"] for part in first["parts"]] == ["a.xlsx, May", "a.xlsx, June"]
    run_all(services, first)
    assert [number for number, *_ in rows_of(services)] == [2, 2]


def test_what_arrived_is_kept_as_evidence_beside_the_text_made_of_it(services, brought):
    book = xlsx(P=PEOPLE)
    begun = brought(book, "a.xlsx")
    with services.engine.connect() as connection:
        row = connection.execute(select(lists).where(lists.c.id == begun["list"])).one()
    data = services.settings.data
    assert (data / row.file_path).read_bytes() == book
    assert row.file_digest == row.arrived_digest == sha256(book).hexdigest()
    assert (data / row.text_path).read_text().startswith("email,first_name,age")
    assert {path.stat().st_mode & 0o777 for path in files(services)} == {0o600}
    assert all(len(path.name) == 32 for path in files(services))


@pytest.mark.parametrize("packed", [False, True])
def test_erasure_takes_the_bytes_and_the_text_made_of_them(services, brought, packed):
    book = xlsx(P=[["email", "first_name", "age"], ["tim.kid@example.com", "Tim", 9], ["ann@example.com", "Ann", 40]])
    begun = brought(zipped({"a.xlsx": book}) if packed else book, "a.zip" if packed else "a.xlsx")
    assert len(files(services)) == 2
    work_run(begun["run"], services)
    assert view_list(services, begun["list"])["run"]["erased"] == 1
    assert files(services) == []


def test_files_of_an_arrival_that_died_are_swept_and_named_ones_stay(services, clock, brought):
    brought(xlsx(P=PEOPLE), "a.xlsx")
    (services.settings.data / "files" / "orphan").write_text("email\nann@example.com\n")
    then = (clock.now() - timedelta(hours=2)).timestamp()
    for path in files(services):
        os.utime(path, (then, then))
    assert sweep_files(services) == 1
    assert len(files(services)) == 2


@pytest.mark.parametrize("content", [far_apart(), zipped({"a.csv": "name\nAnn\n"}), zipped({})])
def test_a_refusal_leaves_no_file_and_no_list(services, brought, content):
    with pytest.raises(CallerError):
        brought(content, "a.xlsx")
    assert files(services) == []
    with services.engine.connect() as connection:
        assert connection.execute(select(lists.c.id)).all() == []


@pytest.mark.parametrize(
    ("said", "left"),
    [("columns: {Mail: attribute}\n", b"Mail,Gone\nann@example.com,yes\n"),
     ("encoding: utf-16\n", "email,Opted out\nann@example.com,Zo\u00eb\n".encode("cp1252"))],
)  # fmt: skip
def test_a_list_that_is_not_read_as_one_by_what_is_said_of_it_is_not_passed_over(services, tmp_path, said, left):
    file = tmp_path / "all.zip"
    file.write_bytes(zipped({"a.csv": "\ufeffemail\nann@example.com\n".encode(), "b.csv": left}))
    with pytest.raises(CallerError) as refused:
        bring(services, file, MANIFEST + said, manifest_name="m.yaml", encoding=None, again=False, by="test")
    (problem,) = refused.value.problems
    assert problem.message.startswith("b.csv: ")
    assert files(services) == []
