"""What tests of the confirmation share: a form that asks, its mails as they lie in the outbox, their links."""

import re
from dataclasses import replace
from datetime import timedelta

from builders import FORM
from sqlalchemy import func, insert, select

from gateway.confirmation.tables import confirmations
from gateway.jobs.owed import send_mails
from gateway.lifecycle.store import export
from gateway.mail.tables import mails

ASKING = replace(FORM, asks_confirmation=True)
TICKED = {
    "ticked": True,
    "preticked": False,
    "wording": "Yes, write to me.",
    "page_url": "https://www.example.com/join",
}


def post(web, email="ana@example.com", source="asks", **fields):
    consent = {**TICKED, **fields.pop("consent", {})}
    return web.client.post("/v1/signups", json={"email": email, "source": source, "consent": consent, **fields})


def outbox(web):
    """Every mail there is, by number."""
    with web.services.engine.connect() as connection:
        return list(connection.execute(select(mails).order_by(mails.c.id)))


def asked(web):
    """Every question there is."""
    with web.services.engine.connect() as connection:
        return list(connection.execute(select(confirmations).order_by(confirmations.c.id)))


def work(web):
    """What a worker does with the outbox: without a mail server, mails are kept to be read."""
    return send_mails(web.services, seconds=60)


def links(mail):
    """The paths of a mail's two links: to confirm, and to disown."""
    [confirm] = re.findall(r"https?://\S+?(/confirm/[\w-]+)", mail.text)
    [not_me] = re.findall(r"https?://\S+?(/not-me/[\w-]+)", mail.text)
    return confirm, not_me


def outcomes(web):
    return [lead.outcome for lead in web.leads()]


def reachable(web):
    """The addresses that would be handed out."""
    with web.services.engine.connect() as connection:
        return [prospect["address"] for prospect in export(connection)]


def questions(web, clock, many, confirmed, *, ago=2.0, state="sent", source="asks"):
    """So many questions asked by mail some hours ago, of which some were answered."""
    at = clock.now() - timedelta(hours=ago)
    with web.services.unit_of_work() as unit:
        start = unit.connection.execute(select(func.count()).select_from(confirmations)).scalar_one()
        for number in range(start, start + many):
            common = {"match_key": number.to_bytes(16), "source": source, "language": "en"}
            mail = unit.connection.execute(insert(mails).values(
                **common, kind="confirmation", message_id=str(number), state=state, not_before=at, tries=1, unknown=0,
                attempt=1, created_at=at, sent_at=at,
            ).returning(mails.c.id)).scalar_one()  # fmt: skip
            unit.connection.execute(insert(confirmations).values(
                **common, lead_id=10**6 + number, token_digest=number.to_bytes(32), mail_id=mail, purposes="",
                state="confirmed" if number - start < confirmed else "asked", asked_at=at,
                expires_at=at + timedelta(days=7),
            ))  # fmt: skip
