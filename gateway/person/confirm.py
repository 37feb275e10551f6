"""The person answers from the mailbox: confirms the signup, or says that it was not theirs. All or nothing is written.

The link's token is used up, the hold settled, the evidence and the ledger's entry written in one transaction.
"""

from contextlib import suppress
from typing import Literal

from sqlalchemy import Connection

from gateway.confirmation.book import (
    Question,
    Seen,
    find_question,
    mark_confirmed,
    mark_refused,
    seconds_since_sent,
)
from gateway.db.work import UnitOfWork, reading
from gateway.domain.lead import Cell
from gateway.domain.outcome import ALREADY_KNOWN, Settled
from gateway.domain.ports import BOUNCE, Suppression
from gateway.lifecycle.store import widen
from gateway.outcomes.disown import disown
from gateway.outcomes.holds import still_waiting
from gateway.outcomes.leave import leave
from gateway.outcomes.origins import origins_of_leads
from gateway.pipeline import Services, release
from gateway.suppression.book import find

Answered = Literal["confirmed", "refused", "gone"]
BY = "person:confirmation"
HASTY_SECONDS = 2.0  # nobody opens a mail and presses a button in less; programs that look at links do


class _TooLateError(Exception):
    """The link was used up, or the lead settled, while it was being confirmed: nothing is written."""


def look(services: Services, token: str) -> tuple[Question | None, Answered | None]:
    """The question of a link, and how it stands: confirmed already, no longer good, or (None) open. Changes nothing."""
    with reading(services.engine) as connection:
        question = find_question(connection, token)
        if question is None:
            return None, "gone"
        if question.state == "confirmed":  # of who left since, "you are signed up" would not be true
            return question, "gone" if _left_since(connection, question) else "confirmed"
        is_open = question.state == "asked" and question.expires_at > services.clock.now()
        waits = is_open and question.lead_id in still_waiting(connection, [question.lead_id])
    return question, None if waits else "gone"


def confirm(services: Services, token: str, seen: Seen) -> Answered:
    """Confirm from the mailbox: the lead is judged again with it, from memory; the workers do what is left to do.

    A confirmation that comes twice is one. A link whose lead waits no more lifts nothing: whoever told us to stop after
    signing up has to sign up again.
    """
    question, stands = look(services, token)
    if question is None or stands is not None:
        return stands or "gone"
    fields: dict[str, Cell] = {"confirmed_at": services.clock.now(), "confirmed_ip": seen.ip}

    def within(work: UnitOfWork, settled: Settled) -> None:
        if not settled.lead_ids or _left_since(work.connection, question) or not mark_confirmed(work, question, seen):
            raise _TooLateError
        if any(one.reason == ALREADY_KNOWN.reason for one in settled.extra.values()):  # an earlier yes, and says more
            widen(work, question.match_key, question.purposes)
        waited = seconds_since_sent(work.connection, question, work.at)
        services.ledger.append(work, "confirmation.given", {
            "confirmation": question.id, "lead": question.lead_id, "source": question.source,
            "hasty": waited is not None and waited < HASTY_SECONDS,
        })  # fmt: skip

    with suppress(_TooLateError):
        release(
            [question.lead_id], services, by=BY, dns_seconds=0, answers={question.lead_id: fields}, within=within
        )  # fmt: skip
    services.wake()
    return look(services, token)[1] or "gone"


def _left_since(connection: Connection, question: Question) -> bool:
    """Whether the person told us to stop after the signup, or after its confirmation: the link is older than that.

    Who left another brand or form, or a purpose only, may still say yes to this one; handing out knows what they left.
    """
    orders = find(connection, [question.match_key]).get(question.match_key, [])
    said = question.answered_at or question.asked_at
    origin = origins_of_leads(connection, [question.lead_id]).get(question.lead_id) if orders else None
    return origin is not None and any(
        order.cause != BOUNCE and order.received_at >= said and order.covers(*origin) for order in orders
    )


def not_me(services: Services, token: str, seen: Seen) -> Answered:
    """The signup was not theirs: what waits for it is refused, and the form does not write to them again.

    Who confirmed before and now disowns it is somebody who wants no mail: that is an opt-out, and lasts. It is one each
    time: since the last they may have left something else only, or signed up and confirmed again.
    """
    with services.unit_of_work() as work:
        question = find_question(work.connection, token)
        if question is None:
            return "gone"
        if question.state == "confirmed":
            leave(work, services.ledger, [Suppression(question.match_key, "opt_out", work.at)], by=BY)
            return "refused"
        if mark_refused(work, question, seen):
            refused = disown(work, question.match_key, question.source, by=BY)
            services.ledger.append(work, "confirmation.refused", {
                "confirmation": question.id, "source": question.source, "leads": len(refused)
            })  # fmt: skip
    return "refused"
