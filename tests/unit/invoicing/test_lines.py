"""The lines of a vendor's invoice, as odd as vendors write them."""

import pytest

from gateway.domain.problem import CallerError
from gateway.invoicing.lines import read_lines


@pytest.mark.parametrize("text", ["row\n" + "x" * 200_000, 'row\n"' + "x" * 200_000, "x" * 200_000])
def test_a_cell_without_end_is_the_vendors_mistake(text):
    with pytest.raises(CallerError) as error:
        read_lines(text)
    assert error.value.problems[0].code == "bad_table"


def test_lines_may_end_as_old_machines_end_them():
    assert [line.row for line in read_lines("row\r1\r2\r").lines] == [1, 2]
