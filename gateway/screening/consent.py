"""What the person agreed to, from boxes, words and records. Claims stay claims; whose word it is, is a fact too.

Our own form: the act happened before our eyes. The box is the answer (left empty, it is a refusal); time, network
address and browser are the server's own; a private network address is only our own network or a proxy, no lie.
A bought list: everything is somebody's word. A ticked box, a stated consent or a date of opting in is a yes that is
*claimed*, to whoever collected it; it was given to us only if the notice named us (15 U.S.C. 7702(1)(B)). Each row
must bring its own time, page, and network address or certificate; a confirmation is the vendor's, not ours.
Our own system's export: given to us, but the record is the old system's, so it is weighed like a list's; its
confirmations are ours.
"""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import cast

from gateway.domain.lead import REQUEST_PARTS, WIRELESS_PARTS, Batch, Cell, Statement
from gateway.screening.answers import Answers, Column, per_case
from gateway.screening.evidence import (
    INSIDE,
    NIL_TOKEN,
    NO_ADDRESS,
    ORDINARY,
    is_certificate,
    names_a_page,
    networks,
)
from gateway.screening.provenance import happened, is_to_come, start_of

MARKETING = frozenset({
    "marketing", "newsletter", "newsletters", "news", "promotion", "promotions", "promotional", "offers", "deals",
    "advertising", "advertisements", "ads", "campaigns",
})  # fmt: skip
TRANSACTION = frozenset({
    "transactional", "transaction", "order", "orders", "purchase", "receipt", "receipts", "invoice", "invoices",
    "billing", "delivery", "shipping", "account", "service", "support", "security",
})  # fmt: skip
"""Words of a lead's own ``purposes`` that say how far its consent reaches; other words leave it open."""


def establish(batch: Batch, as_of: datetime) -> Answers:
    """The ``consent.*`` facts and ``wireless.authorization``."""
    statement, is_form = batch.origin.statement, batch.origin.kind == "form"
    status = statuses(batch)
    seen = _networks(batch)
    return {
        "consent.status": status,
        "consent.act": _acts(batch, status),
        "consent.given_to_us": _given_to_us(statement, status),
        "consent.transfer_notice": _transfer_notice(statement),
        "consent.wording_is_known": _wording_is_known(batch),
        "consent.is_proven": _is_proven(batch, seen),
        "consent.is_contradicted": _is_contradicted(batch, seen, as_of if is_form else batch.arrived_at),
        "consent.is_confirmed": _is_confirmed(batch),
        "consent.covers_marketing": _covers_marketing(batch),
        "consent.at": given_at(batch, status),
        "consent.request_is_complete": _request_is_complete(statement),
        "consent.by_parent": statement.parental_consent is True,  # like every yes, to be shown by who relies on it
        "wireless.authorization": _authorization(statement, status),
    }  # fmt: skip


def _networks(batch: Batch) -> list[str]:
    """What kind of network address each row brings."""
    if "consent_ip" not in batch.columns:
        return [NO_ADDRESS] * len(batch)
    ips = cast("list[str | None]", batch.columns["consent_ip"])  # as the catalogue of fields has it
    return networks([ip or "" for ip in ips])


def statuses(batch: Batch) -> Column:
    """Whether each person said yes: given, refused, or none.

    A box says it. Without a box the source's own statement does; without that, a recorded moment of opting in. A source
    that states it has no consent is believed over a mere date. Silence is no yes, and no unknown either: a yes has to
    be shown by whoever relies on it.
    """
    stated = batch.origin.statement.consent

    def judge(ticked: bool | None, dated: bool) -> str:  # noqa: FBT001 - one cell each
        if ticked is not None:
            return "given" if ticked else "refused"
        if stated is not None:
            return stated
        return "given" if dated else "none"

    given = batch.columns.get("consent_at")
    if "consent_ticked" not in batch.columns and (stated is not None or given is None or all(given)):
        return [judge(None, given is not None)] * len(batch)  # one answer for every row
    dated = [at is not None for at in batch.column("consent_at")]
    return per_case(judge, batch.column("consent_ticked"), dated)


def _acts(batch: Batch, status: Column) -> Column:
    statement, boxes = batch.origin.statement, ("consent_ticked", "consent_preticked")
    if batch.columns.keys().isdisjoint(boxes):
        return per_case(lambda said: _act(statement, said, None, None), status)
    return per_case(lambda *case: _act(statement, *case), status, *map(batch.column, boxes))


def _act(statement: Statement, status: str, ticked: bool | None, preticked: bool | None) -> str | None:  # noqa: FBT001 - cells
    """By which act. None where a yes is claimed and nobody says how it was given."""
    if status != "given":
        return "none"
    if preticked or (ticked is not None and statement.consent_act == "preticked_box"):
        return "preticked_box"  # whoever says so, the form or the post: nobody's word makes a weak act stronger
    if preticked is not None and ticked is not None:
        return "unticked_box"
    return None if statement.consent_act == "unknown" else statement.consent_act


def _given_to_us(statement: Statement, status: Column) -> bool | Column:
    if statement.direct or statement.transfer_notice == "named_us":
        return [answer == "given" for answer in status]
    return False


def _transfer_notice(statement: Statement) -> str | None:
    """How the person was told of the handover. What was given to us directly was handed over by nobody."""
    if statement.direct:
        return "none"
    return None if statement.transfer_notice == "unknown" else statement.transfer_notice


def _wording_is_known(batch: Batch) -> bool | Column:
    if (batch.origin.statement.wording or "").strip():
        return True
    if "consent_wording" not in batch.columns:
        return False
    return [isinstance(words, str) and not words.isspace() and words != "" for words in batch.column("consent_wording")]


