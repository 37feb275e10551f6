"""The ledger's pages: browsing, one entry, checking the whole, evidence."""

import io
import time
from datetime import timedelta

import pytest
from builders import list_batch, signup_batch
from desk import sign_in

from gateway.db.work import reading
from gateway.evidence.verify import is_good, verify_bundle
from gateway.ledger.browse import find_entry
from gateway.ledger.tables import entries
from gateway.pipeline import process


@pytest.fixture
def filled(site, clock):
    """A signup, a list of three, a key of an administrator."""
    process(signup_batch("ana@example.com", clock.now()), site.services, as_of=clock.now())
    rows = [{"email": f"p{n}@example.net"} for n in range(3)]
    process(list_batch(rows, clock.now(), run="5"), site.services, as_of=clock.now())
    return site


def append(site, kind, **body):
    with site.services.unit_of_work() as work:
        return site.services.ledger.append(work, kind, body)


def text(answer, status=200):
    assert answer.status_code == status, answer.get_data(as_text=True)
    return " ".join(answer.get_data(as_text=True).split())


def checked(someone):
    """The page of the latest check, once it is done."""
    for _ in range(200):
        page = text(someone.get("/desk/ledger/verify"))
        if "Under way" not in page:
            return page
        time.sleep(0.05)
    raise AssertionError("the check does not end")


def test_entries_stand_there_in_sentences_newest_first(filled):
    officer = sign_in(filled, name="Olga Officer")
    append(filled, "vendor.standing_set", vendor="Meridian Leads", standing="blocked", by=f"person_{officer.number}",
           reason="Bad lists", before="unknown", after="blocked")  # fmt: skip
    append(filled, "thing.made_up", by="cli", parts=7)
    page = text(officer.get("/desk/ledger"))
    told = [
        "Thing: made up", "The vendor Meridian Leads is blocked from now on", "3 leads of list_1 were settled",
        "A lead of the form demo was settled: prospect",
    ]  # fmt: skip
    places = [page.index(one) for one in told]
    assert places == sorted(places)
    assert "Olga Officer (person_" in page
    assert "Reason: Bad lists" in page
    assert "<del>unknown</del>" in page


def test_filters_leave_what_was_asked_for(filled, clock):
    append(filled, "key.created", key=7, by="cli")
    clock.move(days=1)
    officer = sign_in(filled)
    append(filled, "vendor.standing_set", vendor="Northwind", standing="good", by=f"person_{officer.number}")
    day = clock.now().date()

    sentences = ["the form demo was settled", "of list_1 were settled", "key_7 was made", "Northwind is"]

    def shown(query):
        page = text(officer.get(f"/desk/ledger?{query}"))
        return [number for number, words in enumerate(sentences, 1) if words in page]

    assert shown("") == [1, 2, 3, 4]
    assert shown("kind=key.created") == [3]
    assert shown("about=list_1") == shown("about=run_5") == [2]
    assert shown(f"by=person_{officer.number}") == [4]
    assert shown(f"day={day}") == [4]
    assert shown(f"day={day - timedelta(days=1)}") == [1, 2, 3]
    assert shown(f"day={day}&kind=key.created") == shown(f"day={day + timedelta(days=9)}") == []
    assert shown("before=3") == [1, 2]


@pytest.mark.parametrize("query", ["about=nonsense", "about=list_0", "day=yesterday", "day=9999-12-31"])
def test_nonsense_is_answered_in_words(filled, query):
    page = text(sign_in(filled, "viewer").get(f"/desk/ledger?{query}"), 422)
    assert "Nothing was changed" in page


@pytest.mark.parametrize("before", ["x", "9" * 40, "-1"])
def test_a_place_that_is_none_is_not_there(filled, before):
    assert "Nothing was changed" in text(sign_in(filled, "viewer").get(f"/desk/ledger?before={before}"), 404)


def test_a_lead_leads_to_the_entry_that_sealed_its_batch(filled):
    page = text(sign_in(filled, "viewer").get("/desk/ledger?about=lead_3"))
    assert "What sealed the batches of lead_3" in page
    assert "of list_1 were settled" in page
    assert "the form demo" not in page


