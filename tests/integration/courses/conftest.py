"""The courses service, unused or with a school that is open for selecting."""

from collections.abc import Callable

import pytest

from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness
from services.courses.service import Courses
from tests.builders import courses as build
from tests.builders.courses import School


@pytest.fixture
def courses(harness_of: Callable[[type[Service]], ServiceHarness]) -> ServiceHarness:
    return harness_of(Courses)


@pytest.fixture
def school(courses: ServiceHarness) -> School:
    return build.school(courses)
