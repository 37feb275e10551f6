"""Decisions come back as they were stored, also those of before phones were judged."""

import json
from datetime import UTC, datetime

from sqlalchemy import select, update

from gateway.db.work import unit_of_work
from gateway.domain.decision import Citation, Decision, Finding
from gateway.outcomes.cases import keep_decisions, load_decision
from gateway.outcomes.holds import questions
from gateway.outcomes.tables import decisions

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
LAW = Citation("law", "16 CFR 312.5", "https://www.law.cornell.edu/cfr/text/16/312.5")
ERASED = Finding("CO-01", "because", "reject", LAW, "A child", override_allowed=False, erases=True)
CALLS = Finding("TC-02", "other", "hold", LAW, "Not compared", question="review", use="phone")
WAITS = Finding("H-07", "fact_unknown", "hold", LAW, "No answer", unknown=("address.accepts_mail",), question="recheck")


def kept(engine, decision):
    with unit_of_work(engine, AT) as work:
        number = keep_decisions(work, [decision], AT)[decision.id]
    with engine.connect() as connection:
        return number, load_decision(connection, number)


def test_a_decision_comes_back_whole(engine):
    decision = Decision("dec_1", "reject", (ERASED, CALLS), (), "0" * 64, {"person.country": "US"}, phone="hold")
    _, found = kept(engine, decision)
    assert found == decision
    assert (found.erases, found.refusals) == (True, (ERASED,))


def test_older_decisions_say_nothing_of_phones(engine):
    number, _ = kept(engine, Decision("dec_2", "hold", (WAITS,), ("label",), "0" * 64, {}))
    with unit_of_work(engine, AT) as work:
        body = json.loads(work.connection.execute(select(decisions.c.body)).scalar_one())
        del body["phone"], body["findings"][0]["use"], body["findings"][0]["erases"]
        work.connection.execute(update(decisions).values(body=json.dumps(body)))
    with engine.connect() as connection:
        found = load_decision(connection, number)
    assert (found.phone, found.findings, found.erases) == (None, (WAITS,), False)


def test_a_phone_s_hold_asks_nothing_of_the_lead():
    """DNS answers by itself; the officer's look at the number must not keep the lead waiting."""
    decision = Decision("dec_3", "hold", (WAITS, CALLS), (), "0" * 64, {}, phone="hold")
    assert questions(decision) == ("recheck", True)
