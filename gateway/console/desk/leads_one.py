"""One lead: what arrived, by whose hands, on what evidence, what was decided and why; and the same decided again."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Response
from sqlalchemy import Connection

from gateway.account import explain_lead
from gateway.clocks.book import find_duties
from gateway.confirmation import person as confirmation
from gateway.console.desk.gate import page, shown
from gateway.console.desk.leads_chain import chain_of
from gateway.console.desk.ledger_words import names_of, who
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.domain.wire import statement_from_json
from gateway.emission import person as emission
from gateway.feedback import person as feedback
from gateway.intake.entrances import find_list
from gateway.intake.http import services
from gateway.intake.people.consents import find_consent, receipt_links
from gateway.lifecycle.store import find_withdrawal, known
from gateway.mail import person as mail
from gateway.outcomes.browse import find_lines, find_page_of_person
from gateway.outcomes.person import find_rows
from gateway.outcomes.view import view_lead
from gateway.person.links import desk_links
from gateway.policy.explain import explain
from gateway.policy.words import WAITS, question
from gateway.policy.words import words as spoken
from gateway.replay.one import decide_again

OTHERS = 10  # leads of the same mailbox that are named; the person's page has all
EVIDENCE = (
    "consent_ticked", "consent_preticked", "consent_at", "consent_url", "consent_ip", "consent_agent",
    "certificate_url", "lead_token", "confirmed_at", "confirmed_ip",
)  # fmt: skip
"""Fields that show that somebody said yes; what is not among a lead's was not recorded, and the page says so."""
TOLD = (
    "email", "first_name", "last_name", "phone", "country", "region", "born_on", "age", "purposes", "subscriber",
    "last_dealing_at", "collected_at", "stop", "no_sale", "do_not_call", "is_test",
)  # fmt: skip
DECIDING = {"prospect": "accept", "hold": "hold", "rejection": "reject"}


@page("GET", "/leads/<lead_id:lead_id>", role="viewer")
def show(lead_id: int) -> Response:
    """Everything there is of one lead; made to be printed, too."""
    with reading(services().engine, snapshot=True) as connection:
        told = _read(connection, lead_id)
    return shown("leads/one.html", here="leads", **told)


@page("GET", "/leads/<lead_id:lead_id>/replay", role="viewer")
def replay(lead_id: int) -> Response:
    """The recorded decision beside what today's rules make of the same facts. Nothing is changed by it."""
    with reading(services().engine, snapshot=True) as connection:
        lead = view_lead(connection, lead_id)
        why = explain_lead(connection, services(), lead_id)
        again = decide_again(connection, services(), lead_id)
    if lead is None or why is None:
        raise unknown(lead_id)
    now = services().clock.now()
    today = None if again is None else explain(again.after, services().policies, as_of=now)
    return shown(
        "leads/replay.html", here="leads", lead=lead, why=why, again=again, today=today, now=now, spoken=spoken,
        asked=question, digest=services().policies.digest,
        gone=_told(why["findings"], again.gone if again else ()),
        new=_told(today.findings if today else (), again.new if again else ()),
        before=[one["title"] for one in why["obligations"] if again and one["code"] in again.obligations_gone],
        after=[one["title"] for one in (today.obligations if today else ()) if again
               and one["code"] in again.obligations_new],
    )  # fmt: skip


def _told(explained: Any, findings: Any) -> list[dict[str, Any]]:
    """Those of the findings in words that are among these."""
    wanted = {(one.rule, one.verdict) for one in findings}
    return [one for one in explained if (one["rule"], one["verdict"]) in wanted]


