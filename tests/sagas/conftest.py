"""A school for every script: opened once, and put back for the next one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from chassis.service import Service
from chassis.testing import ServiceHarness, World
from services.courses.service import Courses
from services.exams.service import Exams
from services.finance.service import Finance
from services.identity.service import Identity
from services.registry.service import Registry
from tests.builders.school import OPENED_ON, Site, found

pytest.register_assert_rewrite("tests.sagas.stage", "tests.sagas.expectations", "tests.sagas.closing")

from tests.sagas import closing  # noqa: E402
from tests.sagas.school import School  # noqa: E402
from tests.sagas.snapshot import Snapshot  # noqa: E402

SERVICES = (Identity, Registry, Courses, Finance, Exams)
ORDERS = (None, 1, 2)
"""In order and once; then, by two seeds, in any order and some of it twice."""


@pytest.fixture(scope="session")
def opened(_harnesses: Callable[[type[Service]], ServiceHarness]) -> tuple[list[ServiceHarness], Site, Snapshot]:
    """The school's services on the first day, before any student has come."""
    harnesses = [_harnesses(service) for service in SERVICES]
    for harness in harnesses:
        harness.reset()
    site = found(World(*harnesses))
    return harnesses, site, Snapshot(harnesses)


@pytest.fixture(params=ORDERS, ids=lambda seed: "in order" if seed is None else f"shuffled {seed}")
def school(request: pytest.FixtureRequest, opened: tuple[list[ServiceHarness], Site, Snapshot]) -> Iterator[School]:
    """A school in which nothing has happened yet. At the end everything must agree."""
    harnesses, site, first_day = opened
    first_day.restore()
    world = World(*harnesses, shuffle=request.param)
    world.clock.set(OPENED_ON)
    yield School(world, site)
    closing.check(world)
