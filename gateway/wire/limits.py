"""How much of the server one client may take, and for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from chassis.base.addresses import network_of
from chassis.base.settings import BACKLOG


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and bytes. What is late or too large is answered (408, 431, 400) and its connection ends."""

    head_seconds: float = 10.0
    """From a connection's beginning, or a request's first byte, to the end of its head."""
    head_bytes: int = 16 * 1024
    body_seconds: float = 60.0
    """For any body, while the application is willing to read, and …"""
    body_pace: int = 50 * 1000
    """… one second more for so many bytes of it."""
    framing_bytes: int = 8 * 1024
    """What chunks and trailers may take beside the body, give or take one reading, and …"""
    framing_factor: int = 7
    """… so many times its bytes."""
    unwanted_bytes: int = 1024 * 1024
    """Of a body that is read, so that its sender sees the answer, though nobody wants it."""
    pipelined: int = 64
    """Requests of one connection that may wait for the answer to the one before."""
    silent_reader_seconds: float = 30.0
    """In which a client has to take something of what is sent to it."""
    keep_alive_seconds: int = 75
    last_word_seconds: float = 2.0
    """At the end, in which a connection without a request may still send one; its answer says `Connection: close`."""
    drain_seconds: float = 16.0
    """At the end, for requests that are under way."""
    backlog: int = BACKLOG
    """Connections that wait for somebody to accept them."""
    connections: int = 4096
    connections_of_address: int = 1024
    """Of one address (of IPv6 its network); a proxy of ours has no such limit."""

    def body_seconds_for(self, received: int) -> float:
        """Seconds that a body may take of which so many bytes are there."""
        return self.body_seconds + received / self.body_pace

    def framing_for(self, received: int) -> int:
        """Bytes beside the body that are borne when so many bytes of it are there."""
        return self.framing_bytes + self.framing_factor * received


class Connections:
    """Counts connections, in all and by address. `trusted` tells a proxy of ours."""

    def __init__(self, limits: Limits, trusted: Callable[[str], bool]) -> None:
        self._limits = limits
        self._trusted = trusted
        self._of: Counter[str] = Counter()
        self.all = 0

    def enter(self, address: str) -> bool:
        """Count one more; False where there are too many, and nothing was counted."""
        if self.all >= self._limits.connections:
            return False
        if self._of[network_of(address)] >= self._limits.connections_of_address and not self._trusted(address):
            return False
        self.all += 1
        self._of[network_of(address)] += 1
        return True

    def leave(self, address: str) -> None:
        """Count one less."""
        network = network_of(address)
        self.all -= 1
        self._of[network] -= 1
        if not self._of[network]:
            del self._of[network]
