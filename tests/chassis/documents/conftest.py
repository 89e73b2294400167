"""The office, unused, with a store for its files."""

from pathlib import Path

import pytest

from chassis.papers import files
from chassis.papers.store import FileStore
from chassis.testing.harness import ServiceHarness
from tests.chassis.documents.office import Office
from tests.harnesses import HarnessOf


@pytest.fixture
def office(built_of: HarnessOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServiceHarness:
    store = FileStore(tmp_path.as_uri())
    monkeypatch.setattr(files, "store", lambda: store)
    return built_of(Office)
