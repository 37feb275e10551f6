"""Every question of a manifest in plain words, as a form asks it: what is meant, and the facts that rest on the answer.

Which rules ask for those facts is the policies' own matter (rules_on); nothing here decides. A test holds that no key
of a manifest is without its question.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gateway.policy.conditions import facts_of
from gateway.policy.pack import PolicySet
from gateway.policy.rules import Rule

Kind = Literal["text", "long", "choice", "several", "flag", "day", "lines", "years", "rows"]
NOBODY_SAYS = ""
NONE_OF_THEM = "none of them"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. ``key`` as in the manifest."""

    key: str
    asks: str
    kind: Kind = "text"
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    facts: tuple[str, ...] = ()  # that rest on the answer
    parts: tuple["Ask", ...] = ()  # of each row
    example: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together. ``open``: asked of every list."""

    name: str
    title: str
    about: str
    asks: tuple[Ask, ...]
    open: bool = False


_CONSENT = ("consent.status", "consent.given_to_us")

GROUPS = (
    Group("list", "The list", "What you call it, and what you pay for it.", (
        Ask("name", "What do you call this list?", help="So that you find it again.",
            example="Trade fair, spring 2026"),
        Ask("contract", "Under which contract does it come?", help="The number or name by which you would look it up.",
            example="NW-2026-04"),
        Ask("price.amount", "What does one lead cost?", help="Without it nobody can say what a usable lead costs you.",
            example="0.45"),
        Ask("price.currency", "In which currency?", example="USD"),
    ), open=True),
    Group("collected", "How the addresses were collected",
        "Who, how, when and where: the record every list must have.", (
        Ask("method", "How were they collected?", "choice", "Choose what is true, even if it is not nice: "
            "a list that says nothing waits, and one that says something wrong is refused with its vendor.",
            (("form", "On a form of a website"), ("co_registration", "Beside the sign-up to something else"),
             ("event", "At an event"), ("in_person", "In person"), ("phone", "By phone"),
             ("referral", "Somebody else named them"), ("directory", "From a directory"),
             ("append", "Added to people who gave no address"), ("scraped", "Gathered from web pages by a program"),
             ("generated", "Made up from names and domains"), ("unknown", "The vendor does not know")),
            ("source.method", "source.provenance_is_complete")),
        Ask("collected.from", "First day of collecting", "day", facts=("source.collected_at",
            "source.provenance_is_complete")),
        Ask("collected.until", "Last day of collecting", "day", facts=("source.provenance_is_complete",)),
        Ask("form_url", "On which page?", help="The page or form on which people gave their addresses.",
            facts=("source.provenance_is_complete",), example="https://www.example.com/offers"),
        Ask("audience", "For whom is that page?", "choice",
            choices=(("general", "Everybody"), ("youth", "Young people"), ("children", "Children")),
            facts=("source.audience",)),
        Ask("site_refuses_transfer", "If gathered from web pages: did the site say that it gives no addresses away?",
            "flag", facts=("source.site_refuses_transfer",)),
    ), open=True),
    Group("agreed", "What the people agreed to", "A yes counts only with the words it was given to.", (
        Ask("consent.claimed", "Are they said to have agreed to mail?", "choice",
            choices=(("given", "Yes, they are said to have agreed"), ("none", "No, nobody claims that")),
                facts=_CONSENT),
        Ask("consent.act", "What did they do to agree?", "choice",
            choices=(("unticked_box", "Ticked an empty box"), ("preticked_box", "Left a ticked box as it was"),
                     ("typed_address", "Typed their address"), ("oral", "Said so"), ("written", "Signed"),
                     ("none", "Nothing"), ("unknown", "The vendor does not know")),
            facts=("consent.act", "consent.is_proven")),
        Ask("notice.wording", "The words they saw, word for word", "long",
            "Copy them from the page or from the vendor's proof; do not sum them up.",
            facts=("consent.wording_is_known", "consent.is_proven")),
        Ask("notice.language", "In which language?", example="en"),
        Ask("notice.transfer", "Were they told that we would get their address?", "choice",
            choices=(("named_us", "We were named"), ("named_partners", "Partners, in clear view, but not our name"),
                     ("vague", "Behind a link or in the terms"), ("none", "They were not told"),
                     ("unknown", "The vendor does not know")),
            facts=("consent.transfer_notice", "consent.given_to_us")),
        Ask("relationship", "What does the yes reach?", "choice",
            choices=(("marketing", "Marketing mail"), ("transactional", "Only the transaction at hand")),
            facts=("consent.covers_marketing",)),
        Ask("notice.form_capture", "Where is the picture of the form kept?",
            help="A screenshot of the form as people saw it.", facts=("source.form_is_on_file",),
            example="contracts/2026/garden-form.png"),
        Ask("consent.by_parent", "Of children: did a parent say yes?", "flag", facts=("consent.by_parent",)),
    ), open=True),
    Group("where", "Where the people are", "Each country has its own law. Leave it out where rows say it, or differ.", (
        Ask("country", "Country of all of them", help="Two letters.", facts=("person.country",), example="US"),
        Ask("region", "State or province of all of them", facts=("person.region",), example="TX"),
        Ask("subscribers", "Whose addresses are these?", "choice",
            choices=(("individual", "Private persons and sole traders"), ("corporate", "Companies")),
            facts=("person.subscriber",)),
        Ask("legal_basis", "On which legal ground were they collected for marketing?", "choice",
            choices=(("consent", "Consent"), ("soft_opt_in", "They were buyers (soft opt-in)"),
                     ("legitimate_interest", "Legitimate interest"), ("contract", "Contract"), ("none", "None")),
            facts=("source.legal_basis",)),
        Ask("brand", "Under which of our brands are they written to?",
            help="Somebody may leave one brand and stay with another.", facts=("suppression.is_matched",)),
    ), open=True),
    Group("hands", "Through whose hands it came", "From whoever collected the addresses to us, one line each.", (
        Ask("hops", "Handovers", "rows", "The first giver collected the addresses; the last taker is us.",
            facts=("source.chain_is_complete", "source.chain_break"), parts=(
                Ask("giver", "Who gave"), Ask("taker", "Who took"), Ask("on", "On", "day"), Ask("under",
                    "Under which notice or contract"),
                Ask("names", "Whom the notice names, one company a line", "lines"),
            )),
        Ask("attestations", "What did the vendor sign?", "rows", "A signed statement is a claim, not a proof; "
            "but it names somebody to turn to.", facts=("source.is_attested",), parts=(
                Ask("says", "Word for word"), Ask("signed_by", "Signed by"), Ask("on", "On", "day"),
            )),
    )),
    Group("vendor", "The vendor", "What the states ask of those who sell people.", (
        Ask("vendor_facts.data_broker", "Does the vendor sell people it has no dealings with itself (a data broker)?",
            "flag", facts=("vendor.is_data_broker",)),
        Ask("vendor_facts.registrations.CA", "Registered as a data broker in California for the years", "years",
            facts=("vendor.is_registered",), example="2026"),
        Ask("vendor_facts.registrations.VT", "In Vermont for the years", "years", facts=("vendor.is_registered",)),
        Ask("vendor_facts.registrations.TX", "In Texas for the years", "years", facts=("vendor.is_registered",)),
        Ask("vendor_facts.registrations.OR", "In Oregon for the years", "years", facts=("vendor.is_registered",)),
        Ask("vendor_facts.drop_run_on", "When did it last fetch California's deletion requests (DROP)?", "day",
            facts=("vendor.drop_run_at",)),
        Ask("vendor_facts.privacy_terms", "Does the contract hold the terms that privacy law asks for?", "flag",
            "Cal. Civ. Code 1798.100(d).", facts=("vendor.has_privacy_terms",)),
    )),
    Group("dealings", "Earlier dealings with the people",
        "Who bought from us may be written to more freely in some countries.", (
        Ask("dealings.kind", "Which dealings were there?", "choice",
            choices=(("purchase", "They bought something"), ("inquiry", "They asked for something"),
                     ("membership", "They are members"), ("published_address", "They published the address"),
                     ("handed_over", "They handed it over"), ("none", "None")), facts=("relationship.kind",)),
        Ask("dealings.with_us", "Were they with us?", "flag", facts=("relationship.is_ours",)),
        Ask("dealings.on", "When was the last of them, if the same for all?", "day", facts=("relationship.last_at",)),
        Ask("dealings.similar_offers", "Is what will be offered similar to what they bought?", "flag",
            facts=("relationship.is_similar",)),
        Ask("dealings.opt_out_offered", "Could they say no to mail when the address was taken?", "flag",
            facts=("relationship.opt_out_was_offered",)),
        Ask("dealings.refusal_stated", "Did they or the page say that no marketing mail is wanted?", "flag",
            facts=("relationship.refusal_was_stated",)),
        Ask("dealings.role_relevant", "Does the offer concern their work?", "flag",
            facts=("relationship.is_role_relevant",)),
    )),
    Group("canada", "Only for Canada", "What a request for consent must say there.", (
        Ask("notice.request_parts", "Which parts did the request for consent have?", "several",
            "CASL s. 10(1), SOR/2012-36 s. 4. Leave all boxes empty if nobody looked.",
            (("purpose", "What for"), ("names", "Who asks, and for whom"), ("mailing_address", "A mailing address"),
             ("second_contact", "A phone, e-mail or page"), ("withdrawal", "That the yes can be taken back")),
            ("consent.request_is_complete",)),
        Ask("chain_duties", "For a yes to companies not yet known: what is arranged along the chain?", "several",
            "CASL s. 10(2), SOR/2013-221 s. 5.",
            (("collector_named", "Every message names who collected"),
             ("shared_unsubscribe", "Leaving one leaves all"), ("withdrawals_reported", "Withdrawals are passed on")),
            ("source.chain_duties_are_met",)),
    )),
    Group("phones", "Phone numbers", "Only if the file has phone numbers, or addresses that are phones.", (
        Ask("phone.consent", "Which parts had the written consent to calls and texts?", "several",
            "47 CFR 64.1200(f)(9). Leave all boxes empty if nobody looked.",
            (("signed", "It was signed"), ("seller_named", "It names us"), ("number_named", "It names the number"),
             ("not_a_condition", "It was no condition of buying")), ("phone.consent",)),
        Ask("phone.dnc_scrubbed_on", "When were they compared with the national do-not-call list?", "day",
            facts=("phone.dnc_scrubbed_at",)),
        Ask("phone.reassigned_checked_on", "When with the Reassigned Numbers Database?", "day",
            facts=("phone.reassignment",)),
        Ask("wireless_authorization", "For addresses that are phones: which parts of an authorization were met?",
            "several",
            "47 CFR 64.3100(d).",
            (("sender_named", "The sender was named"), ("address_typed", "They typed the address"),
             ("charges_told", "Told of charges"), ("revocation_told", "Told how to revoke"),
             ("shown_separately", "Shown separately"), ("signed", "Signed")), ("wireless.authorization",)),
    )),
    Group("campaign", "What the mail will advertise", "Some products may not be offered to everybody.", (
        Ask("campaign.products", "Which kinds of product?", "several",
            choices=(("general", "Nothing restricted"), ("adult", "Adult"), ("alcohol", "Alcohol"), ("tobacco",
                "Tobacco"),
                     ("drugs", "Drugs"), ("gambling", "Gambling"), ("lotteries", "Lotteries"), ("firearms",
                         "Firearms")),
            facts=("campaign.restricted", "campaign.is_adult")),
        Ask("campaign.advertisers", "Whose products?", "lines", "One company a line.", facts=("campaign.sender",)),
        Ask("campaign.designated_sender", "Of several companies, which one is the sender of all?",
            help="16 CFR 316.2(m).", facts=("campaign.sender",)),
        Ask("campaign.utah_scrubbed_on", "When was the list compared with Utah's child protection registry?", "day",
            facts=("campaign.utah_scrubbed_at",)),
        Ask("campaign.michigan_scrubbed_on", "When with Michigan's?", "day", facts=("campaign.michigan_scrubbed_at",)),
    )),
    Group("file", "About the file itself", "", (
        Ask("stop", "Are these people who left?", "flag",
            "Of an export of those who unsubscribed every row is kept as a refusal. Say no where only the file's name "
            "says so, and is wrong.", facts=("lead.says_stop",)),
        Ask("promised_columns", "Which columns did the vendor promise?", "lines",
            "One a line; you are told if one is missing.", example="email"),
    )),
)  # fmt: skip
"""As the form asks them, what matters for every list first."""

ASKS = tuple(ask for group in GROUPS for ask in group.asks)
ELSEWHERE = ("vendor", "direct", "columns", "date_order", "encoding")
"""Keys that are answered where the file is looked at."""


def rules_on(policies: PolicySet, facts: Sequence[str]) -> list[Rule]:
    """The rules that ask for any of these facts, those that may refuse or hold a lead first; none that is off."""
    wanted = set(facts)
    found = [rule for rule in policies.rules if not rule.switched_off and wanted & set(facts_of(rule.when))]
    return sorted(found, key=lambda rule: (rule.then == "accept", rule.id))
