"""Records out of lines: the csv module's where a file is well formed, and one row for one fault where it is not."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.intake.readers import lines, records
from gateway.intake.readers.encoding import Encoding, TextFile
from gateway.intake.readers.records import CELL_LIMIT, Records, Shape

CELLS = st.text(st.sampled_from(list('ab"\n\r;,|\t é\u2028\x0b\x85')), max_size=8)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=30)
MESS = st.text(st.sampled_from(list('a"\n\r, é\0\udc81')), max_size=120)


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("records") / "list.csv"


def read(path: Path, shape: Shape | None = None) -> list[tuple[int, list[str], str | None]]:
    with TextFile(path, Encoding("utf-8")) as opened:
        return [record for block in Records(shape or Shape(",")).blocks(opened) for record in block]


def read_text(path: Path, text: str, **kwargs) -> list[tuple[int, list[str], str | None]]:
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return read(path, **kwargs)


@settings(deadline=None)  # a busy machine is no fault
@given(
    rows=ROWS,
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    all_quoted=st.booleans(),
)
def test_what_csv_writers_write_comes_back(file, rows, end, delimiter, all_quoted):
    out = io.StringIO(newline="")
    must = any(end in cell for row in rows for cell in row for end in "\r\n")  # csv.writer quotes its own end only
    quoting = csv.QUOTE_ALL if all_quoted or must else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    found = read_text(file, out.getvalue(), shape=Shape(delimiter))
    assert [cells for _, cells, _ in found] == rows
    assert [number for number, _, _ in found] == list(range(1, len(rows) + 1))
    blank = [not "".join(row).strip() for row in rows]
    assert [problem == "empty" for _, _, problem in found] == blank
    assert {problem for _, _, problem in found} <= {None, "empty"}


@settings(deadline=None, max_examples=300)  # a busy machine is no fault
@example(text='"\0\ra"\n', block=1, block_lines=1, width=None)  # what was unclean while it was held stays unclean
@given(
    text=MESS,
    block=st.sampled_from([1, 2, 7, 64]),
    block_lines=st.sampled_from([1, 2, 5]),
    width=st.sampled_from([None, 2]),
)
def test_where_blocks_end_changes_nothing(file, text, block, block_lines, width):
    shape = Shape(",", width=width)
    whole = read_text(file, text, shape=shape)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", block)
        patch.setattr(lines, "BLOCK_LINES", block_lines)
        assert read(file, shape) == whole


@settings(deadline=None)  # a busy machine is no fault
@given(text=MESS)
def test_whatever_the_bytes_every_line_is_in_some_record(file, text):
    found = read_text(file, text)
    kept = "".join(cell for _, cells, _ in found for cell in cells)
    assert kept.count("a") == text.count("a")
    assert kept.count("é") == text.count("é")


OPEN = ('a,"b', '"a', 'a","b', '"a"b","c')
"""Lines whose quote is never closed as the standard has it, whichever of them comes next."""


@settings(deadline=None)  # a busy machine is no fault
@given(rows=st.lists(st.sampled_from(["a,b", '"a","b"', "a", *OPEN]), max_size=60))
def test_an_unclosed_quote_costs_its_own_line_only(file, rows):
    found = read_text(file, "".join(row + "\n" for row in rows))
    assert [problem for _, _, problem in found] == ["unclosed_quote" if row in OPEN else None for row in rows]


def test_a_quote_that_never_closes_does_not_swallow_the_rest(file):
    rest = [f"person{number}@example.com,x\n" for number in range(5_000)]
    found = read_text(file, "email,note\n" + 'ana@example.com,"open\n' + "".join(rest))
    assert found[1] == (2, ['ana@example.com,"open'], "unclosed_quote")
    assert len(found) == 2 + len(rest)
    assert {problem for _, _, problem in found[2:]} == {None}
    assert found[-1] == (5_002, ["person4999@example.com", "x"], None)


def test_a_quoted_cell_may_span_many_lines_but_not_any_number(file):
    fits = '"' + "\n" * (records.OPEN_LINES - 1) + '",x\n'
    assert [problem for _, _, problem in read_text(file, fits)] == [None]
    too_many = '"' + "line\n" * records.OPEN_LINES + '",x\n'
    assert read_text(file, too_many)[0][2] == "unclosed_quote"


def test_a_quoted_cell_may_not_be_longer_than_a_line_may(file):
    line = "y" * 60_000 + "\n"
    found = read_text(file, '"' + line * 20 + '",x\na@example.com,b\n')
    assert found[0][2] == "unclosed_quote"
    assert found[-1] == (22, ["a@example.com", "b"], None)


@pytest.mark.parametrize(
    "cell", ["x" * (CELL_LIMIT + 1), '"' + "x" * (CELL_LIMIT + 1) + '"', '"' + "x\n" * CELL_LIMIT + '"']
)
def test_a_cell_that_is_too_long_breaks_its_row_and_no_other(file, cell):
    found = read_text(file, f"a@example.com,{cell}\nb@example.com,c\n")
    assert found[0][2] in {"cell_too_long", "unclosed_quote"}
    assert all(len(text) <= records.CELL_KEPT + 1 for text in found[0][1])
    assert found[-1][1:] == (["b@example.com", "c"], None)


def test_a_long_quoted_cell_over_some_lines_is_one_broken_row(file):
    cell = '"' + ("x" * 999 + "\n") * 70 + '"'
    found = read_text(file, f"a@example.com,{cell}\nb@example.com,c\n")
    assert [(number, problem) for number, _, problem in found] == [(1, "cell_too_long"), (2, None)]


def test_a_cell_of_exactly_the_limit_is_fine(file):
    assert read_text(file, "a@example.com," + "x" * CELL_LIMIT + "\n")[0][2] is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_endless_line_is_one_broken_row_and_never_held_in_memory(file, end):
    endless = "x" * (3 * lines.LINE_LIMIT)
    found = read_text(file, f"a,b{end}{endless}{end}c,d{end}")
    assert [(number, problem) for number, _, problem in found] == [(1, None), (2, "cell_too_long"), (3, None)]
    assert len(found[1][1][0]) == lines.LINE_KEPT
    assert found[2][1] == ["c", "d"]


def test_an_endless_line_inside_an_open_quote(file):
    endless = "x" * (3 * lines.LINE_LIMIT)
    found = read_text(file, f'a,"b\n{endless}\nc,d\n')
    assert [problem for _, _, problem in found] == ["unclosed_quote", "cell_too_long", None]


def test_wide_rows_are_broken_only_where_the_extra_cells_say_something(file):
    found = read_text(file, "a,b\nc,d,,\ne,f,,g\n" + "h," * 1_001 + "\n", shape=Shape(",", width=2))
    assert [problem for _, _, problem in found] == [None, None, "too_many_cells", "too_many_cells"]


def test_the_separator_line_is_no_row(file):
    assert read_text(file, "sep=;\na;b\n", shape=Shape(";", separator_line=True)) == [(1, ["a", "b"], None)]


def test_spaces_before_quotes_are_stepped_over_where_the_file_has_them(file):
    found = read_text(file, 'a, "b, c"\nd, e\n', shape=Shape(",", skip_spaces=True))
    assert [[cell.strip() for cell in cells] for _, cells, _ in found] == [["a", "b, c"], ["d", "e"]]
