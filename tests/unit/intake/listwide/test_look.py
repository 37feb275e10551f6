"""The whole list looked over: what is drawn, what it shows, and that an ordinary list shows nothing."""

import csv
import random
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders import BOUGHT, SECRET, ToldRoutes

from gateway.domain.address import MatchKeys
from gateway.domain.facts import CATALOGUE
from gateway.domain.lead import Origin
from gateway.domain.ports import Sender, Suppression, VendorFile
from gateway.intake.columns import to_batch
from gateway.intake.inspection import Inspection
from gateway.intake.listwide import draw as drawing
from gateway.intake.listwide.found import Share, Wide
from gateway.intake.listwide.look import look_over
from gateway.intake.manifest import read_manifest
from gateway.intake.readers import inspect, read_records
from gateway.intake.starting import stated
from gateway.screening.address.keys import key_of
from gateway.screening.screen import World, screen

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))
from generate import MANIFEST, write_list

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SAID = read_manifest(MANIFEST, name="list").statement
KEYS = MatchKeys(SECRET.encode())


class Told:
    """Nobody is known but these people, who left."""

    def __init__(self, left=()):
        self.left = {key_of(address, KEYS): [Suppression(key_of(address, KEYS), "opt_out", NOW)] for address in left}

    def find_suppressions(self, keys, people=()):  # noqa: ARG002 - the interface
        return {key: self.left[key] for key in keys if key in self.left}

    def find_standing(self, name):
        del name

    def find_list(self):
        return {}, None

    def find_file(self, name, as_of):  # noqa: ARG002 - the interface
        return VendorFile()

    def find_standings(self, digests):
        del digests
        return {}


class MemoryRoutes(ToldRoutes):
    """Fails when the network would be asked."""

    def ask_routes(self, domains, as_of, *, seconds):
        assert seconds == 0
        return super().ask_routes(domains, as_of, seconds=seconds)


def world(left=(), routes=None):
    told = Told(left)
    return World(KEYS, MemoryRoutes(routes), told, told, Sender(), "US", told, told)


def looked(path, statement=BOUGHT, **told) -> Wide:
    found = look_over(path, inspect(path, name=path.name), statement, world(**told), NOW).wide
    assert found is not None
    return found


def codes(wide):
    return {sign.code for sign in wide.signs}


def write(path, headings, rows, **how):
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, **how)
        writer.writerow(headings)
        writer.writerows(rows)
    return path


def people(count, seed=1, domains=40):
    """Addresses as people have them."""
    rng = random.Random(seed)
    names = [a + b + c for a in "bdklmnrst" for b in "aeiou" for c in ("nna", "rk", "x", "lo", "tt", "sy", "ff")]
    for _ in range(count):
        yield f"{rng.choice(names)}.{rng.choice(names)}{rng.randrange(100)}@mail{rng.randrange(domains)}.example.com"


@pytest.mark.parametrize("seed", range(20))
def test_lists_of_ordinary_shape_raise_no_sign(tmp_path, seed):
    write_list(2_000, tmp_path / "list.csv", seed)
    wide = looked(tmp_path / "list.csv", SAID)
    assert wide.signs == ()
    assert wide.looks_generated is False
    assert {name for name, answer in wide.facts if answer == "true"} == set()
    assert dict(wide.facts)["undeliverable_share"] == "1_to_5_percent"


def test_a_long_ordinary_list_raises_none_either(tmp_path):
    write_list(60_000, tmp_path / "list.csv", 3)
    wide = looked(tmp_path / "list.csv", SAID)
    assert wide.signs == ()
    assert wide.rows == 60_000
    assert "drawn evenly" in wide.looked_at
    duplicates = wide.shares["duplicate"]
    assert duplicates.of > 20_000
    assert duplicates.count / duplicates.of == pytest.approx(0.019, abs=0.005)  # 2 % less those that were spoilt


@pytest.mark.parametrize("how", [{}, {"quoting": csv.QUOTE_ALL}, {"delimiter": ";"}], ids=str)
def test_rows_drawn_from_a_long_file_carry_their_own_numbers(tmp_path, how):
    rows = [(f"p{i * 7919 % 50_000}", f"w{i}@mail{i % 50}.example.com") for i in range(30_000)]
    path = write(tmp_path / "list.csv", ("name", "email"), rows, lineterminator="\n", **how)
    inspection = inspect(path, name="list.csv")
    drawn = drawing.draw(path, inspection)
    assert len(drawn.even) == drawing.STRETCHES * drawing.STRETCH
    assert all(tuple(cells) == rows[number - 2] for number, cells, _ in drawn.even)
    assert (drawn.rows, drawn.rows_are_exact) == (30_000, "quoting" not in how)
    assert drawn.repeats is not None
    assert drawn.repeats.repeated == 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_other_encodings_are_drawn_from_too(tmp_path, encoding):
    lines = [f"w{i}@mail{i % 50}.example.com,Zoé" for i in range(30_000)]
    path = tmp_path / "list.csv"
    path.write_bytes(("email,name\r\n" + "\r\n".join(lines)).encode(encoding))
    drawn = drawing.draw(path, inspect(path, name="list.csv", encoding=encoding))
    assert drawn.rows == 30_000
    assert all(",".join(cells) == lines[number - 2] for number, cells, _ in drawn.even)


