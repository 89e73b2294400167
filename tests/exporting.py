"""Exports in tests: run to their end, and read."""

import io
from typing import Any

from openpyxl import load_workbook

from chassis.base.context import Context
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.running.task_worker import Worker
from chassis.testing.harness import ServiceHarness
from contracts.common import GetTask, TaskState
from contracts.exports import Export
from tests.permissions import looking


def exported(harness: ServiceHarness, command: Export, who: Context) -> list[dict[str, Any]]:
    """The rows of the workbook that somebody gets, by the titles of its columns."""
    task = harness.run(command, who)
    Worker(harness.database, harness.service).run_until_idle()
    done = harness.ask(GetTask(task_id=task.id), looking(who, type(command)))
    assert (done.state, done.figures.get("exported")) == (TaskState.DONE, done.figures.get("to_export"))
    workbook = io.BytesIO(b"".join(files.store().chunks(harness.service.name, done.result.sha256, FileKind.XLSX)))
    titles, *rows = load_workbook(workbook).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(titles, row, strict=True)) for row in rows]
