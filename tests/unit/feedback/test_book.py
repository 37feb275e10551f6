import random
from datetime import timedelta
from itertools import permutations

import pytest
from builders import key as key_of
from builders import list_batch, make_services, signup_batch
from mails import corpus
from sqlalchemy import select

from gateway.db.engine import open_engine
from gateway.db.work import reading
from gateway.domain.ports import Suppression
from gateway.feedback.book import Account, record
from gateway.feedback.counts import find_counts
from gateway.feedback.event import KINDS, Event, RefusedError
from gateway.feedback.message import parse
from gateway.feedback.tables import feedback_events
from gateway.ledger.tables import entries
from gateway.lifecycle.store import known
from gateway.outcomes.leave import leave
from gateway.person.links import leave_links, whose_link
from gateway.pipeline import process
from gateway.suppression.book import find
from gateway.suppression.tables import suppressions

DAY = timedelta(days=1)
ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


def said(kind, address=ANN, *, hours=1.0, clock=None, **more):
    at = None if clock is None else clock.now() - timedelta(hours=hours)
    return Event("sendgrid", kind, (address,) if address else (), at, **more)


def rows(services):
    with reading(services.engine) as connection:
        return list(connection.execute(select(feedback_events).order_by(feedback_events.c.id)))


def orders(services, *addresses):
    with reading(services.engine) as connection:
        found = find(connection, [key_of(address) for address in addresses])
    return sorted((one.cause, one.received_at) for some in found.values() for one in some)


def state(services):
    """Everything that reports can change, without the numbers of rows."""
    with reading(services.engine) as connection:
        events = sorted(map(str, _without_numbers(connection)))
        names = ("match_key", "cause", "scope", "received_at", "last_received_at")
        left = sorted(map(str, connection.execute(select(*[suppressions.c[name] for name in names]))))
        ledger = len(list(connection.execute(select(entries))))
    return events, left, ledger


def _without_numbers(connection):
    return connection.execute(select(*[column for column in feedback_events.c if column.name != "id"]))


@pytest.mark.parametrize(
    ("kind", "cause"), [("hard_bounce", "bounce"), ("complaint", "complaint"), ("unsubscribe", "opt_out")]
)
def test_who_is_gone_or_left_is_suppressed_with_the_cause_at_the_event_s_time(services, clock, kind, cause):
    process(signup_batch(ANN, clock.now()), services)
    clock.move(days=1)
    account = record(services, [said(kind, clock=clock)])
    assert account == Account(new=1, kinds={kind: 1}, suppressed=1, withdrawn=1)
    assert orders(services, ANN) == [(cause, clock.now() - timedelta(hours=1))]
    with reading(services.engine) as connection:
        assert known(connection, [key_of(ANN)])[key_of(ANN)].withdrawn
        assert connection.execute(select(suppressions.c.by)).scalar_one() == "feedback:sendgrid"


@pytest.mark.parametrize(
    "kind", sorted(set(KINDS) - {"hard_bounce", "complaint", "unsubscribe", "delivered", "opened", "clicked"})
)
def test_everything_else_is_counted_and_suppresses_nobody(services, clock, kind):
    process(signup_batch(ANN, clock.now()), services)
    moved = BOB if kind == "moved" else None
    account = record(services, [said(kind, clock=clock, moved_to=moved)])
    assert (account.new, account.suppressed, account.withdrawn) == (1, 0, 0)
    assert [row.kind for row in rows(services)] == [kind]
    assert orders(services, ANN, BOB) == []


def test_deliveries_openings_and_clicks_leave_nothing_behind(services, clock):
    before = state(services)
    account = record(services, [said(kind, clock=clock) for kind in ("delivered", "opened", "clicked")])
    assert account == Account(ignored=3)
    assert state(services) == before


def test_nothing_lifts_a_suppression(services, clock):
    record(services, [said("unsubscribe", clock=clock)])
    before = orders(services, ANN)
    record(services, [said("subscribe", clock=clock, hours=0), said("not_spam", clock=clock, hours=0)])
    assert orders(services, ANN) == before != []


def test_an_event_of_the_future_or_of_no_time_is_of_now(services, clock):
    record(services, [said("complaint", clock=clock, hours=-48), said("complaint", BOB)])
    assert orders(services, ANN, BOB) == [("complaint", clock.now())] * 2


