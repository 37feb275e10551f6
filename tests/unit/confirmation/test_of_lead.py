"""The questions of one lead, whether they were answered, wait, or are of somebody who was erased."""

import pytest
from builders import key
from sqlalchemy import insert

from gateway.confirmation.person import erase, of_lead
from gateway.confirmation.tables import confirmations
from gateway.db.work import reading, unit_of_work

ANN, BOB = key("ann@example.com"), key("bob@example.com")


@pytest.fixture
def asked(engine, clock):
    """Lead 1 of Ann was asked three times, lead 2 of hers and lead 3 of Bob's once."""
    with unit_of_work(engine, clock.now()) as work:
        for number, (lead, whose, state) in enumerate(
            [(1, ANN, "closed"), (2, ANN, "asked"), (1, ANN, "asked"), (3, BOB, "asked"), (1, ANN, "confirmed")]
        ):
            work.connection.execute(insert(confirmations).values(
                lead_id=lead, match_key=whose, source=f"form{number}", token_digest=bytes([number]) * 32, purposes="",
                language="en", state=state, asked_at=work.at, expires_at=work.at,
            ))  # fmt: skip
    return engine


def told(engine, lead, whose):
    with reading(engine) as connection:
        return [(one["source"], one["state"]) for one in of_lead(connection, lead, whose)]


def test_they_come_in_the_order_they_were_asked(asked):
    assert told(asked, 1, ANN) == [("form0", "closed"), ("form2", "asked"), ("form4", "confirmed")]
    assert told(asked, 2, ANN) == [("form1", "asked")]
    assert told(asked, 3, ANN) == []


def test_those_of_somebody_erased_stay_with_the_lead(asked, clock):
    with unit_of_work(asked, clock.now()) as work:
        assert erase(work, ANN) == 4
    assert told(asked, 1, None) == [("form0", "closed"), ("form2", "closed"), ("form4", "confirmed")]
    assert told(asked, 3, BOB) == [("form3", "asked")]
