"""Nothing about a person leaks through the form: strangers get the same answer whatever is known of the address."""

import pytest
from builders import key
from confirming import ASKING, asked, links, outbox, work

from gateway.domain.ports import CAUSES, Suppression
from gateway.outcomes.leave import leave

TICKED = {"ticked": True, "preticked": False, "wording": "Yes, write to me."}
WHO = ["new@example.com", "known@example.com", "left@example.com", "bounced@example.com", "x@dead.example.net",
       "x@silent.example.net", "info@example.com", "2065550100@vtext.com", "x@mailinator.com", "pending@example.com",
       "confirmed@example.com", "disowned@example.com"]  # fmt: skip
FORMS = pytest.mark.parametrize("source", ["demo", "asks"])  # one lets in at once, one asks by mail first


def prepare(web):
    send(web, "known@example.com")
    web.source("asks", statement=ASKING)
    for name in ("pending", "confirmed", "disowned"):
        send(web, f"{name}@example.com", "asks")
    work(web)
    _, confirmed, disowned = map(links, outbox(web))
    web.client.post(confirmed[0])
    web.client.post(disowned[1])
    assert [question.state for question in asked(web)] == ["asked", "confirmed", "refused"]
    with web.services.unit_of_work() as unit:
        left = [Suppression(key("left@example.com"), cause, unit.at) for cause in CAUSES if cause != "bounce"]
        bounced = [Suppression(key("bounced@example.com"), "bounce", unit.at)]
        leave(unit, web.services.ledger, left + bounced, by="a test")


def send(web, email, source="demo", *, page=False):
    if page:
        data = {"email": email, "source": source, "consent_ticked": "on"}
        return web.client.post("/v1/signups", data=data)
    return web.client.post("/v1/signups", json={"email": email, "source": source, "consent": TICKED})


def wire(response):
    """Everything a stranger sees."""
    return response.status, sorted(response.headers), response.data


@FORMS
@pytest.mark.parametrize("page", [False, True])
def test_the_answer_is_the_same_to_the_byte(web, page, source):
    prepare(web)
    answers = [wire(send(web, email, source, page=page)) for email in WHO for _ in range(2)]
    assert all(answer == answers[0] for answer in answers)
    assert {lead.outcome for lead in web.leads()} == {"prospect", "hold", "rejection"}, (
        "the leads fare differently all the same"
    )


@FORMS
def test_a_kept_answer_is_the_same_too(web, source):
    prepare(web)
    for email in WHO:
        headers = {"Idempotency-Key": email}
        body = {"email": email, "source": source, "consent": TICKED}
        first, again = (web.client.post("/v1/signups", json=body, headers=headers) for _ in range(2))
        assert first.data == again.data
        assert again.headers["Idempotent-Replayed"] == "true"


@FORMS
def test_what_is_wrong_with_the_form_is_told_the_same_for_known_and_unknown(web, source):
    prepare(web)
    for email in WHO:
        answer = web.client.post("/v1/signups", json={"email": email, "source": source})
        assert [problem["code"] for problem in answer.json["problems"]] == ["box_not_ticked"]


@FORMS
def test_every_signup_does_the_same_work_for_the_stranger_to_time(web, source):
    """No question to the network, one wake-up and one batch each, whatever becomes of the lead."""
    prepare(web)
    before, asked_before = len(web.woken), len(web.routes.seconds)
    for email in WHO:
        send(web, email, source)
    assert len(web.woken) - before == len(WHO)
    assert set(web.routes.seconds[asked_before:]) <= {0}