def test_an_event_is_tied_to_its_prospect_and_the_form_or_list_it_came_by(services, clock):
    process(signup_batch(ANN, clock.now()), services)
    process(
        list_batch([{"email": BOB}, {"email": "cy@example.com"}, {"email": "not an address"}], clock.now()), services
    )
    with reading(services.engine) as connection:
        held = known(connection, [key_of(ANN)])[key_of(ANN)]
    record(services, [said("soft_bounce", name, clock=clock) for name in (ANN, BOB, "stranger@example.org", "")])
    found = {row.match_key and bytes(row.match_key): row for row in rows(services)}
    ann, bob = found[key_of(ANN)], found[key_of(BOB)]
    assert (ann.prospect_id, ann.lead_id, ann.source, ann.origin_kind) == (
        held.prospect_id,
        held.lead_id,
        "demo",
        "form",
    )
    assert (bob.source, bob.origin_kind) == ("1", "list")
    assert bob.lead_id is not None
    for nobody in (found[key_of("stranger@example.org")], found[None]):
        assert (nobody.prospect_id, nobody.lead_id, nobody.source, nobody.origin_kind) == (None, None, None, None)
    with reading(services.engine) as connection:
        counts = find_counts(connection)
    assert [(one.origin_kind, one.source, one.vendor, one.events, one.people) for one in counts] == [
        (None, None, None, 2, 1), ("form", "demo", None, 1, 1), ("list", "1", "Meridian Leads", 1, 1),
    ]  # fmt: skip


def test_of_several_names_the_one_we_know_is_meant(services, clock):
    process(signup_batch(ANN, clock.now()), services)
    record(services, [Event("dsn", "hard_bounce", ("forward@example.org", ANN), None)])
    assert orders(services, ANN) == [("bounce", clock.now())]
    assert orders(services, "forward@example.org") == []


def test_a_complaint_told_twice_over_is_two_events_and_one_suppression(services, clock):
    at = clock.now() - timedelta(hours=2)
    for reporter in ("arf", "ses"):
        record(services, [Event(reporter, "complaint", (ANN,), at)])
    assert [row.reporter for row in rows(services)] == ["arf", "ses"]
    assert orders(services, ANN) == [("complaint", at)]


def test_no_address_is_kept(services, clock):
    record(services, [said("hard_bounce", "jane.roe@example.com", clock=clock,
                           detail="550 <jane.roe@example.com>... gone",
                           event_id="jane.roe@example.com", message_ids=("<jane.roe@example.com>",))])  # fmt: skip
    with reading(services.engine) as connection:
        kept = [str(tuple(row)) for name in (feedback_events, suppressions, entries)
                for row in connection.execute(select(name))]  # fmt: skip
    assert not [text for text in kept if "jane" in text]
    assert rows(services)[0].detail == "550 <[address]>... gone"


def all_reports():
    found = []
    for data, expected in corpus().values():
        if expected:
            found += parse(data).events
    return found


def test_the_same_reports_thrice_and_in_any_order_give_the_same_rows(databases, clock, tmp_path):
    pool = [
        *all_reports(),
        Event("mailchimp", "moved", ("gone@example.com",), clock.now() - 3 * DAY, moved_to="next@example.com"),
        Event("mailchimp", "moved", ("next@example.com",), clock.now() - 2 * DAY, moved_to="last@example.com"),
        Event("mailchimp", "unsubscribe", ("gone@example.com",), clock.now() - timedelta(days=9)),
        Event("ses", "complaint", ("next@example.com",), clock.now() + timedelta(days=1), event_id="f"),
    ]  # fmt: skip
    states = []
    for kind in ("sqlite", "postgresql"):
        for seed in range(3):
            url = databases.fresh(kind)
            engine = open_engine(url)
            gateway = make_services(engine, clock, tmp_path)
            process(signup_batch("gone@example.com", clock.now()), gateway)
            told = pool * (1 if seed == 0 else 3)
            random.Random(seed).shuffle(told)
            for start in range(0, len(told), 7):
                record(gateway, told[start : start + 7])
            states.append(state(gateway)[:2])
            before = state(gateway)
            record(gateway, told)
            assert state(gateway) == before
            engine.dispose()
            databases.drop(url)
    assert states[0][0]
    assert all(one == states[0] for one in states)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whoever_left_and_moved_has_left_everywhere_in_whichever_order_we_hear(services, clock, order):
    told = [
        said("unsubscribe", "a@example.com", clock=clock),
        said("moved", "a@example.com", clock=clock, moved_to="b@example.com"),
        said("moved", "b@example.com", clock=clock, moved_to="a@example.com"),
    ]  # fmt: skip
    for place in order:
        record(services, [told[place]])
    expected = [("opt_out", clock.now() - timedelta(hours=1))]
    assert orders(services, "a@example.com") == orders(services, "b@example.com") == expected