def test_every_part_of_a_long_file_is_drawn_from(tmp_path):
    path = write(tmp_path / "list.csv", ("email",), [(f"w{i:06}@example.com",) for i in range(100_000)])
    drawn = drawing.draw(path, inspect(path, name="list.csv"))
    tenths = Counter((number - 2) // 10_000 for number, _, _ in drawn.even)
    assert set(tenths) == set(range(10))
    assert all(500 <= count <= 700 for count in tenths.values())


def test_the_same_file_is_drawn_from_in_the_same_way(tmp_path):
    write_list(30_000, tmp_path / "list.csv", 8)
    assert looked(tmp_path / "list.csv", SAID) == looked(tmp_path / "list.csv", SAID)


def test_repeats_of_a_long_list_are_found_over_the_whole_of_it(tmp_path):
    rng = random.Random(5)
    rows = [(f"N{i}", f"{a}{i}@example.com") for i, a in enumerate(people(40_000, domains=3))]
    rows += [(name, address.upper()) for name, address in rng.sample(rows, 10_000)]  # a fifth, at the far end
    path = write(tmp_path / "list.csv", ("first name", "email"), rows, lineterminator="\n")
    wide = looked(path)
    share = wide.shares["duplicate"]
    assert share.count / share.of == pytest.approx(0.2, abs=0.02)
    (sign,) = [sign for sign in wide.signs if sign.code == "many_duplicates"]
    assert len(sign.rows) == 10
    assert all(seen.row > 40_001 for seen in sign.rows)
    assert all("…@" in seen.value for seen in sign.rows)


def test_shares_are_those_of_the_list(tmp_path):
    good = list(dict.fromkeys(people(240, domains=30)))[:200]
    left, dead = good[:30], good[30:40]
    rows = [*good, "info@acme.example.com", "x@mailinator.com", "nobody", good[50]]
    path = write(tmp_path / "list.csv", ("email",), [(address,) for address in rows])
    wide = looked(path, left=left, routes={address.rpartition("@")[2]: "no_such_domain" for address in dead})
    gone = {address.rpartition("@")[2] for address in dead}
    expected = sum(address.rpartition("@")[2] in gone for address in rows) + 1
    assert wide.shares["undeliverable"] == Share(expected, 204)
    assert wide.shares["opted_out"] == Share(30, 204)
    assert wide.shares["disposable"] == Share(1, 204)
    assert wide.shares["role"].count == 1
    assert wide.shares["duplicate"] == Share(1, 204)
    assert dict(wide.facts)["opted_out_share"] == "5_to_20_percent"
    assert dict(wide.facts)["disposable_share"] == "under_1_percent"


@pytest.mark.parametrize(
    ("count", "bracket"),
    [(0, "none"), (1, "under_1_percent"), (9, "under_1_percent"), (10, "1_to_5_percent"), (49, "1_to_5_percent"),
     (50, "5_to_20_percent"), (199, "5_to_20_percent"), (200, "20_or_more_percent"), (1000, "20_or_more_percent")],
)  # fmt: skip
def test_brackets_begin_where_they_say(count, bracket):
    assert Share(count, 1000).bracket == bracket


def test_a_short_list_shows_nothing(tmp_path):
    path = write(tmp_path / "list.csv", ("email",), [(f"a{i}@example.com",) for i in range(99)])
    wide = looked(path, left=["a1@example.com"])
    assert (wide.facts, wide.signs, wide.looks_generated) == ((), (), None)


def test_facts_reach_the_rows_and_survive_being_kept(tmp_path):
    path = write(tmp_path / "list.csv", ("email",), [(address,) for address in people(300)])
    found = look_over(path, inspect(path, name="list.csv"), BOUGHT, world(), NOW)
    assert Inspection.from_dict(found.as_dict()) == found
    statement = stated(BOUGHT, found)
    batch = to_batch(list(read_records(path, found)), found, statement, Origin("list", "1", statement), NOW)
    facts = screen(batch, world(), NOW, dns_seconds=0).facts
    names = {name for name in CATALOGUE if name.startswith("list.")}
    assert names <= set(facts.constants)
    assert all(facts.constants[name] is not None for name in names)
    assert facts.constants["list.evidence_is_reused"] is False


def test_an_answer_nobody_knows_is_unknown():
    statement = replace(BOUGHT, list_signs=(("opted_out_share", "lots"), ("looks_harvested", "perhaps")))
    batch = to_batch([], _empty(), statement, Origin("list", "1", statement), NOW)
    facts = screen(batch, world(), NOW, dns_seconds=0).facts
    assert facts.constants["list.opted_out_share"] is None
    assert facts.constants["list.looks_harvested"] is None


def _empty():
    return Inspection("x", "utf-8", 0, ",", False, False, 2, ("email",), True, "plain", (("email", 0),), (), (), None,
                      False, False, None, 0)  # fmt: skip


# --- signs -------------------------------------------------------------------------------------------------------


def spellings(first, last):
    return [f"{first}.{last}", f"{first}{last}", f"{first[0]}{last}", f"{first}_{last}", f"{last}.{first}"]


FIRST = ("ann", "ben", "cara", "dan", "eva", "finn", "gina", "hugo", "ida", "jon", "kim", "leo", "mia", "ned", "olga")
LAST = ("lee", "diaz", "moss", "reed", "cole", "hart", "webb", "nash", "ford", "lane", "park", "ruiz", "shaw", "vega")
PAIRS = [(first, last) for first in FIRST for last in LAST]


def mixed(rows, seed=2):
    random.Random(seed).shuffle(rows)
    return rows


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("addresses_counted_up", mixed([("", "", f"a{i}@example.com") for i in range(900)])),
        ("addresses_permuted",
         mixed([("", "", f"{form}@example.com") for pair in PAIRS[:60] for form in spellings(*pair)])),
        ("one_pattern_at_all_domains",
         mixed([(f, la, f"{f}.{la}@firm{i % 30}.example.com") for i, (f, la) in enumerate(PAIRS)])),
    ],
)  # fmt: skip
def test_generated_lists_are_found(tmp_path, code, rows):
    path = write(tmp_path / "list.csv", ("first name", "last name", "email"), rows)
    wide = looked(path)
    assert code in codes(wide)
    assert wide.looks_generated is True
    sign = next(sign for sign in wide.signs if sign.code == code)
    assert 0 < len(sign.rows) <= 10
    assert all(rows[seen.row - 2][2][0] == seen.value[0] for seen in sign.rows)
    assert stated(BOUGHT, look_over(path, inspect(path, name="l"), BOUGHT, world(), NOW)).looks_generated is True


