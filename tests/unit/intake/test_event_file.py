"""Files of events: any usual delimiter, each row answered, taken in twice the same as once."""

import pytest
from becoming import prospects
from builders import key, make_services

from gateway.db.work import reading
from gateway.domain.problem import CallerError
from gateway.intake.event_file import import_events
from gateway.lifecycle.happenings import page
from gateway.suppression.book import find


@pytest.fixture
def services(engine, clock, tmp_path):
    found = make_services(engine, clock, tmp_path)
    prospects(found, "ana", "ben")
    return found


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "events.csv"
    path.write_bytes(text.encode(encoding))
    return path


def counts(services, path, **more):
    found = {}
    for rows, taken in import_events(services, path, teller="file", **more):
        assert len(rows) == len(taken.replies)
        for state, count in taken.counts.items():
            found[state] = found.get(state, 0) + count
    return {state: count for state, count in found.items() if count}


ROWS = (
    "Email;Event;Date;Product;Qty;Amount;Currency\n"
    "ana@example.com;purchase;2026-11-01;coffee;2;29.00;EUR\n"
    "ana@example.com;purchase;2026-11-01;coffee;2;29.00;EUR\n"
    "\n"
    "ben@example.com;contact;2026-11-02T10:00:00+01:00;;;;\n"
    "zoe@example.com;use;2026-11-02;;;;\n"
    "ben@example.com;sale;2026-11-02;;many;;\n"
    "ben@example.com;use;2026-11-02;;;;;and more\n"
)


def test_each_row_is_answered_and_a_file_taken_in_twice_changes_nothing(services, tmp_path):
    path = write(tmp_path, ROWS)
    assert counts(services, path, dry=True) == {"recorded": 3, "unknown_person": 1, "refused": 2}
    with reading(services.engine) as connection:
        assert page(connection) == []
    assert counts(services, path) == {"recorded": 3, "unknown_person": 1, "refused": 2}
    assert counts(services, path) == {"told_before": 3, "unknown_person": 1, "refused": 2}
    with reading(services.engine) as connection:
        first, second, _ = [one for _, one in page(connection)]
    assert first == second
    assert (first.quantity, first.amount_minor, first.currency) == (2, 2900, "EUR")


def test_a_longer_file_brings_only_what_is_new(services, tmp_path):
    counts(services, write(tmp_path, ROWS))
    longer = ROWS + "ana@example.com;purchase;2026-11-01;coffee;2;29.00;EUR\nben@example.com;use;2026-11-09;;;;\n"
    assert counts(services, write(tmp_path, longer))["recorded"] == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(services, tmp_path, encoding):
    assert counts(services, write(tmp_path, ROWS, encoding))["recorded"] == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "file_empty"), ("email,kind\na,b\n", "missing"), ("email,kind,at,at\n", "given_twice"),
     ("email,kind,at,price\n", "unknown_field")],
)  # fmt: skip
def test_what_is_no_table_of_events_is_refused_before_anything_is_kept(services, tmp_path, text, code):
    with pytest.raises(CallerError) as caught:
        counts(services, write(tmp_path, text))
    assert code in [problem.code for problem in caught.value.problems]


HEAD = "email;kind;at\n"


def at_of(services):
    with reading(services.engine) as connection:
        return [one.at.isoformat() for _, one in page(connection)]


def test_times_without_a_zone_are_asked_for_and_not_guessed(services, tmp_path):
    path = write(tmp_path, f"{HEAD}ana@example.com;contact;2026-11-02 10:00\nana@example.com;contact;2026-11-02\n")
    ((_, taken),) = import_events(services, path, teller="file")
    assert [[problem.message for problem in reply.problems] for reply in taken.replies] == [
        ["this time names no zone; --zone says whose clock it was, such as Europe/Berlin"], [],
    ]  # fmt: skip
    assert counts(services, path, zone="America/New_York") == {"recorded": 1, "told_before": 1}
    assert "2026-11-02T15:00:00+00:00" in at_of(services)


def test_the_zone_is_of_days_too_and_a_zone_that_is_written_counts(services, tmp_path):
    path = write(tmp_path, f"{HEAD}ana@example.com;contact;2026-11-01\nana@example.com;contact;2026-11-02T10:00:00Z\n")
    assert counts(services, path, zone="Asia/Tokyo") == {"recorded": 2}
    assert at_of(services) == ["2026-10-31T15:00:00+00:00", "2026-11-02T10:00:00+00:00"]


@pytest.mark.parametrize(("kind", "hour"), [("contact", "00"), ("opt_out", "01")])
def test_of_an_hour_that_comes_twice_an_order_to_stop_means_the_later(services, tmp_path, kind, hour):
    path = write(tmp_path, f"{HEAD}ana@example.com;{kind};2026-10-25T02:30:00\n")
    assert counts(services, path, zone="Europe/Berlin") == {"recorded": 1}
    assert at_of(services) == [f"2026-10-25T{hour}:30:00+00:00"]


def test_a_time_of_the_future_is_so_by_its_own_clock(services, tmp_path, clock):
    now = clock.now()
    path = write(tmp_path, f"{HEAD}ana@example.com;contact;{now:%Y-%m-%dT%H:%M}\n")
    assert counts(services, path, zone="America/New_York") == {"refused": 1}
    assert counts(services, path, zone="Asia/Tokyo") == {"recorded": 1}


def test_an_opt_out_of_a_time_without_a_zone_counts_though_its_event_is_refused(services, tmp_path):
    path = write(tmp_path, f"{HEAD}ana@example.com;opt_out;2026-11-02 10:00\n")
    ((_, taken),) = import_events(services, path, teller="file")
    assert taken.replies[0].problems
    with reading(services.engine) as connection:
        assert find(connection, [key("ana@example.com")])


def test_a_zone_that_is_none_is_named(services, tmp_path):
    with pytest.raises(CallerError, match="Europe/Berlni") as caught:
        next(iter(import_events(services, write(tmp_path, HEAD), teller="file", zone="Europe/Berlni")))
    assert caught.value.problems[0].suggestion == "Europe/Berlin"
