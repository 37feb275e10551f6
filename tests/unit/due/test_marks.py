"""What officers say of clocks: a first message makes notices due, a duty was done, what repeats starts anew."""

import json
from datetime import date

import pytest
from builders import key, list_batch
from dated_duties import services_with_duties
from sqlalchemy import select

from gateway.clocks.tables import clocks
from gateway.domain.lead import Statement
from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError
from gateway.due import marks
from gateway.ledger.tables import entries
from gateway.outcomes.leave import leave
from gateway.pipeline import process

BOUGHT = Statement(direct=False, vendor="Meridian Leads", method="co_registration", consent="none")
DAY = date(2026, 11, 25)


@pytest.fixture
def services(engine, clock, tmp_path):
    made = services_with_duties(engine, clock, tmp_path)
    rows = [{"email": f"{name}@example.com", "country": "DE"} for name in ("ann", "bob", "info")]
    process(list_batch(rows, clock.now(), statement=BOUGHT), made)
    clock.move(days=10)
    return made


def act(services, do):
    with services.unit_of_work() as work:
        return do(work)


def note(services, whose, event="first_message", day=DAY):
    return act(services, lambda work: marks.note_event(services, work, whose(work), event, day))


def done(services, whose, code, day=None):
    return act(services, lambda work: marks.close(services, work, whose(work), code, day))


def ann(work):
    return marks.whose_address(work, key("Ann@example.com"))


def the_list(work):
    return marks.whose_list(work, 1)


def due(services):
    with services.engine.connect() as connection:
        query = select(clocks.c.lead_id, clocks.c.obligation, clocks.c.due_on).where(clocks.c.done_at.is_(None))
        return {(lead, code): on for lead, code, on in connection.execute(query)}


def told(services):
    with services.engine.connect() as connection:
        query = select(entries.c.kind, entries.c.body).where(entries.c.kind.like("clock.%")).order_by(entries.c.seq)
        return [(kind, json.loads(body)) for kind, body in connection.execute(query)]


def test_the_first_message_makes_the_notice_due_and_starts_what_waited_for_it(services):
    assert note(services, ann) == {
        "event": "first_message", "on": "2026-11-25", "whose": "lead_1", "moved": 1, "started": 1,
    }  # fmt: skip
    assert due(services) == {
        (1, "notice"): "2026-11-25", (1, "with_mail"): "2026-11-25", (1, "scrub"): "2026-12-21",
        (2, "notice"): "2026-12-21", (2, "scrub"): "2026-12-21",
    }  # fmt: skip
    assert told(services) == [
        ("clock.moved", {"by": "cli", "event": "first_message", "moved": 1, "on": "2026-11-25", "started": 1,
                         "whose": "lead_1"}),
    ]  # fmt: skip


def test_the_same_again_changes_nothing(services):
    note(services, ann)
    assert (note(services, ann)["moved"], note(services, ann)["started"]) == (0, 0)
    assert note(services, ann, day=date(2026, 11, 24))["moved"] == 2  # it was earlier than was thought


def test_a_whole_list(services):
    assert note(services, the_list, event="first_disclosure") == {
        "event": "first_disclosure", "on": "2026-11-25", "whose": "list_1", "moved": 2, "started": 0,
    }  # fmt: skip
    closed = done(services, the_list, "notice", DAY)
    assert (closed["closed"], closed["due_again_on"], closed["done_at"]) == (2, None, "2026-11-25T05:00:00.000000Z")
    assert set(due(services)) == {(1, "scrub"), (2, "scrub")}


def test_what_repeats_is_due_again(services):
    assert done(services, the_list, "scrub")["due_again_on"] == "2026-12-31"
    assert due(services)[1, "scrub"] == due(services)[2, "scrub"] == "2026-12-31"
    [(kind, body)] = told(services)
    assert (kind, body["obligation"], body["closed"], body["whose"]) == ("clock.closed", "scrub", 2, "list_1")
    assert done(services, lambda work: marks.whose_lead(work, 2), "scrub")["closed"] == 1


def test_an_obligation_is_named_by_its_id_too(services):
    told_of = done(services, the_list, "OB-24", DAY)
    assert (told_of["obligation"], told_of["closed"], told_of["due_again_on"]) == ("scrub", 2, "2026-12-25")


@pytest.mark.parametrize(
    ("whose", "field"),
    [
        (lambda work: marks.whose_address(work, key("nobody@example.com")), "address"),
        (lambda work: marks.whose_lead(work, 3), "lead"),
        (lambda work: marks.whose_lead(work, 99), "lead"),
        (lambda work: marks.whose_list(work, 9), "list"),
    ],
)
def test_nobody_s_clocks_are_a_mistake(services, whose, field):
    with pytest.raises(CallerError) as refused:
        note(services, whose)
    assert [(p.code, p.field) for p in refused.value.problems] == [("no_clock", field)]


def test_somebody_who_left_has_none(services):
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key("ann@example.com"), "opt_out", work.at)], by="test")
    with pytest.raises(CallerError):
        note(services, ann)
    assert {lead for lead, _ in due(services)} == {2}


def test_what_is_to_come_cannot_be_told(services):
    for do in (
        lambda: note(services, ann, day=date(2026, 12, 2)),
        lambda: done(services, ann, "notice", date(2027, 1, 1)),
    ):
        with pytest.raises(CallerError) as refused:
            do()
        assert refused.value.problems[0].code == "future_date"


def test_an_obligation_nobody_has(services):
    for code, problem in (("notise", "unknown_obligation"), ("label", "no_clock")):
        with pytest.raises(CallerError) as refused:
            done(services, ann, code)
        assert refused.value.problems[0].code == problem
