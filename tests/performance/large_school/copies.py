"""The services' copies of each other's rows, read from their owners as those publish them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import uuid5

from chassis.base.clock import SystemClock
from chassis.declaring.service import load
from launcher.paths import declaring
from tests.performance.large_school.databases import Databases
from tests.performance.large_school.size import Size, id_at


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy: `columns` of it with what they are at the owner, where that is called otherwise; `source` are the rows."""

    owner: str
    consumer: str
    table: str
    columns: str
    source: str
    renamed: tuple[tuple[str, str], ...] = ()

    def carry(self, databases: Databases) -> None:
        """Write it, in the order of the owner's rows."""
        names = ["id", "version", "deleted", "seen_at", *self.columns.split()]
        at_owner = {"deleted": "false", "seen_at": "now()", **dict(self.renamed)}
        wanted = ", ".join(f"{at_owner[name]} AS {name}" if name in at_owner else f"o.{name}" for name in names)
        select = f"SELECT {wanted} FROM {self.source} AS o"
        databases.carry(self.owner, select, self.consumer, self.table, ", ".join(names))


_PROGRAMME = "code major_name status level student_type student_source major_code schooling_length from_intake until_intake"
_OFFERED = (
    "(SELECT jsonb_agg(p.teaching_point_id ORDER BY p.ctid) FROM programme_points AS p WHERE p.programme_id = o.id)"
)
_STUDENT = "student_number name teaching_point_id"
_STUDENT_OF_COURSES = (
    f"{_STUDENT} programme_id intake level student_type student_source major_code schooling_length status"
    " status_change_open degree_intent suspensions"
)
_SUSPENSIONS = """coalesce((
    SELECT jsonb_agg(jsonb_build_object('from_on', s.from_on, 'until_on', s.until_on) ORDER BY s.from_on)
    FROM suspensions AS s WHERE s.student_id = o.id
), '[]')"""
_SESSION = "(SELECT s.name FROM exam_sessions AS s WHERE s.id = o.session_id)"
_BILL = "selection_id number kind amount status student_id teaching_point_id course_id"

OF_SMALL_TABLES: Final = (
    Copy("identity", "registry", "teaching_points", "code name status", "teaching_points"),
    Copy("identity", "courses", "teaching_points", "code name", "teaching_points"),
    Copy(
        "courses", "registry", "programmes", f"{_PROGRAMME} teaching_point_ids", "programmes",
        (("teaching_point_ids", _OFFERED),),
    ),
    Copy("courses", "finance", "courses", "code name", "courses"),
    Copy(
        "courses", "exams", "courses", "code name education_levels", "courses",
        (("education_levels", "to_jsonb(o.education_levels)"),),
    ),
    Copy(
        "finance", "courses", "fee_standards",
        "education_level kind student_type student_source valid_from valid_until", "fee_standards",
    ),
    Copy("exams", "courses", "exam_rounds", "code status registration_opens_at registration_closes_at", "exam_rounds"),
    Copy(
        "exams", "courses", "exam_round_courses", "exam_round_id course_id session_id session_name", "exam_round_courses",
        (("session_name", _SESSION),),
    ),
)  # fmt: skip
STUDENTS_OF_COURSES: Final = Copy(
    "registry", "courses", "students", _STUDENT_OF_COURSES, "students", (("suspensions", _SUSPENSIONS),)
)
OTHER_STUDENTS: Final = (
    Copy(
        "registry", "finance", "students", f"{_STUDENT} intake level student_type major_code schooling_length", "students"
    ),
    Copy("registry", "exams", "students", f"{_STUDENT} student_type student_source status", "students"),
    Copy("registry", "identity", "students", f"{_STUDENT} status", "students"),
)
BILLS: Final = Copy("finance", "courses", "bills", _BILL, "bills")


def completed(databases: Databases, size: Size) -> None:
    """Note that every copy is complete: no service asks another for all its rows when it starts."""
    at = SystemClock().now()
    for service in databases.services:
        kinds = list(load(declaring(service)).copies)
        rows = [(kind, uuid5(id_at(size.now, 0, 0), f"{service} {kind}"), at, at) for kind in kinds]
        if rows:
            databases.fill(service, [("copy_states", "kind request_id requested_at completed_at", rows)])
