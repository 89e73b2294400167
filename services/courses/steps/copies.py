"""How other services' state items become rows of the local copies, where the two differ."""

from typing import Any

from contracts.finance.events import BillItem
from contracts.finance.source import SourceKind
from contracts.registry.events import StudentItem

_STUDENT_COLUMNS = {
    "student_number",
    "name",
    "teaching_point_id",
    "programme_id",
    "intake",
    "level",
    "student_type",
    "student_source",
    "major_code",
    "schooling_length",
    "status",
    "status_change_open",
    "degree_intent",
}

_BILL_COLUMNS = {"number", "kind", "amount", "status", "student_id", "teaching_point_id", "course_id"}


def bill_row(item: BillItem) -> dict[str, Any]:
    """A bill's columns: of what it is for, courses knows selections alone."""
    return {**item.model_dump(include=_BILL_COLUMNS), "selection_id": item.source.id_if(SourceKind.SELECTION)}


def student_row(item: StudentItem) -> dict[str, Any]:
    """A student's columns; the suspensions are kept as JSON."""
    return {
        **item.model_dump(include=_STUDENT_COLUMNS),
        "suspensions": [suspension.model_dump(mode="json") for suspension in item.suspensions],
    }
