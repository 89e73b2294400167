"""Services that the chassis is tested with, on databases of their own whose tables no migration made."""

from collections.abc import Iterator

import pytest

from chassis.testing.harness import ServiceHarness
from tests.chassis.example import Example, build
from tests.harnesses import HarnessOf, harnesses


@pytest.fixture(scope="session")
def built_of(postgres_admin_url: str, run_prefix: str) -> Iterator[HarnessOf]:
    """`built_of(Example)`: a made-up service, empty."""
    with harnesses(postgres_admin_url, run_prefix, build=build) as fresh:
        yield fresh


@pytest.fixture
def example(built_of: HarnessOf) -> ServiceHarness:
    """The example service, empty."""
    return built_of(Example)
