"""Issuers asked about the certificates of bought leads, and the leads that wait for it judged again. Never in judging.

Off without a key. What a silent issuer leaves open is unknown, never an answer.
"""

import logging
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from gateway.certificates import asking
from gateway.certificates.trustedform import SERVER, BusyError, Question, RefusedError, Said, ask
from gateway.db.work import reading
from gateway.outcomes.holds import load_waiting
from gateway.outcomes.view import view_lead
from gateway.outgoing import Server
from gateway.pipeline import Services, release

log = logging.getLogger(__name__)
AT_ONCE = 20
BY = "gateway:certificates"


def ask_issuers(services: Services, *, server: Server = SERVER) -> int:
    """Ask about some certificates that are due and judge their leads again; how many were answered."""
    if not services.settings.trustedform_key:
        return 0
    with services.unit_of_work() as work:
        taken = asking.take(work, AT_ONCE)
    if not taken:
        return 0
    with reading(services.engine) as connection:
        contacts = _contacts(connection, [one.lead_id for one in taken])
    said, stopped = _ask_each(services, taken, contacts, server)
    with services.unit_of_work() as work:
        for one, answer in said:
            if answer.says == "no_answer":
                asking.put_off(work, one)
            else:
                asking.answer(work, one, answer)
        rest = taken[len(said) :]
        if stopped and rest:
            asking.put_off(work, rest[0])
            asking.give_back(work, rest[1:], work.at + asking.LEASE)
    answered = [one.lead_id for one, answer in said if answer.says != "no_answer"]
    if answered:
        release(answered, services, by=BY, dns_seconds=0)
    return len(answered)


def _ask_each(
    services: Services, taken: Sequence[asking.Open], contacts: Mapping[int, tuple[str | None, str | None]],
    server: Server,
) -> tuple[list[tuple[asking.Open, Said]], bool]:  # fmt: skip
    """The answers so far, and whether the issuer wants us to stop for now."""
    us = next(iter(services.settings.sender_names), None)
    found: list[tuple[asking.Open, Said]] = []
    for one in taken:
        email, phone = contacts.get(one.lead_id, (None, None))
        question = Question(one.reference, email, phone, f"lead_{one.lead_id}", one.vendor, us)
        try:
            found.append((one, ask(question, services.settings.trustedform_key, server=server)))
        except (BusyError, RefusedError) as error:
            log.warning("certificates wait: %s", error)
            return found, True
    return found, False


def _contacts(connection: Connection, leads: Sequence[int]) -> dict[int, tuple[str | None, str | None]]:
    """Address and number of each lead, as far as they are kept."""
    found: dict[int, tuple[str | None, str | None]] = {}
    for batch in load_waiting(connection, leads):
        emails, phones = batch.column("email"), batch.column("phone")
        for place, lead in enumerate(batch.lead_ids or ()):
            email, phone = emails[place], phones[place]
            found[lead] = (email if isinstance(email, str) else None, phone if isinstance(phone, str) else None)
    for lead in leads:
        if lead not in found and (shown := view_lead(connection, lead)) is not None:
            found[lead] = (shown.get("address"), None)
    return found
