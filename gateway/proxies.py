"""Our own proxies: what they say of a client is believed, what others say of one is not."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from falcon.asgi import Request

from chassis.running.logging import get_logger

log = get_logger(__name__)

_MOST_WARNINGS = 100
"""Of peers; a hundred forgotten proxies are none, but people who make up headers."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """The networks in which they stand."""

    def __init__(self, networks: Sequence[str] = ()) -> None:
        self._networks = tuple(ipaddress.ip_network(network) for network in networks)
        self._warned_of: set[str] = set()

    def __contains__(self, address: str) -> bool:
        return _inside(address, self._networks)

    def came_encrypted(self, req: Request) -> bool:
        """Whether one of them says that it was asked by TLS."""
        return _peer(req) in self and req.get_header("X-Forwarded-Proto") == "https"

    def address(self, req: Request) -> str:
        """The client's address: the nearest hop that is not one of them."""
        address, forwarded = _peer(req), req.get_header("X-Forwarded-For", default="")
        if address not in self:
            if forwarded:
                self._warn_of(address)
            return address
        for hop in reversed(forwarded.split(",")):
            if address not in self or not _is_address(hop.strip()):
                break
            address = hop.strip()
        return address

    def _warn_of(self, peer: str) -> None:
        """Say once of a peer that it speaks for others and is not believed: most likely it is a proxy that the settings
        forget, and then all its clients are counted as one."""
        if peer not in self._warned_of and len(self._warned_of) < _MOST_WARNINGS:
            self._warned_of.add(peer)
            log.warning("proxy_not_trusted", peer=peer, setting="JIAOWU_GATEWAY_TRUSTED_PROXIES")


def _peer(req: Request) -> str:
    """Who holds the other end of the connection."""
    client = req.scope.get("client") or ("", 0)
    return str(client[0])


@lru_cache(maxsize=4096)
def _inside(address: str, networks: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
