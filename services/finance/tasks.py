"""Long work of finance: bills as a file."""

from typing import Final

from chassis.running.exports import ListExport
from contracts.finance.commands import ExportBills
from services.finance.queries.bills import list_bills
from services.finance.tables.copies import courses, students
from services.finance.tables.payments import remittances

BILLS_AS_FILE: Final = ListExport(
    "bill_export",
    ExportBills,
    list_bills,
    (
        "number", "student_number", "student_name", "intake", "level", "student_type", "major_code", "schooling_length",
        "course_code", "course_name", "kind", "amount", "status", "method", "refunded_amount", "grace_until",
        "issued_at", "paid_at",
    ),
    known_by={
        "student_id": students.c.student_number,
        "course_id": courses.c.name,
        "remittance_id": remittances.c.number,
        "teaching_point_id": None,  # finance keeps no names of points
        "selection_id": None,
    },
)  # fmt: skip
