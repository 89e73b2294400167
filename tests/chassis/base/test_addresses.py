"""Who counts as one and the same client."""

import pytest

from chassis.base.addresses import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
        ("nonsense", "nonsense"),
        (None, ""),
    ],
)
def test_an_address_counts_by_itself_and_of_ipv6_its_network(address: str | None, network: str) -> None:
    assert network_of(address) == network
