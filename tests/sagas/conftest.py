"""A school for every script: opened once, and put back for the next one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from zlib import crc32

import pytest

from chassis.papers import files
from chassis.testing.harness import ServiceHarness
from chassis.testing.world import World
from services.courses.service import Courses
from services.enrollment.service import Enrollment
from services.exams.service import Exams
from services.finance.service import Finance
from services.identity.service import Identity
from services.registry.service import Registry
from tests.builders.school import OPENED_ON, Site, found
from tests.harnesses import HarnessOf

pytest.register_assert_rewrite("tests.sagas.stage", "tests.sagas.expectations", "tests.sagas.closing")

from tests.sagas import closing  # noqa: E402
from tests.sagas.school import School  # noqa: E402
from tests.sagas.snapshot import Snapshot  # noqa: E402

SERVICES = (Identity, Enrollment, Registry, Courses, Finance, Exams)
SHUFFLES = int(os.environ.get("JIAOWU_TEST_SHUFFLES", "1"))
ORDERS = (None, *range(1, SHUFFLES + 1))
"""In order and once; then, by as many seeds as wished, in any order and some of it twice."""


Opened = tuple[list[ServiceHarness], Site, Snapshot]


@pytest.fixture(scope="session")
def opened(harness_of: HarnessOf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The school's services on the first day, before any student has come."""
    harnesses = [harness_of(service) for service in SERVICES]
    with pytest.MonkeyPatch.context() as patch:
        store = files.FileStore(tmp_path_factory.mktemp("files").as_uri())
        patch.setattr(files, "store", lambda: store)
        world = World(*harnesses)
        site = found(world)
        world.run_due_jobs()
        yield harnesses, site, Snapshot(harnesses)


@pytest.fixture(params=ORDERS, ids=lambda seed: "in order" if seed is None else f"shuffled {seed}")
def school(request: pytest.FixtureRequest, opened: Opened) -> Iterator[School]:
    """A school in which nothing has happened yet. At the end everything must agree."""
    harnesses, site, first_day = opened
    first_day.restore()
    script = crc32(request.node.originalname.encode())
    world = World(*harnesses, shuffle=None if request.param is None else script + request.param)
    world.clock.set(OPENED_ON)
    yield School(world, site)
    closing.check(world)
