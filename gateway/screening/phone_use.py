"""Whether the phone number beside the address may be used: what the source claims, and what the person told us.

A number written with its country's code is looked up in the suppression list under a key of its own. One that is not
cannot be, so nothing is known of it. Nobody claims here that a number has a new owner: a list that was compared with
the Reassigned Numbers Database has no such rows left, one that was not says nothing.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from gateway.domain.address import MatchKeys
from gateway.domain.facts import FactValue
from gateway.domain.lead import PHONE_PARTS, Batch, Statement
from gateway.domain.ports import BOUNCE, Suppressions
from gateway.screening.answers import Answers, Column, per_case
from gateway.screening.phone import match_form
from gateway.screening.provenance import end_of, start_of

log = logging.getLogger(__name__)


def establish(
    batch: Batch,
    numbers: Sequence[str | None],
    consents: Answers,
    as_of: datetime,
    *,
    match_keys: MatchKeys,
    suppressions: Suppressions,
) -> Answers:
    """The ``phone.*`` facts. ``numbers``: as kept, one per row (screening/phone.py)."""
    said = batch.origin.statement
    agreed = _consent(said, consents["consent.status"])
    orders = _orders(numbers, match_keys, suppressions, as_of)
    refused = None if orders is None else _on_own_list(batch, numbers, orders)
    return {
        "phone.is_given": [number is not None for number in numbers],
        "phone.consent": agreed,
        "phone.is_on_dnc": _on_dnc(batch),
        "phone.dnc_scrubbed_at": end_of(said.dnc_scrubbed_on),
        "phone.is_on_own_list": refused,
        "phone.is_revoked": _is_revoked(refused, agreed),
        "phone.reassignment": _reassignment(said, consents["consent.at"]),
    }


def _consent(said: Statement, status: FactValue | Column) -> FactValue | Column:
    """How the people agreed to calls and texts, 47 CFR 64.1200(f)(9): the yes is for the seller that it names.

    A plain refusal of the lead as a whole takes it away, as it does for addresses that are phones.
    """
    if said.phone_consent:
        if not said.direct and "seller_named" not in said.phone_consent:
            answer = "given_to_another"
        else:
            answer = "written" if said.phone_consent.issuperset(PHONE_PARTS) else "written_incomplete"
        return _each(status, lambda one: "none" if one == "refused" else answer)
    if said.consent_act == "oral":
        return _each(status, lambda one: "oral" if one == "given" else "none")
    return "none"


def _each(status: FactValue | Column, judge: Callable[[FactValue], FactValue]) -> FactValue | Column:
    return per_case(judge, status) if isinstance(status, list) else judge(status)


def _on_dnc(batch: Batch) -> bool | Column | None:
    """Whether the row says that the number is on a do-not-call list; silence of a list that was compared is a no."""
    unsaid = None if batch.origin.statement.dnc_scrubbed_on is None else False
    if "do_not_call" not in batch.columns:
        return unsaid
    return [unsaid if said is None else said for said in batch.columns["do_not_call"]]


def _on_own_list(
    batch: Batch, numbers: Sequence[str | None], orders: Mapping[str | None, FactValue]
) -> Column:  # fmt: skip
    """Whether each person asked not to be called: our list's word for the number, or the row's.

    A vendor's column may mean the national list only; it may be the person's own no as well, so it counts as one.
    """
    found: Column = list(map(orders.get, numbers))
    if "do_not_call" in batch.columns:
        for i, said in enumerate(batch.columns["do_not_call"]):
            if said and numbers[i] is not None:
                found[i] = True
    return found


def stops(batch: Batch, numbers: Sequence[str | None], match_keys: MatchKeys) -> list[bytes]:
    """The keys of numbers that our own system says not to call: remembered like any order (47 CFR 64.1200(d))."""
    if not batch.origin.statement.direct or "do_not_call" not in batch.columns:
        return []
    said = zip(batch.columns["do_not_call"], numbers, strict=True)
    asked = dict.fromkeys(number for stop, number in said if stop and number is not None and number[0] == "+")
    return match_keys.keys(map(match_form, asked))


def _orders(
    numbers: Sequence[str | None], match_keys: MatchKeys, suppressions: Suppressions, as_of: datetime
) -> dict[str | None, FactValue] | None:
    """Which of the E.164 numbers somebody asked us not to call, one question for all; None: the list did not answer."""
    asked = [number for number in set(numbers) if number is not None and number[0] == "+"]
    found: dict[str | None, FactValue] = dict.fromkeys(asked, False)
    keys: list[bytes] = []
    try:
        if asked and suppressions.holds_phones():
            keys = match_keys.keys(map(match_form, asked))
        orders = suppressions.find_suppressions(keys) if keys else {}
    except Exception:  # whatever keeps the list from answering, no number may pass unchecked
        log.exception("the suppression list could not be asked about phones; their use is held")
        return None
    for number, key in zip(asked, keys, strict=True) if orders else ():
        standing = [order for order in orders.get(key, ()) if order.received_at <= as_of and order.cause != BOUNCE]
        found[number] = bool(standing)
    return found


def _is_revoked(refused: Column | None, agreed: FactValue | Column) -> FactValue | Column:
    """A yes and a later no: an order not to call, where the source brings a yes to calls."""
    if refused is None:
        return None
    if agreed == "none":
        return False
    yes = agreed if isinstance(agreed, list) else [agreed] * len(refused)
    return per_case(lambda no, one: no and one != "none", refused, yes)


def _reassignment(said: Statement, given: FactValue | Column) -> FactValue | Column:
    """Whether the Reassigned Numbers Database was asked since the yes (47 CFR 64.1200(m)); None: no yes is dated."""
    checked = start_of(said.reassigned_checked_on)
    if checked is None:
        return "not_asked"

    def judge(at: FactValue) -> str | None:
        return None if not isinstance(at, datetime) else "not_reassigned" if at <= checked else "not_asked"

    return _each(given, judge)
