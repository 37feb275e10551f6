"""One person to whom thousands of things happened: judged while others write, and written as quickly as anybody."""

from datetime import UTC, datetime, timedelta

import becoming
import pytest
from emitting import ready_services
from sqlalchemy import event, select

from gateway.becoming import derive
from gateway.db.work import reading
from gateway.domain.happening import Happening
from gateway.lifecycle.happenings import record
from gateway.lifecycle.standing import STALE, mark
from gateway.lifecycle.tables import events, phases
from gateway.policy.phases import judge


@pytest.fixture
def services(engine, clock, tmp_path):
    return ready_services(engine, clock, tmp_path)


def happen(services, number, count, *, name="", kind="purchase", gap=8):
    """So much happens to somebody, from 2023 on, and nothing is derived yet."""
    begun = datetime(2023, 1, 1, 12, tzinfo=UTC)
    rows = [
        (f"{number} {name} {n}", Happening(number, kind, begun + timedelta(hours=gap * n), product="coffee"))
        for n in range(count)
    ]
    with services.unit_of_work() as work:
        record(work, "shop", rows)
        mark(work, [number])


def written(services):
    """What is asked and told while the writer is held, each with the rows it touches."""
    engine, inside, is_held = services.engine, [], []

    def heard(connection, _cursor, statement, values, _context, many):
        if connection.get_execution_options().get("writes"):
            is_held.append(1)
            inside.append((statement, len(values) if many else 1))

    event.listen(engine, "before_cursor_execute", heard)
    try:
        assert not derive.derive_due(services, seconds=60)
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    assert is_held
    return inside


def test_the_writer_is_held_as_long_for_much_as_for_little(services):
    ana, ben, cid = becoming.prospects(services, "ana", "ben", "cid")
    happen(services, cid, 1)
    written(services)  # the first of all is noted in the ledger with the rules
    happen(services, ana, 5)
    few = written(services)
    happen(services, ben, 3000)
    much = written(services)
    assert len(much) == len(few), "\n".join(statement for statement, _ in much)
    assert sum(rows for _, rows in much) == sum(rows for _, rows in few)
    assert not [one for one, _ in much if "happenings.kind" in one], "what happened is read before"


def test_others_write_while_a_life_is_judged(services, monkeypatch):
    ana, ben = becoming.prospects(services, "ana", "ben")
    happen(services, ana, 50)
    live, wrote = derive.live, []

    def slow(*args):
        if not wrote:
            wrote.append(ben)
            happen(services, ben, 1)  # would wait for ever, if this thread held the writer
        return live(*args)

    monkeypatch.setattr(derive, "live", slow)
    assert not derive.derive_due(services, seconds=60)
    assert [becoming.stands(services, one)[0] for one in (ana, ben)] == ["lapsed"] * 2


def test_of_whom_something_is_learnt_meanwhile_nothing_is_written_until_it_counts(services, monkeypatch):
    ana, ben = becoming.prospects(services, "ana", "ben")
    happen(services, ana, 1)
    happen(services, ben, 1)
    live, meanwhile = derive.live, []

    def beside(*args):
        if not meanwhile:
            meanwhile.append(ana)
            happen(services, ana, 1, name="late", kind="complaint")
        return live(*args)

    monkeypatch.setattr(derive, "live", beside)
    assert derive.derive_due(services, seconds=0), "ana is still due"
    with reading(services.engine) as connection:
        rules = dict(map(tuple, connection.execute(select(phases.c.prospect_id, phases.c.rules))))
        said = list(connection.execute(select(events.c.prospect_id).where(events.c.rule.is_not(None))).scalars())
    assert (rules[ana], rules[ben], set(said)) == (STALE, services.policies.lifecycle.digest, {ben})
    assert not derive.derive_due(services, seconds=60)
    assert becoming.stands(services, ana) == ("lapsed", "do_not_contact")


def test_who_was_withdrawn_meanwhile_is_judged_again(services, monkeypatch):
    from emitting import go

    (ana,) = becoming.prospects(services, "ana")
    happen(services, ana, 1)
    live, left = derive.live, []

    def beside(*args):
        if not left:
            left.append(ana)
            go(services, "ana@example.com")
        return live(*args)

    monkeypatch.setattr(derive, "live", beside)
    assert derive.derive_due(services, seconds=0)
    assert not derive.derive_due(services, seconds=60)
    assert becoming.stands(services, ana) == ("lapsed", "do_not_contact")


def test_a_slice_is_bounded_by_what_happened_and_takes_one_at_least(services, monkeypatch):
    numbers = becoming.prospects(services, "ana", "ben", "cy", "dot")
    for number, count in zip(numbers, (30, 1, 1, 5), strict=True):
        happen(services, number, count)
    monkeypatch.setattr(derive, "MOST_HAPPENINGS", 10)
    taken, judged = [], derive._judge
    monkeypatch.setattr(derive, "_judge", lambda found, terms: taken.append(len(found.due)) or judged(found, terms))
    assert not derive.derive_due(services, seconds=60)
    assert (sum(taken), len(taken)) == (4, 2)
    assert all(becoming.stands(services, number)[0] != "prospect" for number in numbers)


def test_each_happening_is_asked_about_a_few_times_however_many_there_were(services, monkeypatch):
    """Of those within a span only those are looked at, and only the newest say when it ends."""
    asked, over = [], judge.over_on
    monkeypatch.setattr(judge, "over_on", lambda *args: asked.append(1) or over(*args))
    (ana, ben) = becoming.prospects(services, "ana", "ben")
    counts = {}
    for number, count in ((ana, 200), (ben, 1600)):
        happen(services, number, count, kind="reply", gap=16)
        asked.clear()
        assert not derive.derive_due(services, seconds=60)
        counts[count] = len(asked) / count
    assert counts[1600] < 2 * counts[200]
