"""What is wrong with an override as it is asked for: its reason, its end, its leads, its rules. All of it is told."""

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from gateway.clocks.calendar import day_of
from gateway.domain.decision import Finding
from gateway.domain.problem import Problem
from gateway.outcomes.holds import still_waiting
from gateway.outcomes.reopening import Rebuild
from gateway.outcomes.tables import leads

MOST_LEADS = 10_000
"""Leads of one override: as many as one can mean by one reason."""
MOST_REOPENED = 2_000
"""Rejections among them: each is read again from its row."""
LONGEST = timedelta(days=366)
LONGEST_REASON = 500
_PERSON = re.compile(r"person_[1-9][0-9]*")
_NAMED = 5  # leads that a complaint names


def of_reason(reason: str, by: str) -> list[Problem]:
    """Of the reason, and of who gives it."""
    problems = []
    if not _PERSON.fullmatch(by):
        problems.append(Problem("not_a_person", f"{by!r} is nobody's number; expected person_3", field="by"))
    if not reason.strip():
        problems.append(Problem("missing", "Say why, in a few words: it is kept for ever", field="reason"))
    if len(reason) > LONGEST_REASON:
        problems.append(Problem("too_long", f"Say it in {LONGEST_REASON} characters", field="reason"))
    if "@" in reason:
        message = "Say it without an e-mail address: the ledger is for ever, and keeps nobody's address"
        problems.append(Problem("contains_address", message, field="reason"))
    return problems


def of_end(at: datetime, expires_on: date, zone: str) -> list[Problem]:
    """Of its last day."""
    today = day_of(at, zone)
    if today <= expires_on <= today + LONGEST:
        return []
    message = f"An override ends, within a year: {expires_on} is not between {today} and {today + LONGEST}"
    return [Problem("bad_expiry", message, field="expires_on")]


def of_leads(connection: Connection, ids: Sequence[int], rebuild: Rebuild | None) -> list[Problem]:
    """Of whom it is for: leads that wait, or rejections that can be judged again (``rebuild``)."""
    if not ids:
        return [Problem("missing", "Say for which leads", field="leads")]
    if len(ids) > MOST_LEADS:
        return [Problem("too_many", f"{len(ids):,} leads; one override is for {MOST_LEADS:,} at most", field="leads")]
    waiting = still_waiting(connection, ids)
    others = [lead for lead in ids if lead not in waiting]
    if not others:
        return []
    if rebuild is None:
        return [_not_so(others, len(ids), "do not wait, so that there is nothing to release")]
    if len(others) > MOST_REOPENED:
        message = f"{len(others):,} rejections; one override is for {MOST_REOPENED:,} at most"
        return [Problem("too_many", message, field="leads")]
    again = rebuild(connection, others)
    open_again = {lead for batch in again.batches for lead in batch.lead_ids or ()}
    known = set(connection.execute(select(leads.c.id).where(leads.c.id.in_(others))).scalars())
    why: dict[str, list[int]] = {}
    for lead in others:
        if lead not in open_again:
            neither = "it is accepted already" if lead in known else "there is no such lead"
            why.setdefault(again.lost.get(lead, neither), []).append(lead)
    return [_not_so(some, len(ids), f"cannot be judged again: {reason}") for reason, some in why.items()]


def _not_so(some: Sequence[int], count: int, what: str) -> Problem:
    """Of some leads something does not hold."""
    named = ", ".join(f"lead_{lead}" for lead in some[:_NAMED]) + (", ..." if len(some) > _NAMED else "")
    return Problem("not_waiting", f"{len(some):,} of {count:,} leads ({named}) {what}", field="leads")


def of_rule(rule: str, spoken: Sequence[Finding], firm: Collection[str]) -> list[Problem]:
    """Why a rule cannot be set aside for leads of which it says this."""
    against = [finding for finding in spoken if finding.verdict != "accept"]
    if not against:
        return [Problem("not_speaking", f"{rule} says nothing against these leads", field="rules")]
    law = against[0].cites.text
    if rule in firm or any(not finding.override_allowed for finding in against):
        return [Problem("never", f"{rule} rests on {law} and is marked never: nobody may set it aside", field="rules")]
    if any(finding.use != "lead" for finding in against):
        message = f"{rule} speaks of {against[0].use}: only what is said of the lead itself can be set aside"
        return [Problem("not_of_the_lead", message, field="rules")]
    if not all(finding.can_be_set_aside for finding in against):
        message = f"{rule} is no objection that could be lifted: {against[0].title}"
        return [Problem("no_objection", message, field="rules")]
    return []


def one_line(text: str) -> str:
    """The text without breaks and doubled blanks."""
    return " ".join(text.split())
