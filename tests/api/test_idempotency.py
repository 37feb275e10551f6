"""Idempotency-Key: the same request again gets the same answer and does nothing (as Stripe's API has it)."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from platform_posts import Sender, of
from sqlalchemy import select

from gateway.domain.address import MatchKeys
from gateway.domain.problem import CallerError
from gateway.intake import idempotency, together
from gateway.intake.idempotency import Kept, Turn
from gateway.intake.tables import answers

BODY = {"email": "ana@example.com", "source": "demo", "consent": {"ticked": True}}


def post(web, key, headers=None, **fields):
    return web.client.post("/v1/signups", json={**BODY, **fields}, headers={"Idempotency-Key": key, **(headers or {})})


def kept(web):
    with web.services.engine.connect() as connection:
        return list(connection.execute(select(answers)))


def test_the_same_request_again_is_answered_from_memory(web):
    caller = web.key("decisions")
    first, again = post(web, "k1", caller), post(web, "k1", caller)
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(web.leads()) == 1


def test_without_a_key_the_same_request_is_another_lead(web):
    caller = web.key("decisions")
    for _ in range(2):
        web.client.post("/v1/signups", json=BODY, headers=caller)
    assert [lead.outcome for lead in web.leads()] == ["prospect", "rejection"]


def test_the_same_key_with_another_body_is_a_problem(web):
    assert post(web, "k1").status_code == 202
    response = post(web, "k1", email="bob@example.com")
    assert response.status_code == 422
    assert response.json["problems"][0]["code"] == "idempotency_key_reused"
    assert len(web.leads()) == 1


def test_while_the_first_runs_the_second_waits(web, monkeypatch):
    inside = []

    def slow(*args, **kwargs):
        inside.append(post(web, "k1"))
        return process(*args, **kwargs)

    process = together.process
    monkeypatch.setattr(together, "process", slow)
    assert post(web, "k1").status_code == 202
    [second] = inside
    assert second.status_code == 409
    assert second.headers["Retry-After"] == "1"
    assert len(web.leads()) == 1


def test_nothing_is_kept_when_the_request_has_problems(web):
    assert post(web, "k1", email="x").status_code == 422
    assert kept(web) == []
    assert post(web, "k1").status_code == 202


def test_nothing_is_kept_when_we_fail(web, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(together, "process", fail)
        assert post(web, "k1").status_code == 500
    assert kept(web) == []
    assert post(web, "k1").status_code == 202


def test_the_answer_is_written_with_the_outcome_or_not_at_all(web, monkeypatch):
    """The transaction that writes the lead is the one that keeps the answer."""

    def broken(*args, **kwargs):
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "keep", broken)
        assert post(web, "k1").status_code == 500
    assert web.leads() == []


def test_answers_are_kept_for_three_days(web, clock):
    post(web, "k1")
    clock.move(hours=71)
    assert post(web, "k1").headers.get("Idempotent-Replayed") == "true"
    clock.move(hours=2)
    assert "Idempotent-Replayed" not in post(web, "k1").headers
    assert len(kept(web)) == 1


def test_a_request_whose_process_died_may_be_made_again(web, clock):
    tried = idempotency.attempt("source:demo", "k1", method="POST", path="/v1/signups", body=b"x")
    dead = idempotency.begin(web.services, tried)
    assert isinstance(dead, Turn)
    with pytest.raises(CallerError) as caught:
        idempotency.begin(web.services, tried)
    assert caught.value.status == 409
    clock.move(seconds=idempotency.RUNNING_FOR / timedelta(seconds=1) + 1)
    heir = idempotency.begin(web.services, tried)
    assert isinstance(heir, Turn)
    with pytest.raises(CallerError), web.services.unit_of_work() as work:
        idempotency.keep(work, dead, Kept(202, "late"))
    with web.services.unit_of_work() as work:
        idempotency.keep(work, heir, Kept(202, "in time"))
    assert idempotency.begin(web.services, tried) == Kept(202, "in time")


def test_keys_of_different_callers_do_not_meet(web):
    one, other = web.key("decisions"), web.key("decisions")
    assert post(web, "k1", one).json["lead"] == "lead_1"
    assert post(web, "k1", other, email="bob@example.com").json["lead"] == "lead_2"
    assert post(web, "k1", email="cy@example.com").status_code == 202


@pytest.mark.parametrize("key", ["", "k" * 256, "ключ"])
def test_a_key_must_be_short_and_plain(small_web, key):
    response = post(small_web, key.encode().decode("latin-1"))
    assert response.status_code == 422
    assert response.json["problems"][0]["code"] == "bad_idempotency_key"


def test_a_key_may_have_255_characters(small_web):
    assert post(small_web, "k" * 255).status_code == 202


def kept_texts(web):
    with web.services.engine.connect() as connection:
        return [str(cell) for row in connection.execute(select(answers)) for cell in row]


@pytest.mark.parametrize("number", ["L-1", "Ł" * 3])
def test_what_is_kept_of_a_request_is_no_hash_that_addresses_could_be_tried_on(web, number):
    """Neither of a signup's bytes nor of a platform's number and address."""
    body = b'{"email": "ana@example.com", "source": "demo"}'
    web.client.post("/v1/signups", data=body, content_type="application/json", headers={"Idempotency-Key": "k"})
    sender = Sender(web)
    sender.open()
    post = of("google-ads-lead.json")
    document = {**json.loads(post.body), "lead_id": number}
    for _ in range(2):
        assert sender.post(post, json.dumps(document).encode()).status_code == 200
    guesses = [b"POST /v1/signups\n" + body, *(f"{n}\n{post.address}".encode() for n in (number, json.dumps(number)))]
    texts = kept_texts(web)
    assert len(texts) > 7
    assert not {sha256(guess).hexdigest() for guess in guesses} & set(texts)


def test_after_the_secret_changed_a_repeat_is_still_a_repeat(web):
    newer, newest = "a second secret, thirty-two characters", "a third secret of thirty-two characters"
    tried = idempotency.attempt("c", "k", method="POST", path="/", body=b"x")
    turn = idempotency.begin(web.services, tried)
    with web.services.unit_of_work() as work:
        idempotency.keep(work, turn, Kept(202, "{}"))
    old = web.services.settings.secret_key
    world = replace(web.services.world, match_keys=MatchKeys(newest.encode(), [old.encode(), newer.encode()]))
    settings = replace(web.services.settings, secret_key=newest, former_secret_keys=(old, newer))
    rotated = replace(web.services, world=world, settings=settings)
    assert idempotency.begin(rotated, tried) == Kept(202, "{}")
    with pytest.raises(CallerError):
        idempotency.begin(rotated, replace(tried, fingerprint="0" * 64))
