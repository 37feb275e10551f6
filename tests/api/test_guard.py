"""The guard of public forms: who is too quick or one of too many solves a riddle, comes later, or is only thanked."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import altcha
import pytest
from confirming import ASKING, asked, questions
from sqlalchemy import event, func, select
from web import app_of

from gateway.db.work import reading
from gateway.intake.forms import Form
from gateway.intake.guard import proof, stranger
from gateway.intake.http import LARGEST_OF_STRANGERS, MOST_FIELDS
from gateway.intake.tables import spent_proofs
from gateway.ledger.tables import entries

TICKED = {"ticked": True, "wording": "Yes, write to me."}
NETWORK = {"REMOTE_ADDR": "203.0.113.9"}
OTHER = {"REMOTE_ADDR": "198.51.100.9"}


@pytest.fixture(autouse=True)
def _easy(monkeypatch):
    monkeypatch.setattr(proof, "LEAST_TRIES", 1)
    monkeypatch.setattr(proof, "MOST_TRIES", 3)


def send(web, email="ana@example.com", source="demo", *, environ=None, headers=None, **guard):
    body = {"email": email, "source": source, "consent": TICKED}
    if guard:
        body["guard"] = guard
    return web.client.post("/v1/signups", json=body, environ_base=environ or {}, headers=headers)


def solve(answer):
    challenge = altcha.Challenge.from_dict(answer.json["challenge"])
    return altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()


def codes(answer):
    return [problem["code"] for problem in answer.json["problems"]]


def start(web, source="demo"):
    return web.client.get(f"/forms/{source}.json").json["start"]


def test_who_takes_a_while_is_let_in(web, clock):
    token = start(web)
    clock.set(clock.now() + timedelta(seconds=2))
    assert send(web, start=token).status_code == 202


def test_who_is_too_quick_solves_a_challenge_once(web):
    token = start(web)
    answer = send(web, start=token)
    assert (answer.status_code, codes(answer)) == (422, ["too_quick"])
    assert web.leads() == []
    solution = solve(answer)
    assert send(web, start=token, proof=solution).status_code == 202
    again = send(web, "bob@example.com", start=token, proof=solution)
    assert codes(again) == ["too_quick"]
    assert [lead.address for lead in web.leads()] == ["ana@example.com"]


def test_a_proof_that_one_web_server_took_is_spent_for_all(web, clock):
    """Two processes on one database, as gunicorn's workers are: each has a memory of its own."""
    web.source("hard", form=Form(proof="always"))
    other = replace(web, app=app_of(web.services))
    solution = solve(send(web, source="hard"))
    assert send(web, source="hard", proof=solution).status_code == 202
    assert codes(send(other, "bob@example.com", source="hard", proof=solution)) == ["proof_needed"]
    fresh = solve(send(other, source="hard"))
    assert send(other, "bob@example.com", source="hard", proof=fresh).status_code == 202
    assert kept_proofs(web) == 2
    clock.move(minutes=11)  # nobody would take them again: they are forgotten when the next is taken
    assert send(web, "eve@example.com", source="hard", proof=solve(send(web, source="hard"))).status_code == 202
    assert kept_proofs(web) == 1


def test_without_a_proof_nothing_is_asked_or_written_of_any(web):
    said = []
    listening = (web.services.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
    event.listen(*listening)
    assert send(web).status_code == 202
    event.remove(*listening)
    assert said
    assert not [statement for statement in said if "spent_proofs" in statement]


def kept_proofs(web):
    with web.services.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(spent_proofs)).scalar_one()


def test_a_start_of_long_ago_or_of_another_form_asks_for_a_proof(small_web, clock):
    small_web.source("shop")
    foreign, old = start(small_web, "shop"), start(small_web)
    clock.set(clock.now() + timedelta(days=1))
    for token in (foreign, old, "made up"):
        assert codes(send(small_web, start=token)) == ["proof_needed"]


def test_a_form_may_always_ask_for_a_proof_or_never(small_web):
    small_web.source("hard", form=Form(proof="always"))
    small_web.source("soft", form=Form(proof="never", most_an_hour=2))
    asked = send(small_web, source="hard")
    assert codes(asked) == ["proof_needed"]
    assert codes(send(small_web, source="hard", proof="nonsense")) == ["proof_needed"]
    assert send(small_web, source="hard", proof=solve(asked)).status_code == 202
    assert [send(small_web, source="soft", start=start(small_web, "soft")).status_code for _ in range(2)] == [202, 202]


def test_a_solution_of_one_form_opens_no_other(small_web):
    small_web.source("hard", form=Form(proof="always"))
    small_web.source("harder", form=Form(proof="always"))
    solution = solve(send(small_web, source="hard"))
    assert codes(send(small_web, source="harder", proof=solution)) == ["proof_needed"]


def test_a_typo_does_not_cost_the_solution(small_web):
    small_web.source("hard", form=Form(proof="always"))
    solution = solve(send(small_web, source="hard"))
    assert codes(send(small_web, "ana@gmial.com", source="hard", proof=solution)) == ["address_looks_mistyped"]
    assert send(small_web, "ana@gmail.com", source="hard", proof=solution).status_code == 202


