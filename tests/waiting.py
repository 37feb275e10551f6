"""Leads that wait for an officer, made by the pipeline: of vendors whose record is incomplete, at mistyped domains."""

from dataclasses import replace
from datetime import timedelta

from builders import BOUGHT, list_batch, signup_batch

from gateway.domain.lead import Batch, Origin
from gateway.pipeline import Services, process

INCOMPLETE = replace(BOUGHT, form_url=None, method=None)
"""A list whose record of how it was collected lacks what US law has us know (CS-08: evidence)."""
UNCLEAR = replace(
    BOUGHT, consent="given", consent_act="unticked_box", transfer_notice="vague", wording="We may share it.",
)  # fmt: skip
"""A list whose notice does not say clearly that the address is passed on (CS-12: review)."""


def bring(services: Services, statement, count: int, *, number: int = 1, at: str = "example.com", run=None, name="p"):
    """So many leads of list ``number``, judged and written."""
    now = services.clock.now()
    batch = list_batch([{"email": f"{name}{n}.of{number}@{at}"} for n in range(count)], now, statement=statement)
    batch = replace(batch, origin=Origin("list", str(number), statement, run=run))
    return process(batch, services, as_of=now)


def sign_up(services: Services, address: str) -> Batch:
    """A signup at the form of the tests."""
    return process(signup_batch(address, services.clock.now()), services)


def wait_a_minute(services: Services) -> None:
    """Till answers are due."""
    services.clock.move(seconds=61)


LATER = timedelta(days=14)
