"""What tests of the confirmation share: a form that asks, its mails as they lie in the outbox, their links."""

import re
from dataclasses import replace

from builders import FORM
from sqlalchemy import select

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
