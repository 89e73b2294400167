"""The finance service with standards, and a student of whom it has heard."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chassis.declaring.service import Service
from chassis.testing.harness import ServiceHarness
from contracts.registry.events import StudentItem
from services.finance.service import Finance
from services.finance.steps import fence
from tests.builders import finance as build


@pytest.fixture
def finance(harness_of: Callable[[type[Service]], ServiceHarness]) -> ServiceHarness:
    harness = harness_of(Finance)
    build.standards(harness)
    return harness


@pytest.fixture
def student(finance: ServiceHarness) -> StudentItem:
    return build.student(finance)


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests write one after the other, or late by force: no minute has to pass before the books are proven."""
    monkeypatch.setattr(fence, "SURE", timedelta(0))
