"""Shapes of evidence: right shape proves nothing, wrong shape speaks against."""

import ipaddress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.screening.evidence import is_certificate, names_a_page, network, networks

HEX = "eb9fc4dd9bed9ad451a5648946cf4bf09b5b0001"


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("8.8.8.8", "ordinary"), ("198.51.100.7", "ordinary"), ("192.0.2.41", "ordinary"), ("203.0.113.9", "ordinary"),
        ("2001:db8::1", "ordinary"), ("2606:4700::1111", "ordinary"), ("::ffff:8.8.8.8", "ordinary"),
        ("8.8.8.8, 10.0.0.1", "ordinary"), (" 8.8.8.8 ", "ordinary"),
        ("10.0.0.5", "inside"), ("192.168.1.1", "inside"), ("172.16.0.1", "inside"), ("127.0.0.1", "inside"),
        ("100.64.0.1", "inside"), ("169.254.1.1", "inside"), ("0.0.0.0", "inside"), ("255.255.255.255", "inside"),
        ("224.0.0.1", "inside"), ("240.0.0.1", "inside"), ("::1", "inside"), ("fe80::1", "inside"),
        ("fd00::1", "inside"),         ("::ffff:10.0.0.1", "inside"), ("ff02::1", "inside"),
        ("", "none"), (None, "none"), ("N/A", "none"), ("300.1.1.1", "none"), ("1.2.3", "none"), ("1.2.3.4.5", "none"),
        ("01.2.3.4", "none"),
    ],
)  # fmt: skip
def test_a_network_address(typed, seen):
    assert network(typed) == seen


@given(st.integers(0, 2**32 - 1))
@example(int(ipaddress.IPv4Address("198.18.0.0")))
@example(int(ipaddress.IPv4Address("192.0.0.9")))
@example(int(ipaddress.IPv4Address("192.88.99.1")))
def test_ipv4_is_told_apart_as_the_standard_library_does(number):
    """But for ranges it calls global although nobody writes mail from them, and the ranges kept for manuals."""
    address = ipaddress.IPv4Address(number)
    documentation = any(
        address in ipaddress.IPv4Network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    )
    special = any(address in ipaddress.IPv4Network(n) for n in ("192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/4"))
    ordinary = documentation or (address.is_global and not special)
    assert network(str(address)) == ("ordinary" if ordinary else "inside")


@pytest.mark.parametrize(
    ("url", "shaped"),
    [
        (f"https://cert.trustedform.com/{HEX}", True),
        (f" https://cert.trustedform.com/{HEX.upper()} ", True),
        (f"https://ping.trustedform.com/0.{'a' * 20}.{'b' * 20}.{'c' * 20}", True),
        ("https://cert.trustedform.com/" + "Ab_-" * 20, True),
        (f"http://cert.trustedform.com/{HEX}", False),
        ("http://cert.trustedform.com/notacert", False),
        ("https://cert.trustedform.com/notacert", False),
        (f"https://cert.staging.trustedform.com/{HEX}", False),
        (f"https://cert.trustedform.com.example.net/{HEX}", False),
        (f"https://example.net/cert.trustedform.com/{HEX}", False),
        (f"https://cert.trustedform.com/{HEX}?x=1", False),
    ],
)
def test_a_certificate(url, shaped):
    assert is_certificate(url) is shaped


@pytest.mark.parametrize(
    ("url", "named"),
    [("https://quotes.example.com/", True), ("www.sweeps.example", True), ("http://localhost/", True), ("N/A", False),
     ("", False), (None, False)],
)  # fmt: skip
def test_a_page(url, named):
    assert names_a_page(url) is named


PARTS = st.sampled_from(
    ["0", "1", "10", "100", "127", "172", "192", "198", "168", "223", "224", "255", "256", "01", ""]
)
NETWORKS = st.one_of(
    st.builds("{}.{}.{}.{}".format, PARTS, PARTS, PARTS, PARTS),
    st.ip_addresses().map(str),
    st.sampled_from(["", " ", "8.8.8.8\n", "8.8.8.8\r", "8.8.8.8, 10.0.0.1", "N/A", "8.8.8.8.8", "\n"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(NETWORKS, max_size=12))
def test_many_network_addresses_are_read_as_each_alone(typed):
    assert networks(typed) == [network(one) for one in typed]
