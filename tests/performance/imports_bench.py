"""Figures of large tables that come in: 50,000 rows of 30 columns read in every format, checked, and imported.

`python -m tests.performance.imports_bench` needs JIAOWU_TEST_POSTGRES_URL to check and import. Prints figures, asserts
nothing. Making the tables takes a minute, .xls the longest.
"""

from __future__ import annotations

import csv
import io
import os
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import xlsxwriter
import xlwt
from rich.console import Console

from chassis.papers.file_kinds import TABLES
from chassis.papers.sheet_reading import read_rows
from chassis.running.task_worker import Worker
from contracts.common import GetTask, TaskView
from contracts.registry.commands import ImportStudents
from services.registry.papers.workbook import STUDENTS
from services.registry.service import Registry
from tests.builders import people
from tests.builders import registry as build
from tests.chassis.papers.tables import ods, ods_row
from tests.performance.figures import figure
from tests.performance.fresh import fresh_service, fresh_store
from tests.performance.usage import most_megabytes

ROWS = 50_000
Table = Sequence[Sequence[str]]
_MORE = {
    "political_status": "群众", "student_type": "开放教育", "student_source": "开放教育", "enrolled_on": "2026-09-01",
    "degree_intent": "否", "email": "zhang@example.com", "home_address": "江苏省徐州市云龙区某某路 1 号",
    "postal_address": "江苏省徐州市云龙区某某路 1 号", "postcode": "221000", "employer": "某某有限公司",
    "prior_level": "大专", "prior_school": "某某学院", "prior_major": "会计", "prior_graduated_on": "2019-07-01",
    "prior_certificate_number": "123456789012", "id_kind": "居民身份证", "phone": "0516-12345678",
}  # fmt: skip


def made_up() -> Table:
    """A header and the rows below it."""
    rows = [[column.title for column in STUDENTS]]
    for number in range(ROWS):
        person = build.person(**{**_MORE, "home_address": f"江苏省徐州市云龙区某某路 {number} 号"})
        rows.append([person.get(column.field, "") for column in STUDENTS])
    return rows


def _workbook(rows: Table, *, shared: bool) -> io.BytesIO:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": not shared}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file


def _old_workbook(rows: Table) -> io.BytesIO:
    book, file = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    sheet = book.add_sheet("名单")
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            sheet.write(number, place, text)
    book.save(file)
    return file


def _csv(rows: Table) -> io.BytesIO:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return io.BytesIO(file.getvalue().encode("gb18030"))


def _opendocument(rows: Table) -> io.BytesIO:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(ods(*(ods_row(*row) for row in rows))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name in old.namelist():
            packed.writestr(name, old.read(name))
    return file


FORMATS: dict[str, Callable[[Table], io.BytesIO]] = {
    "xlsx, texts in cells": lambda rows: _workbook(rows, shared=False),
    "xlsx, shared texts": lambda rows: _workbook(rows, shared=True),
    "ods": _opendocument,
    "CSV in GB 18030": _csv,
    "xls": _old_workbook,
}


def read(console: Console, files: dict[str, io.BytesIO]) -> None:
    """Read each format, in a process of its own that has made no table."""
    for kind, file in files.items():
        with tempfile.NamedTemporaryFile() as place, ProcessPoolExecutor(1, get_context("spawn")) as pool:
            place.write(file.getvalue())
            place.flush()
            good, took, ours, its, memory = pool.submit(_read, place.name).result()
        told = f"{took:.1f} s (processor: {its:.1f} s of the process that reads, {ours:.1f} s of ours; {memory:.0f} MB)"
        figure(console, f"{kind}, {good:,} good rows", told, "20 s, 300 MB")


def _read(path: str) -> tuple[int, float, float, float, float]:
    """Good rows, seconds, seconds of processor time of ours and of the process that reads, megabytes of that."""
    began, used = time.perf_counter(), time.process_time()
    with Path(path).open("rb") as file:
        good = sum(not row.errors for row in read_rows(file, STUDENTS))
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    took, used = time.perf_counter() - began, time.process_time() - used
    return good, took, used, child.ru_utime + child.ru_stime, child.ru_maxrss / 1024


def import_them(console: Console, files: dict[str, io.BytesIO]) -> None:
    """Check all rows of each format, then import those of the first."""
    with fresh_service("imports", Registry) as registry, fresh_store() as store:
        [point], _ = build.surroundings(registry)
        me = people.of_point(point.id)
        most = 100_000_000
        uploaded = {}
        for kind, file in files.items():
            file.seek(0)
            uploaded[kind] = store.upload(
                file, uploader=me.actor, name="名单", announced=most, max_bytes=most, allowed=TABLES
            )
        for kind, dry_run in (*product(uploaded, [True]), (next(iter(uploaded)), False)):
            began = time.perf_counter()
            task = registry.run(ImportStudents(file=uploaded[kind], dry_run=dry_run), me)
            Worker(registry.database, Registry).run_until_idle()
            done: TaskView = registry.ask(GetTask(task_id=task.id), me)
            told = f"{time.perf_counter() - began:.1f} s {done.figures}"
            figure(console, f"{kind}, {'checked' if dry_run else 'imported'}", told, "20 s" if dry_run else "")
        figure(console, "memory of this process, at most", f"{most_megabytes():.0f} MB")


def main() -> int:
    """Make, read, check, import, print."""
    console = Console()
    console.print(f"{ROWS:,} rows of {len(STUDENTS)} columns")
    rows = made_up()
    files = {kind: make(rows) for kind, make in FORMATS.items()}
    read(console, files)
    if "JIAOWU_TEST_POSTGRES_URL" in os.environ:
        import_them(console, files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
