"""Nothing about a person leaks through the form: strangers get the same answer whatever is known of the address."""

import pytest
from builders import key

from gateway.domain.ports import CAUSES, Suppression
from gateway.outcomes.leave import leave

TICKED = {"ticked": True, "preticked": False, "wording": "Yes, write to me."}
WHO = ["new@example.com", "known@example.com", "left@example.com", "bounced@example.com", "x@dead.example.net",
       "x@silent.example.net", "info@example.com", "2065550100@vtext.com", "x@mailinator.com"]  # fmt: skip


def prepare(web):
    send(web, "known@example.com")
    with web.services.unit_of_work() as work:
        left = [Suppression(key("left@example.com"), cause, work.at) for cause in CAUSES if cause != "bounce"]
        bounced = [Suppression(key("bounced@example.com"), "bounce", work.at)]
        leave(work, web.services.ledger, left + bounced, by="a test")


def send(web, email, *, page=False):
    if page:
        data = {"email": email, "source": "demo", "consent_ticked": "on"}
        return web.client.post("/v1/signups", data=data)
    return web.client.post("/v1/signups", json={"email": email, "source": "demo", "consent": TICKED})


def wire(response):
    """Everything a stranger sees."""
    return response.status, sorted(response.headers), response.data


@pytest.mark.parametrize("page", [False, True])
def test_the_answer_is_the_same_to_the_byte(web, page):
    prepare(web)
    answers = [wire(send(web, email, page=page)) for email in WHO for _ in range(2)]
    assert all(answer == answers[0] for answer in answers)
    assert {lead.outcome for lead in web.leads()} == {"prospect", "hold", "rejection"}, (
        "the leads fare differently all the same"
    )


def test_a_kept_answer_is_the_same_too(web):
    prepare(web)
    for email in WHO:
        headers = {"Idempotency-Key": email}
        body = {"email": email, "source": "demo", "consent": TICKED}
        first, again = (web.client.post("/v1/signups", json=body, headers=headers) for _ in range(2))
        assert first.data == again.data
        assert again.headers["Idempotent-Replayed"] == "true"


def test_what_is_wrong_with_the_form_is_told_the_same_for_known_and_unknown(web):
    prepare(web)
    for email in WHO:
        answer = web.client.post("/v1/signups", json={"email": email, "source": "demo"})
        assert [problem["code"] for problem in answer.json["problems"]] == ["box_not_ticked"]


def test_every_signup_does_the_same_work_for_the_stranger_to_time(web):
    """No question to the network, one wake-up and one batch each, whatever becomes of the lead."""
    prepare(web)
    before = len(web.woken)
    for email in WHO:
        send(web, email)
    assert len(web.woken) - before == len(WHO)
    assert set(web.routes.seconds) == {0}
