"""All pages of the desk, registered by being imported, and what it shows when something went wrong."""

from collections.abc import Sequence

from flask import Response, g, request

from gateway.console.desk import (
    account,
    company,
    destinations,
    due,
    holds,
    holds_answer,
    invoices,
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
    lifecycle,
    lists,
    lists_new,
    lists_questions,
    lists_report,
    numbers,
    overrides,
    people,
    policies,
    policies_changes,
    policies_what_if,
    precedents,
    recalls,
    scorecards,
    second,
    settings,
    signin,
    sources,
    today,
    vendor_buying,
    vendor_files,
    vendors,
    wordings,
)
from gateway.console.desk.gate import blueprint, shown
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

OURS, SIGNED_OUT = 500, 401
TITLES = {
    400: (
        "This could not be read",
        "The page sent something that is not understood here. Load it again and try once more.",
    ),
    404: (
        "There is nothing here",
        "The address may be mistyped, or what stood here is gone. The menu and the search find the rest.",
    ),
    405: ("This page cannot be opened by itself", "It answers a button on another page; go there and press it."),
    413: ("That is too large", "More was sent than is taken here. Split the file, or leave out what is not needed."),
    422: ("This could not be done", "Something in it is not right yet."),
}
"""What is said of a mistake of the browser's or the person's, where nothing says it better."""
FAILED = ("Something went wrong here", "The mistake is ours. It has been written down; please try again in a moment.")
__all__ = [
    "account",
    "blueprint",
    "company",
    "destinations",
    "due",
    "holds",
    "holds_answer",
    "invoices",
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
    "lifecycle",
    "lists",
    "lists_new",
    "lists_questions",
    "lists_report",
    "mistake",
    "numbers",
    "overrides",
    "people",
    "policies",
    "policies_changes",
    "policies_what_if",
    "precedents",
    "recalls",
    "scorecards",
    "second",
    "settings",
    "signin",
    "sources",
    "today",
    "vendor_buying",
    "vendor_files",
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
    named, said = FAILED if status >= OURS else TITLES.get(status, (title, phrase("This could not be done.")))
    return shown(
        "mistake.html", status, title=named if not problems or title == CallerError.title else title, said=said,
        problems=problems, back=back, was_sent=request.method != "GET", is_signed_out=status == SIGNED_OUT,
    )  # fmt: skip
