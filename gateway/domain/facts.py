"""The catalogue of facts: every question a policy may ask of a lead, who answers it, and what it can say.

A fact is an answered question, or unknown (None). No verdicts here. docs/reference/facts.md is made from this file.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

FactValue = bool | str | datetime | None
"""A fact's answer; None is unknown."""

Kind = Literal["boolean", "choice", "instant", "text"]


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One question: its kind, its possible answers and the room that answers it."""

    name: str
    kind: Kind
    asks: str  # the question in words, ending in a question mark
    by: str  # the room that establishes it
    choices: tuple[str, ...] = ()
    folds: bool = False  # of text: answers that no rule names are one answer, ``other``
    told: bool = False  # of text: rules that ask for it tell it with their finding, and wordings may name it


SHARES = ("none", "under_1_percent", "1_to_5_percent", "5_to_20_percent", "20_or_more_percent")
"""Brackets of a share: rules of a list need no more, and decisions stay few."""

_SPECS = (
    # --- the address itself
    FactSpec("address.is_valid", "boolean", "Is the address written as one can be?", "screening.address"),
    FactSpec(
        "address.problem", "choice", "What is wrong with the way it is written?", "screening.address",
        ("none", "missing", "no_at", "no_local_part", "no_domain", "local_part_too_long", "too_long",
         "bad_local_part", "bad_domain", "domain_without_dot", "ip_address", "special_use", "bad_characters"),
    ),
    FactSpec("address.accepts_mail", "boolean", "Does its domain take mail?", "screening.address"),
    FactSpec(
        "address.mail_route", "choice", "How does mail reach its domain?", "screening.address",
        ("mx", "implicit_mx", "null_mx", "no_such_domain", "no_mail_host"),
    ),
    FactSpec(
        "address.role_class", "choice", "Is it a function's mailbox, and of which class?", "screening.address",
        ("none", "business", "group", "operational", "automated", "trap_risk"),
    ),
    FactSpec("address.is_disposable", "boolean", "Is it a throw-away mailbox?", "screening.address"),
    FactSpec("address.is_privacy_relay", "boolean", "Is it a relay that hides the person's own address?",
             "screening.address"),
    FactSpec("address.is_free_mail", "boolean", "Is it with a consumer mailbox provider?", "screening.address"),
    FactSpec(
        "address.wireless_gateway", "choice", "Is the domain publicly known as a phone's, and how surely?",
        "screening.address", ("none", "low", "medium", "high"),
    ),
    FactSpec("address.is_phone_shaped", "boolean", "Is the part before the @ ten or eleven digits?",
             "screening.address"),
    FactSpec("address.looks_mistyped", "boolean", "Is the domain one slip away from a big provider's?",
             "screening.address"),
    FactSpec("address.is_confusable", "boolean", "Does the domain imitate another with look-alike letters?",
             "screening.address"),
    FactSpec("address.was_dead", "boolean", "Was this address reported dead for a year or more, before now?",
             "screening.suppression"),
    # --- where it came from
    FactSpec("row.is_broken", "boolean", "Could the row not be read?", "intake"),
    FactSpec(
        "row.problem", "choice", "Why could the row not be read?", "intake",
        ("none", "empty", "too_many_cells", "unreadable_characters", "cell_too_long", "unclosed_quote",
         "cannot_be_processed", "broken_json", "remark"),
    ),
    FactSpec("source.kind", "choice", "Did it enter by a form or by a list?", "screening.provenance",
             ("form", "list")),
    FactSpec("source.is_direct", "boolean", "Did the person give it to us, with nobody between?",
             "screening.provenance"),
    FactSpec(
        "source.method", "choice", "How was it collected?", "screening.provenance",
        ("form", "co_registration", "event", "in_person", "phone", "referral", "directory", "append", "scraped",
         "generated", "unknown"),
    ),
    FactSpec("source.site_refuses_transfer", "boolean",
             "Did the site it was taken from say that it gives no addresses away?", "screening.provenance"),
    FactSpec("source.provenance_is_complete", "boolean",
             "Do we know who collected it, how, when and on which page or form?", "screening.provenance"),
    FactSpec("source.chain_is_complete", "boolean", "Is every handover from the collector to us recorded?",
             "screening.provenance"),
    FactSpec(
        "source.chain_break", "choice", "Why does the chain of handovers not hold, where it breaks first?",
        "screening.handovers",
        ("none", "not_recorded", "does_not_join", "before_collected", "goes_back", "taker_not_named",
         "does_not_reach_us"),
    ),
    FactSpec("source.broken_hop", "text", "At which handover does the chain break first?", "screening.handovers",
             told=True),
    FactSpec(
        "source.vendor_standing", "choice", "How does its vendor stand with us?", "screening.provenance",
        ("none", "new", "approved", "probation", "suspended", "barred"),
    ),
    FactSpec("source.is_attested", "boolean", "Did the vendor sign for it?", "screening.provenance"),
    FactSpec("source.looks_generated", "boolean", "Does the list look as if a machine had made it?",
             "screening.provenance"),
    FactSpec("source.collected_at", "instant", "When was it collected?", "screening.provenance"),
    FactSpec("source.audience", "choice", "For whom is the page or form it was collected on?", "screening.provenance",
             ("general", "youth", "children")),
    FactSpec(
        "source.legal_basis", "choice", "On which legal ground is it said to have been collected for marketing?",
        "screening.provenance", ("consent", "soft_opt_in", "legitimate_interest", "contract", "none"),
    ),
    FactSpec("source.form_is_on_file", "boolean", "Do we hold the form as the person saw it?", "screening.provenance"),
    FactSpec("source.asks_confirmation", "boolean", "Does the form ask everybody to confirm from the mailbox?",
             "screening.provenance"),
    FactSpec("source.chain_duties_are_met", "boolean",
             "Is the collector named in each mail, can people leave all users at once, and are withdrawals passed on?",
             "screening.provenance"),
    # --- the whole list it came with
    FactSpec("list.undeliverable_share", "choice",
             "How much of the list is known to take no mail: no address, a dead domain, a mailbox that bounced?",
             "screening.listwide", SHARES),
    FactSpec("list.opted_out_share", "choice", "How much of the list told us to stop before?", "screening.listwide",
             SHARES),
    FactSpec("list.disposable_share", "choice", "How much of the list are throw-away mailboxes?",
             "screening.listwide", SHARES),
    FactSpec("list.role_share", "choice", "How much of the list are functions' mailboxes?", "screening.listwide",
             SHARES),
    FactSpec("list.duplicate_share", "choice", "How much of the list repeats an earlier row's address?",
             "screening.listwide", SHARES),
    FactSpec("list.looks_harvested", "boolean", "Does the list look as if a program had gathered or guessed it?",
             "screening.listwide"),
    FactSpec("list.evidence_is_reused", "boolean",
             "Does the list give one IP, browser, second, certificate or token for many people?",
             "screening.listwide"),
    FactSpec("list.times_are_impossible", "boolean",
             "Do many of the list's times lie in the future, before it was collected, or in the wrong order?",
             "screening.listwide"),
    FactSpec("list.times_are_too_regular", "boolean", "Do the list's times follow one another at equal intervals?",
             "screening.listwide"),
    # --- who sold it
    FactSpec("vendor.is_data_broker", "boolean", "Does the vendor sell people it has no direct dealings with?",
             "screening.provenance"),
    FactSpec("vendor.is_registered", "boolean",
             "Is the vendor on the data brokers' register of the person's state for this year?",
             "screening.provenance"),
    FactSpec("vendor.drop_run_at", "instant", "When did the vendor last fetch California's deletion requests?",
             "screening.provenance"),
    FactSpec("vendor.has_privacy_terms", "boolean",
             "Does the contract with the vendor hold the terms that privacy law asks for?", "screening.provenance"),
    FactSpec("vendor.file_answers", "text",
             "Which questions that the list's manifest leaves open does the vendor's file answer?",
             "screening.vendor_file", told=True),
    FactSpec("vendor.file_contradicts", "text",
             "To which questions do the list's manifest and the vendor's file give different answers?",
             "screening.vendor_file", told=True),
    # --- what the person agreed to
    FactSpec("consent.status", "choice", "Did the person say yes to marketing mail?", "screening.consent",
             ("given", "refused", "none")),
    FactSpec(
        "consent.act", "choice", "By which act?", "screening.consent",
        ("unticked_box", "preticked_box", "typed_address", "oral", "written", "none"),
    ),
    FactSpec("consent.given_to_us", "boolean", "Was it given to us?", "screening.consent"),
    FactSpec(
        "consent.transfer_notice", "choice", "How was the person told that the address would be passed on?",
        "screening.consent", ("named_us", "named_partners", "vague", "none"),
    ),
    FactSpec("consent.wording_is_known", "boolean", "Do we hold the words the person saw?", "screening.consent"),
    FactSpec("consent.wording_standing", "choice", "What has somebody here said of the words the person saw?",
             "screening.wordings", ("ours", "approved", "refused", "unread")),
    FactSpec("consent.is_proven", "boolean",
             "Are time, page and network address (or a third party's certificate) on record?", "screening.consent"),
    FactSpec("consent.is_contradicted", "boolean",
             "Does the evidence contradict itself (a future date, a private network address)?",
             "screening.consent"),
    FactSpec("consent.is_confirmed", "boolean", "Did the person confirm it from the mailbox itself?",
             "screening.consent"),
    FactSpec("consent.covers_marketing", "boolean", "Does it reach beyond the transaction at hand?",
             "screening.consent"),
    FactSpec("consent.at", "instant", "When was it given?", "screening.consent"),
    FactSpec("consent.request_is_complete", "boolean",
             "Did the request say what for, who asks, how to reach them, and that the yes can be taken back?",
             "screening.consent"),
    FactSpec("consent.by_parent", "boolean", "Did a parent say yes?", "screening.consent"),
    FactSpec(
        "consent.certificate_reuse", "choice",
        "Did its certificate or token come before: with the same person, by another vendor, with another person?",
        "screening.certificates", ("none", "same_person", "other_vendor", "other_person"),
    ),
    FactSpec("consent.certificate_is_asked", "boolean", "Is the issuer asked about the lead's certificate?",
             "screening.certificates"),
    FactSpec("consent.certificate_says", "choice", "What did the issuer say of the lead's certificate?",
             "screening.certificates", ("matches", "does_not_match", "not_found")),
    # --- dealings with the person
    FactSpec(
        "relationship.kind", "choice", "What dealings with the person are there?", "screening.relationship",
        ("purchase", "inquiry", "membership", "published_address", "handed_over", "none"),
    ),
    FactSpec("relationship.is_ours", "boolean", "Are these dealings with us, and nobody else?",
             "screening.relationship"),
    FactSpec("relationship.last_at", "instant", "When was the last of these dealings?", "screening.relationship"),
    FactSpec("relationship.is_similar", "boolean", "Is what will be offered similar to what the person bought?",
             "screening.relationship"),
    FactSpec("relationship.opt_out_was_offered", "boolean",
             "Could the person say no to mail when the address was taken?", "screening.relationship"),
    FactSpec("relationship.refusal_was_stated", "boolean",
             "Did the person or the page say that no marketing mail is wanted?", "screening.relationship"),
    FactSpec("relationship.is_role_relevant", "boolean", "Does the offer concern the person's work?",
             "screening.relationship"),
    # --- addresses that are phones
    FactSpec(
        "wireless.authorization", "choice",
        "Is there an express prior authorization to write to a phone (47 CFR 64.3100(d))?", "screening.consent",
        ("none", "incomplete", "complete", "given_to_another"),
    ),
    FactSpec("wireless.fcc_list", "choice", "How old is the FCC's list of wireless domains that we hold?",
             "screening.address", ("never_loaded", "current", "stale")),
    FactSpec("wireless.fcc_listed", "choice", "Is the domain on the FCC's list, and for how long?",
             "screening.address", ("no", "under_30_days", "30_days_or_more")),
    # --- the phone number beside the address
    FactSpec("phone.is_given", "boolean", "Does the lead bring a phone number?", "screening.phone_use"),
    FactSpec(
        "phone.consent", "choice", "Did the person agree to be called or texted, and how?", "screening.phone_use",
        ("none", "oral", "written_incomplete", "written", "given_to_another"),
    ),
    FactSpec("phone.is_on_dnc", "boolean", "Is the number said to be on the national do-not-call list?",
             "screening.phone_use"),
    FactSpec("phone.dnc_scrubbed_at", "instant", "When was it compared with the national do-not-call list?",
             "screening.phone_use"),
    FactSpec("phone.is_on_own_list", "boolean", "Did the person ask us not to call?", "screening.phone_use"),
    FactSpec("phone.is_revoked", "boolean", "Did the person take a yes to calls or texts back?",
             "screening.phone_use"),
    FactSpec("phone.reassignment", "choice", "Was it asked since the yes whether the number has a new owner?",
             "screening.phone_use", ("not_reassigned", "reassigned", "not_asked")),
    # --- where the person is
    FactSpec("person.country", "text", "In which country is the person (ISO 3166-1 alpha-2)?",
             "screening.jurisdiction"),
    FactSpec(
        "person.country_from", "choice", "From what do we know the country?", "screening.jurisdiction",
        ("stated", "source", "phone", "address", "default"),
    ),
    FactSpec("person.country_is_doubtful", "boolean", "Does other evidence speak for another country?",
             "screening.jurisdiction"),
    FactSpec("person.region", "text", "In which state or province (US: two letters)?", "screening.jurisdiction",
             folds=True),
    # --- who the person is
    FactSpec("person.age", "choice", "How old is the person?", "screening.person",
             ("under_13", "13", "14", "15", "16_or_17", "18_or_more")),
    FactSpec("person.is_under_consent_age", "boolean",
             "Is the person younger than their country lets children agree by themselves (GDPR Art. 8)?",
             "screening.person"),
    FactSpec("person.subscriber", "choice", "Is it a private person's address (sole traders too) or a company's?",
             "screening.person", ("individual", "corporate")),
    # --- who must not be written to
    FactSpec("suppression.is_checked", "boolean", "Could the suppression list be asked?", "screening.suppression"),
    FactSpec("suppression.is_matched", "boolean", "Did this person tell us to stop?", "screening.suppression"),
    FactSpec("suppression.is_undeliverable", "boolean", "Did mail to this address bounce for good?",
             "screening.suppression"),
    FactSpec(
        "suppression.later_consent", "choice", "Has the person said yes again since, and how surely?",
        "screening.suppression", ("none", "claimed", "signed_up", "confirmed"),
    ),
    FactSpec("lead.says_stop", "boolean", "Does the lead itself say that the person left or refuses?",
             "screening.suppression"),
    FactSpec("lead.says_no_sale", "boolean", "Does the lead itself say that its data may not be sold?",
             "screening.suppression"),
    FactSpec("lead.is_test", "boolean", "Is it a test lead, sent by a platform to try a connection?",
             "screening.dummy"),
    FactSpec("lead.has_sensitive_data", "boolean",
             "Does health, belief, union or like data ride along?", "screening.person"),
    # --- what it is for
    FactSpec("campaign.is_adult", "boolean", "Will the mail be sexually oriented?", "screening.campaign"),
    FactSpec(
        "campaign.restricted", "choice", "Does it advertise what minors may not buy, and by which state's list?",
        "screening.campaign", ("none", "utah_and_michigan", "michigan_only"),
    ),
    FactSpec("campaign.sender", "choice", "Who is the sender, where several companies are advertised?",
             "screening.campaign", ("one_advertiser", "designated", "not_designated")),
    FactSpec("campaign.utah_scrubbed_at", "instant",
             "When was the list compared with Utah's child protection registry?", "screening.campaign"),
    FactSpec("campaign.michigan_scrubbed_at", "instant",
             "When was the list compared with Michigan's child protection registry?", "screening.campaign"),
    # --- us
    FactSpec("sender.is_ready", "boolean", "Have we a postal address and a working opt-out on file?", "wiring"),
)  # fmt: skip

CATALOGUE: dict[str, FactSpec] = {spec.name: spec for spec in _SPECS}
"""Every fact by name, in the order officers read them."""


@dataclass(slots=True)
class Facts:
    """The facts of a batch: some hold for every row, others have one answer per row.

    A fact that stands in neither is unknown for every row. A name stands in one of the two, never in both.
    """

    size: int
    constants: dict[str, FactValue] = field(default_factory=dict)
    columns: dict[str, list[FactValue]] = field(default_factory=dict)

    def of_row(self, index: int) -> dict[str, FactValue]:
        """All facts of one row, in the catalogue's order; unknown ones are None."""
        columns, constants = self.columns, self.constants
        return {name: columns[name][index] if name in columns else constants.get(name) for name in CATALOGUE}