@pytest.mark.parametrize(
    ("code", "addresses"),
    [
        ("same_names_at_many_domains",
         mixed([f"{name}@firm{i}.example.com" for i in range(60) for name in ("info", "sales", "office")])),
        ("alphabetical_runs",
         [f"{name}@firm{i * 37 % 60:02}.example.com" for i in range(12)
          for name in sorted(f"{f}.{la}" for f, la in PAIRS[i :: 8])]),
    ],
)  # fmt: skip
def test_harvested_lists_are_found(tmp_path, code, addresses):
    wide = looked(write(tmp_path / "list.csv", ("email",), [(address,) for address in addresses]))
    assert code in codes(wide)
    assert dict(wide.facts)["looks_harvested"] == "true"


@pytest.mark.parametrize("key", [lambda a: a, lambda a: a.rpartition("@")[2::-2]], ids=["address", "domain"])
def test_a_file_that_somebody_sorted_is_no_harvest(tmp_path, key):
    rows = sorted(set(people(2_000, domains=15)), key=key)
    assert looked(write(tmp_path / "list.csv", ("email",), [(row,) for row in rows])).signs == ()


EVIDENCE = ("certificate_url", "lead_token", "ip_address", "user_agent", "consent_at")
START = datetime(2026, 9, 1, 8, 0, 3, tzinfo=UTC)


