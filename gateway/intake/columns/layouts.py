"""Which system's export a file is, as far as that changes what its columns mean. Single headings: headings.tsv."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.intake.columns.headings import fold

_PERSON = frozenset({
    "email", "first_name", "last_name", "phone", "country", "region", "born_on", "age", "no_sale", "do_not_call",
    "kept",
})  # fmt: skip
"""What Mailchimp's columns left of MEMBER_RATING may mean: they are the owner's own, and could be called anything."""

_BROKER = frozenset(map(fold, (
    "source_url", "landing_page", "landing_page_url", "optin_site", "optin_url", "ip_address", "optin_ip", "optin_date",
    "optin_time", "universal_leadid", "leadid_token", "jornaya_lead_id", "leadid", "trustedform",
    "trustedform_cert_url", "xxTrustedFormCertUrl", "tcpa_consent", "tcpa_text", "dnc", "vertical", "affiliate_id",
)))  # fmt: skip
_BROKER_MARKS = 3  # of those headings make a delivery; a form's own export has one or two


@dataclass(frozen=True, slots=True)
class Layout:
    """A known shape of file and what it says of every row."""

    name: str
    stop: bool = False  # everybody in it left
    own_until: int = 0  # columns before this place are the owner's own
    note: str | None = None


def find_layout(headings: Sequence[str], file_name: str) -> Layout:
    """The layout of a file with these headings and this name; ``plain`` if it is none that we know."""
    if mailchimp := _mailchimp(headings, file_name):
        return mailchimp
    folded = set(map(fold, headings))
    if {"formid", "isorganic"} <= folded:
        return Layout("meta_lead_ads")
    if len(folded & _BROKER) >= _BROKER_MARKS:
        return Layout("broker")
    return Layout("plain")


def uses_in(layout: Layout, place: int, heading: str, uses: tuple[str, ...]) -> tuple[str, ...]:
    """A heading's uses as this layout has them."""
    if place < layout.own_until:
        if fold(heading) == "birthday":
            return ("kept",)  # Mailchimp's birthdays have a month and a day, and no year
        return tuple(use for use in uses if use in _PERSON)
    if layout.name == "meta_lead_ads" and fold(heading) == "createdtime":
        return ("collected_at",)  # the moment the form was sent; elsewhere "created" is when a record was made
    if layout.name == "broker" and fold(heading) == "dnc":
        return ("do_not_call",)  # of the number, by the national list; elsewhere it may mean: do not contact
    return uses


def _mailchimp(headings: Sequence[str], file_name: str) -> Layout | None:
    """One CSV of an audience export. The status is in the file's name; the columns know it too, and win."""
    if not {"MEMBER_RATING", "LEID", "EUID"} <= set(headings):
        return None
    own = headings.index("MEMBER_RATING")
    system = set(headings[own:])
    name = file_name.rpartition("/")[2].rpartition("\\")[2].lower()
    if "UNSUB_TIME" in system or name.startswith("unsubscribed"):
        note = "These people unsubscribed: every row is refused."
        return Layout("mailchimp_unsubscribed", stop=True, own_until=own, note=note)
    if "CLEAN_TIME" in system or name.startswith("cleaned"):
        note = "Mail to these addresses bounced and Mailchimp cleaned them out: every row is refused."
        return Layout("mailchimp_cleaned", stop=True, own_until=own, note=note)
    if name.startswith("nonsubscribed"):
        note = "Mailchimp lists these people as non-subscribed: they never agreed to marketing there."
        return Layout("mailchimp_nonsubscribed", own_until=own, note=note)
    note = "This is the subscribed part of the export. Import its unsubscribed and cleaned parts too."
    return Layout("mailchimp_subscribed", own_until=own, note=note)
