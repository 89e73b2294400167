"""The identity service, unused."""

from collections.abc import Callable

import pytest

from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness
from services.identity.service import Identity


@pytest.fixture
def identity(harness_of: Callable[[type[Service]], ServiceHarness]) -> ServiceHarness:
    return harness_of(Identity)
