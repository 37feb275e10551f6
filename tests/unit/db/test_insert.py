"""Columns go into a table as they are, however the driver is made to take them quickly."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import DBAPIError

from gateway.db.engine import open_engine
from gateway.db.work import unit_of_work
from gateway.outcomes.tables import leads

AT = datetime(2026, 11, 20, tzinfo=UTC)
KEY, OTHER = b"\x00\xff" * 8, b"\x01" * 16
COLUMNS = {
    "id": range(1, 5), "number": [1, 2, 3, 4], "address": ["é", None, "nan", ""], "match_key": [KEY, None, OTHER, KEY],
    "as_arrived": ["[]"] * 4, "outcome": ["hold"] * 4, "decision_id": [1] * 4, "duplicate_of": [None, 1, None, None],
}  # fmt: skip
SAME = {"batch_id": 7, "decided_in": 7, "extra": "a word"}


@pytest.mark.parametrize("few", [0, 16])
def test_what_goes_in_comes_out(engine, monkeypatch, few):
    monkeypatch.setattr(
        "gateway.db.insert.FEW", few
    )  # a few rows go in as any statement's do, many as each driver likes
    with unit_of_work(engine, AT) as work:
        work.insert_columns(leads, COLUMNS, same=SAME)
        work.insert_columns(leads, {name: [] for name in COLUMNS}, same=SAME)
        names = ("id", "address", "match_key", "duplicate_of", "batch_id", "extra", "replaced_by")
        found = work.connection.execute(leads.select().order_by(leads.c.id).with_only_columns(*map(leads.c.get, names)))
        assert [tuple(row) for row in found] == [
            (1, "é", KEY, None, 7, "a word", None),
            (2, None, None, 1, 7, "a word", None),
            (3, "nan", OTHER, None, 7, "a word", None),
            (4, "", KEY, None, 7, "a word", None),
        ]


@pytest.mark.parametrize("few", [0, 16])
def test_nothing_is_kept_where_something_must_be(engine, monkeypatch, few):
    monkeypatch.setattr("gateway.db.insert.FEW", few)
    with pytest.raises(DBAPIError), unit_of_work(engine, AT) as work:
        work.insert_columns(leads, COLUMNS | {"as_arrived": ["[]", None, "[]", "[]"]}, same=SAME)


def test_a_constant_is_no_way_in(tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.db.insert.FEW", 0)  # few rows are bound, constants too
    engine = open_engine(f"sqlite:///{tmp_path / 'insert.sqlite'}")
    with pytest.raises(ValueError, match="no constant"), unit_of_work(engine, AT) as work:
        work.insert_columns(leads, COLUMNS, same=SAME | {"extra": "'); DROP TABLE leads; --"})
    engine.dispose()