def test_pages_go_by_number(filled):
    for n in range(60):
        append(filled, "key.revoked", key=1000 + n, by="cli")
    viewer = sign_in(filled, "viewer")
    page = text(viewer.get("/desk/ledger"))
    assert "before=13" in page
    assert "key_1,059" in page
    assert "key_1,009" not in page
    older = text(viewer.get("/desk/ledger?before=13"))
    assert "key_1,009" in older
    assert "the form demo" in older
    assert 'rel="next"' not in older


def test_an_entry_shows_what_is_hashed_and_the_way_to_the_root(filled):
    with reading(filled.services.engine) as connection:
        entry = find_entry(connection, 2)
    viewer = sign_in(filled, "viewer")
    page = text(viewer.get("/desk/ledger/2"))
    assert entry.leaf_hash in page
    assert "&#34;outcomes_sha256&#34;" in page
    assert "leads from this entry to the root" in page
    assert filled.services.ledger.public_keys()[0] in page
    for missing in ("3", "0", "9" * 30):
        text(viewer.get(f"/desk/ledger/{missing}"), 404)


def test_a_checkpoint_is_handed_out(filled):
    answer = sign_in(filled, "viewer").post("/desk/ledger/checkpoint")
    assert 'filename="ledger-checkpoint-3.txt"' in answer.headers["Content-Disposition"]
    assert filled.services.ledger.verify(filled.services.engine, since=answer.get_data(as_text=True)).ok


def test_the_ledger_is_checked_against_a_kept_checkpoint(filled):
    officer = sign_in(filled)
    kept = officer.post("/desk/ledger/checkpoint").get_data()
    append(filled, "key.created", key=7, by="cli")
    answer = officer.post("/desk/ledger/verify", {"file": (io.BytesIO(kept), "kept.txt"), "since": ""})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/ledger/verify")
    page = checked(officer)
    assert "The ledger fits" in page
    assert "of 3 entries" in page
    assert "A check of the whole ledger was begun" in text(officer.get("/desk/ledger"))
    assert (
        "entries fit"
        not in text(officer.get("/desk/ledger/verify", headers={"HX-Request": "true"})).partition("<h1")[2]
    )


def test_a_changed_entry_is_named(filled):
    with filled.services.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(entries.update().where(entries.c.seq == 1).values(body='{"batch":9}'))
    officer = sign_in(filled)
    officer.post("/desk/ledger/verify", {"since": ""})
    page = checked(officer)
    assert "does not fit at entry 1" in page
    assert "entry 1 does not fit" in text(officer.get("/desk/ledger"))


def test_what_is_no_checkpoint_is_refused(filled):
    officer = sign_in(filled)
    assert "cannot be used as a checkpoint" in text(officer.post("/desk/ledger/verify", {"since": "nonsense"}), 422)
    text(officer.post("/desk/ledger/verify", {"since": "x" * 5000}), 422)
    assert "Nobody has verified" in text(officer.get("/desk/ledger/verify"))


def test_evidence_is_made_told_and_sent(filled):
    officer = sign_in(filled)
    assert "Make and download" in text(officer.get("/desk/leads/lead_1/evidence"))
    assert "Say why" in text(officer.post("/desk/leads/lead_1/evidence"), 422)
    answer = officer.post("/desk/leads/lead_1/evidence", {"reason": "Asked for by the authority"})
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    found = verify_bundle(answer.get_data(), known=filled.services.ledger.public_keys())
    assert is_good(found), "\n".join(map(str, found))
    page = text(officer.get("/desk/ledger?about=lead_1"))
    assert "The evidence on lead_1 was exported" in page
    assert "Reason: Asked for by the authority" in page
    assert "What sealed the batches of lead_1" in page
    for path in ("/desk/leads/lead_99/evidence",):
        text(officer.get(path), 404)
        text(officer.post(path, {"reason": "x"}), 404)
