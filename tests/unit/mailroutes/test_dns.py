"""DNS asked for real, of a server on loopback that misbehaves as told."""

import time
from contextlib import closing
from datetime import UTC, datetime, timedelta

import dns.resolver
import pytest
from dnsserver import (
    EMPTY,
    GARBAGE,
    HOST_ONLY,
    LAME,
    NULL_MX,
    NXDOMAIN,
    REFUSED,
    SERVFAIL,
    SILENT,
    TAKES_MAIL,
    WRONG_ID,
    WRONG_NAME,
    Answer,
    ByType,
    DnsServer,
    InTurn,
    Slow,
    Truncated,
)

from gateway.domain.screened import TAKES_MAIL as MEANS
from gateway.mailroutes import asker as asking
from gateway.mailroutes.answers import NEVER
from gateway.mailroutes.asker import Asker
from gateway.mailroutes.dns import ask_dns, system_nameservers
from gateway.mailroutes.pace import Pace

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def ask(server, *domains, seconds=20.0):
    return ask_dns(domains, nameservers=[server.address], as_of=NOON, seconds=seconds)


@pytest.fixture
def server():
    with DnsServer() as running:
        yield running


@pytest.fixture
def impatient(monkeypatch):
    """Gives up soon where nobody answers."""
    monkeypatch.setattr(asking, "PATIENCE", (0.3, 0.3))


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (TAKES_MAIL, "mx"),
        (Answer(mx=((10, "a.example.net"), (20, "b.example.net"))), "mx"),
        (Answer(mx=((0, "mx.example.net"),)), "mx"),
        (Answer(mx=((10, "."),)), "mx"),  # not RFC 7505: both preference and name have to be so
        (Answer(mx=((0, "."), (10, "mx.example.net"))), "mx"),
        (NULL_MX, "null_mx"),
        (HOST_ONLY, "implicit_mx"),
        (Answer(aaaa=("2001:db8::25",)), "implicit_mx"),
        (EMPTY, "no_mail_host"),
        (NXDOMAIN, "no_such_domain"),
        (Answer(cname="mail.example.net", mx=((10, "mx.example.net"),)), "mx"),
        (Answer(cname="mail.example.net"), "no_mail_host"),
        (Truncated(TAKES_MAIL), "mx"),
        (Truncated(NULL_MX), "null_mx"),
        (Answer(mx=tuple((10, f"mx{i}.example.net") for i in range(1000))), "mx"),
        (Slow(0.1, TAKES_MAIL), "mx"),
        (InTurn([SERVFAIL, TAKES_MAIL]), "mx"),
        (InTurn([REFUSED, NXDOMAIN]), "no_such_domain"),
        (InTurn([WRONG_NAME, TAKES_MAIL]), "mx"),
    ],
)
def test_how_mail_reaches_a_domain(server, behaviour, kind):
    server.zone["example.com"] = behaviour
    found = ask(server, "example.com")["example.com"]
    assert (found.kind, found.answered_at, found.failures, found.source) == (kind, NOON, 0, "dns")


