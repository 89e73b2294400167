"""Tables of the courses service and who sees which of their rows."""

from services.courses.tables.base import metadata
from services.courses.tables.catalogue import (
    assessment_requirements,
    course_versions,
    courses,
    terms,
)
from services.courses.tables.copies import (
    bills,
    exam_round_courses,
    exam_rounds,
    fee_standards,
    students,
    teaching_points,
)
from services.courses.tables.programmes import (
    programme_courses,
    programme_modules,
    programme_points,
    programmes,
)
from services.courses.tables.selections import (
    selection_round_courses,
    selection_rounds,
    selections,
    withdrawals,
)

__all__ = [
    "assessment_requirements",
    "bills",
    "course_versions",
    "courses",
    "exam_round_courses",
    "exam_rounds",
    "fee_standards",
    "metadata",
    "programme_courses",
    "programme_modules",
    "programme_points",
    "programmes",
    "selection_round_courses",
    "selection_rounds",
    "selections",
    "students",
    "teaching_points",
    "terms",
    "withdrawals",
]
