"""POST /v1/leads: one bought lead, answered with its outcome, reasons and price."""

import buying
from sqlalchemy import select

from gateway.intake.buying import account
from gateway.intake.buying.tables import bought


def test_a_lead_is_bought_and_paid(web):
    headers = buying.sell(web.services)
    answer = web.client.post("/v1/leads", json=buying.lead(), headers=headers)
    assert answer.status_code == 200, answer.text
    told = answer.json
    assert told["outcome"] == "prospect", told
    assert told["price"] == {"minor": 125, "currency": "USD", "amount": "1.25"}
