"""Students as a file, and importing student records from a workbook.

An import is read once and entered block by block; refused rows are given back.

The steps carry what was read, so that a large workbook is parsed once and not for every block.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.tasks import StepResult, Task, TaskKind
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.papers.spreadsheets import BadRow, CellError, SheetRow
from chassis.running.exports import ListExport
from contracts.registry.commands import ExportStudents
from services.registry import queries
from services.registry.papers.workbook import STUDENTS, TITLES, Entry
from services.registry.steps.importing import Line, enter
from services.registry.tables import teaching_points

STUDENTS_AS_FILE: Final = ListExport(
    "student_export",
    ExportStudents,
    queries.list_students,
    (
        "student_number", "name", "gender", "id_number_masked", "teaching_point_name", "intake", "level",
        "student_type", "student_source", "major_code", "major_name", "schooling_length", "status", "confirmation",
        "status_change_open",
    ),
    known_by={"teaching_point_id": teaching_points.c.name},
)  # fmt: skip

BLOCK: Final = 250
"""Rows entered in one transaction."""


def plan_import(task: Task, uow: UnitOfWork) -> Sequence[dict[str, Any]]:
    """Read the workbook and cut it into blocks. The refusals of an unreadable workbook end the task."""
    from chassis.papers.sheet_reading import read_rows  # openpyxl is for the task process only

    with files.open_file(uow, UUID(task.arguments["file_id"])) as file:
        rows = list(read_rows(file, STUDENTS))
    doubled = _twice(rows)
    lines = [
        {"values": Entry.model_validate(row.values).model_dump(mode="json"), **row.refused(*doubled[i]).to_json()}
        for i, row in enumerate(rows)
    ]
    return [{"lines": lines[start : start + BLOCK]} for start in range(0, len(lines), BLOCK)]


def import_block(task: Task, step: dict[str, Any], uow: UnitOfWork) -> StepResult:
    """Enter the good rows of a block; the others are left for the end of the task."""
    lines = [Line(Entry.model_validate(line["values"]), BadRow.from_json(line)) for line in step["lines"]]
    allowed = task.arguments["teaching_point_ids"]
    bad = enter(
        uow,
        lines,
        own_point_id=task.teaching_point_id,
        allowed_points=None if allowed is None else {UUID(id_) for id_ in allowed},
    )
    return StepResult({"imported": len(lines) - len(bad), "refused": len(bad)}, [row.to_json() for row in bad])


def give_back_refused(task: Task, data: Sequence[Any], uow: UnitOfWork) -> UUID | None:
    """A workbook of the refused rows with every reason beside each, or None where there is none."""
    bad = [BadRow.from_json(row) for block in data for row in block]
    if not bad:
        return None
    from chassis.papers.sheet_writing import write_bad_rows  # openpyxl is for the task process only

    document = "student_import_refused"
    with write_bad_rows(document, STUDENTS, bad) as file:
        return files.keep(uow, file, FileKind.XLSX, document=document, teaching_point_id=task.teaching_point_id)


IMPORT_STUDENTS: Final = TaskKind(plan_import, import_block, give_back_refused)


def _twice(rows: Sequence[SheetRow]) -> list[list[CellError]]:
    """For each row what is wrong with it because an earlier row has the same student or document number."""
    seen: dict[tuple[Any, ...], int] = {}
    found = []
    for row in rows:
        number, document = row.values["student_number"], row.values["id_number"]
        keys = {
            "student_number": number and ("student_number", number.lower()),
            "id_number": document and (row.values["id_kind"], document, row.values["level"]),
        }
        errors = []
        for name, key in keys.items():
            if key and (first := seen.setdefault(key, row.number)) != row.number:
                errors.append(CellError(TITLES[name], "twice_in_workbook", {"row": first}))
        found.append(errors)
    return found
