"""What is wrong with an override as it is asked for: its reason, its end, its leads, its rules. All of it is told."""

import re
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from gateway.clocks.calendar import day_of
from gateway.domain.decision import Finding
from gateway.domain.phrase import phrase
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
        problems.append(
            Problem("not_a_person", phrase("%(by)s is nobody's number; expected person_3", by=repr(by)), field="by")
        )
    if not reason.strip():
        problems.append(Problem("missing", "Say why, in a few words: it is kept for ever", field="reason"))
    if len(reason) > LONGEST_REASON:
        problems.append(
            Problem(
                "too_long",
                phrase("Say it in %(longest_reason)s characters", longest_reason=LONGEST_REASON),
                field="reason",
            )
        )
    if "@" in reason:
        message = phrase("Say it without an e-mail address: the ledger is for ever, and keeps nobody's address")
        problems.append(Problem("contains_address", message, field="reason"))
    return problems


def of_end(at: datetime, expires_on: date, zone: str) -> list[Problem]:
    """Of its last day."""
    today = day_of(at, zone)
    if today <= expires_on <= today + LONGEST:
        return []
    message = phrase(
        "An override ends, within a year: %(expires_on)s is not between %(today)s and %(today2)s",
        expires_on=expires_on,
        today=today,
        today2=today + LONGEST,
    )
    return [Problem("bad_expiry", message, field="expires_on")]


def of_leads(connection: Connection, ids: Sequence[int], rebuild: Rebuild | None) -> list[Problem]:
    """Of whom it is for: leads that wait, or rejections that can be judged again (``rebuild``)."""
    if not ids:
        return [Problem("missing", "Say for which leads", field="leads")]
    if len(ids) > MOST_LEADS:
        message = phrase(
            "%(count)s leads; one override is for %(most_leads)s at most",
            count=f"{len(ids):,}",
            most_leads=f"{MOST_LEADS:,}",
        )
        return [Problem("too_many", message, field="leads")]
    waiting = still_waiting(connection, ids)
    others = [lead for lead in ids if lead not in waiting]
    if not others:
        return []
    if rebuild is None:
        return [_not_so(others, len(ids), "do not wait, so that there is nothing to release")]
    if len(others) > MOST_REOPENED:
        message = phrase(
            "%(count)s rejections; one override is for %(most_reopened)s at most",
            count=f"{len(others):,}",
            most_reopened=f"{MOST_REOPENED:,}",
        )
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
    message = phrase(
        "%(count)s of %(count2)s leads (%(named)s) %(what)s",
        count=f"{len(some):,}",
        count2=f"{count:,}",
        named=named,
        what=what,
    )
    return Problem("not_waiting", message, field="leads")


def of_rule(rule: str, spoken: Sequence[Finding], firm: Collection[str]) -> list[Problem]:
    """Why a rule cannot be set aside for leads of which it says this."""
    against = [finding for finding in spoken if finding.verdict != "accept"]
    if not against:
        message = phrase("%(rule)s says nothing against these leads", rule=rule)
        return [Problem("not_speaking", message, field="rules")]
    law = against[0].cites.text
    if rule in firm or any(not finding.override_allowed for finding in against):
        message = phrase("%(rule)s rests on %(law)s and is marked never: nobody may set it aside", rule=rule, law=law)
        return [Problem("never", message, field="rules")]
    if any(finding.use != "lead" for finding in against):
        message = phrase(
            "%(rule)s speaks of %(use)s: only what is said of the lead itself can be set aside",
            rule=rule,
            use=against[0].use,
        )
        return [Problem("not_of_the_lead", message, field="rules")]
    if not all(finding.can_be_set_aside for finding in against):
        message = phrase("%(rule)s is no objection that could be lifted: %(title)s", rule=rule, title=against[0].title)
        return [Problem("no_objection", message, field="rules")]
    return []


def one_line(text: str) -> str:
    """The text without breaks and doubled blanks."""
    return " ".join(text.split())
