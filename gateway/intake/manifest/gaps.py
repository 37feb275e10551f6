"""What a buyer should know of a list and its manifest does not say, and which rule will hold the leads for it."""

from collections.abc import Iterator

from gateway.domain.lead import Statement
from gateway.screening.provenance import NO_PAGE_NEEDED


def find_gaps(statement: Statement) -> tuple[str, ...]:
    """One sentence for each gap. A gap stops no import: what is missing holds the leads, and later words free them."""
    return tuple(_provenance(statement)) + tuple(_consent(statement)) + tuple(_deal(statement))


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
