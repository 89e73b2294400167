from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from chassis.base.context import system_context
from chassis.papers import files
from chassis.papers.store import FileStore
from chassis.testing.harness import ServiceHarness
from tests.chassis.requests.desk import READERS
from tests.chassis.requests.leaves import Library, readers
from tests.harnesses import HarnessOf


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore((tmp_path / "store").as_uri())


@pytest.fixture
def library(built_of: HarnessOf, store: FileStore, monkeypatch: pytest.MonkeyPatch) -> ServiceHarness:
    """With its readers."""
    monkeypatch.setattr(files, "store", lambda: store)
    harness = built_of(Library)
    rows = [{"id": id_, "teaching_point_id": point, "name": name} for id_, point, name in READERS]
    harness.database.run(system_context(), lambda uow: uow.execute(insert(readers), rows))
    return harness
