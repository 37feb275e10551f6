"""Who told us to stop: one question for the whole batch, and what the lead itself says. Settles nothing.

An order stands until the person gives a later yes to us. Only a signup on our own form, confirmed from the mailbox
after the last order, is such a yes; a list, even our own system's export, can at most claim one (docs/design.md law 5).
Orders received after ``as_of`` are no facts of that instant: the last look, inside the writing transaction, finds
them. So a list says the same of a row whether an earlier batch of the same run recorded the order or not.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from gateway.domain.facts import FactValue
from gateway.domain.lead import Batch
from gateway.domain.ports import BOUNCE, Suppression, Suppressions
from gateway.domain.stops import covers, people_of
from gateway.screening.answers import Answers, Column

log = logging.getLogger(__name__)
LONG_DEAD = timedelta(days=365)
"""After a year without a mailbox an address may have been given to somebody else (15 U.S.C. 7702(14))."""
LATER_CONSENT = "suppression.later_consent"
ANSWERED = ("suppression.is_matched", "suppression.is_undeliverable", LATER_CONSENT, "address.was_dead")
"""What only the suppression list can answer; unknown when it cannot be asked."""


def establish(
    batch: Batch,
    keys: Sequence[bytes | None],
    suppressions: Suppressions,
    as_of: datetime,
    consents: Answers,
    *,
    normalised: Sequence[str | None] = (),
) -> Answers:
    """The ``suppression.*`` facts, ``address.was_dead`` and what the lead itself says, beside what consent says.

    ``normalised``: the addresses for sending, where there are any; of some people only a hash of theirs was told.
    """
    said = {"lead.says_stop": says_stop(batch), "lead.says_no_sale": says_no_sale(batch)}
    try:
        asked = {key for key in keys if key is not None}
        orders = suppressions.find_suppressions(asked, people_of(batch, keys, normalised))
    except Exception:  # whatever keeps the list from answering, nothing may pass unchecked (CS-10)
        log.exception("the suppression list could not be asked; the leads are held")
        return {"suppression.is_checked": False, **said, **dict.fromkeys(ANSWERED)}
    columns: dict[str, Column] = {name: ["none" if name == LATER_CONSENT else False] * len(batch) for name in ANSWERED}
    ordered = [(i, orders[key]) for i, key in enumerate(keys) if key is not None and key in orders] if orders else []
    for i, received in ordered:
        standing = [order for order in received if order.received_at <= as_of and covers(order, batch)]
        if standing:
            columns["suppression.is_matched"][i] = any(order.cause != BOUNCE for order in standing)
            columns["suppression.is_undeliverable"][i] = any(order.cause == BOUNCE for order in standing)
            columns["address.was_dead"][i] = any(_is_long_dead(order, as_of) for order in standing)
            columns[LATER_CONSENT][i] = _later_consent(batch, i, max(order.received_at for order in standing), consents)
    return {"suppression.is_checked": True, **said, **columns}


def _is_long_dead(order: Suppression, as_of: datetime) -> bool:
    return order.cause == BOUNCE and as_of - order.received_at >= LONG_DEAD


def _later_consent(batch: Batch, row: int, last: datetime, consents: Answers) -> str:
    """Whether a yes is later than the last order, and how surely it is the person's own."""
    if _cell(consents["consent.status"], row) != "given":
        return "none"
    confirmed_at, given_at = batch.column("confirmed_at")[row], _cell(consents["consent.at"], row)
    if batch.origin.kind == "form" and _cell(consents["consent.is_confirmed"], row):
        assert isinstance(confirmed_at, datetime)
        if confirmed_at > last:
            return "confirmed"
    if not isinstance(given_at, datetime) or given_at <= last:
        return "none"
    return "signed_up" if batch.origin.kind == "form" and batch.origin.statement.direct else "claimed"


def _cell(answer: FactValue | Column, row: int) -> FactValue:
    return answer[row] if isinstance(answer, list) else answer


def says_stop(batch: Batch) -> bool | Column:
    """Whether the lead itself, or the whole delivery, is of people who left."""
    if batch.origin.statement.stop:
        return True
    return [stop is True for stop in batch.columns["stop"]] if "stop" in batch.columns else False


def says_no_sale(batch: Batch) -> bool | Column:
    """Whether the lead itself says that its data may not be sold or shared (Cal. Civ. Code 1798.120)."""
    return [said is True for said in batch.columns["no_sale"]] if "no_sale" in batch.columns else False