def _is_proven(batch: Batch, seen: list[str]) -> bool | Column:
    """Whether time, page, and network address or certificate are on record (what buyers call the opt-in triple)."""
    columns, statement = batch.columns, batch.origin.statement
    paged = bool((statement.form_url or "").strip())
    urls = batch.column("consent_url")
    if batch.origin.kind == "form":  # the time is the server's own, the address is whoever stood before it
        return [
            (paged or (isinstance(url, str) and url != "")) and network != NO_ADDRESS
            for url, network in zip(urls, seen, strict=True)
        ]
    if "consent_at" not in columns or not ("consent_ip" in columns or "certificate_url" in columns):
        return False
    proven = [network == ORDINARY for network in seen]
    if "certificate_url" in columns:
        records = zip(proven, columns["certificate_url"], strict=True)
        proven = [one or (isinstance(record, str) and is_certificate(record)) for one, record in records]
    if not all(columns["consent_at"]):
        proven = [one and at is not None for one, at in zip(proven, columns["consent_at"], strict=True)]
    if not paged:
        proven = [one and isinstance(url, str) and names_a_page(url) for one, url in zip(proven, urls, strict=True)]
    return [*proven]


def _is_contradicted(batch: Batch, seen: list[str], latest: datetime) -> bool | Column:
    """Whether any piece of evidence speaks against the rest; each kind is looked at only where the list brings it."""
    columns, arrived = batch.columns, batch.arrived_at
    against: list[list[bool]] = []
    if "consent_at" in columns and is_to_come(columns["consent_at"], arrived):
        against.append([isinstance(at, datetime) and at > arrived for at in columns["consent_at"]])
    if "confirmed_at" in columns:
        pairs = zip(columns["confirmed_at"], batch.column("consent_at"), strict=True)
        against.append([_out_of_order(confirmed, given, latest) for confirmed, given in pairs])
    if "consent_ip" in columns and batch.origin.kind == "list" and INSIDE in seen:
        against.append([network == INSIDE for network in seen])
    if "certificate_url" in columns:
        against.append([
            isinstance(url, str) and url.strip() != "" and not is_certificate(url)
            for url in columns["certificate_url"]
        ])  # fmt: skip
    if "lead_token" in columns:
        against.append([isinstance(token, str) and token.strip() == NIL_TOKEN for token in columns["lead_token"]])
    return list(reduce(lambda one, other: list(map(or_, one, other)), against)) if against else False


def _out_of_order(confirmed: Cell, given: Cell, latest: datetime) -> bool:
    return isinstance(confirmed, datetime) and (
        confirmed > latest or (isinstance(given, datetime) and confirmed < given)
    )


def _is_confirmed(batch: Batch) -> bool | Column:
    """Whether the person confirmed from the mailbox, to us. A vendor's word for it is a claim; so is a lone date."""
    if not batch.origin.statement.direct or "confirmed_at" not in batch.columns:
        return False
    confirmed = batch.columns["confirmed_at"]
    if batch.origin.kind == "form":
        return [at is not None for at in confirmed]
    pairs = zip(confirmed, batch.column("consent_at"), strict=True)
    return [at is not None and given is not None for at, given in pairs]


def _covers_marketing(batch: Batch) -> bool | Column | None:
    """How far the yes reaches: the row's own purposes, else what the source says of all. None: nobody says."""
    stated = {"marketing": True, "transactional": False}.get(batch.origin.statement.relationship or "")
    if "purposes" not in batch.columns:
        return stated

    def judge(purposes: Cell) -> bool | None:
        words = set(purposes.casefold().replace(",", " ").split()) if isinstance(purposes, str) else set()
        if words & MARKETING:
            return True
        return False if words and words <= TRANSACTION else stated

    return per_case(judge, batch.columns["purposes"])


def given_at(batch: Batch, status: Column) -> Column:
    """When each yes was given. A form's is its arrival; of a list's span of collecting, the first day counts."""
    statement = batch.origin.statement
    latest = batch.arrived_at if batch.origin.kind == "form" else start_of(statement.collected_from)
    given = batch.column("consent_at")
    if "collected_at" not in batch.columns:
        if all(given) and status.count("given") == len(status):
            return [*given]
        return [(at or latest) if answer == "given" else None for at, answer in zip(given, status, strict=True)]
    collected = happened(batch, "collected_at")
    return [
        (at or other or latest) if answer == "given" else None
        for at, other, answer in zip(given, collected, status, strict=True)
    ]


def _request_is_complete(statement: Statement) -> bool | None:
    """Whether the request said all it must (CASL s. 10(1), SOR/2012-36 s. 4). None: nobody says what it said."""
    return None if statement.request_parts is None else statement.request_parts.issuperset(REQUEST_PARTS)


def _authorization(statement: Statement, status: Column) -> str | Column:
    """The express prior authorization to write to a phone, 47 CFR 64.3100(d).

    It belongs to whoever asked for it and cannot be sold ((d)(3)), so a vendor's is always another's. A signature is
    asked only of a written one ((d)(1)). It is shown apart from other consents ((d)(6)); only a plain refusal of the
    lead as a whole takes it away.
    """
    met = statement.wireless_authorization
    if not met:
        return "none"
    needed = set(WIRELESS_PARTS) - ({"signed"} if statement.consent_act == "oral" else set())
    answer = "given_to_another" if not statement.direct else "complete" if needed <= met else "incomplete"
    return ["none" if said == "refused" else answer for said in status]
