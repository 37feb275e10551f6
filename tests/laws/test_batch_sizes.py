"""What becomes of a row does not depend on how many rows are judged and written with it (law 3)."""

import pytest
from whole_runs import outcomes_of, write_list


@pytest.mark.parametrize(("rounds", "sizes"), [(3, (1, 7)), (40, (1_000, 100_000))])
def test_acceptance_does_not_depend_on_the_size_of_batches(databases, tmp_path, rounds, sizes):
    """With duplicates, opt-outs, silent domains, and rows that cannot be read: 294 rows, and 3,920."""
    file = tmp_path / "autumn.csv"
    count = write_list(file, rounds)
    whole = outcomes_of("sqlite", databases, tmp_path / "whole", file)
    assert len(whole["leads"]) == count
    assert {lead.outcome for lead in whole["leads"]} == {"prospect", "hold", "rejection"}
    assert any(lead.duplicate_of for lead in whole["leads"])
    assert whole["suppressions"]
    for size in sizes:
        found = outcomes_of("sqlite", databases, tmp_path / f"in-{size}", file, batch_rows=size)
        for name, left in found.items():  # name by name: a difference of thousands of rows at once tells nothing
            assert left == whole[name], f"{name} in batches of {size}"
