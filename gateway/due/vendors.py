"""What of vendors' files ends soon, and certificates that nobody can claim much longer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway.certificates.book import find_windows
from gateway.clocks.calendar import day_of, end_of
from gateway.domain.phrase import phrase
from gateway.due.entry import Entry
from gateway.pipeline import Services
from gateway.vendors import contracts, file

AHEAD = timedelta(days=60)
BEHIND = timedelta(days=30)
"""What ended longer ago is nothing to be done any more: the file says expired."""
CLAIM_AHEAD = timedelta(days=30)
WORDS = {
    "attestation": phrase("a signed statement"), "registration": phrase("a registration as data broker"),
    "identity": phrase("a detail of who it is"), "answer": phrase("an answer for all its lists"),
    "drop_run": phrase("a DROP run"),
}  # fmt: skip


def files_ending(connection: Connection, services: Services, now: datetime) -> Iterator[Entry]:
    """Contracts, statements and registrations by the day on which they end."""
    zone = services.settings.zone
    today = day_of(now, zone)
    for one in contracts.ending(connection, since=today - BEHIND, until=today + AHEAD):
        assert one.until_on is not None
        title = phrase("The contract %(name)s with %(vendor)s ends; a list under it is bought without one from then on",
                       name=one.name, vendor=one.vendor)  # fmt: skip
        yield Entry("vendor", end_of(one.until_on, zone), one.until_on, title, "contract", f"contract_{one.number}")
    for noted in file.ending(connection, since=today - BEHIND, until=today + AHEAD):
        assert noted.until_on is not None
        name = noted.value.get("says", noted.name)
        title = phrase("In the file of %(vendor)s %(what)s ends (%(name)s); then nobody knows it any more",
                       vendor=noted.vendor, what=WORDS[noted.kind], name=name)  # fmt: skip
        yield Entry("vendor", end_of(noted.until_on, zone), noted.until_on, title, noted.kind, f"note_{noted.number}")


def certificates_ending(connection: Connection, services: Services, now: datetime) -> Iterator[Entry]:
    """Certificates by the last day to claim them."""
    zone = services.settings.zone
    today = day_of(now, zone)
    for source, day, count in find_windows(connection, since=today, until=today + CLAIM_AHEAD):
        title = phrase("The last day to claim these TrustedForm certificates; unclaimed ones are gone afterwards")
        yield Entry("certificate", end_of(day, zone), day, title, "claim", source=source, people=count)
