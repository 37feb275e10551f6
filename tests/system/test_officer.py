"""What an officer and an operator do from the command line: clocks, reference lists, the sender's profile, no calls."""

import csv
import io
import os
from datetime import UTC, datetime, timedelta
from hashlib import md5, sha256

from system_house import ROOT
from warm import command

ROWS = "email,phone,country\nann@example.com,+1 206 555 0100,US\nbob@example.org,,US\n"


def bring(house, manifest, tmp_path, text=ROWS, name="list.csv"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return house.json("import", file, "--manifest", manifest, "--wait")


def failing(house, *args):
    """Exit code, standard output and error output of a command."""
    done = command(args, house.env, ROOT)
    return done.returncode, done.stdout, done.stderr


def test_prospects_stay_until_the_sender_s_profile_is_complete(house, manifest, tmp_path):
    assert bring(house, manifest, tmp_path)["prospects"] == 2
    address = house.env.pop("GATEWAY_SENDER_POSTAL_ADDRESS")
    code, out, error = failing(house, "prospects", "export")
    assert (code, len(out.splitlines())) == (3, 1)  # the headings alone
    assert "0 prospects handed out, 2 withheld" in error
    assert "CS-26" in error
    told = house.json("sender")
    assert (told["is_ready"], [lack["setting"] for lack in told["lacks"]]) == (False, ["GATEWAY_SENDER_POSTAL_ADDRESS"])
    assert "GATEWAY_SENDER_POSTAL_ADDRESS" in house.run("sender")
    house.env["GATEWAY_SENDER_POSTAL_ADDRESS"] = address
    assert house.json("sender")["is_ready"]
    rows = list(csv.DictReader(io.StringIO(house.run("prospects", "export").lstrip("\ufeff"))))
    assert [row["address"] for row in rows] == ["ann@example.com", "bob@example.org"]
    assert all("stop_on_opt_out" in row["obligations"].split("; ") for row in rows)
    assert (rows[0]["phone"], rows[1]["phone_use"]) == ("", "")


def test_a_request_to_stop_is_on_the_clock(house):
    house.run("suppress", "ann@example.com", "--received-at", "2026-11-20T22:30:00-05:00")
    house.run("suppress", "(206) 555-0100", "--received-at", "2026-11-20T22:30:00-05:00")
    due = {one["code"]: one for one in house.json("clocks", "--past")["clocks"] if one["kind"] == "opt_out"}
    assert (due["stop_on_opt_out"]["due_on"], due["stop_on_opt_out"]["safe_on"]) == ("2026-12-07", "2026-12-04")
    assert due["own_do_not_call_list"]["due_on"] == "2026-12-07"
    lines = house.run("clocks", "--past", "--each").splitlines()
    assert lines[0].split() == ["due", "safe", "left", "what", "people", "from", "law"]
    assert any("2026-12-07  2026-12-04" in line and "OB-06" in line for line in lines)


def test_phone_numbers_are_suppressed_and_found_again(house, tmp_path):
    assert house.json("suppress", "+1 206 555 0100")["scope"] == "phone"
    assert house.json("suppressions", "check", "206-555-0100")["suppressed"]
    assert not house.json("suppressions", "check", "+12065550101")["suppressed"]
    file = tmp_path / "stop.csv"
    file.write_text("phone\n+44 20 7946 0018\n2065550100\nann@example.com,2065550199\nnobody\n", encoding="utf-8")
    told = house.json("suppressions", "import", file, check=1)
    assert (told["addresses"], told["phones"], told["recorded"], told["already"]) == (1, 2, 2, 1)
    assert told["unread"] == [{"row": 5, "reason": "no_address"}]
    assert house.json("suppressions", "check", "+442079460018")["suppressed"]
    assert not house.json("suppressions", "check", "2065550199")[
        "suppressed"
    ]  # a number beside an address is left alone
    assert failing(house, "suppress", "5550100")[0] == 2


def test_a_list_of_the_fcc_binds_from_its_loading_on(house, manifest, tmp_path):
    listed = tmp_path / "fcc.txt"
    listed.write_text("# made up\nexample.net\nsms.example.org\n", encoding="utf-8")
    phone = "email,country\n2065550100@example.net,US\n"
    assert house.json("reference")["lists"][0]["state"] == "never_loaded"
    [asked] = [one for one in house.json("clocks")["clocks"] if one["kind"] == "reference"]
    assert (asked["days_left"], asked["overdue"], "public list only" in asked["title"]) == (0, False, True)
    loaded = house.json("reference", "load", "fcc-wireless", listed)
    assert (loaded["rows"], loaded["added"], loaded["removed"]) == (2, 2, 0)
    held = bring(house, manifest, tmp_path, phone)
    assert (held["holds"], "phone_newly_listed" in held["reasons"]) == (1, True)
    listed.write_text("example.net\nsms.example.org\nnew.example.com\n", encoding="utf-8")
    house.run("reference", "load", "fcc-wireless", listed, "--listed-since", "2020-01-01")
    state = house.json("reference")["lists"][0]
    assert state["sha256"] == sha256(listed.read_bytes()).hexdigest()
    assert state["stale_on"] == next(
        one["due_on"] for one in house.json("clocks")["clocks"] if one["kind"] == "reference"
    )
    assert state["stale_on"] in house.run("reference")
    assert (state["state"], state["rows"], state["days_old"]) == ("current", 3, 0)
    assert any(one["kind"] == "reference" for one in house.json("clocks")["clocks"])
    listed.write_text("new.example.com\n", encoding="utf-8")
    code, out, error = failing(house, "reference", "load", "fcc-wireless", str(listed))
    assert (code, out, "--even-if-smaller" in error) == (2, "", True)
    listed.write_text("domain\nnew.example.com\nnot a domain\n", encoding="utf-8")
    assert "line 3" in failing(house, "reference", "load", "fcc-wireless", str(listed))[2]
    assert house.json("ledger", "verify")["ok"]


def test_a_listed_phone_is_refused_once_thirty_days_have_passed(house, manifest, tmp_path):
    listed = tmp_path / "fcc.csv"
    listed.write_text("carrier,domain\nMade up,example.net\n", encoding="utf-8")
    told = house.run("reference", "load", "fcc-wireless", listed, "--listed-since", "2005-02-07")
    assert told.startswith("fcc-wireless: 1 domain, 1 new, 0 gone.")
    refused = bring(house, manifest, tmp_path, "email,country\n2065550100@mms.example.net,US\n")
    assert (refused["rejections"], "phone_not_authorized" in refused["reasons"]) == (1, True)


def test_a_stale_list_holds_whoever_is_with_no_known_provider(house, manifest, tmp_path):
    listed = tmp_path / "fcc.txt"
    listed.write_text("example.net\n", encoding="utf-8")
    day = (datetime.now(UTC) - timedelta(days=40)).date().isoformat()
    house.run("reference", "load", "fcc-wireless", listed, "--loaded-on", day)
    assert house.json("reference")["lists"][0]["state"] == "stale"
    [due] = [one for one in house.json("clocks")["clocks"] if one["kind"] == "reference"]
    assert due["overdue"]
    held = bring(house, manifest, tmp_path)
    assert (held["holds"], held["reasons"]["phone_list_stale"]) == (2, 2)
    house.run("reference", "load", "fcc-wireless", listed)
    assert bring(house, manifest, tmp_path, "email,country\ncy@example.org,US\n", "new.csv")["prospects"] == 1


def test_what_makes_no_sense_is_said(house, manifest, tmp_path):
    bring(house, manifest, tmp_path)
    pipe, listed = tmp_path / "pipe", tmp_path / "fcc.txt"
    os.mkfifo(pipe)
    listed.write_text("example.net\n", encoding="utf-8")
    for args, said in (
        (("clocks", "--until", "soon"), "no date"),
        (("clocks", "--until", "9999-12-31"), "between 1990 and 2200"),
        (("clocks", "note", "first_message", "--on", "0001-01-01", "--lead", "lead_1"), "between 1990 and 2200"),
        (("clocks", "done", "--obligation", "OB-06", "--on", "9999-12-31", "--lead", "lead_1"), "between 1990 and"),
        (("suppress", "ann@example.com", "--received-at", "0001-01-01"), "between 1990 and 2200"),
        (("suppress", "ann@example.com", "--received-at", "9999-12-31T23:00:00-05:00"), "between 1990 and 2200"),
        (("reference", "load", "fcc-wireless", str(listed), "--loaded-on", "0001-01-01"), "between 1990 and 2200"),
        (("reference", "load", "fcc-wireless", str(listed), "--listed-since", "1989-12-31"), "between 1990 and 2200"),
        (("reference", "load", "fcc-wireless", str(pipe)), "no plain file"),
        (("reference", "load", "fcc-wireless", "/dev/zero"), "no plain file"),
        (("reference", "load", "fcc-wireless", str(tmp_path)), "directory"),
        (("clocks", "note", "first_message", "--on", "2026-11-01"), "say whose"),
        (("clocks", "note", "first_message", "--on", "2126-11-01", "--lead", "lead_1"), "future"),
        (("clocks", "done", "--obligation", "nothing", "--lead", "lead_1"), "no obligation is called"),
        (("clocks", "done", "--obligation", "stop_on_opt_out", "--address", "bob@example.org"), "no open clock"),
        (("clocks", "done", "--obligation", "OB-06", "--address", "bob@example.org"), "clock of stop_on_opt_out"),
        (("clocks", "done", "--obligation", "stop_on_opt_out", "--list", "list_9"), "list_9"),
    ):
        code, out, error = failing(house, *args)
        assert (code, out) == (2, ""), args
        assert said in error, args


def test_who_left_is_exchanged_by_hash_backup_and_scrub(house, tmp_path):
    house.run("suppress", "ann@example.com", "--cause", "litigation")
    assert house.json("suppress", "cy@example.net", "--scope", "brand:Harbor")["scope"] == "brand:Harbor"
    left = tmp_path / "left.csv"
    left.write_text("md5\n" + md5(b"bob@example.org").hexdigest() + "\nnot a hash\n", encoding="utf-8")
    told = house.json("suppressions", "import", left, "--cause", "complaint", check=1)
    assert (told["hashes"], told["recorded"], told["unread"]) == (1, 1, [{"row": 3, "reason": "no_address"}])
    assert "known by the md5 of the lower-cased address" in house.run("suppressions", "check", "Bob@example.org")
    assert house.json("suppressions", "check", "ann@example.com")["orders"][0]["cause"] == "legal"

    backup, clean, receipt = tmp_path / "left.jsonl", tmp_path / "clean.csv", tmp_path / "receipt.txt"
    assert house.run("suppressions", "export", "--as", "backup", "--out", backup) == ""
    assert house.json("suppressions", "import", backup)["recorded"] == 0
    assert house.run("suppressions", "export", "--as", "md5").splitlines()[0] == "MD5"

    partner = tmp_path / "partner.csv"
    partner.write_text("email,name\nann@example.com,Ann\ncy@example.net,Cy\nbob@example.org,Bob\n", encoding="utf-8")
    done = house.json("suppressions", "scrub", partner, "--out", clean, "--receipt", receipt)
    assert (done["rows"], done["removed"], done["causes"]) == (3, 2, {"complaint": 1, "legal": 1})
    assert clean.read_text(encoding="utf-8-sig").splitlines() == ['"email","name"', '"cy@example.net","Cy"']
    assert house.json("suppressions", "receipt", receipt)["removed"] == 2
    receipt.write_text(receipt.read_text(encoding="utf-8").replace('"removed": 2', '"removed": 1'), encoding="utf-8")
    assert failing(house, "suppressions", "receipt", receipt)[0] == 2
    assert failing(house, "suppress", "ann@example.com", "--scope", "half")[0] == 2
    assert failing(house, "suppress", "ann@example.com", "--cause", "boredom")[0] == 2


def test_a_rule_is_set_aside_by_two_people_and_what_it_let_in_is_withheld_when_it_ends(house, manifest, tmp_path):
    for name in ("ann", "bo"):
        house.json("people", "add", name, f"{name}@example.com", "--role", "officer")
    house.dns.zone["vtext.com"] = house.dns.zone["example.com"]
    receipt = bring(house, manifest, tmp_path, "email\n2065550100@vtext.com\n")
    assert receipt["holds"] == 1
    waits = house.json("leads", "find", "2065550100@vtext.com")["leads"][0]["lead"]
    asked = house.json(
        "override", "ask", waits, "--rule", "CS-18", "--reason", "A person's own mailbox", "--by", "ann@example.com"
    )
    assert (asked["state"], asked["four_eyes"]) == ("asked", True)
    code, _, error = failing(house, "override", "second", asked["override"], "--by", "ann@example.com")
    assert (code, "another person" in error) == (2, True)
    told = house.run("override", "second", asked["override"], "--by", "bo@example.com")
    assert "is in force until the end of" in told
    assert "Its leads stand as 1 prospect." in told
    assert f"{asked['override']} set aside CS-18" in house.run("explain", waits)
    assert [one["code"] for one in house.json("clocks")["clocks"] if one["kind"] == "override"] == [asked["override"]]
    house.run("override", "end", asked["override"], "--reason", "She asked us", "--by", "person_2")
    assert "withheld by GATE-09" in failing(house, "prospects", "export")[2]
    assert [(one["state"], one["signed"]) for one in house.json("override", "list")["overrides"]] == [("ended", True)]
    assert house.json("replay", "--as", "recorded")["differences"] == []
    assert house.json("ledger", "verify")["ok"]
