"""Answers that are not plain, read by dnspython: chains of aliases, referrals, records of several kinds."""

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import dns.ttl
from dns.rdtypes.ANY.MX import MX

from gateway.mailroutes.wire import Reply


class MalformedError(Exception):
    """No DNS message at all."""


def read_any(data: bytes) -> Reply | None:
    """What an answer says, or None if it says nothing about the question. Raises MalformedError."""
    try:
        response = dns.message.from_wire(data)
    except (dns.exception.DNSException, ValueError, EOFError) as error:
        raise MalformedError from error
    try:
        return _read(response)
    except (dns.exception.DNSException, ValueError):  # a chain in a circle, an answer for a name that is not there
        return None


def _read(response: dns.message.Message) -> Reply | None:
    if not isinstance(response, dns.message.QueryMessage):
        return None
    if response.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        return None
    chain = response.resolve_chaining()
    # dnspython gives the largest TTL there is where nobody says how long a no may be believed (RFC 2308).
    ttl = 0 if chain.minimum_ttl == dns.ttl.MAX_TTL else chain.minimum_ttl
    if response.rcode() == dns.rcode.NXDOMAIN:
        return Reply("no_such_name", ttl)
    if chain.answer is not None:
        return Reply("null_mx" if _takes_no_mail(chain.answer) else "records", ttl)
    if (response.answer and not chain.cnames) or _refers_elsewhere(response):
        return None
    return Reply("empty", ttl)


def _refers_elsewhere(response: dns.message.Message) -> bool:
    """Whether this is no answer but a hint whom to ask: name servers instead of a start of authority."""
    kinds = {rrset.rdtype for rrset in response.authority}
    return dns.rdatatype.NS in kinds and dns.rdatatype.SOA not in kinds


def _takes_no_mail(rrset: dns.rrset.RRset) -> bool:
    """RFC 7505: one record, preference 0, to the root. Preference 0 alone is ordinary."""
    records = [record for record in rrset if isinstance(record, MX)]
    return len(records) == 1 and records[0].preference == 0 and records[0].exchange == dns.name.root
