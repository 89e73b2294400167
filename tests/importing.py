"""Imports in tests: a table is written, uploaded, brought in, and what comes back of it read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

from openpyxl import load_workbook

from chassis.base.context import Context
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.papers.sheet_reading import read_rows
from chassis.papers.sheet_writing import write_list
from chassis.papers.spreadsheets import Column
from chassis.running.task_worker import Worker
from chassis.testing.harness import ServiceHarness
from contracts.common import GetTask, TaskView
from contracts.imports import Import
from contracts.types import FileReference
from tests.permissions import looking


def workbook(document: str, columns: Sequence[Column], rows: Sequence[dict[str, str]]) -> IO[bytes]:
    """A workbook of rows, field → text."""
    return write_list(document, columns, rows)


def upload(file: IO[bytes], by: Context, name: str) -> FileReference:
    """Upload a workbook as the gateway does."""
    file.seek(0)
    most, kinds = 20_000_000, {FileKind.XLSX}
    return files.store().upload(file, uploader=by.actor, name=name, announced=most, max_bytes=most, allowed=kinds)


def imported(
    harness: ServiceHarness, command: type[Import], file: IO[bytes], by: Context, *, dry_run: bool = False
) -> TaskView:
    """Bring a workbook in, or only check it; the task, which has ended."""
    task = harness.run(command(file=upload(file, by, "名单.xlsx"), dry_run=dry_run), by)
    Worker(harness.database, harness.service).run_until_idle()
    view: TaskView = harness.ask(GetTask(task_id=task.id), looking(by, command))
    return view


def refused_rows(harness: ServiceHarness, task: TaskView, columns: Sequence[Column]) -> dict[int, str]:
    """What the workbook of refused rows says: row number → reasons. It can be corrected and sent again."""
    assert task.result is not None
    with files.store().read(harness.service.name, task.result) as file:
        rows = list(load_workbook(file).worksheets[0].iter_rows(values_only=True, min_row=2))
        assert len(list(read_rows(file, columns))) == len(rows), "the workbook can't be imported again"
    return {int(str(row[-2])): str(row[-1]) for row in rows}
