"""The registry service, unused, with a store for its files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chassis.declaring.service import Service
from chassis.papers import files
from chassis.testing.harness import ServiceHarness
from services.registry.service import Registry


@pytest.fixture
def registry(
    harness_of: Callable[[type[Service]], ServiceHarness], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ServiceHarness:
    store = files.FileStore(tmp_path.as_uri())
    monkeypatch.setattr(files, "store", lambda: store)
    return harness_of(Registry)
