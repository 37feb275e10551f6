"""Whoever bombs somebody's mailbox by way of our forms sends one mail; whoever bombs many, so many an hour."""

import pytest
from confirming import ASKING, TICKED, asked, links, outbox, outcomes, post, questions, work
from sqlalchemy import func, select, update
from web import make_web

from gateway.confirmation.limits import Gate, is_tripped
from gateway.confirmation.tables import confirmations
from gateway.db.work import reading
from gateway.intake.forms import Form, find_source
from gateway.intake.signups import Evidence, to_batch
from gateway.intake.together import MOST, joined
from gateway.outcomes.tables import leads
from gateway.pipeline import process

SPELLINGS = ["ana@example.com", "ANA@example.com", "ana+1@example.com", "Ana+news@EXAMPLE.com", "ana@example.com."]


@pytest.fixture
def web(engine, clock, tmp_path):
    web = make_web(engine, clock, tmp_path)
    for source in ("asks", "other"):
        web.source(source, statement=ASKING)
    return web


@pytest.mark.parametrize("many", [60, pytest.param(3_000, marks=pytest.mark.slow)])
def test_many_signups_of_one_victim_are_one_mail(web, many):
    answers = {
        (answer.status, answer.data)
        for number in range(many)
        for answer in [post(web, SPELLINGS[number % 4], source=("asks", "other")[number % 2])]
    }
    work(web)
    assert len(answers) == 1
    assert (len(outbox(web)), len(asked(web))) == (1, 1)
    assert outcomes(web) == ["hold"] * many


