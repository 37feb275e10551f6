"""How long an answer is believed, and what an answer looks like that nobody gave. No network, no database."""

from datetime import UTC, datetime, timedelta

from gateway.domain.screened import MailRoute, RouteKind

# How long answers are believed is a judgement, from the measurements of 50,000 domains: long enough that a list is
# asked once, short enough that a mended domain is noticed. TTLs below or above are taken as these limits.
POSITIVE = (timedelta(hours=1), timedelta(days=7))
NEGATIVE = (timedelta(minutes=15), timedelta(days=1))
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=1)
NEVER = datetime.min.replace(tzinfo=UTC)
"""When a domain was answered that was not asked."""

_LIMITS: dict[RouteKind, tuple[timedelta, timedelta]] = {
    "mx": POSITIVE,
    "implicit_mx": POSITIVE,
    "null_mx": POSITIVE,  # a record like any other (RFC 7505), published on purpose
    "no_such_domain": NEGATIVE,
    "no_mail_host": NEGATIVE,
}


def answered(domain: str, kind: RouteKind, ttl: float, as_of: datetime) -> MailRoute:
    """What DNS said, believed for its time to live within our limits. ``ttl`` is in seconds."""
    shortest, longest = _LIMITS[kind]
    span = max(shortest, min(timedelta(seconds=ttl), longest))
    return MailRoute(domain, kind, as_of, as_of + span)


def silent(domain: str, as_of: datetime, failures: int = 0) -> MailRoute:
    """No answer this time, after ``failures`` others in a row: each doubles the wait until the next question."""
    wait = min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT)
    return MailRoute(domain, "unknown", as_of, as_of + wait, failures + 1)


def not_asked(domain: str) -> MailRoute:
    """A domain that the memory does not know and nobody was asked about; nothing is learned from that."""
    return MailRoute(domain, "unknown", NEVER, NEVER, source="memory")
