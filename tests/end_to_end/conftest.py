"""One whole system for a session's tests of scope and bad input: real processes on the servers of the test run."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from launcher.system import System
from tests.end_to_end.scenery import Scene, make_scene

# All requests come from one address and few users; their rate limits are not what is tested here.
NO_LIMITS = {
    "JIAOWU_GATEWAY_USER_RATE": "1000000/minute",
    "JIAOWU_GATEWAY_ADDRESS_RATE": "1000000/minute",
}


@pytest.fixture(scope="session")
def system(
    tmp_path_factory: pytest.TempPathFactory, postgres_admin_url: str, amqp_admin_url: str, management_url: str
) -> Iterator[System]:
    """A running system."""
    state: Path = tmp_path_factory.mktemp("system")
    prefix = f"e2e{secrets.token_hex(4)}"
    system = System(state, postgres_admin_url, amqp_admin_url, management_url, prefix, variables=NO_LIMITS)
    try:
        system.up()
        yield system
    finally:
        system.down()
        system.destroy()


@pytest.fixture(scope="session")
def scene(system: System) -> Scene:
    """A school on it, with rows of every kind."""
    return make_scene(system)
