"""Doing the work that a refusal asks for, as a client does."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.errors import ServiceError
from launcher.work import solved


@pytest.fixture
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work takes no time."""
    monkeypatch.setattr("chassis.work.proof_of_work._NUMBERS", 10)


def worked(refusal: ServiceError) -> str:
    """What is sent as `work` after this refusal."""
    assert refusal.code == "work_required"
    given: Any = refusal.params["challenge"]
    return solved(given)
