"""What arrives: leads in columns, and what their source states for all of them.

No verdicts here and nothing that was looked up: a Batch is what came, as it came.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Cell = str | bool | datetime | None
"""One value of one lead: text as typed, a box, an instant, or nothing."""

FIELDS: dict[str, type] = {
    "email": str,  # as typed
    "other_emails": str,  # further addresses of the row, as typed; whoever leaves, leaves under all of them
    "first_name": str,
    "last_name": str,
    "phone": str,
    "country": str,  # as typed: "US", "United States", "usa"
    "region": str,  # state or province as typed
    "language": str,  # of the notice
    "consent_ticked": bool,  # the box; None = no box was shown or nothing is known
    "consent_preticked": bool,  # the box came ticked
    "consent_wording": str,  # the notice the person saw, word for word
    "consent_url": str,  # the page where it happened
    "consent_ip": str,
    "consent_agent": str,  # the browser's User-Agent
    "consent_at": datetime,  # when the person acted; aware UTC
    "confirmed_at": datetime,  # double opt-in click; only set beside consent_at (formats: CONFIRM_ alone is staff)
    "confirmed_ip": str,
    "certificate_url": str,  # third party's record of the form session
    "lead_token": str,  # Jornaya LeadiD
    "purposes": str,  # space-separated
    "collected_at": datetime,  # when the lead was collected, if it is not the moment of consent
    "stop": bool,  # the row itself says: unsubscribed, do not e-mail, bounced, cleaned
    "born_on": datetime,  # the day of birth, midnight UTC
    "age": str,  # in years, as typed
    "subscriber": str,  # as typed: individual, sole trader, limited company ...
    "last_dealing_at": datetime,  # the last purchase, contract or inquiry
    "no_sale": bool,  # the row itself says: do not sell or share my data
    "do_not_call": bool,  # the row itself says: on a do-not-call list
    "is_test": bool,  # the row itself says: sent to try a connection, by nobody
}
"""The fields we understand, with the type of their cells. Everything else is an attribute."""

Method = Literal[
    "form", "co_registration", "event", "in_person", "phone", "referral", "directory", "append", "scraped",
    "generated", "unknown",
]  # fmt: skip
TransferNotice = Literal["named_us", "named_partners", "vague", "none", "unknown"]
"""How the person was told that the address would be passed on, and to whom (15 U.S.C. 7702(1)(B)).

named_us: we were named. named_partners: a list that does not name us, or "partners" in clear view.
vague: behind a link or in the terms. none: not told. unknown: nobody says.
"""
ConsentAct = Literal["unticked_box", "preticked_box", "typed_address", "oral", "written", "none", "unknown"]


@dataclass(frozen=True, slots=True)
class Hop:
    """One handover on the way from the collector to us."""

    giver: str
    taker: str
    on: date | None = None
    under: str | None = None  # the notice or contract under which it was handed over
    names: tuple[str, ...] | None = None  # whom the notice under which it was handed over names; None: nobody says


@dataclass(frozen=True, slots=True)
class Attestation:
    """A vendor's signed statement: a claim, not a proof."""

    says: str
    signed_by: str
    on: date


