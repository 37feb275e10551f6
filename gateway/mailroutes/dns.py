"""Asks DNS how mail reaches domains, many at once and never beyond a deadline. Keeps nothing, decides nothing.

RFC 5321 section 5.1: MX; only where there is none, the domain's own address. RFC 7505: a lone ``MX 0 .`` takes no mail.
Only NXDOMAIN and empty answers are a no. A time-out, SERVFAIL, REFUSED or an answer about something else is unknown.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import dns.ttl
from dns.rdtypes.ANY.MX import MX

from gateway.domain.screened import MailRoute
from gateway.mailroutes.answers import answered, not_asked, silent

IN_FLIGHT = 200
"""Measured: with 2,000 questions in flight our own busy loop let 557 answers in time look like time-outs."""
PATIENCE = (0.7, 0.9, 1.2)
"""Seconds for each try; a domain is given up after less than three seconds and asked again later."""
LATE = 1.2
"""A time-out that is noticed later than this was our own machine's fault and says nothing of the server."""
DOWN = 30
"""So many time-outs without a single answer: there is no DNS here, and waiting for the rest would teach nothing."""
PAYLOAD = 1232  # octets by UDP that are not fragmented anywhere (DNS flag day 2020)

Server = tuple[str, int]


class _Reply(NamedTuple):
    rrset: dns.rrset.RRset | None  # None: the name has no such records
    exists: bool  # False: there is no such name
    ttl: float


class _DnsIsDownError(Exception):
    """Nobody answers at all."""


def ask_dns(
    domains: Iterable[str], *, nameservers: Sequence[Server], as_of: datetime, seconds: float
) -> dict[str, MailRoute]:
    """One answer per domain (A-labels), asked in the order given, each once; never raises, never takes longer.

    ``nameservers``: whom to ask, the system's if empty. What is not answered within ``seconds`` is unknown.
    """
    wanted = list(dict.fromkeys(domains))
    servers = list(nameservers) or system_nameservers()
    if not servers:
        return {domain: silent(domain, as_of) for domain in wanted}
    return asyncio.run(_Questions(servers, as_of).ask(wanted, seconds)) if wanted else {}


def system_nameservers() -> list[Server]:
    """The resolvers this machine uses; none where it has no configuration."""
    try:
        return [(str(server), 53) for server in dns.resolver.Resolver().nameservers]
    except (dns.exception.DNSException, OSError):
        return []


@dataclass
class _Questions:
    """The questions of one call and what became of them."""

    servers: Sequence[Server]
    as_of: datetime
    found: dict[str, MailRoute] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    answers: int = 0
    time_outs: int = 0

    async def ask(self, domains: Sequence[str], seconds: float) -> dict[str, MailRoute]:
        waiting = iter(domains)
        try:
            async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
                for _ in range(min(IN_FLIGHT, len(domains))):
                    group.create_task(self._take(waiting))
        except* (TimeoutError, _DnsIsDownError):
            pass
        return {domain: self.found.get(domain) or self._given_up(domain) for domain in domains}

    def _given_up(self, domain: str) -> MailRoute:
        return silent(domain, self.as_of) if domain in self.begun else not_asked(domain)

    async def _take(self, waiting: Iterator[str]) -> None:
        for domain in waiting:
            self.begun.add(domain)
            self.found[domain] = await self._route(domain)

    async def _route(self, domain: str) -> MailRoute:
        mx = await self._query(domain, dns.rdatatype.MX)
        if mx is None:
            return silent(domain, self.as_of)
        if not mx.exists:
            return answered(domain, "no_such_domain", mx.ttl, self.as_of)
        if mx.rrset is not None:
            return answered(domain, "null_mx" if _takes_no_mail(mx.rrset) else "mx", mx.ttl, self.as_of)
        hosts = [await self._query(domain, dns.rdatatype.A)]
        if hosts[0] is None or hosts[0].rrset is None:
            hosts.append(await self._query(domain, dns.rdatatype.AAAA))
        for host in hosts:
            if host is not None and host.rrset is not None:
                return answered(domain, "implicit_mx", host.ttl, self.as_of)
        if None in hosts:
            return silent(domain, self.as_of)
        return answered(domain, "no_mail_host", mx.ttl, self.as_of)

    async def _query(self, domain: str, kind: dns.rdatatype.RdataType) -> _Reply | None:
        """The records of a name, or None where nobody gives a usable answer. Each try has a new id and a new port."""
        clock = asyncio.get_running_loop().time
        for tried, patience in enumerate(PATIENCE):
            host, port = self.servers[tried % len(self.servers)]
            begin = clock()
            try:
                question = dns.message.make_query(domain, kind, use_edns=0, payload=PAYLOAD)
                response, _ = await dns.asyncquery.udp_with_fallback(
                    question, host, timeout=patience, port=port, ignore_unexpected=True, ignore_errors=True
                )
                self.answers += 1
                reply = _read(response)
            except dns.exception.Timeout:
                if clock() - begin < patience * LATE:
                    self._missed()
                continue
            except (dns.exception.DNSException, OSError, EOFError, ValueError):
                continue
            if reply is not None:
                return reply
        return None

    def _missed(self) -> None:
        self.time_outs += 1
        if self.answers == 0 and self.time_outs >= DOWN:
            raise _DnsIsDownError


def _read(response: dns.message.Message) -> _Reply | None:
    """What a response says, or None if it says nothing about the question."""
    assert isinstance(response, dns.message.QueryMessage)
    if response.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        return None
    chain = response.resolve_chaining()
    # dnspython gives the largest TTL there is where no SOA says how long a no may be believed (RFC 2308).
    ttl = 0 if chain.minimum_ttl == dns.ttl.MAX_TTL else chain.minimum_ttl
    if response.rcode() == dns.rcode.NXDOMAIN:
        return _Reply(None, exists=False, ttl=ttl)
    if chain.answer is None and ((response.answer and not chain.cnames) or _refers_elsewhere(response)):
        return None
    return _Reply(chain.answer, exists=True, ttl=ttl)


def _refers_elsewhere(response: dns.message.Message) -> bool:
    """Whether this is no answer but a hint whom to ask: name servers instead of a start of authority."""
    kinds = {rrset.rdtype for rrset in response.authority}
    return dns.rdatatype.NS in kinds and dns.rdatatype.SOA not in kinds


def _takes_no_mail(rrset: dns.rrset.RRset) -> bool:
    """RFC 7505: one record, preference 0, to the root. Preference 0 alone is ordinary."""
    records = [record for record in rrset if isinstance(record, MX)]
    return len(records) == 1 and records[0].preference == 0 and records[0].exchange == dns.name.root