def _read(connection: Connection, number: int) -> dict[str, Any]:
    lead = view_lead(connection, number)
    why = explain_lead(connection, services(), number)
    if lead is None or why is None:
        raise unknown(number)
    (row,), (line,) = find_rows(connection, [number]), find_lines(connection, [number])
    statement = statement_from_json(row.statement)
    consent = find_consent(connection, services(), number)
    fields: Mapping[str, Any] = consent.fields if consent is not None else {}
    came_by = find_list(connection, int(row.source)) if row.origin_kind == "list" and row.source.isdigit() else None
    key = line.match_key
    decisive = DECIDING[lead["outcome"]]
    return {
        "lead": lead, "why": why, "line": line, "statement": statement, "fields": fields, "came_by": came_by,
        "is_emptied": row.address is None and key is None and _is_emptied(lead["as_arrived"]),
        "arrived": _arrived(lead["as_arrived"], came_by[2] if came_by else ()),
        "chain_stops": chain_of(statement, services().world.sender, row, _fact(why, "source.provenance_is_complete")),
        "wording": fields.get("consent_wording") or statement.wording,
        "wording_is_own": bool(fields.get("consent_wording")),
        "evidence": [(name, fields.get(name)) for name in EVIDENCE],
        "told": [(name, fields[name]) for name in TOLD if fields.get(name) is not None],
        "deciding": [one for one in why["findings"] if one["use"] == "lead" and one["verdict"] == decisive],
        "beside": [one for one in why["findings"] if one["use"] != "lead" or one["verdict"] != decisive],
        "duties": _duties(connection, number, why),
        "left": find_withdrawal(connection, key, number) if lead["outcome"] == "prospect" and key else None,
        "handed_on": _handed(connection, key, number),
        "confirmations": confirmation.of_lead(connection, number, key),
        "reports": feedback.tell(connection, key)[-OTHERS:] if key else [],
        "mails": mail.tell(connection, key)[-OTHERS:] if key else [],
        "others": [one for one in find_page_of_person(connection, key, None, OTHERS + 1).lines if one.id != number]
        if key else [],
        "person": desk_links(services()).token(key) if key else None,
        "receipt": receipt_links(services()).token(number) if consent is not None else None,
        "waits": WAITS[lead["hold"]["question"]] if lead["hold"] else None, "spoken": spoken,
        "who": partial(who, names=names_of(connection)), "now": services().clock.now(),
    }  # fmt: skip


def _handed(connection: Connection, key: bytes | None, number: int) -> list[dict[str, Any]]:
    """Who was told of the prospect that stands on this lead, and when."""
    here = known(connection, [key]).get(key) if key else None
    return emission.tell(connection, here.prospect_id) if here is not None and here.lead_id == number else []


def _duties(connection: Connection, number: int, why: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is owed, each with its clocks; a clock of what this decision does not owe any more comes last."""
    clocks: dict[str, list[Any]] = {}
    for one in find_duties(connection, [number]):
        clocks.setdefault(one.obligation, []).append(one)
    owed = [{**one, "clocks": clocks.pop(one["code"], [])} for one in why["obligations"]]
    owed.sort(key=lambda one: not one["clocks"])  # what has a day comes first
    return owed + [{"code": code, "title": spoken(code), "clocks": some} for code, some in clocks.items()]


def _fact(why: Mapping[str, Any], name: str) -> Any:
    return next((f["answer"] for one in why["findings"] for f in one["facts"] if f["fact"] == name), None)


def _is_emptied(arrived: Any) -> bool:
    return isinstance(arrived, dict) and set(arrived) == {"erased"}


def _arrived(arrived: Any, headings: tuple[str, ...]) -> list[tuple[str, str]]:
    """What arrived word for word, each part with its name."""
    if isinstance(arrived, list):
        names = [headings[place] if place < len(headings) else f"column {place + 1}" for place in range(len(arrived))]
        return [(name, str(cell)) for name, cell in zip(names, arrived, strict=True)]
    if isinstance(arrived, dict):
        return list(_flat(arrived))
    return [("", json.dumps(arrived, ensure_ascii=False))]


def _flat(part: Mapping[str, Any], before: str = "") -> Any:
    for name, value in part.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name} / ")
        else:
            yield before + name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def unknown(number: int) -> CallerError:
    """There is no such lead."""
    message = phrase("There is no lead_%(number)s.", number=number)
    return CallerError([Problem("unknown_lead", message, "lead")], 404, "No such lead")
