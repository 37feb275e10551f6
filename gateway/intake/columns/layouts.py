"""Which system's export a file is, as far as that changes what its columns mean. Single headings: headings.tsv."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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

NO_EXPORT = frozenset({"plain", "one_column"})
"""Layouts that say nothing of any column."""

Meanings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """A known shape of file and what it says of every row."""

    name: str
    stop: bool = False  # everybody in it left
    own_until: int = 0  # columns before this place are the owner's own
    note: str | None = None
    meanings: Meanings = field(default_factory=dict)  # folded heading -> uses that it has in this layout alone


@dataclass(frozen=True, slots=True)
class _Known:
    """An export and the headings by which it is told: all of one of the sets."""

    layout: Layout
    marks: tuple[frozenset[str], ...]


def _known(name: str, /, *marks: str, note: str | None = None, **meanings: str) -> _Known:
    """``marks``: folded headings with blanks between them; ``meanings``: folded heading=uses with blanks between."""
    uses = {heading: tuple(words.split()) for heading, words in meanings.items()}
    return _Known(Layout(name, note=note, meanings=uses), tuple(frozenset(mark.split()) for mark in marks))


_NO_CONSENT = "records no consent: none is read from this file. What the people agreed to is for the manifest to say."
_SMS = "phone.coded"  # digits with the country's code, and no plus

_EXPORTS = (
    _known("meta_lead_ads", "formid isorganic",
           createdtime="collected_at"),  # the moment the form was sent; elsewhere "created" is when a record was made
    _known("google_ads_leads", "leadid gclid campaignid", "leadid gclid formid",
           leadid="is_test.id", submissiontime="collected_at", submissiondate="collected_at"),
    _known("zoominfo", "zoominfocontactid", "contactaccuracyscore noticeprovideddate",
           note=f"ZoomInfo {_NO_CONSENT}", directphonenumber="phone", companyhqphone="kept", country="country"),
    _known("apollo", "apollocontactid", "personlinkedinurl companynameforemails",
           note=f"Apollo {_NO_CONSENT}", emailsent="kept", emailopen="kept", replied="kept", demoed="kept",
           stage="caution.stage", lists="kept", companyphone="kept", corporatephone="kept"),
    _known("constant_contact", "emailaddresshome emailpermissionstatushome",
           "emailaddressother emailpermissionstatusother", "emailaddresswork emailpermissionstatuswork",
           emaillists="kept", sourcename="kept", createdat="caution.created"),
    _known("sendgrid", "alternateemails contactid createdat", "alternateemails phonenumberid",
           note=f"SendGrid {_NO_CONSENT} Its unsubscribes, bounces and spam reports are files of their own: import "
           "them too.", alternateemails="other_emails", name="kept", line="kept"),
    _known("sendgrid_import", "email addressline1 stateprovinceregion postalcode"),
    _known("brevo", "contactid email addedtime", "email sms doubleoptin", "email sms modifiedtime",
           note="Brevo keeps who is blocklisted outside this file: import its blocklist too.", sms=_SMS,
           whatsapp="kept", landlinenumber="phone", nom="last_name", prenom="first_name", vorname="first_name",
           nachname="last_name", addedtime="caution.created", modifiedtime="kept"),
    _known("brevo_import", "email nom prenom sms", sms=_SMS),
    _known("listmonk", "uuid email name attributes status",
           note="What listmonk's attributes say of consent stands inside one cell and is kept, not read. Whether "
           "somebody confirmed or left a single list is not in this file.", createdat="caution.created"),
    _known("listmonk_import", "email name attributes"),
    _known("hubspot", "recordid lifecyclestage", "recordid marketingcontactstatus", "recordid contactowner",
           "recordid leadstatus", "hsobjectid email", companyname="kept", createdate="caution.created"),
    _known("salesforce_data_loader", "id hasoptedoutofemail", "firstname lastname hasoptedoutofemail",
           note=f"Salesforce {_NO_CONSENT}", id="kept", name="kept"),
    _known("salesforce_report", "leadowner companyaccount", "leadid emailoptout", "contactid emailoptout",
           "leadowner leadsource", note=f"Salesforce {_NO_CONSENT}", createdate="caution.created", rating="kept"),
    _known("mautic", "id points stage preferredlocale", "id attributiondate points", lastactive="kept", title="kept"),
    _known("mautic_import", "email donotemail dateidentified", "email donotemail tags",
           dateidentified="caution.created"),
    _known("activecampaign", "id email datecreated dateupdated status", "email datecreated dateupdated ipaddress",
           note="A contact's status holds for one list of ActiveCampaign's; without the column nobody is known to be "
           "active.", datecreated="caution.created", dateupdated="kept"),
)  # fmt: skip
"""Exports in the order in which they are tried. Headings may be in another language: then headings.tsv alone helps."""


def find_layout(headings: Sequence[str], file_name: str) -> Layout:
    """The layout of a file with these headings and this name; ``plain`` if it is none that we know."""
    if mailchimp := _mailchimp(headings, file_name):
        return mailchimp
    folded = set(map(fold, headings))
    for known in _EXPORTS:
        if any(mark <= folded for mark in known.marks):
            return known.layout
    if len(folded & _BROKER) >= _BROKER_MARKS:
        # Of the number, by the national list; elsewhere it may mean: do not contact.
        return Layout("broker", meanings={"dnc": ("do_not_call",)})
    return Layout("one_column" if len(headings) == 1 else "plain")


def uses_in(layout: Layout, place: int, heading: str, uses: tuple[str, ...]) -> tuple[str, ...]:
    """A heading's uses as this layout has them."""
    if place < layout.own_until:
        if fold(heading) == "birthday":
            return ("kept",)  # Mailchimp's birthdays have a month and a day, and no year
        return tuple(use for use in uses if use in _PERSON)
    return layout.meanings.get(fold(heading), uses)


def _mailchimp(headings: Sequence[str], file_name: str) -> Layout | None:
    """One CSV of an audience export. The status is in the file's name; the columns know it too, and win."""
    if not {"MEMBER_RATING", "LEID", "EUID"} <= set(headings):
        return None
    own = headings.index("MEMBER_RATING")
    system = set(headings[own:])
    steps = file_name.replace("\\", "/").lower().split("/")  # its folders and its sheet may say it, too
    if "UNSUB_TIME" in system or any(step.startswith("unsubscribed") for step in steps):
        note = "These people unsubscribed: every row is refused."
        return Layout("mailchimp_unsubscribed", stop=True, own_until=own, note=note)
    if "CLEAN_TIME" in system or any(step.startswith("cleaned") for step in steps):
        note = "Mail to these addresses bounced and Mailchimp cleaned them out: every row is refused."
        return Layout("mailchimp_cleaned", stop=True, own_until=own, note=note)
    if any(step.startswith("nonsubscribed") for step in steps):
        note = "Mailchimp lists these people as non-subscribed: they never agreed to marketing there."
        return Layout("mailchimp_nonsubscribed", own_until=own, note=note)
    note = "This is the subscribed part of the export. Import its unsubscribed and cleaned parts too."
    return Layout("mailchimp_subscribed", own_until=own, note=note)
