"""Networks are told apart, machines in them are not; and an address is kept as the form says."""

import pytest

from gateway.intake.guard.networks import kept_ip, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.9", "203.0.113.0/24"), ("203.0.113.200", "203.0.113.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
     ("::ffff:203.0.113.9", "203.0.113.0/24"), ("127.0.0.1", None), ("10.1.2.3", None), ("192.168.7.7", None),
     ("::1", None), ("fd00::1", None), (None, None), ("", None), ("nonsense", None), ("::ffff:10.0.0.1", None)],
)  # fmt: skip
def test_the_network_of_an_address(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "keep", "kept"),
    [("203.0.113.9", "full", "203.0.113.9"), ("203.0.113.9", "truncated", "203.0.113.0"), ("203.0.113.9", "none", None),
     ("2001:db8:1:2:3::4", "full", "2001:db8:1:2:3::4"), ("2001:db8:1:2:3::4", "truncated", "2001:db8:1::"),
     ("::ffff:203.0.113.9", "truncated", "203.0.113.0"), (None, "full", None), ("<b>", "full", None)],
)  # fmt: skip
def test_an_address_is_kept_as_the_form_says(address, keep, kept):
    assert kept_ip(address, keep) == kept
