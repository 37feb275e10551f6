"""Rows cut all at once are the rows that are cut line by line, and the same leads come of them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gateway.domain.lead import Origin, Statement
from gateway.intake.columns import blocks_to_batch
from gateway.intake.even import Even
from gateway.intake.readers import inspect, lines, read_blocks, records
from gateway.intake.readers.encoding import Encoding, TextFile
from gateway.intake.readers.evenly import cut_evenly
from gateway.intake.readers.records import CELL_LIMIT, Records, Shape

OURS = Statement(direct=True)
NOW = datetime(2026, 11, 21, tzinfo=UTC)
EVEN = "a,b\nc,d\ne,\n"
SIGNS = ["a", "b", ",", "\t", "\n", " ", "\\", "é", "\u2028", "\x85", "\x1f", "\r", '"', "\0", "\udc81"]
PLAIN = st.lists(
    st.lists(st.text(st.sampled_from(["a", "é", "\t", " "]), max_size=3), min_size=2, max_size=2), max_size=9
)


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("evenly") / "list.csv"


def read(path: Path, shape: Shape) -> list:
    with TextFile(path, Encoding("utf-8")) as opened:
        return [record for block in Records(shape).blocks(opened) for record in block]


@settings(deadline=None, max_examples=400)  # a busy machine is no fault
@example(text=EVEN, delimiter=",", block=64, width=None)
@example(text="a\t\\b,c\nd,e\n", delimiter=",", block=64, width=None)
@given(
    text=st.one_of(
        st.text(st.sampled_from(SIGNS), max_size=60),
        PLAIN.map(lambda rows: "".join(",".join(row) + "\n" for row in rows)),
    ),
    delimiter=st.sampled_from([",", ";", "\t", "|", "\\"]),
    block=st.sampled_from([3, 16, 64]),
    width=st.sampled_from([None, 1, 2]),
)  # fmt: skip
def test_rows_cut_at_once_are_those_cut_line_by_line(file, text, delimiter, block, width):
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    shape = Shape(delimiter, width=width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", block)
        at_once = read(file, shape)
        patch.setattr(records, "cut_evenly", lambda *_, **__: None)
        assert at_once == read(file, shape)


@settings(deadline=None)  # a busy machine is no fault
@given(
    rows=st.lists(
        st.lists(
            st.sampled_from(["", " ", "\t", "N/A", "ann@example.com", "é@example.org", "Total", "opted out 3/4", "'5"]),
            min_size=3, max_size=3,
        ),
        max_size=12,
    ),
    end=st.sampled_from(["\n", "\r\n"]),
    missing=st.booleans(),
)  # fmt: skip
def test_the_same_leads_come_of_them(file, rows, end, missing):
    """``missing``: the rows are narrower than their headings."""
    assume(not any(row[0].startswith("opted") and not "".join(row[1:]).strip() for row in rows))  # heads a list below
    headings = ["email", "status", "note", *(["phone"] if missing else [])]
    start = [headings, ["bob@example.com", "active", "x"]]
    text = "".join(",".join(row) + end for row in [*start, *rows])
    file.write_bytes(text.encode())
    inspection = inspect(file, name="list.csv")

    def batch():
        blocks = read_blocks(file, inspection)
        return blocks_to_batch(blocks, inspection, OURS, Origin("list", "7", OURS), NOW)

    at_once = batch()
    assert [json.loads(text) for text in at_once.as_arrived] == [start[1], *rows]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "cut_evenly", lambda *_, **__: None)
        assert at_once == batch()


def cut(text: str, delimiter: str = ",", **changes) -> Even | None:
    return cut_evenly(text, delimiter, 7, **({"width": 9, "longest": CELL_LIMIT} | changes))


@pytest.mark.parametrize("text", [EVEN, EVEN.replace("\n", "\r\n"), EVEN.replace("b", "é\t")])
def test_plain_rows_are_cut_at_once(text):
    even = cut(text)
    assert [len(column) for column in even.columns] == [3, 3]
    assert [number for number, _, _ in even] == [7, 8, 9]
    assert list(even) == [even[0], even[1], even[-1]]
    assert list(even[1:]) == list(even)[1:]
    with pytest.raises(ValueError, match="follow each other"):
        even[::2]


@pytest.mark.parametrize("text", [
    'a,"b"\n', "a,b\nc\n", "a\nb,c\n", "a,b\nc,d,e\nf\n", "a,b", "a\0,b\n", "a\udc81,b\n", "a,b\rc,d\n", "a,\\\n",
    "a\x0b,b\n", "a,\n,b\n \t,\n", "\n",
])  # fmt: skip
def test_whatever_is_odd_is_left_to_be_cut_line_by_line(text):
    assert cut(text) is None


def test_so_are_rows_that_are_too_wide_and_cells_that_may_be_too_long():
    assert cut(EVEN, width=1) is None
    assert cut(EVEN, longest=3) is None
    assert cut("a" * (1 << 18) + ",\n") is None
    assert cut(EVEN, width=2, longest=8) is not None
