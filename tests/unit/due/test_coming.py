"""What is due a page at a time: the same lines as the agenda has at once, each exactly once, however they are cut."""

from datetime import date, timedelta

import pytest
from builders import BOUGHT, ToldRoutes, key, list_batch, make_services
from dated_duties import services_with_duties
from waiting import INCOMPLETE, UNCLEAR, bring

from gateway.clocks.coming import Owing, count_owing, find_owing
from gateway.clocks.tables import clocks
from gateway.db.work import reading
from gateway.domain.ports import Suppression
from gateway.due.agenda import make_agenda
from gateway.due.coming import SOME, Key, find_coming
from gateway.due.entry import ORDER
from gateway.outcomes.leave import leave
from gateway.pipeline import process


@pytest.fixture
def services(engine, clock, tmp_path):
    """A week of lists, one a day, of Germans who are owed something; holds of three kinds, and somebody who left."""
    made = services_with_duties(engine, clock, tmp_path, routes=ToldRoutes({"silent.example.net": "no_such_domain"}))
    for day in range(7):
        rows = [{"email": f"p{n}.d{day}@example.com", "country": "DE"} for n in range(3)]
        rows += [{"email": f"info@d{day}.example.com"}]
        process(list_batch(rows, clock.now(), statement=BOUGHT), made)
        with made.unit_of_work() as work:
            who = key(f"p0.d{day}@example.com")
            leave(work, made.ledger, [Suppression(who, "opt_out", clock.now())], by="test")
        clock.move(days=1)
    return made


def at_once(services):
    """The agenda's lines, the same thing on the same day made one."""
    found = {}
    for one in make_agenda(services).entries:
        line = (one.due_on, ORDER.index(one.kind), one.code, one.id)
        found[line] = (found.get(line) or 0) + one.people if one.people is not None else None
    return sorted(found.items())


def paged(services, limit, **asked):
    found, after = [], None
    with reading(services.engine) as connection:
        while True:
            some = find_coming(connection, services, after=after, limit=limit, **asked)
            found += some[:limit]
            if len(some) <= limit:
                return found
            after = Key.read(str(some[limit - 1].key))


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_every_line_of_the_agenda_stands_on_exactly_one_page(services, limit):
    assert [(tuple(line.key), line.people) for line in paged(services, limit)] == at_once(services)


@pytest.mark.parametrize("kind", ORDER)
def test_a_filter_shows_one_kind_whole(services, kind):
    assert [(tuple(line.key), line.people) for line in paged(services, 2, kinds=(kind,))] == [
        one for one in at_once(services) if one[0][1] == ORDER.index(kind)
    ]


def test_days_of_holds_are_whole_on_whatever_page(engine, clock, tmp_path):
    services = make_services(engine, clock, tmp_path, routes=ToldRoutes({"silent.example.net": "unknown"}))
    for number in range(1, 9):
        bring(services, (INCOMPLETE, UNCLEAR)[number % 2], 2, number=number)
        bring(services, BOUGHT, 1, number=number + 20, at="silent.example.net")
        clock.move(hours=13)
    for limit in (1, 2, 5):
        found = [(tuple(line.key), line.people) for line in paged(services, limit, kinds=("hold",))]
        assert found == [one for one in at_once(services) if one[0][1] == ORDER.index("hold")]


def test_a_line_names_whence_its_people_came(services):
    named = {(line.kind, line.code): line.sources for line in paged(services, 50)}
    assert named["obligation", "notice"] == ["list_1"]
    assert named["hold", "review"] == ["list_1"]


def test_a_line_of_very_many_batches_names_some(services):
    with services.unit_of_work() as work:
        mine = clocks.select().where(clocks.c.obligation == "notice").limit(1)
        row = dict(work.connection.execute(mine).mappings().one())
        del row["id"]
        row["done_at"] = None
        work.connection.execute(clocks.insert(), [{**row, "batch_id": 1000 + n, "lead_id": n} for n in range(SOME)])
    (line,) = [one for one in paged(services, 50) if one.code == "notice" and one.more_sources]
    assert line.people > SOME


def test_who_is_owed_something_is_paged_by_key(services):
    line = next(one for one in paged(services, 50) if one.code == "notice")
    with reading(services.engine) as connection:
        assert count_owing(connection, line.due_on, "notice") == 2 == line.people
        (first,) = find_owing(connection, line.due_on, "notice", after=None, limit=1)
        (second,) = find_owing(connection, line.due_on, "notice", after=Owing(*first), limit=5)
        assert find_owing(connection, line.due_on, "notice", after=second, limit=5) == []
        assert find_owing(connection, line.due_on + timedelta(days=300), "notice", after=None, limit=5) == []
    assert first.lead_id < second.lead_id


def test_what_is_no_key_is_none():
    assert Key.read("2026-12-01~hold~review~") == Key(date(2026, 12, 1), ORDER.index("hold"), "review", "")
    for odd in ("", "~~~", "2026-12-01~hold~review", "2026-12-01~odd~x~", "tomorrow~hold~x~", "a~b~c~d~e"):
        assert Key.read(odd) is None
