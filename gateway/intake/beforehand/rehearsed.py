"""A list rehearsed: read, screened and decided like a run, with its receipt in full. Nothing is written."""

from collections.abc import Callable, Iterator
from pathlib import Path

from gateway.domain.lead import Origin, Statement
from gateway.domain.outcome import Receipt
from gateway.intake.columns import blocks_to_batch
from gateway.intake.inspection import Inspection
from gateway.intake.running.leases import BATCH_ROWS
from gateway.intake.running.reader import Reader
from gateway.outcomes.fates import Rehearsal
from gateway.outcomes.seal import account
from gateway.pipeline import Services, rehearsed

Progress = Callable[[Receipt], None]


def rehearse_list(
    path: Path, inspection: Inspection, statement: Statement, services: Services, *, batch_rows: int = BATCH_ROWS,
    progress: Progress | None = None, rehearsal: Rehearsal | None = None,
) -> Receipt:  # fmt: skip
    """A dry run: read, screened and decided like a run, its receipt in full, and nothing written.

    ``rehearsal``: what the lists before this one, from the same file, would have left in the store.
    """
    receipt = Receipt()
    for so_far in rehearse_batches(path, inspection, statement, services, batch_rows=batch_rows, rehearsal=rehearsal):
        receipt = so_far
        if progress is not None:
            progress(receipt)
    return receipt


def rehearse_batches(
    path: Path, inspection: Inspection, statement: Statement, services: Services, *, batch_rows: int = BATCH_ROWS,
    rehearsal: Rehearsal | None = None,
) -> Iterator[Receipt]:  # fmt: skip
    """rehearse_list batch by batch: the one receipt after each of them, as far as it has come."""
    as_of = services.clock.now()
    reader = Reader(path, inspection, statement, Origin("list", "0", statement))
    receipt, done = Receipt(), 0
    rehearsal = Rehearsal() if rehearsal is None else rehearsal
    last = False
    while not last:
        blocks = reader.blocks(done, batch_rows)
        batch = blocks_to_batch(blocks, inspection, statement, reader.origin, as_of)
        last = reader.is_at_end
        receipt.add(account(rehearsed(batch, services, rehearsal, as_of=as_of)))
        done += len(batch)
        yield receipt
