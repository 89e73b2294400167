"""The enrollment service, unused."""

from collections.abc import Callable

import pytest

from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness
from services.enrollment.service import Enrollment
from tests.builders import enrollment as build


@pytest.fixture
def enrollment(harness_of: Callable[[type[Service]], ServiceHarness]) -> ServiceHarness:
    return harness_of(Enrollment)


@pytest.fixture
def at(enrollment: ServiceHarness) -> build.Recruiting:
    """Two points in an open round."""
    return build.recruiting(enrollment)
