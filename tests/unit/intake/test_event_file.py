"""Files of events: any usual delimiter, each row answered, taken in twice the same as once."""

import pytest
from becoming import prospects
from builders import make_services

from gateway.db.work import reading
from gateway.domain.problem import CallerError
from gateway.intake.event_file import import_events
from gateway.lifecycle.happenings import page


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
