"""The registry service, unused, with a store for its files; two points and a student of the first."""

from collections.abc import Callable

import pytest

from chassis.declaring.service import Service
from chassis.papers.store import FileStore
from chassis.testing.harness import ServiceHarness
from contracts.identity.events import TeachingPointItem
from contracts.registry.views import StudentView
from services.registry.service import Registry
from tests.builders import registry as build


@pytest.fixture
def registry(harness_of: Callable[[type[Service]], ServiceHarness], store: FileStore) -> ServiceHarness:
    return harness_of(Registry)


@pytest.fixture
def points(registry: ServiceHarness) -> list[TeachingPointItem]:
    return build.surroundings(registry, points=2)[0]


@pytest.fixture
def student(registry: ServiceHarness, points: list[TeachingPointItem]) -> StudentView:
    return build.enrolled(registry, points[0].id)[0]
