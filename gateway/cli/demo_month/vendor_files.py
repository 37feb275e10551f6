"""The files of the month's vendors, noted when the month is over: one thing ends soon, one statement was taken back."""

from datetime import date, timedelta

from gateway.intake.vendor_files import note, note_contract, take_back
from gateway.pipeline import Services
from gateway.vendors.contracts import Terms
from gateway.vendors.file import Told

CREDITED = frozenset({"duplicate_in_list", "already_known", "domain_takes_no_mail", "address_not_valid"})
_BY = "demo"
_TERMS = (("Fernhill Data", "FERNHILL-2026", 42, 300), ("Prairie Partners", "PRAIRIE-2026", 35, 33),
          ("Blue Harbour Media", "BLUE-2026", 28, 200))  # fmt: skip
_DETAILS = (
    ("Fernhill Data", "legal_name", "Fernhill Data Inc."), ("Fernhill Data", "country", "US"),
    ("Fernhill Data", "contact", "Head of partnerships; data protection officer"),
    ("Prairie Partners", "legal_name", "Prairie Partners LLC"),
)  # fmt: skip
OWN_FORM = "Every person filled in our own form."


def note_files(services: Services) -> None:
    """What an officer would have noted of the vendors by now."""
    today = services.clock.now().date()
    for vendor, name, price, days in _TERMS:
        terms = Terms(
            name, date(today.year, 1, 1), today + timedelta(days=days), price, "USD",
            CREDITED & services.policies.reasons.keys(), 30, ("Tell us of every withdrawal within five days",),
        )  # fmt: skip
        with services.unit_of_work() as work:
            note_contract(work, services.ledger, vendor, terms, by=_BY, reasons=services.policies.reasons.keys(),
                          evidence=f"{name.lower()}.pdf")  # fmt: skip
    for vendor, name, text in _DETAILS:
        _note(services, vendor, Told("identity", {"is": text}, name))
    signed = {"says": OWN_FORM, "signed_by": "R. Osei", "on": (today - timedelta(days=40)).isoformat()}
    _note(services, "Fernhill Data", Told("attestation", signed, until_on=today + timedelta(days=19)), "osei.pdf")
    _note(services, "Fernhill Data", _registered("CA", today.year), "ca-register.pdf")
    _note(services, "Fernhill Data", Told("drop_run", {"on": (today - timedelta(days=12)).isoformat()}))
    _note(services, "Fernhill Data", Told("answer", {"is": True}, "privacy_terms"), "fernhill-2026.pdf")
    _note(services, "Prairie Partners", _registered("TX", today.year, there=False), "tx-register.pdf")
    number = _note(services, "Prairie Partners", Told("attestation", {**signed, "signed_by": "T. Lund"}), "lund.pdf")
    with services.unit_of_work() as work:
        why = "The vendor wrote that some of its leads came from a partner's form"
        take_back(work, services.ledger, number, why, by=_BY, evidence="lund-letter.pdf")


def _registered(state: str, year: int, *, there: bool = True) -> Told:
    value = {"state": state, "year": year, "registered": there}
    return Told("registration", value, until_on=date(year + 1, 1, 31))


def _note(services: Services, vendor: str, told: Told, evidence: str | None = None) -> int:
    with services.unit_of_work() as work:
        return note(work, services.ledger, vendor, told, by=_BY, evidence=evidence)
