"""The example service on a database of its own."""

from collections.abc import Iterator

import pytest

from chassis.testing.harness import ServiceHarness
from tests.chassis.example import Example, build


@pytest.fixture(scope="session")
def _example(postgres_admin_url: str, run_prefix: str) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(Example, postgres_admin_url, f"{run_prefix}_example", build=build)
    yield harness
    harness.close()


@pytest.fixture
def example(_example: ServiceHarness) -> ServiceHarness:
    """The example service, empty."""
    _example.reset()
    return _example