def test_a_bounce_and_what_others_wrote_down_follow_as_they_should(services, clock):
    at = clock.now() - timedelta(days=4)
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key_of(ANN), "objection", at)], by="officer")
    record(services, [said("hard_bounce", clock=clock), said("moved", clock=clock, moved_to=BOB)])
    assert orders(services, BOB) == [("objection", at)]


def test_events_without_an_id_are_told_apart_by_all_they_say(services, clock):
    one = said("soft_bounce", clock=clock, message_ids=("a",))
    others = [
        said("soft_bounce", clock=clock, message_ids=("b",)),
        said("soft_bounce", clock=clock, hours=2, message_ids=("a",)),
        said("soft_bounce", BOB, clock=clock, message_ids=("a",)), said("hard_bounce", clock=clock, message_ids=("a",)),
    ]  # fmt: skip
    assert record(services, [one, *others, one]).new == 5
    assert record(services, [one, *others]).known == 5


def test_an_id_is_what_makes_an_event_one(services, clock):
    assert record(services, [said("complaint", clock=clock, event_id="e1")]).new == 1
    assert record(services, [said("complaint", clock=clock, hours=9, event_id="e1", detail="again")]).new == 0
    assert record(services, [said("complaint", clock=clock, event_id="e2")]).new == 1


def test_what_fails_leaves_nothing(services, clock):
    before = state(services)

    def fail(work, account):
        raise RefusedError("x", "y")

    with pytest.raises(RefusedError):
        record(services, [said("complaint", clock=clock)], within=fail)
    assert state(services) == before


BLACKED_OUT = b"""From: <abuse@isp.example.net>
Date: Sat, 21 Nov 2026 11:30:00 +0000
Message-ID: <report-1@isp.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="p"

--p
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Some/1.0
Version: 1
Original-Rcpt-To: <redacted-1@example.com>

--p
Content-Type: text/rfc822-headers

To: redacted@example.com
List-Unsubscribe: <mailto:stop@example.com>,
 <https://gateway.example.com/u/TOKEN?x=1>
Subject: Offers

--p--
"""


@pytest.mark.parametrize("whole", [True, False])
def test_a_complaint_that_names_nobody_is_of_whoever_the_mails_own_link_is_of(services, clock, whole):
    process(signup_batch(ANN, clock.now(), confirmed_at=clock.now()), services)
    token = leave_links(services).token(key_of(ANN), 1)
    token = token if whole else token[:-1] + ("A" if token[-1] != "A" else "B")
    parsed = parse(BLACKED_OUT.replace(b"TOKEN", token.encode()))
    account = record(services, parsed.events, read_link=whose_link(services))
    assert (account.kinds, account.withdrawn) == ({"complaint": 1}, 1 if whole else 0)
    assert [cause for cause, _ in orders(services, ANN)] == (["complaint"] if whole else [])
    again = record(services, parsed.events, read_link=whose_link(services))
    assert (again.new, again.known) == (0, 1)


def test_an_id_that_is_used_again_hides_no_later_leaving(services, clock):
    """Senders of their own JSON may take the subscriber's number for the event's id."""
    first = said("unsubscribe", clock=clock, event_id="subscriber-7")
    record(services, [first])
    clock.move(days=1)
    process(signup_batch(ANN, clock.now(), confirmed_at=clock.now()), services)
    clock.move(days=1)
    before = state(services)
    assert record(services, [first, first]).withdrawn == 0
    assert state(services) == before, "the same again changes nothing"
    account = record(services, [said("unsubscribe", clock=clock, event_id="subscriber-7"), first])
    assert (account.new, account.known, account.withdrawn) == (0, 2, 1)
    assert orders(services, ANN)[-1] == ("opt_out", clock.now() - timedelta(hours=1))
