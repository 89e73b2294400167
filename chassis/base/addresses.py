"""Clients' addresses: who counts as one and the same client."""

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=4096)
def network_of(address: str | None) -> str:
    """What failures of an address are counted for: the address itself, of IPv6 its /64, of which one client has all.

    Anything that is no address stands for itself.
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
