"""What a buyer should know of a list and its manifest does not say, and which rule will hold the leads for it."""

from collections.abc import Iterator

from gateway.domain.lead import Statement
from gateway.screening.provenance import NO_PAGE_NEEDED, is_data_broker
from gateway.screening.reference import SCREENING, names


def find_gaps(statement: Statement) -> tuple[str, ...]:
    """One sentence for each gap. A gap stops no import: what is missing holds the leads, and later words free them."""
    return (
        *_provenance(statement), *_consent(statement), *_deal(statement), *_broker(statement), *_abroad(statement),
    )  # fmt: skip


def _provenance(statement: Statement) -> Iterator[str]:
    if statement.method in {None, "unknown"}:
        yield "method: nobody says how the addresses were collected. CS-08 holds every lead."
    if statement.collected_from is None and statement.collected_until is None:
        yield "collected: nobody says when. CS-08 holds every lead whose row has no date of its own."
    if statement.form_url is None and statement.method not in NO_PAGE_NEEDED:
        yield "form_url: nobody says on which page. CS-08 holds every lead whose row names no page of its own."
    if statement.method == "scraped" and statement.site_refuses_transfer is None:
        yield "site_refuses_transfer: nobody says what the site said of passing addresses on. CS-05 holds all."
    if not statement.direct and not statement.hops:
        yield "hops: nobody says through whose hands the leads came. No rule holds them; the chain is incomplete."


def _consent(statement: Statement) -> Iterator[str]:
    if statement.consent is None:
        yield "consent: nobody says whether the people agreed. No rule holds them; a row that does not say so has none."
    if statement.consent == "none":
        return
    if statement.consent_act in {None, "unknown"}:
        yield "consent.act: nobody says by which act they agreed. No rule holds them; CS-13 does not rely on it."
    if statement.wording is None:
        yield "notice.wording: nobody has the words they saw. No rule holds them; CS-13 does not rely on their yes."
    if statement.direct:
        return
    if statement.transfer_notice in {None, "unknown"}:
        yield (
            "notice.transfer: nobody says whether they were told that we would get the address. "
            "No rule holds them; CS-11 does not count such a yes."
        )
    if statement.transfer_notice in {"vague", "named_partners"}:
        yield (
            "notice.transfer: it is unclear whether they were told that we would get the address. "
            "CS-12 holds every lead who is said to have agreed."
        )


def _deal(statement: Statement) -> Iterator[str]:
    if statement.direct:
        return
    if statement.contract is None:
        yield "contract: under which contract is not said. No rule holds the leads for it."
    if statement.price_minor is None:
        yield "price: what a lead costs is not said. No rule holds the leads for it; their worth cannot be told."
    if not statement.attestations:
        yield "attestations: the vendor signed nothing. No rule holds the leads for it; there is nobody to turn to."


def _broker(statement: Statement) -> Iterator[str]:
    """What the states ask of those who sell people; a list that is of another country has none of theirs."""
    if statement.direct or statement.country not in {None, "US"}:
        return
    is_broker = is_data_broker(statement)
    registers = "CC-01, DB-VT, DB-TX and DB-OR hold leads of California, Vermont, Texas and Oregon."
    if is_broker is None:
        yield f"vendor_facts.data_broker: nobody says whether the vendor deals with the people itself. {registers}"
    if is_broker and not statement.registrations:
        yield f"vendor_facts.registrations: nobody says where the vendor is registered as a data broker. {registers}"
    if is_broker and statement.drop_run_on is None:
        yield (
            "vendor_facts.drop_run_on: nobody says when the vendor last fetched California's deletion requests. "
            "CC-02 holds leads of California."
        )
    if statement.privacy_terms is None:
        yield (
            "vendor_facts.privacy_terms: nobody says whether the contract holds the terms of privacy law. "
            "CC-05 holds leads of California."
        )


def _abroad(statement: Statement) -> Iterator[str]:
    """What the law of the country that is stated asks for beyond all that."""
    country, agreed = statement.country, statement.consent != "none"
    if country == "CA" and agreed and statement.request_parts is None:
        yield "notice.request_parts: nobody says what the request for consent said. CL-12 holds who agreed."
    if country == "GB" and not statement.direct and statement.subscribers is None:
        yield "subscribers: nobody says whose addresses they are. UK-01 holds who did not agree to our mail."
    if country in names(SCREENING, "gdpr-art8-ages.tsv") - {"GB"}:
        if agreed and not statement.direct and statement.form_capture is None:
            yield "notice.form_capture: nobody keeps a picture of the form. GD-12 holds who agreed."
        if statement.legal_basis is None:
            yield "legal_basis: nobody says on which ground it was collected. GD-01 holds who did not agree."
