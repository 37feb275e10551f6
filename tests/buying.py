"""A vendor that sells leads one by one: contract, terms, key, and what it posts."""

from datetime import date
from typing import Any

from gateway.intake.buying.book import find_dealing, give_key, set_terms
from gateway.vendors.book import set_standing
from gateway.vendors.contracts import Terms, find_contract, note_contract

VENDOR = "Fernhill Data LLC"
SAYS: dict[str, Any] = {
    "method": "co_registration",
    "collected": {"from": "2026-09-01"},
    "form_url": "https://www.example.com/garden",
    "notice": {
        "wording": "Yes, Riverside Garden Ltd may send me offers for house and garden by e-mail.", "language": "en",
        "transfer": "named_us",
    },
    "consent": {"claimed": "given", "act": "unticked_box"},
    "relationship": "marketing",
    "hops": [
        {"giver": "Example Offers", "taker": VENDOR, "on": "2026-11-01"},
        {"giver": VENDOR, "taker": "Riverside Garden Ltd", "on": "2026-11-02"},
    ],
    "attestations": [{"says": "Every person ticked the box.", "signed_by": "J. Doe", "on": "2026-11-02"}],
    "vendor_facts": {"data_broker": True, "privacy_terms": True},
}  # fmt: skip
EVIDENCE = {
    "consent_timestamp": "2026-11-20T10:11:12Z", "ip_address": "47.12.5.9", "page_url": "https://www.example.com/garden",
    "country": "US",
}  # fmt: skip
"""What a lead brings beside its address, so that nothing of it has to be asked."""


def lead(address: str = "ana@example.com", **fields: Any) -> dict[str, Any]:
    """A lead as a vendor posts it."""
    return {"email": address, "first_name": "Ana", **EVIDENCE, **fields}


def contract_of(services, vendor: str = VENDOR, name: str = "FD-2026-11"):
    """The contract as it stands."""
    with services.engine.connect() as connection:
        return find_contract(connection, vendor, name=name, on=services.clock.now().date())


def sell(services, vendor: str = VENDOR, *, name: str = "FD-2026-11", price: int | None = 125, **document: Any):
    """Make a vendor that may sell under these terms; the headers of its key."""
    with services.unit_of_work() as work:
        set_standing(work, vendor, "approved", "known for years")
        terms = Terms(name, date(2026, 1, 1), None, price, None if price is None else "USD")
        note_contract(work, vendor, terms, by="test")
    change(services, vendor, name=name, **document)
    with services.unit_of_work() as work:
        made = give_key(work, services.ledger, vendor, by="test")
    return {"Authorization": f"Bearer {made.secret}"}


def change(services, vendor: str = VENDOR, *, name: str = "FD-2026-11", **document: Any):
    """Other terms from now on."""
    contract = contract_of(services, vendor, name)
    with services.unit_of_work() as work:
        return set_terms(work, services.ledger, contract, {"says": SAYS, **document}, by="test", why="agreed")


def dealing_of(services, vendor: str = VENDOR, name: str = "FD-2026-11"):
    """The terms as they stand."""
    with services.engine.connect() as connection:
        return find_dealing(connection, contract_of(services, vendor, name))
