"""One whole system for a session's tests: real processes on the servers of the test run."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from launcher.system import System

# All requests come from one address and few users; their rate limits are not what is tested here.
NO_LIMITS = {
    "JIAOWU_GATEWAY_USER_RATE": "1000000/minute",
    "JIAOWU_GATEWAY_ADDRESS_RATE": "1000000/minute",
}


class Servers(NamedTuple):
    """Administrators' addresses of the servers of the test run."""

    postgres: str
    amqp: str
    management: str


@contextmanager
def whole_system(state: Path, servers: Servers, prefix: str, console: Path | None = None) -> Iterator[System]:
    """A running system, gone afterwards. It keeps its files in `state`; `prefix` begins its name on the servers."""
    name = f"{prefix}{secrets.token_hex(4)}"
    system = System(state, *servers, name, variables=NO_LIMITS, console=console)
    try:
        system.up()
        yield system
    finally:
        system.down()
        system.destroy()
