"""What do you have of me, and where did you get it: everything of one person, from every room, in words and as data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from gateway.certificates import book as certificates
from gateway.clocks.book import find_duties
from gateway.confirmation import person as confirmation
from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.wire import statement_from_json
from gateway.emission import person as emission
from gateway.feedback import person as feedback
from gateway.intake.people.consents import find_consent
from gateway.intake.tables import lists
from gateway.lifecycle import person as lifecycle
from gateway.mail import person as mail
from gateway.outcomes.cases import load_decision
from gateway.outcomes.person import find_rows
from gateway.outcomes.view import gate_findings, view_lead
from gateway.person import erase
from gateway.person.receipt import receipt_of
from gateway.person.who import Who
from gateway.pipeline import Services
from gateway.policy.explain import explain
from gateway.suppression import person as suppression

Billed = Callable[[Connection, Sequence[int]], list[dict[str, Any]]]
"""What vendors billed for some leads: a room above this one tells it, so whoever asks brings it along."""


def tell_person(services: Services, address: str, billed: Billed) -> dict[str, Any]:
    """Everything we have of whoever has this address. Raises CallerError for a text that is none."""
    return tell(services, Who.of(address, services.world.match_keys), billed, asked_for=address.strip())


def tell(services: Services, who: Who, billed: Billed, *, asked_for: str | None = None) -> dict[str, Any]:
    """The same of a person by match key, whose spellings are those that are still stored."""
    with reading(services.engine, snapshot=True) as connection:
        found = erase.look(connection, who)
        prospect = lifecycle.tell(connection, who.key)
        told = {
            "asked_for": asked_for or min(who.spellings, default=None), "as_of": text_of(services.clock.now()),
            "leads": [_lead(connection, services, number) for number in found.own],
            "named_in": [_named(connection, number) for number in found.named],
            "prospect": prospect,
            "handed_on": emission.tell(connection, prospect["prospect"]) if prospect else [],
            "duties": _duties(connection, found.own),
            "confirmations": confirmation.tell(connection, who.key),
            "mails": mail.tell(connection, who.key),
            "reports": feedback.tell(connection, who.key),
            "certificates": certificates.tell(connection, who.key),
            "invoices": billed(connection, found.own),
            "orders_not_to_write": suppression.tell(connection, who.key),
        }  # fmt: skip
    return {**told, "sentences": list(_sentences(told))}


def _lead(connection: Connection, services: Services, number: int) -> dict[str, Any]:
    shown = view_lead(connection, number)
    assert shown is not None
    row = find_rows(connection, [number])[0]
    decision = load_decision(connection, row.decision_id)
    words = explain(decision, services.policies_of(connection, decision.policy_digest) or services.policies,
                    as_of=services.clock.now(), audience="person", extra=gate_findings(row.extra))  # fmt: skip
    consent = find_consent(connection, services, number)
    return {
        **shown,
        "why": list(dict.fromkeys(finding["message"] for finding in words.findings)),
        "from": _from(connection, row),
        "consent": None if consent is None else receipt_of(consent, services.clock.now()),
    }


def _from(connection: Connection, row: Any) -> dict[str, Any]:
    """Where a lead came from: the form, or the list with its vendor and every handover that is stated."""
    statement = statement_from_json(row.statement)
    hops = [
        {"giver": hop.giver, "taker": hop.taker, "on": hop.on.isoformat() if hop.on else None, "under": hop.under}
        for hop in statement.hops
    ]
    said: dict[str, Any] = {
        "kind": row.origin_kind, "by_the_person": statement.direct, "vendor": statement.vendor,
        "page": statement.form_url, "hops": hops,
        "collected_from": statement.collected_from.isoformat() if statement.collected_from else None,
        "collected_until": statement.collected_until.isoformat() if statement.collected_until else None,
    }  # fmt: skip
    if row.origin_kind == "list":
        kept = connection.execute(select(lists).where(lists.c.id == int(row.source))).one_or_none()
        if kept is not None:
            said |= {"list": f"list_{kept.id}", "list_name": kept.name, "file": kept.file_name, "row": row.number}
    return said


def _named(connection: Connection, number: int) -> dict[str, Any]:
    """A lead of another address that names this one: which, and nothing of the other person."""
    row = find_rows(connection, [number])[0]
    source = row.source if row.origin_kind == "form" else f"list_{row.source}"
    return {"lead": f"lead_{number}", "source": source, "row": row.number}


def _duties(connection: Connection, own: list[int]) -> list[dict[str, Any]]:
    return [
        {
            "lead": f"lead_{one.lead_id}", "duty": one.obligation, "due_on": one.due_on,
            "done_at": text_of(one.done_at) if one.done_at else None, "done_by": one.done_by,
        }
        for one in find_duties(connection, own)
    ]  # fmt: skip


def _sentences(told: Mapping[str, Any]) -> Iterator[str]:
    """The same for people to read."""
    for lead in told["leads"]:
        yield _arrival(lead)
        outcome = {"prospect": "It was accepted.", "hold": "It waits.", "rejection": "It was not accepted."}
        yield "  " + " ".join([outcome[lead["outcome"]], *lead["why"]])
        yield from (
            f"  It was handed on from {hop['giver']} to {hop['taker']}"
            + (f" on {hop['on']}" if hop["on"] else "") + (f" under {hop['under']}" if hop["under"] else "") + "."
            for hop in lead["from"]["hops"]
        )  # fmt: skip
    if told["named_in"]:
        yield f"The address is named in {len(told['named_in'])} rows that came for other addresses."
    if (prospect := told["prospect"]) is not None:
        state = "may be written to" if prospect["withdrawn_at"] is None else f"left on {prospect['withdrawn_at'][:10]}"
        yield f"In our book of people: {prospect['address']}, {state}."
        yield from (f"  On {one['at'][:10]}: {one['cause']}." for one in prospect["events"])
    yield from (
        f"{one['destination']} was told on {one['sent_at'][:10]}: {one['kind']}."
        for one in told["handed_on"]
        if one["sent_at"]
    )
    for one in told["confirmations"]:
        yield f"Asked on {one['asked_at'][:10]} to confirm from the mailbox: {one['state']}."
    for one in told["mails"]:
        yield f"A mail ({one['kind']}) was written on {one['written_at'][:10]}: {one['state']}."
    for one in told["reports"]:
        yield f"Reported by {one['reporter']} on {one['at'][:10]}: {one['kind'].replace('_', ' ')}."
    for one in told["invoices"]:
        on = f"its invoice {one['number']} of {one['dated_on']}"
        yield f"{one['vendor']} billed {one['lead']} on {on}: {one['fate']}."
    for one in told["orders_not_to_write"]:
        cause = one["cause"].replace("_", " ")
        yield f"{_never(one['scope'])} ({cause}), as we were first told on {one['first_told_at'][:10]}."
    if not (told["leads"] or told["prospect"] or told["orders_not_to_write"] or told["named_in"]):
        yield "We have nothing under this address."


def _never(scope: str) -> str:
    """What an order is about: one of a part does not say that the whole was left."""
    part, _, name = scope.partition(":")
    parts = {"brand": "in the name of", "source": "because of", "purpose": "about"}
    return f"Never to be written to {parts[part]} {name}" if part in parts else "Never to be written to"


def _arrival(lead: Mapping[str, Any]) -> str:
    origin = lead["from"]
    when = f"On {lead['arrived_at'][:10]} we got {lead['address'] or 'a row without an address'}"
    if origin["kind"] == "form":
        return f"{when} from you yourself, by our form {lead['source']!r} ({lead['lead']})."
    vendor = f" of {origin['vendor']}" if origin["vendor"] else ""
    name = f" {origin['list_name']!r}" if origin.get("list_name") else ""
    file = f", file {origin['file']}" if origin.get("file") else ""
    return f"{when} in the list{name}{vendor}{file}, row {lead['row']} ({lead['lead']})."
