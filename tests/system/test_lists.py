"""Lists from file to receipt by the command line, on both databases: every row accounted for, always."""

import csv
import io
import json
import os
import signal
from pathlib import Path

import pytest
from arrivals import xlsx, zipped
from sqlalchemy import text
from system_house import wait_for

from gateway.db.engine import open_engine

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
ROWS = "email,first_name,country\r\nann@example.com,Ann,US\r\nbob@example.org,Bob,US\r\n"


def reconciles(receipt, rows):
    assert receipt["rows"] == rows
    assert receipt["prospects"] + receipt["holds"] + receipt["rejections"] == rows
    return receipt


@pytest.mark.parametrize(
    ("sample", "rows"),
    [
        ("mailchimp/subscribed_members_export_a1b2c3.csv", 3), ("mailchimp/unsubscribed_members_export_a1b2c3.csv", 2),
        ("mailchimp/cleaned_members_export_a1b2c3.csv", 1), ("broker-pipe.csv", 3), ("meta-leads-utf16.csv", 3),
        ("excel-bom-semicolon.csv", 2),
    ],
)  # fmt: skip
def test_samples_of_real_systems_reconcile(house, manifest, sample, rows):
    receipt = reconciles(house.json("import", SAMPLES / sample, "--manifest", manifest, "--wait"), rows)
    listed = list(csv.reader(io.StringIO(house.run("lists", "rows", receipt["list"]).lstrip("\ufeff"))))
    assert len(listed) == rows + 1
    if "unsubscribed" in sample or "cleaned" in sample:
        assert receipt["rejections"] == rows
        for row in csv.DictReader((SAMPLES / sample).read_text(encoding="utf-8").splitlines()):
            assert house.json("suppressions", "check", row["Email Address"])["suppressed"]


def test_a_strange_file_reconciles_to_the_row(house, manifest, tmp_path):
    content = (
        'email,first_name,notes\n"ann@example.com",Ann,"one\nnote, with a newline"\n'  # a quoted newline
        "bob@example.org\n"  # short
        "cy@example.net,Cy,fine,one cell,too many\n"
        ",,\n"  # empty cells
        "\n"  # empty line
        "not an address,Dee,\n"
        "ann@example.com,Ann again,\n"
    )
    file = tmp_path / "strange.csv"
    file.write_bytes(content.encode("utf-16"))
    receipt = reconciles(house.json("import", file, "--manifest", manifest, "--wait"), 7)
    assert receipt["prospects"] == 2
    assert receipt["duplicates"] == 1
    assert {item["row"] for item in receipt["unread"]} == {4, 5, 6}
    rows = [json.loads(line) for line in house.run("lists", "rows", receipt["list"], "--json").splitlines()]
    assert [row["row"] for row in rows] == [2, 3, 4, 5, 6, 7, 8]
    assert [row["outcome"] for row in rows] == ["prospect", "prospect", *["rejection"] * 5]
    assert rows[6]["duplicate_of"] == rows[0]["lead"]


def test_the_same_file_twice_gives_no_second_prospect(house, manifest, tmp_path):
    file = tmp_path / "leads.csv"
    file.write_text(ROWS, encoding="utf-8", newline="")
    first = reconciles(house.json("import", file, "--manifest", manifest, "--wait"), 2)
    second = house.json("import", file, "--manifest", manifest, "--wait")
    assert second == {**first, "repeated": True}
    third = reconciles(house.json("import", file, "--manifest", manifest, "--wait", "--again"), 2)
    assert third["prospects"] == 0
    assert third["duplicates"] == 2
    assert len(house.run("prospects", "export", "--format", "ndjson").splitlines()) == 2


def test_a_dry_run_gives_the_receipt_and_writes_nothing(house, manifest, tmp_path):
    file = tmp_path / "leads.csv"
    file.write_text(ROWS + "ANN@example.com,Ann,US\r\n", encoding="utf-8", newline="")
    dry = reconciles(house.json("import", file, "--manifest", manifest, "--dry-run"), 3)
    assert house.json("lists")["lists"] == []
    assert house.run("prospects", "export", "--format", "ndjson") == ""
    real = house.json("import", file, "--manifest", manifest, "--wait")
    for name in ("rows", "prospects", "holds", "rejections", "reasons", "duplicates", "unread"):
        assert real[name] == dry[name]


