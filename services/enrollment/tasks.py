"""Forms as a file."""

from __future__ import annotations

from typing import Final

from chassis.running.exports import ListExport
from contracts.enrollment.commands import ExportApplications
from services.enrollment.queries.applications import list_applications
from services.enrollment.tables import admission_rounds, teaching_points

APPLICATIONS_AS_FILE: Final = ListExport(
    "application_export",
    ExportApplications,
    list_applications,
    (
        "number", "name", "gender", "id_number_masked", "teaching_point_name", "intake", "level", "student_type",
        "student_source", "major_code", "major_name", "schooling_length", "state", "prior_check", "student_number",
        "sent_at",
    ),
    known_by={"teaching_point_id": teaching_points.c.name, "admission_round_id": admission_rounds.c.code},
)  # fmt: skip
