"""Forms as a file, and forms from a table."""

from __future__ import annotations

from typing import Final

from chassis.running.exports import ListExport
from chassis.running.imports import ListImport
from contracts.enrollment.commands import ExportApplications, ImportApplications, ImportPriorEducationChecks
from contracts.enrollment.queries import GetApplicationImportTemplate, GetPriorEducationCheckImportTemplate
from contracts.types import IdKind
from services.enrollment.papers import prior_checks as result_columns
from services.enrollment.papers.workbook import APPLICATIONS, Entry
from services.enrollment.queries.applications import list_applications
from services.enrollment.steps import imports, prior_checks
from services.enrollment.tables import admission_rounds, teaching_points

APPLICATIONS_AS_FILE: Final = ListExport(
    "application_export",
    ExportApplications,
    list_applications,
    (
        "number", "name", "gender", "id_number_masked", "teaching_point_name", "admission_round_code", "intake",
        "level", "student_type", "student_source", "major_code", "major_name", "schooling_length", "state",
        "prior_check", "student_number", "sent_at",
    ),
    known_by={"teaching_point_id": teaching_points.c.name, "admission_round_id": admission_rounds.c.code},
)  # fmt: skip

APPLICATIONS_IN: Final = ListImport(
    "application_import",
    ImportApplications,
    GetApplicationImportTemplate,
    APPLICATIONS,
    Entry,
    imports.judge,
    imports.enter,
    once={
        "id_number": lambda entry: (
            entry.id_number and (entry.id_kind or IdKind.RESIDENT, entry.id_number, entry.admission_round_code)
        )
    },
)

PRIOR_CHECKS_IN: Final = ListImport(
    "prior_education_check_import",
    ImportPriorEducationChecks,
    GetPriorEducationCheckImportTemplate,
    result_columns.PRIOR_CHECKS,
    result_columns.Entry,
    prior_checks.judge,
    prior_checks.enter,
    once={
        "id_number": lambda entry: (
            entry.id_number and (entry.id_kind, entry.id_number, entry.name, entry.prior_certificate_number)
        )
    },
    together=prior_checks.contradictions,
    effects={"admissions_cancelled": lambda line: line.record.ended},
)
