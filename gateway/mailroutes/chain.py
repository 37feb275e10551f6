"""Which questions find out how mail reaches a domain, and what the replies to them mean. Sends nothing."""

from collections.abc import Generator
from datetime import datetime

from gateway.domain.screened import MailRoute
from gateway.mailroutes.answers import answered, silent
from gateway.mailroutes.wire import AAAA, MX, A, Reply

Chain = Generator[int, Reply | None, MailRoute]


def route_of(domain: str, as_of: datetime) -> Chain:
    """How mail reaches a domain, by asking for types of records in turn; what is sent in are the replies.

    RFC 5321 section 5.1: MX; only where there is none, the domain's own address.
    """
    mx = yield MX
    if mx is None:
        return silent(domain, as_of)
    if mx.says == "no_such_name":
        return answered(domain, "no_such_domain", mx.ttl, as_of)
    if mx.says != "empty":
        return answered(domain, "null_mx" if mx.says == "null_mx" else "mx", mx.ttl, as_of)
    hosts = [(yield A)]
    if hosts[0] is None or hosts[0].says != "records":
        hosts.append((yield AAAA))
    for host in hosts:
        if host is not None and host.says == "records":
            return answered(domain, "implicit_mx", host.ttl, as_of)
    return silent(domain, as_of) if None in hosts else answered(domain, "no_mail_host", mx.ttl, as_of)
