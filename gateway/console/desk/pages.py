"""All pages of the desk, registered by being imported, and what it shows when something went wrong."""

from collections.abc import Sequence

from flask import Response, g, request

from gateway.console.desk import (
    account,
    company,
    holds,
    holds_answer,
    joining,
    keyless,
    keys,
    leads,
    leads_acts,
    leads_one,
    leads_person,
    ledger,
    ledger_check,
    ledger_evidence,
    lists,
    lists_new,
    lists_questions,
    lists_report,
    overrides,
    people,
    policies,
    policies_changes,
    policies_what_if,
    precedents,
    second,
    settings,
    signin,
    sources,
    today,
    vendors,
    wordings,
)
from gateway.console.desk.gate import blueprint, shown
from gateway.domain.problem import Problem

OURS = 500
__all__ = [
    "account",
    "blueprint",
    "company",
    "holds",
    "holds_answer",
    "is_ours",
    "joining",
    "keyless",
    "keys",
    "leads",
    "leads_acts",
    "leads_one",
    "leads_person",
    "ledger",
    "ledger_check",
    "ledger_evidence",
    "lists",
    "lists_new",
    "lists_questions",
    "lists_report",
    "mistake",
    "overrides",
    "people",
    "policies",
    "policies_changes",
    "policies_what_if",
    "precedents",
    "second",
    "settings",
    "signin",
    "sources",
    "today",
    "vendors",
    "wordings",
]


def is_ours() -> bool:
    """Whether the request is for the desk, whatever became of it."""
    return request.path == "/desk" or request.path.startswith("/desk/")


def mistake(status: int, title: str, problems: Sequence[Problem]) -> Response:
    """What went wrong, in words, and the way back: the page that sent the request where it is one of ours."""
    g.own_scripts = True
    back = "/desk"
    if (request.referrer or "").startswith(request.host_url + "desk"):
        back = "/" + request.referrer.removeprefix(request.host_url)
    return shown("mistake.html", status, is_ours=status >= OURS, title=title, problems=problems, back=back)
