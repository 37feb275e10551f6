"""POST /v1/pings: wanted or not, at what price; what it tells of people, and what it never does."""

from hashlib import md5, sha256

import buying
import pytest
from builders import key
from sqlalchemy import select

from gateway.db.work import reading
from gateway.domain.ports import EVERYTHING, Suppression
from gateway.intake.buying import account, known
from gateway.intake.buying.caps import Tally
from gateway.intake.buying.tables import pings
from gateway.intake.people.erasing import erase_person
from gateway.intake.stops import Told, suppress
from gateway.outcomes.leave import leave
from gateway.suppression.hashes import HashOrder, record_hashes

SOMEBODY = sha256(b"somebody@example.com").hexdigest()


def hashed(address="ana@example.com", **more):
    return {"email_sha256": sha256(address.encode()).hexdigest(), "country": "US", **more}


def ask(web, headers, body=None):
    answer = web.client.post("/v1/pings", json=hashed() if body is None else body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json


def sell(web, headers, address="ana@example.com", **more):
    return web.client.post("/v1/leads", json=buying.lead(address, **more), headers=headers).json


def account_of(web, span="day"):
    dealing = buying.dealing_of(web.services)
    with reading(web.services.engine) as connection:
        return account.load(connection, dealing.contract.number, web.services.clock.now(), "UTC")[span]


def known_and_left(web, headers):
    """Two of whom we know the addresses: one who is a prospect, and one who left."""
    for name in ("ana", "zoe"):
        assert sell(web, headers, f"{name}@example.com")["outcome"] == "prospect"
    known.derive(web.services)
    with web.services.unit_of_work() as work:
        order = Suppression(key("zoe@example.com"), "opt_out", work.at, EVERYTHING)
        leave(work, web.services.ledger, [order], by="test")


def test_a_ping_promises_a_price_and_the_post_gets_it_though_the_price_fell(web):
    headers = buying.sell(web.services)
    told = ask(web, headers)
    assert (told["wanted"], told["price"]["amount"], told["reason"], told["state"]) == (True, "1.25", None, None)
    buying.change(web.services, price="0.50")
    sold = sell(web, headers, ping=told["ping"])
    assert (sold["outcome"], sold["price"]["amount"], sold["ping"]) == ("prospect", "1.25", told["ping"])
    assert sell(web, headers, "bo@example.com")["price"]["amount"] == "0.50"
    assert account_of(web) == Tally(pings=1, wanted=1, hashed=1, posts=2, bought=2, spent_minor=175)


def test_a_ping_is_good_once(web):
    headers = buying.sell(web.services)
    ping = ask(web, headers, {"country": "US"})["ping"]
    assert sell(web, headers, ping=ping)["outcome"] == "prospect"
    again = sell(web, headers, "bo@example.com", ping=ping)
    assert (again["outcome"], again["reasons"][0]["reason"]) == ("not_bought", "ping_used")


def test_a_ping_is_over_after_its_minutes(web):
    headers = buying.sell(web.services, promise_minutes=10)
    ping = ask(web, headers)["ping"]
    web.services.clock.move(minutes=11)
    told = sell(web, headers, ping=ping)
    assert (told["outcome"], told["reasons"][0]["reason"]) == ("not_bought", "ping_expired")


def test_another_vendors_ping_is_nobodys(web):
    mine, theirs = buying.sell(web.services), buying.sell(web.services, "Meridian Leads", name="ML-1", price=900)
    ping = ask(web, theirs)["ping"]
    told = sell(web, mine, ping=ping)
    invented = sell(web, mine, ping="ping_" + "0" * 26)
    assert told["reasons"] == invented["reasons"]
    assert told["reasons"][0]["reason"] == "unknown_ping"
    assert sell(web, theirs, ping=ping)["outcome"] == "prospect"  # and it is still theirs


@pytest.mark.parametrize(
    ("offered", "brought"),
    [(hashed(), {"email": "bo@example.com"}), ({"country": "US", "region": "TX"}, {"state": "CA"}),
     ({"country": "US", "product": "roof"}, {"product": "solar"}),
     ({"email_md5": md5(b"ana@example.com").hexdigest()}, {"email": "bo@example.com"})],
)  # fmt: skip
def test_another_lead_than_was_offered(small_web, offered, brought):
    headers = buying.sell(small_web.services)
    ping = ask(small_web, headers, offered)["ping"]
    told = small_web.client.post("/v1/leads", json=buying.lead() | brought | {"ping": ping}, headers=headers).json
    assert (told["outcome"], told["reasons"][0]["reason"]) == ("not_bought", "ping_mismatch")
    assert sell(small_web, headers, ping=ping, state="Texas", product="roof")["outcome"] == "hold"  # not used up


def test_nobody_learns_who_left_or_whom_we_know(web):
    headers = buying.sell(web.services, wanted={"countries": ["US"]})
    known_and_left(web, headers)
    answers = [ask(web, headers, hashed(f"{name}@example.com")) for name in ("ana", "zoe")]
    answers.append(ask(web, headers, hashed("somebody@example.com", country="FR")))
    assert answers[0] == answers[1] == answers[2]
    assert (answers[0]["wanted"], answers[0]["reason"], answers[0]["state"]) == (False, "not_wanted", None)
    assert ask(web, headers, hashed("somebody@example.com"))["wanted"]


def test_a_contract_may_allow_it_to_be_told(web):
    headers = buying.sell(web.services, reasons="told")
    known_and_left(web, headers)
    told = {name: ask(web, headers, hashed(f"{name}@example.com")) for name in ("ana", "zoe", "somebody")}
    assert [one["state"] for one in told.values()] == ["known", "suppressed", "unknown"]
    assert [one["reason"] for one in told.values()] == ["known", "suppressed", None]


def test_hashes_are_of_the_address_in_lower_case(web):
    headers = buying.sell(web.services, reasons="told")
    known_and_left(web, headers)
    upper = hashed("ana@example.com")["email_sha256"].upper()
    assert ask(web, headers, {"email_sha256": upper})["state"] == "known"
    assert ask(web, headers, {"email_md5": md5(b"ana@example.com").hexdigest()})["state"] == "known"
    assert ask(web, headers, hashed("Ana@example.com"))["state"] == "unknown"


def test_orders_of_which_only_a_hash_was_told_count(web):
    headers = buying.sell(web.services, reasons="told")
    with web.services.unit_of_work() as work:
        order = HashOrder("sha256", bytes.fromhex(SOMEBODY), "opt_out", work.at)
        record_hashes(work, [order], by="test")
    assert ask(web, headers, {"email_sha256": SOMEBODY})["state"] == "suppressed"


def test_hashes_may_be_left_unread(small_web):
    headers = buying.sell(small_web.services, hashes=False)
    sell(small_web, headers)
    known.derive(small_web.services)
    assert ask(small_web, headers)["wanted"]
    assert account_of(small_web).hashed == 0


@pytest.mark.parametrize(
    "body",
    [{"email_sha256": SOMEBODY[:32]}, {"email_md5": SOMEBODY}, {"email_sha256": SOMEBODY + "00"},
     {"email_sha256": "z" * 64}, {"email_sha256": SOMEBODY, "email_md5": SOMEBODY[:32]},
     {"email_sha256": "somebody@example.com"}, {"email": "somebody@example.com"}, {"age_days": -1},
     {"collected_at": "yesterday"}, {"ask": "free"}, {"ask": "NaN"}, {"answer": "theirs"}, {"country": 7}],
)  # fmt: skip
def test_a_ping_that_cannot_be_read(small_web, body):
    headers = buying.sell(small_web.services)
    answer = small_web.client.post("/v1/pings", json=body, headers=headers)
    assert answer.status_code == 422
    with reading(small_web.services.engine) as connection:
        assert connection.execute(select(pings)).all() == []


def test_who_tries_addresses_is_told_nothing_more(web):
    """After so many hashes without a lead posted, none is looked up any more that day."""
    headers = buying.sell(web.services, reasons="told", caps={"unposted_day": 5})
    known_and_left(web, headers)  # two posts, which count for it
    states = [ask(web, headers)["state"] for _ in range(10)]
    assert states == ["known"] * 7 + ["unknown"] * 3
    web.services.clock.move(days=1)
    assert ask(web, headers)["state"] == "known"


def test_posts_of_nothing_buy_no_more_questions(web):
    """A post that refers to a ping that never was costs its sender nothing."""
    headers = buying.sell(web.services, reasons="told", caps={"unposted_day": 5})
    known_and_left(web, headers)
    for number in range(20):
        body = buying.lead(f"x{number}@example.com", ping="ping_of_nobody")
        assert web.client.post("/v1/leads", json=body, headers=headers).json["outcome"] == "not_bought"
    assert [ask(web, headers)["state"] for _ in range(10)].count("known") == 7


def test_pings_are_capped_and_every_one_is_counted(web):
    headers = buying.sell(web.services, caps={"pings_hour": 2})
    answers = [web.client.post("/v1/pings", json=hashed(), headers=headers) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert account_of(web) == Tally(pings=4, wanted=2, hashed=2, refused=2)


def test_a_key_that_hammers_is_stopped_before_the_database(small_web, monkeypatch):
    from gateway.intake import http_pings

    monkeypatch.setattr(http_pings, "MOST_PINGS_A_SECOND", 1)
    headers = buying.sell(small_web.services)
    answers = [small_web.client.post("/v1/pings", json=hashed(), headers=headers) for _ in range(13)]
    assert {one.status_code for one in answers[:10]} == {200}
    assert {one.status_code for one in answers[10:]} == {429}
    assert account_of(small_web).pings == 10


def test_what_lies_with_us_is_said(small_web):
    headers = buying.sell(small_web.services, schedule={"zone": "America/New_York", "open": ["mon 08:00-09:00"]})
    told = ask(small_web, headers)
    assert (told["wanted"], told["reason"]) == (False, "closed")
    assert told["again_at"] == "2026-11-23T13:00:00.000000Z"
    buying.change(small_web.services, caps={"day": 0})
    assert ask(small_web, headers)["reason"] == "cap"


def test_a_vendor_says_what_it_asks_for(small_web):
    headers = buying.sell(small_web.services)
    assert ask(small_web, headers, hashed(ask="1.25"))["wanted"]
    assert not ask(small_web, headers, hashed(ask="1.26"))["wanted"]


def test_age_is_told_by_days_or_by_the_instant(small_web):
    headers = buying.sell(small_web.services, wanted={"oldest_days": 3})
    assert ask(small_web, headers, {"age_days": 2})["wanted"]
    assert not ask(small_web, headers, {"age_days": 4})["wanted"]
    assert not ask(small_web, headers, {"country": "US"})["wanted"]
    assert not ask(small_web, headers, {"collected_at": "2030-01-01T00:00:00Z"})["wanted"]


@pytest.mark.parametrize("body", [{}, {"contract": None, "answer": "ours"}, {"country": None}])
def test_a_ping_that_says_nothing_of_a_lead_is_a_mistake(small_web, body):
    headers = buying.sell(small_web.services)
    answer = small_web.client.post("/v1/pings", json=body, headers=headers)
    assert (answer.status_code, answer.json["problems"][0]["code"]) == (422, "missing")


def test_no_ping_holds_an_address_or_a_plain_hash(web):
    headers = buying.sell(web.services)
    ask(web, headers)
    with reading(web.services.engine) as connection:
        row = connection.execute(select(pings)).one()
    plain = hashed()["email_sha256"]
    assert plain not in str(tuple(row))
    assert bytes.fromhex(plain)[:16] not in [value for value in row if isinstance(value, bytes)]


def test_whoever_is_erased_is_known_by_no_hash(web):
    headers = buying.sell(web.services, reasons="told")
    sell(web, headers)
    known.derive(web.services)
    ask(web, headers, {"email_md5": md5(b"ana@example.com").hexdigest()})
    assert erase_person(web.services, "ana@example.com", why="asked", by="test")["rows"]["hashes"] == 1
    assert ask(web, headers)["state"] == "unknown"
    ping = ask(web, headers)["ping"]
    erase_person(web.services, "ana@example.com", why="asked", by="test")
    with reading(web.services.engine) as connection:
        assert connection.execute(select(pings.c.id).where(pings.c.id == ping)).all() == []


def test_whoever_is_erased_while_hashes_are_made_is_known_by_none(web, monkeypatch):
    headers = buying.sell(web.services, reasons="told")
    sell(web, headers)
    made, calls = known._hashed, []

    def erase_after(match_keys, page):
        rows = made(match_keys, page)
        if not calls:
            erase_person(web.services, "ana@example.com", why="asked", by="test")
        calls.append(page)
        return rows

    monkeypatch.setattr(known, "_hashed", erase_after)
    known.derive(web.services)
    assert len(calls) == 2
    assert ask(web, headers)["state"] == "unknown"


def test_hashes_of_many_are_written_a_few_at_a_time_and_none_is_left_out(web, monkeypatch):
    monkeypatch.setattr(known, "SHORT", 2)
    headers = buying.sell(web.services, reasons="told")
    people = [f"p{number}@example.com" for number in range(5)]
    for person in people:
        assert sell(web, headers, email=person)["outcome"] == "prospect"
    assert known.derive(web.services) == 5
    assert known.derive(web.services) == 0
    assert [ask(web, headers, hashed(person))["state"] for person in people] == ["known"] * 5


def test_old_pings_go(web):
    headers = buying.sell(web.services)
    first = ask(web, headers)["ping"]
    web.services.clock.move(days=2)
    second = ask(web, headers)["ping"]
    with reading(web.services.engine) as connection:
        assert connection.execute(select(pings.c.id)).scalars().all() == [second] != [first]


def test_an_order_of_somebody_who_never_was_a_prospect_is_known_by_no_hash_and_stops_the_lead(web):
    headers = buying.sell(web.services, reasons="told")
    with web.services.unit_of_work() as work:
        suppress(web.services, work, Told(addresses=["ana@example.com"]), "opt_out", at=work.at, by="test")
    told = ask(web, headers)
    assert (told["state"], told["wanted"]) == ("unknown", True)
    assert sell(web, headers, ping=told["ping"])["outcome"] == "rejection"


@pytest.mark.parametrize(
    ("domain", "wanted"),
    [("example.com", True), ("dead.example.net", False), ("Dead.Example.net.", False), ("@dead.example.net", False),
     ("silent.example.net", True), ("mailinator.com", True), ("localhost", False), ("not a domain", False)],
)  # fmt: skip
def test_a_domain_at_which_everybody_is_refused_is_not_wanted(small_web, domain, wanted):
    headers = buying.sell(small_web.services, reasons="told")
    told = ask(small_web, headers, {"domain": domain, "country": "US"})
    assert (told["wanted"], told["reason"]) == (wanted, None if wanted else "domain")
    assert set(small_web.routes.seconds) <= {0}  # nobody was asked but the memory


def test_a_refused_domain_is_told_like_anything_that_is_not_wanted(web):
    headers = buying.sell(web.services, wanted={"oldest_days": 30})
    dead = ask(web, headers, {"domain": "dead.example.net", "age_days": 1})
    assert dead == ask(web, headers, {"domain": "example.com", "age_days": 400})
    assert (dead["wanted"], dead["reason"]) == (False, "not_wanted")


@pytest.mark.parametrize(("days", "wanted"), [("2", True), ("40", False)])
def test_a_form_s_digits_are_a_number(small_web, days, wanted):
    headers = buying.sell(small_web.services, wanted={"oldest_days": 30})
    for path, fields in (("/v1/pings", {}), ("/v1/leads", {"Mode": "ping", "Format": "JSON"})):
        told = small_web.client.post(path, data={"age_days": days, **fields}, headers=headers).json
        assert (told.get("wanted") is True or told.get("response", {}).get("status") == "Matched") is wanted
    mistake = small_web.client.post(
        "/v1/leads", data={"age_days": "two", "Mode": "ping", "answer": "boberdoo"}, headers=headers
    )
    assert "age_days: expected a whole number" in mistake.text
    assert small_web.client.post("/v1/pings", json={"age_days": days}, headers=headers).status_code == 422
