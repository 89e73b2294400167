"""The exams service, unused."""

from collections.abc import Callable

import pytest

from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness
from services.exams.service import Exams


@pytest.fixture
def exams(harness_of: Callable[[type[Service]], ServiceHarness]) -> ServiceHarness:
    return harness_of(Exams)
