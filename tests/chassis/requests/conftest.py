from __future__ import annotations

import pytest
from sqlalchemy import insert

from chassis.base.context import system_context
from chassis.papers.store import FileStore
from chassis.testing.harness import ServiceHarness
from tests.chassis.requests.desk import READERS
from tests.chassis.requests.leaves import Library, readers
from tests.harnesses import HarnessOf


@pytest.fixture
def library(built_of: HarnessOf, store: FileStore) -> ServiceHarness:
    """With its readers."""
    harness = built_of(Library)
    rows = [{"id": id_, "teaching_point_id": point, "name": name} for id_, point, name in READERS]
    harness.database.run(system_context(), lambda uow: uow.execute(insert(readers), rows))
    return harness