@pytest.mark.parametrize(
    "behaviour",
    [
        SILENT, SERVFAIL, REFUSED, LAME, WRONG_NAME, WRONG_ID, GARBAGE, Truncated(SILENT), Answer(cname="example.com"),
        Slow(1.0, NXDOMAIN),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_unknown_and_never_a_no(server, impatient, behaviour):
    server.zone["example.com"] = behaviour
    found = ask(server, "example.com")["example.com"]
    assert found.kind == "unknown"
    assert MEANS[found.kind] is None
    assert (found.answered_at, found.expires_at, found.failures) == (NOON, NOON + timedelta(seconds=5), 1)


@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_silence_about_the_host_is_unknown_too(server, impatient, kind):
    """There is no MX, and of the host only half is known: nothing may be concluded."""
    server.zone["example.com"] = ByType({kind: SILENT}, other=EMPTY)
    assert ask(server, "example.com")["example.com"].kind == "unknown"


def test_one_host_is_enough(server):
    server.zone["example.com"] = ByType({"A": SERVFAIL}, other=Answer(aaaa=("2001:db8::25",)))
    assert ask(server, "example.com")["example.com"].kind == "implicit_mx"


@pytest.mark.parametrize(
    ("behaviour", "believed"),
    [
        (Answer(mx=((10, "mx.example.net"),), ttl=60), HOUR),
        (Answer(mx=((10, "mx.example.net"),), ttl=7200), 2 * HOUR),
        (Answer(mx=((10, "mx.example.net"),), ttl=10**7), 7 * 24 * HOUR),
        (Answer(a=("192.0.2.25",), ttl=7200), 2 * HOUR),
        (Answer(mx=((0, "."),), ttl=7200), 2 * HOUR),
        (Answer(soa_ttl=60), HOUR / 4),
        (Answer(soa_ttl=7200), 2 * HOUR),
        (Answer(soa_ttl=10**6), 24 * HOUR),
        (Answer(soa_ttl=None), HOUR / 4),  # nobody says how long a no may be believed (RFC 2308)
    ],
)
def test_how_long_an_answer_is_believed(server, behaviour, believed):
    server.zone["example.com"] = behaviour
    assert ask(server, "example.com")["example.com"].expires_at == NOON + believed


def test_each_domain_is_asked_once_and_no_more_than_needed(server):
    server.zone |= {"a.example.com": TAKES_MAIL, "b.example.com": HOST_ONLY, "c.example.com": EMPTY}
    found = ask(server, "a.example.com", "b.example.com", "c.example.com", "a.example.com", "gone.example.com")
    assert list(found) == ["a.example.com", "b.example.com", "c.example.com", "gone.example.com"]
    assert server.asked == {"a.example.com": 1, "b.example.com": 2, "c.example.com": 3, "gone.example.com": 1}


def test_many_domains_at_once_are_all_answered(server):
    server.default = TAKES_MAIL
    server.zone |= {f"gone{i}.example.com": NXDOMAIN for i in range(100)}
    wanted = [f"d{i}.example.com" for i in range(300)] + list(server.zone)
    found = ask(server, *wanted, seconds=60)
    assert {found[f"d{i}.example.com"].kind for i in range(300)} == {"mx"}
    assert {found[name].kind for name in server.zone} == {"no_such_domain"}


def test_no_more_questions_are_under_way_than_allowed(server, monkeypatch):
    monkeypatch.setattr(asking, "IN_FLIGHT", 5)
    server.default = Slow(0.02, TAKES_MAIL)
    ask(server, *(f"d{i}.example.com" for i in range(40)))
    assert 1 < server.most <= 5


def test_the_deadline_holds_and_the_rest_is_unknown(server, monkeypatch):
    monkeypatch.setattr(asking, "IN_FLIGHT", 2)
    monkeypatch.setattr(asking, "PATIENCE", (0.1, 5.0))
    server.zone["quick.example.com"] = TAKES_MAIL
    server.default = SILENT
    begin = time.monotonic()
    found = ask(server, "quick.example.com", *(f"slow{i}.example.com" for i in range(20)), seconds=0.4)
    assert time.monotonic() - begin < 5
    assert found["quick.example.com"].kind == "mx"
    assert {route.kind for name, route in found.items() if name != "quick.example.com"} == {"unknown"}
    assert (found["slow0.example.com"].source, found["slow0.example.com"].failures) == ("dns", 1)  # one time-out
    # Nobody was asked about the last one: nothing was learned, and its next question need not wait.
    assert (found["slow19.example.com"].source, found["slow19.example.com"].answered_at) == ("memory", NEVER)


def test_where_there_is_no_dns_nobody_waits_for_it(server, monkeypatch):
    monkeypatch.setattr(asking, "PATIENCE", (1.0, 5.0))
    server.default = SILENT
    begin = time.monotonic()
    found = ask(server, *(f"d{i}.example.com" for i in range(2000)), seconds=60)
    assert time.monotonic() - begin < 15  # asking all of them would take a minute
    assert {route.kind for route in found.values()} == {"unknown"}
    assert sum(server.asked.values()) < 1000


def test_what_the_deadline_cuts_short_is_not_silent(server, monkeypatch):
    """It was waited for less than is fair: nothing was learned, and no back-off begins."""
    monkeypatch.setattr(asking, "PATIENCE", (5.0,))
    server.default = SILENT
    found = ask(server, "example.com", seconds=0.3)["example.com"]
    assert (found.kind, found.source, found.failures) == ("unknown", "memory", 0)


def test_lateness_of_our_own_is_not_taken_for_silence(server, monkeypatch):
    """Time in which our loop stood still proves nothing: the question is asked again and the try does not count."""
    monkeypatch.setattr(asking, "PATIENCE", (0.2,))
    monkeypatch.setattr(asking, "DOWN", 1)
    server.zone["example.com"] = InTurn([SILENT, TAKES_MAIL])
    with closing(Asker([server.address], NOON, Pace(1000))) as asker:
        asker.begin("example.com")
        asker.turn(0.01)
        time.sleep(0.3)
        while not asker.found:
            asker.turn(1.0)
    assert (asker.found["example.com"].kind, server.asked["example.com"], asker.is_down) == ("mx", 2, False)


def test_an_answer_that_waited_for_us_counts(server, monkeypatch):
    """All that has arrived is read before anybody is judged."""
    monkeypatch.setattr(asking, "PATIENCE", (0.1,))
    monkeypatch.setattr(asking, "EXCUSED", -1)
    server.zone["example.com"] = TAKES_MAIL
    with closing(Asker([server.address], NOON, Pace(1000))) as asker:
        asker.begin("example.com")
        asker.turn(0)
        time.sleep(0.5)
        asker.turn(0)
    assert (asker.found["example.com"].kind, server.asked["example.com"]) == ("mx", 1)


def test_a_loop_that_never_gets_its_turn_learns_nothing(server, monkeypatch):
    monkeypatch.setattr(asking, "PATIENCE", (0.02,))
    monkeypatch.setattr(asking, "LATE", -1.0)  # as if it always stood still
    monkeypatch.setattr(asking, "EXCUSED", 3)
    server.default = SILENT
    found = ask(server, "example.com")["example.com"]
    assert (found.kind, found.source) == ("unknown", "memory")
    assert server.asked["example.com"] == 4


def test_one_silent_server_does_not_hide_the_next(server, monkeypatch):
    monkeypatch.setattr(asking, "PATIENCE", (0.2, 5.0))
    server.default = TAKES_MAIL
    with DnsServer(default=SILENT) as silent:
        found = ask_dns(["example.com"], nameservers=[silent.address, server.address], as_of=NOON, seconds=20)
    assert found["example.com"].kind == "mx"


def test_a_server_that_is_not_there_is_a_silence(impatient):
    with DnsServer() as gone:
        nowhere = gone.address
    found = ask_dns(["example.com"], nameservers=[nowhere], as_of=NOON, seconds=5)
    assert found["example.com"].kind == "unknown"


def test_a_machine_without_a_resolver_knows_nothing(monkeypatch):
    def unconfigured(*_args, **_kwargs):
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", unconfigured)
    assert system_nameservers() == []
    assert ask_dns(["example.com"], nameservers=(), as_of=NOON, seconds=5)["example.com"].kind == "unknown"


def test_the_system_s_resolvers_are_asked_on_port_53(monkeypatch):
    class Configured:
        nameservers = ("192.0.2.53", "2001:db8::53")

    monkeypatch.setattr(dns.resolver, "Resolver", Configured)
    assert system_nameservers() == [("192.0.2.53", 53), ("2001:db8::53", 53)]


def test_nothing_asked_nothing_answered(server):
    assert ask(server) == {}


@pytest.mark.parametrize("domain", ["a" * 64 + ".com", "a..com", ".", "xn--ä.com"])
def test_what_cannot_be_asked_is_unknown(server, domain):
    assert ask(server, domain)[domain].kind in {"unknown", "no_such_domain"}


def test_a_fifth_of_faults_turns_no_good_domain_away(server, monkeypatch):
    """Cannot tell yet: held and asked again, never rejected."""
    monkeypatch.setattr(asking, "PATIENCE", (2.0, 2.0, 2.0))
    monkeypatch.setattr(asking, "IN_FLIGHT", 20)
    faults = [SERVFAIL, REFUSED, WRONG_NAME, LAME, Truncated(TAKES_MAIL), WRONG_ID]
    names = [f"d{i}.example.com" for i in range(100)]
    server.zone |= {
        name: InTurn([faults[i % 6], TAKES_MAIL]) if i % 5 == 0 else TAKES_MAIL for i, name in enumerate(names)
    }
    found = ask(server, *names, seconds=60)
    assert {route.kind for route in found.values()} <= {"mx", "unknown"}
    assert sum(route.kind == "mx" for route in found.values()) >= 90