def test_somebody_who_left_stays_out(house, manifest, tmp_path):
    house.run("suppress", "A.n.n+offers@example.com", "--cause", "opt_out")
    house.run("suppress", "a.n.n@example.com", "--cause", "complaint")
    file = tmp_path / "leads.csv"
    file.write_text("email,country\nA.N.N@Example.com,US\na.n.n@example.com,FI\n", encoding="utf-8")
    receipt = reconciles(house.json("import", file, "--manifest", manifest, "--wait"), 2)
    assert receipt["rejections"] == 2
    told = house.json("explain", house.json("leads", "find", "a.n.n@example.com")["leads"][0]["lead"])
    assert told["outcome"] == "rejection"
    assert any("stop" in sentence for sentence in told["sentences"])
    assert house.run("prospects", "export", "--format", "ndjson") == ""


@pytest.mark.parametrize("name", ["picture.csv", "empty.csv"])
def test_a_file_that_cannot_be_read_is_an_error_that_says_what_to_do(house, manifest, tmp_path, name):
    file = tmp_path / name
    file.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" if name == "picture.csv" else b"")
    told = house.json("import", file, "--manifest", manifest, check=2)
    assert told["problems"][0]["message"]
    assert house.json("lists")["lists"] == []
    assert list((Path(house.env["GATEWAY_DATA"]) / "files").iterdir()) == []


def batches_done(house):
    """Looked up in the database itself: asking by a command takes as long as a batch."""
    engine = open_engine(house.env["GATEWAY_DATABASE_URL"])
    with engine.connect() as connection:
        done = connection.execute(text("SELECT count(*) FROM work WHERE state = 'done'")).scalar_one()
    engine.dispose()
    return done


def test_kill_in_the_middle_and_start_again_give_the_receipt_of_an_undisturbed_run(house, manifest, tmp_path):
    file = tmp_path / "many.csv"
    rows = 120_000
    with file.open("w", encoding="utf-8") as out:
        out.write("email,first_name,country\n")
        for i in range(rows):
            out.write(f"person{i % 115_000}@example.{('com', 'org', 'net')[i % 3]},P{i},US\n")
    undisturbed = reconciles(house.json("import", file, "--manifest", manifest, "--dry-run"), rows)
    kills = 0
    for done in (1, 2):  # kill -9 once so many batches are done, with the next one under way
        process = house.start("import", file, "--manifest", manifest, "--wait")
        wait_for(lambda done=done: batches_done(house) >= done, "a batch is done", seconds=60, pause=0.01)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            kills += 1
    assert kills
    receipt = reconciles(house.json("import", file, "--manifest", manifest, "--wait"), rows)
    for name in ("prospects", "holds", "rejections", "reasons", "duplicates", "unread"):
        assert receipt[name] == undisturbed[name]
    exported = house.run("prospects", "export", "--format", "ndjson").splitlines()
    assert len(exported) == receipt["prospects"]
    assert house.json("ledger", "verify")["ok"]


def test_an_audience_export_in_a_zip_ends_as_its_files_do_one_by_one(house, manifest, tmp_path):
    members = {path.name: path.read_bytes() for path in (SAMPLES / "mailchimp").iterdir()}
    file = tmp_path / "audience.zip"
    file.write_bytes(zipped(members))
    dry = house.json("import", file, "--manifest", manifest, "--dry-run")
    total = house.json("import", file, "--manifest", manifest, "--wait")
    reconciles(total, 6)
    assert [part["part"].partition("_")[0] for part in total["parts"]][2] == "subscribed"
    for part, rehearsed in zip(total["parts"], dry["parts"], strict=True):
        reconciles(part, part["rows"])
        alone = house.json("import", SAMPLES / "mailchimp" / part["part"], "--manifest", manifest, "--wait")
        assert alone == {**{name: value for name, value in part.items() if name != "part"}, "repeated": True}
        assert {name: part[name] for name in ("rows", "prospects", "holds", "rejections", "reasons")} == {
            name: rehearsed[name] for name in ("rows", "prospects", "holds", "rejections", "reasons")
        }
    assert "All 3 parts  done" in house.run("import", file, "--manifest", manifest)


def test_a_workbook_ends_as_its_text_does(house, manifest, tmp_path):
    file, book = tmp_path / "leads.csv", tmp_path / "leads.xlsx"
    file.write_text(ROWS, encoding="utf-8", newline="")
    book.write_bytes(xlsx(May=list(csv.reader(io.StringIO(ROWS)))))
    names = ("rows", "prospects", "holds", "rejections", "reasons", "duplicates", "unread")
    dry = [house.json("import", path, "--manifest", manifest, "--dry-run") for path in (file, book)]
    assert [dry[0][name] for name in names] == [dry[1][name] for name in names]
    receipt = reconciles(house.json("import", book, "--manifest", manifest, "--wait"), 2)
    assert [receipt[name] for name in names] == [dry[0][name] for name in names]
