"""What the registry does by the clock."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from chassis.base.context import system_context
from chassis.running.tasks import forget_old_tasks
from chassis.testing.harness import ServiceHarness
from services.registry.jobs import forget_import_workbooks
from tests.builders import people
from tests.builders import registry as build


def test_an_imported_workbook_goes_when_its_task_is_forgotten_and_not_before(registry: ServiceHarness) -> None:
    [point], _ = build.surroundings(registry)
    build.imported(registry, build.workbook([build.person()]), people.of_point(point.id))
    registry.clock.advance(timedelta(days=60))
    build.imported(registry, build.workbook([build.person()]), people.of_point(point.id))
    assert registry.database.run(system_context(), forget_import_workbooks) == 0

    registry.clock.advance(timedelta(days=31))
    assert registry.database.run(system_context(), forget_old_tasks) == 1
    assert registry.database.run(system_context(), forget_import_workbooks) == 1
    files = registry.table("files")
    assert len(registry.rows(select(files).where(files.c.purpose == "student_import"))) == 1
