"""What a stranger could time: the work before an answer, in statements and commits, whatever is known of an address.

Times are made of this work; they themselves are looked at by make soak.
"""

import time
from contextlib import contextmanager
from statistics import median

import pytest
from builders import key
from confirming import ASKING, links, outbox, post
from sqlalchemy import event

from gateway.domain.ports import Suppression
from gateway.intake.people.erasing import erase_person
from gateway.outcomes.leave import leave

TAKEN = ("new", "prospect", "pending", "confirmed", "often")
REFUSED = ("bounced", "erased")  # the erased one may come back by a click from the mailbox, as who left may


@contextmanager
def watched(engine):
    """Statements and commits, one word each."""
    seen = []

    def sent(_connection, _cursor, statement, *_more):
        seen.append(statement)

    def committed(_connection):
        seen.append("COMMIT")

    event.listen(engine, "before_cursor_execute", sent)
    event.listen(engine, "commit", committed)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", sent)
        event.remove(engine, "commit", committed)


def who(kind, number):
    return f"{kind}{number}@example.com"


@pytest.fixture
def known(web, clock):
    """Two people of each kind: the first of a kind makes decisions that the second finds made."""
    web.source("asks", statement=ASKING)
    for number in range(2):
        with web.services.unit_of_work() as unit:
            stops = [("left", "opt_out"), ("bounced", "bounce")]
            leave(
                unit, web.services.ledger,
                [Suppression(key(who(kind, number)), cause, unit.at) for kind, cause in stops], by="a test",
            )  # fmt: skip
        for kind in ("prospect", "erased"):
            post(web, who(kind, number), source="demo")
        erase_person(web.services, who("erased", number), why="asked", by="a test")
        post(web, who("confirmed", number))
        assert web.client.post(links(outbox(web)[-1])[0]).status_code == 200
    for number in range(2):
        for _ in range(3):
            post(web, who("often", number))
            clock.move(days=1)
    for number in range(2):
        post(web, who("pending", number))
    return web


def work_for(web, source):
    """The statements for the second of each kind."""
    done = {}
    for kind in (*TAKEN, *REFUSED, "left"):
        post(web, who(kind, 0), source=source)
        with watched(web.services.engine) as done[kind]:
            assert post(web, who(kind, 1), source=source).status_code == 202
    return done


def test_a_form_that_asks_writes_a_mail_for_everybody_and_takes_back_those_not_meant(known):
    before = len(outbox(known))
    done = work_for(known, "asks")
    counts = {kind: len(statements) for kind, statements in done.items()}
    assert {counts[kind] for kind in counts if kind != "bounced"} == {counts["new"]}, counts
    assert counts["new"] - counts["bounced"] == 2, "nothing waits for who is refused: one row less, one look less"
    assert {statements.count("COMMIT") for statements in done.values()} == {1}
    assert {sum("INSERT INTO mails" in one for one in statements) for statements in done.values()} == {1}
    written = {mail.recipient for mail in outbox(known)[before:]}
    assert who("new", 1) in written
    assert not written & {who(kind, 1) for kind in ("bounced", "pending")}


def test_a_form_that_does_not_ask_does_as_much_for_all(known):
    """Whoever left is asked for a click from the mailbox (H-33); for others the mail is written and taken back."""
    done = work_for(known, "demo")
    counts = {kind: len(statements) for kind, statements in done.items()}
    assert {counts[kind] for kind in TAKEN} == {counts["new"]}, counts
    assert {counts["new"] - counts[kind] for kind in ("left", "erased")} == {1}, counts  # a hold where others get a row
    assert counts["new"] - counts["bounced"] == 3, counts  # neither, and no look for who came before
    assert {sum("INSERT INTO mails" in one for one in statements) for statements in done.values()} == {1}
    assert {statements.count("COMMIT") for statements in done.values()} == {1}


@pytest.mark.slow
def test_times_do_not_tell_who_is_known(known):
    """In turns, so that what the machine does meanwhile meets all alike; the median says what an answer costs."""
    spans = {kind: [] for kind in (*TAKEN, *REFUSED, "left")}
    for number in range(100):
        for kind, mine in spans.items():
            address = who(kind, 1000 + number if kind == "new" else 1)
            begun = time.perf_counter()
            assert post(known, address).status_code == 202
            mine.append((time.perf_counter() - begun) * 1000)
    medians = {kind: round(median(mine), 2) for kind, mine in spans.items()}
    print(medians)
    gaps = {kind: abs(medians[kind] - medians["new"]) for kind in medians}
    assert max(gaps.values()) < max(1.0, medians["new"] / 10), medians
