"""A dry run told as it goes: one line of JSON after each batch, so that the longest list keeps the connection alive.

Nothing bounds how many rows are rehearsed: whoever has seen enough hangs up, and the reading stops there.
"""

import json
import logging
from collections.abc import Generator, Iterator
from typing import Any

from gateway.domain.outcome import Receipt
from gateway.intake.beforehand.opened import Brought, Opened, opened
from gateway.intake.beforehand.rehearsed import rehearse_batches
from gateway.outcomes.fates import Rehearsal
from gateway.pipeline import Services

BATCH_ROWS = 10_000  # half a second of work between two lines
_log = logging.getLogger(__name__)


def rehearse_aloud(brought: Brought, services: Services) -> Generator[str, None, None]:
    """The lines. The first is only made once the file was opened and looked over, so that a problem is an answer.

    ``{"state": "rehearsing", "part", "rows"}`` after each batch, then for each part its receipt as of a run, with the
    state "rehearsed". A failure of ours midway is a last line of the state "failed": the status was sent before.
    """
    with opened(brought, services) as parts:
        yield ""
        rehearsal = Rehearsal()  # of all parts: whoever leaves in one is out in the next
        try:
            for one in parts:
                yield from _of_part(one, services, rehearsal)
        except Exception:  # noqa: BLE001 - whatever it is, the reader is told and the log has it
            _log.exception("a dry run failed midway")
            yield _line({"state": "failed"})


def _of_part(one: Opened, services: Services, rehearsal: Rehearsal) -> Iterator[str]:
    receipt = Receipt()
    for receipt in rehearse_batches(
        one.text, one.found, one.statement, services, batch_rows=BATCH_ROWS, rehearsal=rehearsal
    ):
        yield _line({"state": "rehearsing", "part": one.label, "rows": receipt.rows})
    wide = one.found.wide
    yield _line({
        "state": "rehearsed", "part": one.label, **receipt.as_dict(), "notes": list(one.found.notes),
        "whole_list": wide.as_dict() if wide else None,
    })  # fmt: skip


def _line(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False) + "\n"
