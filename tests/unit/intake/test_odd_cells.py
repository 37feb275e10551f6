"""Odd cells, and what becomes of each: addresses in wrappings, phones and dates after a spreadsheet, lines that are
no rows, test leads, and headings that nobody wrote."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.domain.address import MatchKeys
from gateway.domain.lead import Origin, Statement
from gateway.domain.ports import Sender, VendorFile
from gateway.domain.screened import MailRoute
from gateway.intake.columns import to_batch
from gateway.intake.manifest import read_manifest
from gateway.intake.readers import inspect, read_records
from gateway.screening.screen import World, screen

NOW = datetime(2026, 11, 21, tzinfo=UTC)
OURS = Statement(direct=True)
KEYS = MatchKeys(b"0123456789abcdef")


class Nobody:
    """A world that knows nothing, and in which all domains take mail."""

    def ask_routes(self, domains, as_of, *, seconds):
        del seconds
        return {domain: MailRoute(domain, "mx", as_of, as_of) for domain in domains}

    def find_suppressions(self, keys, people=()):  # noqa: ARG002 - the interface
        del keys
        return {}

    def find_standing(self, name):
        del name

    def find_file(self, name, as_of):  # noqa: ARG002 - the interface
        return VendorFile()

    def find_standings(self, digests):
        del digests
        return {}

    def find_list(self):
        return {}, None


WORLD = World(KEYS, Nobody(), Nobody(), Nobody(), Sender(), "US", Nobody(), Nobody())


@pytest.fixture
def read(tmp_path):
    """A file inspected, made a batch and screened, as a list is."""

    def done(text: str | bytes, *, name: str = "list.csv", manifest: str = ""):
        path: Path = tmp_path / "stored"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        said = read_manifest(f"direct: true\n{manifest}", name="manifest")
        found = inspect(path, name=name, manifest=said)
        batch = to_batch(read_records(path, found), found, OURS, Origin("list", "1", OURS), NOW)
        return found, batch, screen(batch, WORLD, NOW)

    return done


def column(screened, name):
    facts = screened.facts
    return facts.columns.get(name) or [facts.constants.get(name)] * facts.size


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("ann@example.com", "ann@example.com"),
        ("  ann@example.com\u00a0", "ann@example.com"),
        ("\u200bann@example.com\ufeff", "ann@example.com"),
        ("ann@exam\u200bple.com", "ann@example.com"),
        ("Ann Lee <ann@example.com>", "ann@example.com"),
        ('"Lee, Ann" <ann@example.com>', "ann@example.com"),
        ("<ann@example.com>", "ann@example.com"),
        ("mailto:ann@example.com?subject=Hello", "ann@example.com"),
        ("(ann@example.com)", "ann@example.com"),
        ("ann@example.com; bo@example.org", "ann@example.com"),
        ("ann@example.com, bo@example.org", "ann@example.com"),
        ("ann@example.com bo@example.org", "ann@example.com"),
        ("ann@example.com/bo@example.org", "ann@example.com"),
        ("ann@localhost; bo@example.org", "bo@example.org"),
        ("o'brien@example.com, bo@example.org", "o'brien@example.com"),
        ("ann tag@example.com", None),  # a + that became a space, or a name: nobody knows
        ("Ann ann@example.com", None),
        ("ann@example.com (home)", None),
        ("write to ann@example.com", None),
        ("ann@@example.com", None),
        ("ann", None),
    ],
)
def test_what_becomes_of_an_address(read, cell, address):
    quoted = cell.replace('"', '""')
    _, batch, screened = read(f'email,first name,city\n"{quoted}",Ann,Leeds\nbo.chen@example.net,Bo,Hull\n')
    assert screened.addresses == [address, "bo.chen@example.net"]
    assert column(screened, "address.is_valid") == [address is not None, True]
    assert len(batch) == 2


def test_whoever_leaves_leaves_under_every_address_of_the_row(read):
    _, _, screened = read("email,unsubscribed\nann@example.com; bo@example.org,yes\n")
    assert screened.keys == [KEYS.key("ann@example.com")]
    assert screened.more_keys == {0: [KEYS.key("bo@example.org")]}
    _, _, screened = read(
        "Email address - home,Email address - work,Email status - work\na@example.com,b@example.org,Unsubscribed\n"
    )
    assert screened.keys == [KEYS.key("a@example.com")]
    assert screened.more_keys == {0: [KEYS.key("b@example.org")]}
    assert column(screened, "lead.says_stop") == [True]


def test_of_several_columns_the_first_valid_address_is_the_lead_s(read):
    head = "Email,Secondary Email,Other Emails\n"
    _, batch, screened = read(head + "n/a,b@example.org,\na@localhost,b@example.org,c@example.net\n,,c@example.net\n")
    assert screened.addresses == ["b@example.org", "b@example.org", "c@example.net"]
    assert batch.column("other_emails") == ["n/a", "b@example.org\nc@example.net", None]


def test_a_broken_row_is_given_no_address(read):
    _, batch, screened = read("email,name\nAnn <ann@example.com>,Ann,surplus\n")
    assert batch.broken == {0: "too_many_cells"}
    assert screened.addresses == [None]
    assert screened.keys == [KEYS.key("ann@example.com")]


def test_the_uploader_is_told_of_odd_cells(read):
    found, _, _ = read(
        "email,phone\nann tag@example.com,4.28018E+15\nAnn <ann@example.com>,\na@example.com;b@example.com,\n"
    )
    told = "\n".join(found.notes)
    for words in ("may have been a +", "shortened", "in something else", "several addresses"):
        assert words in told


@pytest.mark.parametrize(
    ("cell", "day", "words"),
    [
        ("45231", datetime(2023, 11, 1, tzinfo=UTC), "day numbers"),
        ("45231.5", datetime(2023, 11, 1, 12, tzinfo=UTC), "day numbers"),
        ("20231101", datetime(2023, 11, 1, tzinfo=UTC), "no time zone"),
        ("1. November 2023", datetime(2023, 11, 1, tzinfo=UTC), "no time zone"),
        ("3. März 2023", datetime(2023, 3, 3, tzinfo=UTC), "no time zone"),
        ("3 août 2023", datetime(2023, 8, 3, tzinfo=UTC), "no time zone"),
        ("12 de marzo de 2023", datetime(2023, 3, 12, tzinfo=UTC), "no time zone"),
        ("5 października 2023", datetime(2023, 10, 5, tzinfo=UTC), "no time zone"),
        ("2023-11-01T10:00:00+01:00", datetime(2023, 11, 1, 9, tzinfo=UTC), ""),
        ("01/11/2023", None, "two ways"),
        ("99999", None, "no date"),
        ("4.28E+15", None, "no date"),
    ],
)
def test_what_becomes_of_a_date(read, cell, day, words):
    found, batch, _ = read(f"email,collected at\nann@example.com,{cell}\n")
    assert batch.columns["collected_at"] == [day]
    assert (words in "\n".join(found.notes)) if words else not found.notes


def test_a_day_that_can_be_read_in_two_ways_is_asked_and_the_answer_is_taken(read):
    text = "email,collected at\nann@example.com,03/04/2025\n"
    found, batch, _ = read(text)
    (question,) = found.questions
    assert (question.code, question.column, question.example) == ("date_order", "collected at", "03/04/2025")
    assert question.choices == (("dmy", "3 April 2025"), ("mdy", "4 March 2025"))
    assert batch.columns["collected_at"] == [None]
    found, batch, _ = read(text, manifest="date_order: mdy")
    assert found.questions == ()
    assert batch.columns["collected_at"] == [datetime(2025, 3, 4, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ('"Confidential Information - Do Not Distribute"', "remark"),
        ("Total,2,,", "remark"),
        ("Grand Total: 2 records,,,", "remark"),
        ("Summe,2,,", "remark"),
        ("Generated By: Dana Reyes 11/20/2025,,,", "remark"),
        (",,,", "empty"),
        ("Ann,Lee,,", None),  # a person without an address
        ("Total,a@example.org,,", None),  # it names an address, so it is no remark
        ("Ann,,,", None),
    ],
)
def test_lines_that_are_no_rows_are_rejections_of_their_own(read, row, problem):
    _, batch, screened = read(f"First name,Last name,Email,City\nBo,Chen,bo@example.org,Hull\n{row}\n")
    assert batch.numbers == [2, 3]
    assert batch.broken == ({} if problem is None else {1: problem})
    assert column(screened, "row.problem")[1] == (problem or "none")
    assert len(batch.as_arrived) == 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Total,2,", "remark"), ("Copyright 2026 Meridian Leads,,", "remark"), ("Generated by: Dana Reyes", "remark"),
        ('Grand total:,"1,024",', "remark"), ("2 records,,", "remark"),
        ("total.gas,Ann,", None), ("ann.total,,", None), ("ann.example.com", None), ("nobody,,", None),
        ("Summe@example.com,2,", None), ("Total,2,ann@example.com", None),
    ],
)  # fmt: skip
def test_a_remark_may_stand_where_the_address_would(read, line, problem):
    _, batch, _ = read(f"email,name,note\nann@example.com,Ann,x\n{line}\n")
    assert batch.broken.get(1) == problem
    assert batch.columns["email"][1] == (None if problem else line.split(",")[0])


def test_remarks_are_the_same_row_by_row_and_at_once(read):
    found, batch, _ = read("First name,Last name,Email\nBo,Chen,bo@example.org\nTotal,1\n")
    alone = to_batch([(3, ["Total", "1"], None)], found, OURS, Origin("list", "1", OURS), NOW)
    assert (batch.broken, alone.broken) == ({1: "remark"}, {0: "remark"})


def test_titles_above_the_headings_are_named(read):
    found, batch, _ = read("Leads for May\n\nemail,first name\nann@example.com,Ann\n")
    assert batch.numbers == [4]
    assert found.notes[0] == "What stands above the headings is no row and is left out: 'Leads for May'."


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        ("email,is_test\na@example.com,true\nb@example.com,false\n", [True, False]),
        ("email,name\na@example.com,<test lead: dummy data for full_name>\nb@example.com,Bo\n", [True, False]),
        ("email,name\ntest@fb.com,Ann\nb@example.com,Bo\n", [True, False]),
        ("email,name\nann@fb.com,Ann\ntest@fb.com,Bo\n", [False, True]),
        ("Lead ID,GCLID,Form ID,Email\nTeSter-0001,x,1,a@example.com\nCjw,x,1,b@example.com\n", [True, False]),
        ("email,name\na@example.com,Tester\nb@example.com,Bo\n", [False, False]),
    ],
)
def test_test_leads_are_known(read, text, tests):
    assert column(read(text)[2], "lead.is_test") == tests


def test_columns_without_headings_are_told_by_their_cells(read):
    rows = "".join(f"Ann{n},ann{n}@example.com,(202) 555-01{n:02},2025-03-{n:02}\n" for n in range(10, 20))
    found, batch, screened = read(rows)
    assert found.uses == (("email", 1), ("phone", 2))
    assert [one.confidence for one in found.mapping] == ["", "values 100 %", "values 100 %", ""]
    assert screened.phones[0] == "+12025550110"
    assert any("'column 4' holds dates, and nothing says of what" in note for note in found.notes)
    assert batch.numbers[0] == 1


def test_examples_are_shown_and_never_kept(read):
    found, _, _ = read("email,plan\nann@example.com,gold\n")
    assert found.mapping[0].examples == ("ann@example.com",)
    assert "ann@example.com" not in str(found.as_dict())
    assert "ann@example.com" in str(found.as_dict(examples=True))


@pytest.mark.parametrize(
    ("name", "stop"),
    [
        ("unsubscribed.csv", True), ("do-not-email.csv", True), ("Opt-Outs 2025.csv", True), ("hardBounces.csv", True),
        ("Abmeldungen_Mai.csv", True), ("Désabonnés.csv", True), ("bajas.csv", True), ("配信停止.csv", True),
        ("export/blocklist.csv", True), ("cleaned_members_export.csv", True), ("leads_cleaned.csv", False),
        ("subscribed.csv", False), ("leads without bounces.csv", False), ("optouts_removed.csv", False),
        ("leads.csv", False),
    ],
)  # fmt: skip
def test_a_file_s_name_may_say_that_its_people_left(read, name, stop):
    text = "email\nann@example.com\n"
    assert read(text, name=name)[0].stop is stop
    assert read(text, name=name)[1].column("stop") == [True if stop else None]
    assert read(text, name=name, manifest="stop: false")[0].stop is False


def test_a_status_in_any_language_is_against_and_never_for(read):
    words = ["Unsubscribed", "Abgemeldet", "désabonné", "Baja", "Disiscritto", "uitgeschreven", "Wypisany", "配信停止",
             "hard bounce", "Complaint", "blocklisted", "cleaned", "Active", "subscribed", ""]  # fmt: skip
    rows = "".join(f"a{n}@example.com,{word}\n" for n, word in enumerate(words))
    assert read("email,status\n" + rows)[1].column("stop") == [True] * 12 + [None] * 3