@dataclass(frozen=True, slots=True)
class Statement:
    """What a source says of all its leads: a form's settings or a list's manifest. None = it does not say."""

    direct: bool  # the person gave it to us ourselves (our form, our own system's export)
    vendor: str | None = None
    contract: str | None = None
    price_minor: int | None = None  # per lead, in the currency's minor unit
    currency: str | None = None  # ISO 4217
    method: Method | None = None
    site_refuses_transfer: bool | None = None  # the site said it gives no addresses away (7704(b)(1)(A)(i))
    collected_from: date | None = None
    collected_until: date | None = None
    form_url: str | None = None
    wording: str | None = None
    language: str | None = None
    consent: Literal["given", "none"] | None = None  # what the source claims for every row
    consent_act: ConsentAct | None = None
    transfer_notice: TransferNotice | None = None
    relationship: Literal["marketing", "transactional"] | None = None
    wireless_authorization: frozenset[str] | None = None  # parts of 47 CFR 64.3100(d) that were met
    hops: tuple[Hop, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    country: str | None = None  # where the people are, if it holds for all
    stop: bool | None = None  # the whole delivery is of people who left (an export of unsubscribes)
    looks_generated: bool | None = None  # found by looking over the whole list at arrival (CS-07)
    list_signs: tuple[tuple[str, str], ...] = ()  # likewise: answers to the facts list.*, by their names after the dot
    sensitive_columns: tuple[str, ...] = ()  # headings of health, belief and like data, found at arrival (GD-07)
    region: str | None = None  # the state or province, if it holds for all
    audience: Literal["general", "youth", "children"] | None = None  # for whom the page or form is
    subscribers: Literal["individual", "corporate"] | None = None  # whose addresses they are
    legal_basis: Literal["consent", "soft_opt_in", "legitimate_interest", "contract", "none"] | None = None
    form_capture: str | None = None  # where the picture of the form as the person saw it is kept
    request_parts: frozenset[str] | None = None  # what the request for consent said: REQUEST_PARTS
    chain_duties: frozenset[str] | None = None  # what is arranged between collector and users: CHAIN_DUTIES
    parental_consent: bool | None = None
    dealings: Literal["purchase", "inquiry", "membership", "published_address", "handed_over", "none"] | None = None
    dealings_with_us: bool | None = None
    dealings_on: date | None = None  # the last of them, if it holds for all
    similar_offers: bool | None = None
    opt_out_offered: bool | None = None  # when the address was taken
    refusal_stated: bool | None = None  # the page or person said: no marketing mail
    role_relevant: bool | None = None  # the offer concerns the person's work
    data_broker: bool | None = None  # the vendor has no direct dealings with the people
    registrations: tuple[tuple[str, int], ...] = ()  # of the vendor as data broker: (state, year)
    drop_run_on: date | None = None  # the vendor's last fetch of California's deletion requests
    privacy_terms: bool | None = None  # the contract holds the terms that privacy law asks for
    phone_consent: frozenset[str] | None = None  # parts of prior express written consent: PHONE_PARTS
    dnc_scrubbed_on: date | None = None
    reassigned_checked_on: date | None = None  # against the Reassigned Numbers Database
    utah_scrubbed_on: date | None = None  # against the state's child protection registry
    michigan_scrubbed_on: date | None = None
    products: frozenset[str] | None = None  # what the mail will advertise: PRODUCTS
    advertisers: tuple[str, ...] = ()  # whose products it will advertise
    designated_sender: str | None = None  # the one sender among several advertisers (16 CFR 316.2(m))
    brand: str | None = None  # under which its people are written to; an order not to write may be of one brand
    asks_confirmation: bool | None = None  # the form asks every person to confirm from the mailbox
    paid_for: Literal["taken", "waiting"] | None = (
        None  # the price is of leads taken, or of those that wait, too; else all
    )


WIRELESS_PARTS = (
    "sender_named",
    "address_typed",
    "charges_told",
    "revocation_told",
    "shown_separately",
    "signed",
)
"""The parts of an express prior authorization, 47 CFR 64.3100(d)(1)-(6)."""
REQUEST_PARTS = ("purpose", "names", "mailing_address", "second_contact", "withdrawal")
"""What a request for consent must say, CASL s. 10(1) and SOR/2012-36 s. 4."""
CHAIN_DUTIES = ("collector_named", "shared_unsubscribe", "withdrawals_reported")
"""What a yes for users not yet known asks of all of them, CASL s. 10(2) and SOR/2013-221 s. 5."""
PHONE_PARTS = ("signed", "seller_named", "number_named", "not_a_condition")
"""The parts of prior express written consent to calls and texts, 47 CFR 64.1200(f)(9)."""
PRODUCTS = ("general", "adult", "alcohol", "tobacco", "drugs", "gambling", "lotteries", "firearms")
"""What a campaign may advertise, as far as rules care."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a batch entered."""

    kind: Literal["form", "list"]
    source: str  # the form's key, or the list's id
    statement: Statement
    run: str | None = None  # the run of a list

    @property
    def name(self) -> str:
        """As orders not to write, receipts and officers name it: a form's key, or list_7."""
        return self.source if self.kind == "form" else f"list_{self.source}"


@dataclass(slots=True)
class Batch:
    """Leads processed together, in columns. A signup is a batch of one.

    Every column has one cell per row; a field nobody gave has no column. ``as_arrived`` is the row word for
    word (JSON), kept for ever beside the outcome. ``broken`` maps the index of a row that could not be read to
    a reason code; such a row ends as a rejection like any other.
    """

    origin: Origin
    numbers: list[int]  # row numbers as in the file, from 1; a signup is row 1
    columns: dict[str, list[Cell]]
    as_arrived: Sequence[str]
    arrived_at: datetime
    broken: dict[int, str] = field(default_factory=dict)
    lead_ids: list[int] | None = None  # set when leads that wait are judged again
    tries: list[int] | None = None  # with lead_ids: how often each was judged again before

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, name: str) -> list[Cell]:
        """The cells of a field, or a column of None if nobody gave it."""
        found = self.columns.get(name)
        return found if found is not None else [None] * len(self.numbers)