def with_evidence(path, make, count=400):
    rows = []
    for i, address in enumerate(people(count, domains=100)):
        rng = random.Random(f"{i} evidence")
        own = {
            "trustedform cert url": f"https://cert.trustedform.com/{rng.getrandbits(160):040x}",
            "leadid token": f"{rng.getrandbits(128):032X}",
            "ip address": f"24.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}",
            "user agent": f"Mozilla/5.0 ({rng.choice(['Windows', 'Mac', 'Linux', 'iPhone'])}; {rng.randrange(9)})",
            "consent_ts": (START + timedelta(seconds=rng.randrange(3_000_000))).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        rows.append({"email": f"{i}{address}", **own, **make(i)})
    return write(path, rows[0], [row.values() for row in rows])


def at(moment):
    return {"consent_ts": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("certificate_reused",
         lambda i: {"trustedform cert url": f"https://cert.trustedform.com/{i % 100:040x}"} if i < 300 else {}),
        ("token_reused", lambda i: {"leadid token": "7D8B8F2A-2B1C-4C6F-9C6A-AAAAAAAAAAAA"} if i % 5 == 0 else {}),
        ("ip_reused", lambda i: {"ip address": "24.1.2.3"} if i % 4 == 0 else {}),
        ("agent_reused", lambda i: {"user agent": "python-requests/2.31"} if i % 20 else {}),
        ("second_reused", lambda i: at(START) if i % 3 == 0 else {}),
    ],
)  # fmt: skip
def test_evidence_that_many_people_share_is_found(tmp_path, code, make):
    wide = looked(with_evidence(tmp_path / "list.csv", make), SAID)
    assert codes(wide) == {code}
    assert dict(wide.facts)["evidence_is_reused"] == "true"
    assert len(wide.signs[0].rows) == 10


@pytest.mark.parametrize(
    "make",
    [lambda _: {},
     lambda i: {"ip address": f"24.1.2.{i % 100}"},  # households and offices
     lambda i: {"user agent": f"Mozilla/5.0 ({i % 2})"},
     lambda _: {"leadid token": "00000000-0000-0000-0000-000000000000"},  # the script was blocked: no token at all
     lambda i: {"trustedform cert url": f"https://cert.trustedform.com/{i - (i == 7):040x}"}],
)  # fmt: skip
def test_evidence_as_people_leave_it_is_no_sign(tmp_path, make):
    assert looked(with_evidence(tmp_path / "list.csv", make), SAID).signs == ()


def test_one_person_on_many_rows_shares_with_nobody(tmp_path):
    rows = [("ann@example.com", "24.1.2.3")] * 200 + [(a, f"24.9.{i}.7") for i, a in enumerate(people(200))]
    assert "ip_reused" not in codes(looked(write(tmp_path / "list.csv", ("email", "ip address"), rows)))


@pytest.mark.parametrize(
    ("code", "fact", "make"),
    [
        ("times_to_come", "times_are_impossible", lambda i: at(START.replace(year=2027)) if i % 10 == 0 else {}),
        ("times_before_collection", "times_are_impossible",
         lambda i: at(START - timedelta(days=400, seconds=i)) if i % 10 == 0 else {}),
        ("times_after_collection", "times_are_impossible",
         lambda i: at(NOW - timedelta(days=3, seconds=977 * i)) if i % 10 == 0 else {}),
        ("times_at_equal_steps", "times_are_too_regular", lambda i: at(START + timedelta(seconds=90 * i))),
    ],
)  # fmt: skip
def test_times_that_cannot_be_or_are_too_even_are_found(tmp_path, code, fact, make):
    wide = looked(with_evidence(tmp_path / "list.csv", make), replace(SAID, collected_from=date(2026, 2, 1)))
    assert code in codes(wide)
    assert {name for name, answer in wide.facts if answer == "true"} - {"evidence_is_reused"} == {fact}


def test_a_yes_after_the_collection_is_out_of_order(tmp_path):
    rows = [(f"{i}{a}", "2026-09-20 10:11:12", "2026-09-10 01:02:03") for i, a in enumerate(people(200))]
    path = write(tmp_path / "list.csv", ("email", "consent_at", "collected_at"), rows)
    assert "times_out_of_order" in codes(looked(path))


def test_days_without_a_time_are_told_and_hold_nothing(tmp_path):
    wide = looked(with_evidence(tmp_path / "list.csv", lambda i: {"consent_ts": f"2026-09-{1 + i // 14:02}"}), SAID)
    assert codes(wide) == {"times_all_at_midnight"}
    assert {name for name, answer in wide.facts if answer == "true"} == set()


def test_few_slips_of_the_pen_are_no_sign(tmp_path):
    path = with_evidence(tmp_path / "list.csv", lambda i: at(START.replace(year=2027)) if i in {3, 50, 77} else {})
    assert looked(path, SAID).signs == ()


def test_a_list_that_says_itself_who_left_brings_nobody_back(tmp_path):
    people = [
        f"{name}{number * 7919 % 9973}@example.com" for number, name in enumerate(["ash", "elm", "oak", "yew"] * 50)
    ]
    left = people[::5]

    def of(status: str) -> str:
        path = tmp_path / f"{status}.csv"
        rows = (f"{one},{status if one in left else 'active'}\n" for one in people)
        path.write_text("email,status\n" + "".join(rows), encoding="utf-8")
        return dict(looked(path, left=left).facts)["opted_out_share"]

    assert of("unsubscribed") == "none"
    assert of("active") == "20_or_more_percent"
