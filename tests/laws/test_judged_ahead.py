"""Read and judged by a child ahead of the writer, in any blocks and parts, a list ends as it does in one piece."""

import pytest
from builders import key
from databases import KINDS
from whole_runs import GOOD_EACH, ROWS, outcomes_of, write_list

from gateway.intake.running import judging

ROUNDS = 12


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "autumn.csv"
    write_list(path, ROUNDS)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_a_child_ahead_changes_nothing(kind, databases, tmp_path, file, monkeypatch):
    alone = outcomes_of(kind, databases, tmp_path / "alone", file)
    assert len(alone["leads"]) == ROUNDS * len(ROWS) * (GOOD_EACH + 1)
    assert {lead.outcome for lead in alone["leads"]} == {"prospect", "hold", "rejection"}
    assert alone["suppressions"]
    assert key("left7@example.com") in {name for name, _, _ in alone["suppressions"]}
    # What is handed over knows no database: one shape is enough on the slower of the two.
    for block, part in ((1000, 7), (50, 1000), (50, 7), (3, 1)) if kind == "sqlite" else ((50, 7),):
        monkeypatch.setattr(judging, "AHEAD_BYTES", 0)
        monkeypatch.setattr(judging, "BLOCK_ROWS", block)
        ahead = outcomes_of(kind, databases, tmp_path / f"ahead-{block}-{part}", file, batch_rows=part)
        assert ahead == alone


def test_a_child_that_dies_costs_nothing(databases, tmp_path, file, monkeypatch):
    alone = outcomes_of("sqlite", databases, tmp_path / "alone", file)
    real = judging.Packer.pack

    def fails_later(self, judged):
        if judged.batch.numbers[0] > 100:
            raise ValueError("no more")
        return real(self, judged)

    monkeypatch.setattr(judging, "AHEAD_BYTES", 0)
    monkeypatch.setattr(judging, "BLOCK_ROWS", 50)
    monkeypatch.setattr(judging.Packer, "pack", fails_later)
    assert outcomes_of("sqlite", databases, tmp_path / "dying", file) == alone


def test_into_a_wide_store_the_blocks_are_larger(databases, tmp_path, file, monkeypatch):
    sizes = []
    real = judging.Unpacker.unpack
    monkeypatch.setattr(judging.Unpacker, "unpack", lambda *given: sizes.append(len(given[1])) or real(*given))
    monkeypatch.setattr(judging, "AHEAD_BYTES", 0)
    monkeypatch.setattr(judging, "BLOCK_ROWS", 50)
    monkeypatch.setattr(judging, "WIDE_BLOCK_ROWS", 100)
    narrow = outcomes_of("sqlite", databases, tmp_path / "narrow", file)
    blocks, sizes[:] = len(sizes), []
    monkeypatch.setattr(judging, "is_wide", lambda _: True)
    assert outcomes_of("sqlite", databases, tmp_path / "wide", file) == narrow
    assert len(sizes) == -(-len(narrow["leads"]) // 100) < blocks
