"""The office, unused, with a store for its files."""

import pytest

from chassis.papers.store import FileStore
from chassis.testing.harness import ServiceHarness
from tests.chassis.documents.office import Office
from tests.harnesses import HarnessOf


@pytest.fixture
def office(built_of: HarnessOf, store: FileStore) -> ServiceHarness:
    return built_of(Office)
