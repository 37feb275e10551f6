"""Asks DNS how mail reaches domains, many at once and never beyond a deadline. Keeps nothing, decides nothing.

RFC 5321 section 5.1: MX; only where there is none, the domain's own address. RFC 7505: a lone ``MX 0 .`` takes no mail.
Only NXDOMAIN and empty answers are a no. A time-out, SERVFAIL, REFUSED or an answer about something else is unknown.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime

from gateway.domain.screened import MailRoute
from gateway.mailroutes.answers import not_asked, silent
from gateway.mailroutes.asker import Asker
from gateway.mailroutes.pace import Pace, usual_rate
from gateway.mailroutes.ports import Server


def ask_dns(
    domains: Iterable[str],
    *,
    nameservers: Sequence[Server],
    as_of: datetime,
    seconds: float,
    pace: Pace | None = None,
) -> dict[str, MailRoute]:
    """One answer per domain (A-labels), asked in the order given, each once; never raises, never takes longer.

    ``nameservers``: whom to ask, the system's if empty. What is not answered within ``seconds`` is unknown.
    ``pace``: shared with others who ask the same servers; without one, as fast as is usual for them.
    """
    until = time.monotonic() + seconds
    wanted = list(dict.fromkeys(domains))
    servers = list(nameservers) or system_nameservers()
    if not servers:
        return {domain: silent(domain, as_of) for domain in wanted}
    waiting = iter(wanted)
    with closing(Asker(servers, as_of, pace or Pace(usual_rate(servers)))) as asker:
        while len(asker.found) < len(wanted) and not asker.is_down and (left := until - time.monotonic()) > 0:
            for _, domain in zip(range(asker.room), waiting, strict=False):
                asker.begin(domain)
            asker.turn(left)
        asker.give_up()
        return {domain: asker.found.get(domain) or not_asked(domain) for domain in wanted}


def system_nameservers() -> list[Server]:
    """The resolvers this machine uses; none where it has no configuration."""
    import dns.exception
    import dns.resolver

    try:
        return [(str(server), 53) for server in dns.resolver.Resolver().nameservers]
    except (dns.exception.DNSException, OSError):
        return []
