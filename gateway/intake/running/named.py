"""The batch of a row that cannot be processed: a rejection like that of a row that cannot be read."""

import logging
from datetime import datetime

from gateway.domain.lead import Batch, Cell, Origin, Statement
from gateway.domain.outcome import CANNOT_BE_PROCESSED
from gateway.intake.columns import to_batch
from gateway.intake.inspection import Inspection, Record
from gateway.screening.address.found import find_addresses

log = logging.getLogger(__name__)


def named_batch(
    record: Record, inspection: Inspection, statement: Statement, origin: Origin, as_of: datetime, *, is_bare: bool
) -> Batch:
    """The row word for word and nothing else of it, but for whom it is about and whether it says stop.

    A person must be findable in it, and an opt-out must not be lost with it. ``is_bare``: not even that, because
    looking at it is what fails.
    """
    number, cells, problem = record
    batch = to_batch([(number, cells, problem or CANNOT_BE_PROCESSED)], inspection, statement, origin, as_of)
    if not is_bare:
        kept = _person(record, inspection, statement, origin, as_of)
        batch.columns |= {name: [kept.get(name)] for name in ("email", "stop") if name in batch.columns}
    return batch


def _person(
    record: Record, inspection: Inspection, statement: Statement, origin: Origin, as_of: datetime
) -> dict[str, Cell]:
    """The row's address and whether it says stop, as far as they can be seen."""
    number, cells, _ = record
    try:
        read = to_batch([(number, cells, None)], inspection, statement, origin, as_of)
    except Exception:
        log.warning("row %s cannot be cut into fields", number, exc_info=True)
        found = find_addresses(" ".join(cells))
        return {"email": found[0] if found else None}
    return {name: column[0] for name, column in read.columns.items()}
