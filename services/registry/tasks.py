"""Students as a file, and student records from a table."""

from __future__ import annotations

from typing import Final

from chassis.running.exports import ListExport
from chassis.running.imports import ListImport
from contracts.registry.commands import ExportStudents, ImportStudents
from contracts.registry.queries import GetStudentImportTemplate
from contracts.types import IdKind
from services.registry import queries
from services.registry.papers.workbook import STUDENTS, Entry
from services.registry.steps import imports
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

STUDENTS_IN: Final = ListImport(
    "student_import",
    ImportStudents,
    GetStudentImportTemplate,
    STUDENTS,
    Entry,
    imports.judge,
    imports.enter,
    once={
        "student_number": lambda entry: entry.student_number and entry.student_number.lower(),
        "id_number": lambda entry: entry.id_number and (entry.id_kind or IdKind.RESIDENT, entry.id_number, entry.level),
    },
)
