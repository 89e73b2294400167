"""Long work of finance: bills as a file."""

from typing import Final

from chassis.running.exports import ListExport
from contracts.finance.commands import ExportBills
from services.finance.queries.bills import list_bills

BILLS_AS_FILE: Final = ListExport(
    "bill_export",
    ExportBills,
    list_bills,
    (
        "number", "student_number", "student_name", "intake", "level", "student_type", "major_code", "schooling_length",
        "course_code", "course_name", "kind", "amount", "status", "method", "refunded_amount", "issued_at", "paid_at",
    ),
)  # fmt: skip
