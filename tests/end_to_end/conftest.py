"""One whole system for a session's tests of scope and bad input."""

from collections.abc import Iterator

import pytest

from launcher.system import System
from tests.end_to_end.scenery import Scene, make_scene
from tests.whole_system import Servers, whole_system


@pytest.fixture(scope="session")
def system(
    tmp_path_factory: pytest.TempPathFactory, postgres_admin_url: str, amqp_admin_url: str, management_url: str
) -> Iterator[System]:
    """A running system."""
    servers = Servers(postgres_admin_url, amqp_admin_url, management_url)
    with whole_system(tmp_path_factory.mktemp("system"), servers, "e2e") as system:
        yield system


@pytest.fixture(scope="session")
def scene(system: System) -> Scene:
    """A school on it, with rows of every kind."""
    return make_scene(system)
