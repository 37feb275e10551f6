"""The pages on policies, on both databases: packs, rules, search, what changed, and what if with hostile packs."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from time import monotonic, sleep

import pytest
from builders import BOUGHT, list_batch, signup_batch
from desk import sign_in
from policy_packs import dumped, load, pack, rule, write
from sqlalchemy import func, select
from web import app_of, make_web
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from gateway.db.work import reading
from gateway.ledger.tables import entries
from gateway.outcomes.policy_sets import find_policy_sets
from gateway.pipeline import process
from gateway.policy.loader import load_policies
from gateway.replay.tables import what_ifs
from gateway.vendors.book import note_vendor

AT = datetime(2026, 11, 21, 10, tzinfo=UTC)
GOOD = rule("US-01", when={"fact": "address.is_valid", "is": True})
BAR = rule("US-03", title="No bought lists", when={"fact": "source.is_direct", "is": False}, then="reject")
ASK = "/desk/policies/what-if"


def judged_by(web, policies):
    """The same gateway with other packs in force."""
    services = replace(web.services, read_policies=lambda: policies)
    return replace(web, services=services, app=app_of(services))


@pytest.fixture
def packs(tmp_path):
    """A folder with one pack and its case."""
    case = {"as_of": AT.date(), "cases": [
        {"sentence": "A good address is taken", "facts": {"address.is_valid": True}, "verdict": "accept",
         "speaks": ["US-01"]},
    ]}  # fmt: skip
    return write(tmp_path / "packs", pack("us", GOOD), cases={"us": case})


@pytest.fixture
def desk(engine, clock, tmp_path, packs):
    """A signup and two bought lists were judged by that pack."""
    web = judged_by(make_web(engine, clock, tmp_path), load_policies([packs]))
    process(signup_batch("ana@example.com", AT), web.services, as_of=AT)
    for vendor, count in (("Meridian Leads", 6), ("Northwind", 3)):
        rows = [{"email": f"p{n}@{vendor[:4].lower()}.example.org"} for n in range(count)]
        statement = replace(BOUGHT, vendor=vendor, price_minor=45, currency="USD")
        process(list_batch(rows, AT, statement=statement), web.services, as_of=AT)
        with web.services.unit_of_work() as work:
            note_vendor(work, vendor)
    return web


def ask(someone, *files, packs="upload", **fields):
    """Fill the form in and send it."""
    whole = [(name, content if isinstance(content, bytes) else content.encode()) for name, content in files]
    sent = [FileStorage(BytesIO(content), name) for name, content in whole]
    data = {"packs": packs, **fields, **({"files": sent} if sent else {})}
    boundary, body = encode_multipart(data)
    return someone.post(ASK, body, content_type=f"multipart/form-data; boundary={boundary}")


def answered(someone, answer):
    """The page with the result, once it is there."""
    assert answer.status_code == 303, answer.text
    until = monotonic() + 30
    while True:
        page = someone.get(answer.headers["Location"])
        assert page.status_code == 200
        if 'hx-trigger="every 1s"' not in page.text:
            return page.text
        assert monotonic() < until
        sleep(0.05)


def counts(web):
    """What a look must not change."""
    with reading(web.services.engine) as connection:
        return [connection.execute(select(func.count()).select_from(t)).scalar() for t in (entries, what_ifs)]


def test_the_packs_in_force_are_shown_with_review_rules_and_how_often_they_spoke(desk, clock):
    viewer = sign_in(desk, "viewer")
    page = viewer.get("/desk/policies").text
    assert "Pack us" in page
    assert "Ada" in page
    assert "10 times" in page
    assert "overdue" not in page
    assert "Try the cases" in page
    assert "all 1 cases pass" in viewer.get("/desk/policies/cases", headers={"HX-Request": "true"}).text
    assert "all 1 cases pass" in viewer.get("/desk/policies").text
    clock.set(datetime(2027, 5, 22, 12, tzinfo=UTC))
    late = sign_in(desk, "viewer", name="Late").get("/desk/policies").text
    assert "overdue" in late
    assert "never" in late  # in the last thirty days


def test_a_case_that_fails_is_told(desk, packs):
    case = (packs / "us.test.yaml").read_text(encoding="utf-8")
    (packs / "us.test.yaml").write_text(case.replace("verdict: accept", "verdict: reject"), encoding="utf-8")
    page = sign_in(desk, "viewer").get("/desk/policies/cases").text
    assert "A good address is taken" in page
    assert "Expected reject, got accept by US-01 (accept)." in page


def test_a_rule_is_told_in_sentences_with_its_law_its_text_and_its_leads(desk):
    page = sign_in(desk, "viewer").get("/desk/policies/rules/US-01").text
    assert "Can mail be addressed to it" in page or "address.is_valid" in page
    assert 'href="https://www.law.cornell.edu/uscode/text/15/7704"' in page
    assert "person wording of because" in page
    assert "vendor wording of because" in page
    assert "Leads in the last 30 days: about 10; in all: 10." in page
    assert "/desk/leads/lead_10" in page
    assert "A good address is taken" in page
    assert "id: US-01" in page


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [("packs/us", 200, "Title of US-01"), ("packs/none", 404, "There is nothing here"), ("rules/US-99", 404, "No rule"),
     ("names/because", 200, "Given by US-01"), ("names/address.is_valid", 200, "US-01"),
     ("names/OB-07", 200, "is an obligation"), ("names/GATE-00", 200, "The gateway itself"),
     ("names/becauze", 404, "/desk/policies/names/because"), ("rules/%3Cscript%3E", 404, "&lt;script&gt;")],
)  # fmt: skip
def test_names_lead_somewhere(desk, path, status, says):
    answer = sign_in(desk, "viewer").get(f"/desk/policies/{path}")
    assert (answer.status_code, says in answer.text) == (status, True), answer.text


def test_search_looks_at_rules_reasons_facts_and_law(desk):
    viewer = sign_in(desk, "viewer")
    for words in ("us-01", "7704", "wording because", "Title of US"):
        assert "/desk/policies/rules/US-01" in viewer.get("/desk/policies", query_string={"find": words}).text
    part = viewer.get("/desk/policies?find=provenance", headers={"HX-Request": "true"}).text
    assert "/desk/policies/names/source.provenance_is_complete" in part
    assert "<html" not in part
    assert "Nothing holds all of these words" in viewer.get("/desk/policies?find=zebra+crossing").text


def test_what_changed_stands_side_by_side(desk, packs, tmp_path):
    viewer = sign_in(desk, "viewer")
    assert "nothing to compare yet" in viewer.get("/desk/policies/changes").text
    later = judged_by(desk, load(tmp_path / "later", pack("us", GOOD | {"title": "A valid address"}, BAR)))
    process(signup_batch("bob@example.com", AT), later.services, as_of=AT)
    with reading(desk.services.engine) as connection:
        assert len(find_policy_sets(connection)) == 2
    page = sign_in(later, "viewer", name="Another").get("/desk/policies/changes").text
    for said in ("Title of US-01", "A valid address", "No bought lists", "added", "changed"):
        assert said in page
    answer = viewer.get("/desk/policies/changes?before=aaaa&after=bbbb")
    assert answer.status_code == 404
    assert "No such set" in answer.text


def test_files_that_changed_since_the_start_are_told_and_can_be_compared_and_tried(desk, packs):
    write(packs, pack("us", GOOD, BAR))
    officer = sign_in(desk, "officer")
    assert "not those in force" in officer.get("/desk/policies").text
    assert "No bought lists" in officer.get("/desk/policies/changes?after=disk").text
    assert "9 of 10 leads would end otherwise" in answered(officer, ask(officer, packs="disk"))
    (packs / "us.yaml").write_text("pack: [", encoding="utf-8")
    assert officer.get("/desk/policies/changes?after=disk").status_code == 422
    broken = ask(officer, packs="disk")
    assert broken.status_code == 422
    assert "us.yaml, line" in broken.text


def test_what_if_shows_who_flips_by_rule_vendor_and_money(desk):
    officer = sign_in(desk, "officer", name="Olivia")
    page = answered(officer, ask(officer, ("us.yaml", dumped(pack("us", GOOD, BAR))), bounds="accept->reject > 50%"))
    assert "9 of 10 leads would end otherwise" in page
    assert "Accepted → Refused: 9" in page
    assert "Meridian Leads" in page
    assert "USD 2.70 paid" in page
    assert "USD 4.05" in page
    assert "/desk/policies/names/US-03" in page
    assert "/desk/leads/lead_2" in page
    assert "Crossed: accept-&gt;reject &gt; 50%" in page
    assert "Olivia" in page
    assert "No bought lists" in page  # what changed
    number = desk_number(page)
    told = officer.get(f"{ASK}/{number}.json").get_json()
    assert told["result"]["flipped"] == 9
    assert told["result"]["stays"] == {"accept": 1}
    assert told["result"]["bounds"] == [{"text": "accept->reject > 50%", "crossed": True, "leads": 9}]
    viewer = sign_in(desk, "viewer")
    assert viewer.get(f"{ASK}/{number}").status_code == 200
    assert f'href="{ASK}/{number}"' in viewer.get(ASK).text
    assert '<form method="post" action="/desk/policies/what-if"' not in viewer.get(ASK).text


def desk_number(page):
    """The number of the what-if that a page shows."""
    return int(re.search(ASK + r"/(\d+)\.json", page)[1])


def test_what_if_narrows_and_says_when_nobody_is_there(desk):
    officer = sign_in(desk, "officer")
    files = [("us.yaml", dumped(pack("us", GOOD, BAR)))]
    assert "3 of 3 leads would" in answered(officer, ask(officer, *files, vendor="  northwind "))
    assert "0 of 1 leads would" in answered(officer, ask(officer, *files, source="demo"))
    assert "No lead was judged in this window" in answered(officer, ask(officer, *files, source="list_77"))
    assert "No lead was judged in this window" in answered(officer, ask(officer, *files, until="2026-11-20"))


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"vendor": "Nortwind"}, "Did you mean Northwind?"), ({"source": "list 3"}, "Write a list such as"),
     ({"since": "2026-11-21", "until": "2026-11-20"}, "comes before"), ({"since": "soon"}, "Write a day"),
     ({"bounds": "flips > x"}, "no threshold"), ({"packs": ""}, "Say which packs"),
     ({"packs": "upload"}, "no file was")],
)  # fmt: skip
def test_a_form_filled_in_badly_is_shown_again_with_what_is_wrong(desk, packs, fields, says):
    before = counts(desk)
    officer = sign_in(desk, "officer")
    answer = ask(officer, **{"packs": desk.services.policies.digest, **fields})
    assert answer.status_code == 422
    assert says in answer.text
    assert counts(desk) == before


def test_cases_that_would_fail_are_told(desk):
    officer = sign_in(desk, "officer")
    never = GOOD | {"when": {"fact": "address.is_valid", "is": False}}
    page = answered(officer, ask(officer, ("us.yaml", dumped(pack("us", never)))))
    assert "Cases that would fail" in page
    assert "Expected accept, got hold" in page


def test_asking_stands_in_the_ledger_and_looking_changes_nothing(desk):
    officer = sign_in(desk, "officer")
    answered(officer, ask(officer, ("us.yaml", dumped(pack("us", GOOD, BAR)))))
    with reading(desk.services.engine) as connection:
        row = connection.execute(select(entries).order_by(entries.c.seq.desc()).limit(1)).one()
        kept = len(find_policy_sets(connection))
    assert row.kind == "what_if.asked"
    assert kept == 1  # what was uploaded is no policy
    before = counts(desk)
    for path in ("", "/cases", "/changes", "/what-if", "/what-if/1", "/what-if/1.json", "/rules/US-01", "/packs/us"):
        assert officer.get(f"/desk/policies{path}").status_code == 200
    assert counts(desk) == before


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\npack: *c\n"
TOLD = dumped(pack("us", GOOD | {"when": {"fact": "adress.is_valid", "is": True}}))
HOSTILE = {
    "aliases": ("us.yaml", BOMB, "points elsewhere"),
    "binary": ("us.yaml", bytes(range(256)) * 40, "not UTF-8"),
    "nul": ("us.yaml", 'pack: "a\\0b"\n', "control character"),
    "twice": ("us.yaml", "pack: us\npack: us\n", "stands here twice"),
    "unknown fact": ("us.yaml", TOLD, "Did you mean address.is_valid?"),
    "deep": ("us.yaml", "pack: " + "[" * 5000, "nested deeper"),
    "wide": ("us.yaml", "pack: [" + "x," * 300_000 + "]", "more than 5,000"),
    "tag": ("us.yaml", "pack: !!python/object/apply:os.system [id]\n", "the tag"),
    "empty": ("us.yaml", "", "nothing in it"),
    "path": ("../../us.sh", "pack: us\n", "call it .yaml"),
    "cases": ("us.test.yaml", "cases: []\n", "cases decide nothing"),
    "script": ("us.yaml", "<script>alert(1)</script>: 1\n", "&lt;script&gt;"),
    "other name": ("xy.yaml", dumped(pack("us", GOOD)), "must lie in us.yaml"),
    "two of a name": ("zz.yaml", dumped(pack("zz", GOOD)), "stands already at"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_pack_is_refused_with_its_reason(desk, kind):
    name, content, says = HOSTILE[kind]
    before = counts(desk)
    answer = ask(sign_in(desk, "officer"), (name, content))
    assert answer.status_code == 422
    assert says in answer.text
    assert "<script>alert" not in answer.text
    assert counts(desk) == before


@pytest.mark.parametrize("size", [1_050_000, 10_000_000])
def test_too_much_is_refused_with_its_reason(desk, size):
    answer = ask(sign_in(desk, "officer"), ("us.yaml", b"#" * size))
    assert answer.status_code == 413
    assert "1,000,000 bytes together are taken" in answer.text


def test_many_files_are_refused_in_one_page(desk):
    answer = ask(sign_in(desk, "officer"), *[(f"p{n}.yaml", "pack: x\n") for n in range(60)])
    assert answer.status_code == 422
    assert "more than 40 files" in answer.text


def test_an_answer_that_never_came_is_told(desk, clock):
    officer = sign_in(desk, "officer")
    page = answered(officer, ask(officer, ("us.yaml", dumped(pack("us", GOOD, BAR)))))
    number = desk_number(page)
    with desk.services.unit_of_work() as work:
        work.connection.execute(what_ifs.update().values(state="running", result=None))
    assert "Being worked out" in officer.get(f"{ASK}/{number}").text
    clock.move(minutes=30)
    assert "was stopped while" in officer.get(f"{ASK}/{number}").text
    assert officer.get(f"{ASK}/999").status_code == 404