@pytest.mark.parametrize("many", [500, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_hundred_thousand_signups_of_one_victim_are_one_mail(web, clock, many):
    """As a flood comes: from ten thousand networks, at two forms, carried together as many as one transaction holds."""
    forms = []
    with reading(web.services.engine) as connection:
        forms += [find_source(connection, key) for key in ("asks", "other")]

    def arrived(number):
        signup = {"email": SPELLINGS[number % 4], "source": forms[number % 2].key, "consent": TICKED}
        evidence = Evidence(clock.now(), f"198.18.{number // 256 % 40}.{number % 256}", "a browser")
        return to_batch(signup, signup, forms[number % 2], evidence, is_form_post=False)

    for form in range(2):
        for first in range(form, many, 2 * MOST):
            batch = joined([arrived(number) for number in range(first, min(first + 2 * MOST, many), 2)])
            process(batch, web.services, dns_seconds=0)
    work(web)
    assert (len(outbox(web)), len(asked(web))) == (1, 1)
    with reading(web.services.engine) as connection:
        fates = connection.execute(select(leads.c.outcome, func.count()).group_by(leads.c.outcome)).all()
    assert fates == [("hold", many)]


def test_a_mailbox_gets_one_mail_a_day_and_three_until_one_is_confirmed(web, clock):
    counts = []
    for _ in range(10):
        for _ in range(3):
            post(web)
        counts.append(len(outbox(web)))
        clock.move(hours=12)
    assert counts == [1, 1, 2, 2, 3, 3, 3, 3, 3, 3]
    clock.move(days=30)
    post(web)
    assert len(outbox(web)) == 3
    work(web)


def test_the_day_ends_after_twenty_four_hours_to_the_second(web, clock):
    post(web)
    clock.move(hours=24, seconds=-1)
    post(web)
    assert len(outbox(web)) == 1
    clock.move(seconds=1)
    post(web)
    assert len(outbox(web)) == 2


def test_after_a_confirmation_the_count_begins_anew(web, clock):
    for _ in range(3):
        post(web)
        clock.move(days=1)
    work(web)
    assert web.client.post(links(outbox(web)[-1])[0]).status_code == 200
    for _ in range(5):
        post(web, source="other")
        clock.move(days=1)
    assert len(outbox(web)) == 6


def test_of_two_links_each_confirms_its_own_signup_and_one_prospect_comes_of_it(web, clock):
    post(web)
    clock.move(days=1)
    post(web)
    post(web)  # spared by the limit: it waits, and nothing of it is lost
    work(web)
    first, second = (links(mail)[0] for mail in outbox(web))
    assert web.client.post(second).status_code == 200
    assert outcomes(web) == ["hold", "prospect", "hold"]
    assert web.client.post(first).status_code == 200
    assert [(lead.outcome, lead.extra) for lead in web.leads()] == [
        ("rejection", "already_known"), ("prospect", None), ("hold", None),
    ]  # fmt: skip


def test_a_form_asks_no_more_people_in_an_hour_than_it_may(web, clock):
    web.source("small", statement=ASKING, form=Form(mails_an_hour=3))
    for number in range(6):
        post(web, f"p{number}@example.com", source="small")
    assert len(outbox(web)) == 3
    post(web, "q@example.com", source="asks")
    assert len(outbox(web)) == 4, "another form has its own bound"
    clock.move(hours=1)
    post(web, "p5@example.com", source="small")
    assert len(outbox(web)) == 5


@pytest.mark.parametrize(
    ("most", "asked_of"), [(0, ""), (1, "x"), (3, "xba"), (4, "xbac"), (5, "xbacd"), (9, "xbacde")]
)
def test_the_limits_hold_among_signups_that_are_carried_together(web, clock, most, asked_of):
    """As one after the other: who comes twice in a transaction is asked once, and its form asks no more than it may."""
    for way in ("apart", "together"):
        web.source(way, statement=ASKING, form=Form(mails_an_hour=most))
        with reading(web.services.engine) as connection:
            form = find_source(connection, way)

        def arrived(name, form=form, way=way):
            signup = {"email": f"{name}@{way}.example.com", "source": way, "consent": TICKED}
            return to_batch(signup, signup, form, Evidence(clock.now(), None, None), is_form_post=False)

        made = [arrived(name) for name in "xbabxcadeb"]
        process(made[0], web.services, dns_seconds=0)
        clock.move(seconds=1)
        for batch in [joined(made[1:])] if way == "together" else made[1:]:
            process(batch, web.services, dns_seconds=0)
        mine = [mail.recipient for mail in outbox(web) if mail.source == way]
        assert mine == [f"{name}@{way}.example.com" for name in asked_of], way


# --- the breaker


@pytest.mark.parametrize(
    ("counts", "how", "tripped"),
    [
        ((50, 9), {}, True), ((50, 10), {}, False), ((49, 0), {}, False), ((200, 39), {}, True), ((200, 40), {}, False),
        ((50, 0), {"state": "kept"}, True), ((50, 0), {"state": "new"}, False), ((50, 0), {"ago": 0.9}, False),
        ((50, 0), {"ago": 1}, True), ((50, 0), {"ago": 24}, False), ((50, 0), {"source": "other"}, False),
    ],
)  # fmt: skip
def test_a_form_of_which_few_confirm_is_found_out(web, clock, counts, how, tripped):
    questions(web, clock, *counts, **how)
    with web.services.engine.connect() as connection:
        assert is_tripped(connection, "asks", clock.now()) is tripped


def test_its_mails_wait_and_go_when_the_flood_is_a_day_old(web, clock):
    post(web)
    post(web, "bob@example.org", source="other")
    questions(web, clock, 60, 0)
    account = work(web)
    assert (account.put_off, account.kept) == (1, 1)
    waiting = outbox(web)[0]
    assert (waiting.state, waiting.error) == ("new", "few people of this form confirm")
    clock.move(hours=23)
    assert work(web).kept == 1
    assert web.client.post(links(outbox(web)[0])[0]).status_code == 200


# --- mails that nobody waits for any more


@pytest.mark.parametrize("why", ["refused by an officer", "out of date", "answered", "erased"])
def test_a_mail_that_nobody_waits_for_is_not_sent(web, clock, why):
    post(web)
    with web.services.unit_of_work() as unit:
        if why == "refused by an officer":
            from gateway.outcomes.holds import close_holds

            close_holds(unit, unit.connection.execute(select(leads.c.id)).scalars().all(), "refused", "a test")
        elif why == "answered":
            unit.connection.execute(update(confirmations).values(state="closed"))
        elif why == "erased":
            unit.connection.execute(confirmations.delete())
    if why == "out of date":
        clock.move(days=7)
    assert work(web).stopped == 1
    [mail] = outbox(web)
    assert (mail.state, mail.recipient) == ("stopped", None)


def test_mails_of_other_rooms_are_none_of_its_business(web):
    class Row:
        kind = "receipt"

    with web.services.unit_of_work() as unit:
        assert Gate().may_go(unit, Row) is None