def test_a_busy_form_asks_for_proofs_and_a_full_one_to_come_again(web, clock):
    web.source("small", form=Form(most_an_hour=4))
    assert [send(web, f"a{n}@example.com", source="small").status_code for n in range(2)] == [202, 202]
    for n in range(2):
        asked = send(web, f"b{n}@example.com", source="small")
        assert codes(asked) == ["proof_needed"]
        assert send(web, f"b{n}@example.com", source="small", proof=solve(asked)).status_code == 202
    full = send(web, "c@example.com", source="small")
    assert (full.status_code, codes(full), full.content_type) == (429, ["too_many_signups"], "application/problem+json")
    assert send(web).status_code == 202, "other forms are not meant"
    assert len(web.leads()) == 5
    clock.set(clock.now() + timedelta(seconds=int(full.headers["Retry-After"])))
    assert send(web, "c@example.com", source="small").status_code in {202, 422}


def test_a_busy_network_solves_and_a_busier_one_waits_while_others_are_let_in(small_web, monkeypatch):
    monkeypatch.setattr(stranger, "NETWORK_PROOF", 2)
    monkeypatch.setattr(stranger, "NETWORK_MOST", 4)
    answers = [send(small_web, f"a{n}@example.com", environ=NETWORK) for n in range(6)]
    assert [one.status_code for one in answers] == [202, 202, 422, 422, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert send(small_web, environ={"REMOTE_ADDR": "203.0.113.77"}).status_code == 429, "one network"
    assert send(small_web, environ=OTHER).status_code == 202
    assert all(send(small_web).status_code == 202 for _ in range(6)), "our own machine is no network"


def test_a_keyed_caller_is_not_guarded(small_web):
    small_web.source("hard", form=Form(proof="always", most_an_hour=1))
    headers = small_web.key("decisions")
    for n in range(3):
        answer = send(small_web, f"a{n}@example.com", source="hard", headers=headers, trap="filled")
        assert answer.json["outcome"] == "prospect"


def test_who_fills_the_trap_is_thanked_like_anybody_and_nothing_comes_of_it(web):
    before = len(web.woken)
    good, bad = send(web), send(web, "bot@example.com", trap="https://spam.example.net")
    assert (good.status, sorted(good.headers), good.data) == (bad.status, sorted(bad.headers), bad.data)
    assert len(web.woken) - before == 2
    assert [lead.address for lead in web.leads()] == ["ana@example.com"]
    with reading(web.services.engine) as connection:
        kept = [json.loads(row.body) for row in connection.execute(entries.select()) if row.kind == "signup.refused"]
    assert kept == [{"source": "demo", "why": "trap"}]


def test_the_trap_answers_a_repeated_request_like_a_signup_does(small_web):
    for trap in ("", "x"):
        headers = {"Idempotency-Key": f"k{trap}"}
        first, again = (send(small_web, headers=headers, trap=trap) for _ in range(2))
        assert (first.data, again.headers["Idempotent-Replayed"]) == (again.data, "true")


def test_a_repeated_request_needs_no_second_proof(small_web):
    small_web.source("hard", form=Form(proof="always"))
    solution = solve(send(small_web, source="hard"))
    headers = {"Idempotency-Key": "k"}
    for _ in range(2):
        assert send(small_web, source="hard", proof=solution, headers=headers).status_code == 202
    assert len(small_web.leads()) == 1


def test_a_request_that_was_turned_away_may_come_again_with_its_key(small_web):
    small_web.source("hard", form=Form(proof="always"))
    headers = {"Idempotency-Key": "k"}
    asked = send(small_web, source="hard", headers=headers)
    assert codes(asked) == codes(send(small_web, source="hard", headers=headers))


def test_nothing_of_the_guard_is_kept_with_the_lead(small_web):
    token = start(small_web)
    send(small_web, start=token, proof=solve(send(small_web, start=token)))
    assert "guard" not in json.loads(small_web.leads()[0].as_arrived)["posted"]


# --- while few people of a form confirm


@pytest.fixture
def abused(web, clock):
    """A form whose breaker has tripped, and two that ask for no confirmation or for no proof."""
    web.source("asks", statement=ASKING)
    web.source("soft", statement=ASKING, form=Form(proof="never"))
    for source in ("asks", "soft"):
        questions(web, clock, 60, 3, source=source)
    return web


def tries(answer):
    """How often a browser tries in vain before it is right; the challenge itself does not tell."""
    return altcha.solve_challenge(altcha.Challenge.from_dict(answer.json["challenge"])).counter


def test_a_form_of_which_few_confirm_asks_every_visitor_for_a_harder_proof(abused, monkeypatch):
    before = len(asked(abused))
    monkeypatch.setattr(proof, "HARDER", 20)
    hard = send(abused, source="asks")
    assert codes(hard) == ["proof_needed"]
    assert hard.json["challenge"]["parameters"]["data"]["hard"] == 1
    assert tries(hard) >= 20
    assert send(abused, source="asks", proof=solve(hard)).status_code == 202
    assert len(asked(abused)) == before + 1
    assert send(abused, source="demo").status_code == 202, "another form has its own breaker"
    assert send(abused, source="soft").status_code == 202, "its owner wants no proofs"


def test_an_easy_proof_will_not_do_for_it(abused, clock):
    easy = {"challenge": proof.make_challenge(abused.services.settings.secret_key, "asks", clock.now())}
    solution = solve(type("Answer", (), {"json": easy}))
    assert codes(send(abused, source="asks", proof=solution)) == ["proof_needed"]


def test_it_asks_known_people_and_strangers_alike(abused):
    asked_too = ("ana@example.com", "b@example.com", "x@silent.example.net")
    answers = [send(abused, email, "asks") for email in asked_too]
    answers = {(one.status, tuple(sorted(one.headers)), *codes(one)) for one in answers}
    assert len(answers) == 1


def test_when_people_confirm_again_nothing_more_is_asked(abused, clock):
    assert send(abused, source="asks").status_code == 422
    questions(abused, clock, 60, 60, source="asks")
    assert send(abused, source="asks").status_code == 422, "it is remembered for a minute"
    clock.move(minutes=1)
    assert send(abused, source="asks").status_code == 202


# --- plain forms


def post(web, **fields):
    data = {"email": "ana@example.com", "source": "demo", "consent_ticked": "on", **fields}
    return web.client.post("/v1/signups", data=data)


def test_a_plain_form_that_fills_the_trap_is_sent_on_like_any(small_web):
    assert post(small_web, _gotcha="x").headers["Location"] == "/thanks"
    assert small_web.leads() == []


def test_a_plain_form_is_asked_for_its_proof_on_our_page(small_web):
    small_web.source("hard", form=Form(proof="always"), problems_url="https://www.example.com/again")
    page = post(small_web, source="hard", first_name="Ana")
    assert page.status_code == 422
    assert 'src="/forms/hard.js"' in page.text
    assert "short calculation" in page.text
    assert 'value="ana@example.com"' in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_plain_form_that_is_one_too_many_gets_a_page_that_says_when(small_web):
    small_web.source("small", form=Form(most_an_hour=1, proof="never"))
    post(small_web, source="small")
    page = post(small_web, source="small", _language="de")
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert int(page.headers["Retry-After"]) > 0
    assert "Im Moment melden sich sehr viele Menschen an" in page.text


def test_a_form_in_another_language_is_thanked_in_it(small_web):
    assert post(small_web, _language="de").headers["Location"] == "/thanks?lang=de"
    assert "Vielen Dank" in small_web.client.get("/thanks?lang=de").text


def test_a_solution_that_is_none_is_not_believed(small_web):
    small_web.source("hard", form=Form(proof="always"))
    challenge = send(small_web, source="hard").json["challenge"]
    forged = {"challenge": challenge, "solution": {"counter": 0, "derivedKey": challenge["parameters"]["keyPrefix"]}}
    text = base64.b64encode(json.dumps(forged).encode()).decode()
    assert codes(send(small_web, source="hard", proof=text)) == ["proof_needed"]


# --- how much a stranger may leave here


@pytest.mark.parametrize("path", ["/v1/signups", "/leave", "/v1/sources/press/jotform/x"])
@pytest.mark.parametrize(("fields", "is_refused"), [(MOST_FIELDS, False), (MOST_FIELDS + 1, True)])
def test_a_form_of_very_many_fields_is_not_read(web, path, fields, is_refused):
    web.source("press", form=Form(platforms={"jotform": {"token": ""}}))
    body = "&".join(["a="] * fields)
    answer = web.client.post(path, data=body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code == 413) is is_refused


def test_a_stranger_may_leave_less_than_a_key_holder(web):
    def signup(letters):
        attributes = {"note": ["x" * 4_000] * (letters // 4_000)}
        return {"email": "ana@example.com", "source": "demo", "consent": {"ticked": True}, "attributes": attributes}

    assert web.client.post("/v1/signups", json=signup(LARGEST_OF_STRANGERS * 3 // 4)).status_code == 202
    assert web.client.post("/v1/signups", json=signup(LARGEST_OF_STRANGERS + 8_000)).status_code == 413
    large = web.client.post("/v1/signups", json=signup(LARGEST_OF_STRANGERS + 8_000), headers=web.key("decisions"))
    assert large.status_code == 200


def test_browsers_that_post_as_to_a_platform_may_leave_no_more(web):
    web.source("press", form=Form(platforms={"salesforce": {"oid": "00D000000000EXA"}}))
    form = {"oid": "00D000000000EXA", "email": "ana@example.com"}
    path = "/v1/sources/press/salesforce"
    assert web.client.post(path, data=form | {"note": "x" * (LARGEST_OF_STRANGERS // 2)}).status_code == 303
    assert web.client.post(path, data=form | {"note": "x" * LARGEST_OF_STRANGERS}).status_code == 413
    assert len(web.leads()) == 1
