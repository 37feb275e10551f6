"""The pages of which there are pictures: each that somebody looks at, by its path and by what is clicked there."""

from typing import NamedTuple

LOOKS = (("light", 1280, "light"), ("dark", 1280, "dark"), ("phone", 390, "light"))
LEAD = "/leads?outcome=hold&source=list_11"
"""Of a vendor on probation: their rows have much to tell."""
LOYAL, SOMEBODY = "/lifecycle/people?phase=loyal", "a[href^='/desk/person/']"


class Page(NamedTuple):
    """A page, by its path and by the links that are followed from there; who looks at it."""

    name: str
    path: str
    links: tuple[str, ...] = ()
    who: str = "boss"
    until: str = "load"  # of the page; one that sends itself on is never loaded


def _desk(name: str, path: str, *links: str) -> Page:
    return Page(name, f"/desk{path}", links)


PAGES = (
    Page("sign-in", "/desk/sign-in", who=""),
    Page("sign-in-company", "/desk/sign-in/company/back?code=1&state=2", who="", until="commit"),
    Page("second-factor", "/desk/sign-in/second-factor", who="officer"),
    Page("set-up", "/desk/sign-in/set-up", who="new"),
    Page("join", "/desk/join/{join}", who=""),
    _desk("today", ""),
    _desk("due", "/due"),
    _desk("due-day", "/due?kind=obligation", "main a[href^='/desk/due/2']"),
    _desk("holds", "/holds"),
    _desk("hold-group", "/holds", ".queue tbody th a"),
    _desk("hold-answer", "/holds", ".queue a[href*='kind=release']"),
    _desk("hold-answers", "/holds/answers"),
    _desk("hold-answered", "/holds/answers/1"),
    _desk("wordings", "/wordings"),
    _desk("wording", "/wordings", ".wordings a"),
    _desk("wording-effect", "/wordings", ".wordings a", "a[href*='standing=approved']"),
    _desk("leads", "/leads"),
    _desk("lead", LEAD, "a[href^='/desk/leads/lead_']"),
    _desk("lead-again", LEAD, "a[href^='/desk/leads/lead_']", "a[href$='/replay']"),
    _desk("lead-evidence", LEAD, "a[href^='/desk/leads/lead_']", "a[href$='/evidence']"),
    _desk("person", LOYAL, SOMEBODY),
    _desk("person-suppress", LOYAL, SOMEBODY, "a[href$='/suppress']"),
    _desk("person-erase", LOYAL, SOMEBODY, "a[href$='/erase']"),
    _desk("lifecycle", "/lifecycle"),
    _desk("lifecycle-people", LOYAL),
    _desk("overrides", "/overrides"),
    _desk("override", "/overrides/1"),
    _desk("override-new", "/overrides/new?leads={held}"),
    _desk("override-case", "/overrides/1/precedent?days=30"),
    _desk("lists", "/lists"),
    _desk("list", "/lists/list_2"),
    _desk("list-report", "/lists/list_8/report"),
    _desk("list-undo", "/lists/list_10/undo"),
    _desk("upload", "/lists/new"),
    _desk("upload-reading", "/lists/new/{strange}/reading"),
    _desk("upload-questions", "/lists/new/{plain}/questions"),
    _desk("upload-sample", "/lists/new/{plain}/sample"),
    _desk("upload-import", "/lists/new/{plain}/import"),
    _desk("vendors", "/vendors"),
    _desk("vendor", "/vendors/4"),
    _desk("vendor-standing", "/vendors/4/standing"),
    _desk("vendor-file", "/vendors/1/file"),
    _desk("vendor-note", "/vendors/1/file/note?kind=attestation"),
    _desk("vendor-contract", "/vendors/1/file/contract?name=FERNHILL-2026"),
    _desk("vendor-take-back", "/vendors/1/file", "a[href$='/withdraw']"),
    _desk("vendor-recall", "/vendors/4/recall"),
    _desk("buying", "/vendors/{seller}/buying"),
    _desk("invoice-new", "/vendors/4/invoices/new"),
    _desk("invoice", "/vendors/4/invoices/1"),
    _desk("numbers", "/numbers"),
    _desk("numbers-explained", "/numbers/explained"),
    *(_desk(f"numbers-{one}", f"/numbers/{one}") for one in (
        "phases", "sources", "lists", "vendors", "cohorts", "campaigns", "leaks", "moves", "worth",
    )),
    _desk("policies", "/policies"),
    _desk("pack", "/policies/packs/us-can-spam"),
    _desk("rule", "/policies/rules/CS-18"),
    _desk("fact", "/policies/names/phone_known"),
    _desk("cases", "/policies/cases"),
    _desk("changes", "/policies/changes"),
    _desk("what-if-new", "/policies/what-if"),
    _desk("what-if", "/policies/what-if/1"),
    _desk("ledger", "/ledger"),
    _desk("entry", "/ledger/{entry}"),
    _desk("verify", "/ledger/verify"),
    _desk("settings", "/settings"),
    _desk("form", "/settings/sources/newsletter"),
    _desk("form-new", "/settings/sources/new"),
    _desk("mails", "/settings/mails"),
    _desk("mail", "/settings/mails/1"),
    _desk("destinations", "/settings/destinations"),
    _desk("destination", "/settings/destinations/store"),
    _desk("destination-new", "/settings/destinations/new?kind=webhook"),
    _desk("recalls", "/recalls"),
    _desk("recall", "/recalls/1"),
    _desk("recall-new", "/recalls/new?what=lists&lists=list_6&cause=contract"),
    _desk("account", "/account"),
    Page("account-app", "/desk/account/app", who="colleague"),
    _desk("people", "/people"),
    _desk("colleague", "/accounts/{officer}"),
    _desk("keys", "/keys"),
)  # fmt: skip


def pictures() -> list[str]:
    """What is to lie in docs/screens."""
    return [f"{one.name}-{look}.png" for one in PAGES for look, _, _ in LOOKS]
