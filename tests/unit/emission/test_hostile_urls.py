"""Ten thousand addresses that lead inside, or seem to: none of them gets a connection to 127.0.0.1."""

import random
import socket
from contextlib import suppress
from threading import Thread

import pytest
from receivers import PUBLIC

from gateway import outgoing
from gateway.outgoing import Line, Server, UnreachableError, is_public, read_url

INSIDE = "127.0.0.1"
SPELT = (
    "127.0.0.1", "127.1", "127.0.1", "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "2130706433", "0", "0.0.0.0",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost",
    "localhost.", "LOCALHOST", "127.0.0.1.", "\uff11\uff12\uff17.0.0.1", "ⓛocalhost", "169.254.169.254", "metadata",
    "10.0.0.1",
    "[fe80::1%25lo]", "127.0.0.1%00.example.com", "a.127.0.0.1", "example.com.1", "1e3", "0x7f.example.0x1",
)  # fmt: skip
AROUND = (
    "https://{0}:{1}/", "https://user@{0}:{1}/", "https://hooks.example.com@{0}:{1}/",
    "https://{0}:{1}#@hooks.example.com/",
    "https://{0}\\@hooks.example.com:{1}/", "http://{0}:{1}/", "file://{0}/etc/passwd", "gopher://{0}:{1}/_",
    "//{0}:{1}/",
    "https:{0}:{1}", "https://{0}:{1}/\r\nHost: x", "https:// {0}:{1}/", "https://{0}:99999/", "https://{0}:/", "ftp://{0}",
    "https://{0}:{1}?x=https://hooks.example.com", "HTTPS://{0}:{1}/", "https://[{0}]:{1}/", "https://{0}:22/",
    "{0}:{1}",
)  # fmt: skip


@pytest.fixture
def inside():
    """Somebody listens inside and outside, on one port; who was connected to."""
    met = {INSIDE: 0, PUBLIC: 0}
    sockets = {}
    with socket.create_server((INSIDE, 0)) as first:
        port = first.getsockname()[1]
        with socket.create_server((PUBLIC, port)) as second:
            for host, listening in ((INSIDE, first), (PUBLIC, second)):
                sockets[host] = listening
                listening.settimeout(0.1)
                Thread(target=_count, args=(listening, host, met), daemon=True).start()
            yield port, met


def _count(listening, host, met):
    while True:
        try:
            taken, _ = listening.accept()
        except TimeoutError:
            continue
        except OSError:
            return
        met[host] += 1
        taken.close()


def tried(url, is_good):
    with suppress(ValueError, UnreachableError):
        target = read_url(url)
        line = Line(Server(target.host, target.port, is_good=is_good))
        try:
            line.ask("POST", target.path, b"{}", most_bytes=10, seconds=1)
        finally:
            line.close()


def test_ten_thousand_addresses_reach_nothing_inside(inside, monkeypatch):
    port, met = inside
    monkeypatch.setattr(outgoing, "PORTS", frozenset({port}))
    chosen = random.Random(7)
    bad, both = [INSIDE, "::1", "169.254.169.254", "10.0.0.7", "100.64.0.1", "64:ff9b::7f00:1"], [PUBLIC, INSIDE]

    def resolve(host, asked, *_, **__):
        """Names answer as they like: inside, both, now this and now that. Literals as the system reads them."""
        assert host.endswith("example.com") or host == PUBLIC, f"{host} was looked up"
        if host == PUBLIC:  # the address that was checked, which the connection goes to
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, asked))]
        answers = chosen.choice(([chosen.choice(bad)], both, both[::-1], [PUBLIC], [INSIDE]))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, asked)) for one in answers]

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", resolve)
    urls = [around.format(spelt, port) for around in AROUND for spelt in SPELT]
    urls += [f"https://r{n}.example.com:{port}/" for n in range(2_000)]
    while len(urls) < 10_000:
        spelt = chosen.choice(SPELT)
        mixed = "".join(chosen.choice((c, c.upper(), f"%{ord(c):02x}")) for c in spelt if ord(c) < 128)
        urls.append(chosen.choice(AROUND).format(chosen.choice((mixed, f"{spelt}.", f"{mixed}/..;@x")), port))
    for url in urls:
        tried(url, lambda address: address == PUBLIC)
    assert len(urls) == 10_000
    assert met[INSIDE] == 0
    assert met[PUBLIC] > 100  # those that rebind were good at the moment they were asked, and are pinned to that


@pytest.mark.parametrize("spelt", SPELT)
def test_only_names_are_taken_however_an_address_is_spelt(spelt):
    with pytest.raises(ValueError, match="expected"):
        read_url(f"https://{spelt}/")


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://hooks.example.com", "hooks.example.com", 443, "/"),
        ("https://Hooks.Example.com:8443/in?x=1&y=%20", "hooks.example.com", 8443, "/in?x=1&y=%20"),
        ("https://xn--bcher-kva.example.org/a", "xn--bcher-kva.example.org", 443, "/a"),
    ],
)
def test_a_plain_address_is_what_it_says(url, host, port, path):
    assert tuple(read_url(url)) == (host, port, path)


def test_with_the_rule_of_the_open_internet_loopback_is_never_public():
    assert not any(map(is_public, (INSIDE, PUBLIC, "::ffff:127.0.0.2")))
