"""The services' copies of each other's rows, read from their owners as those publish them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid5

from chassis.base.clock import SystemClock
from chassis.declaring.service import load
from launcher.paths import declaring
from tests.performance.large_school.databases import Databases
from tests.performance.large_school.size import Size, id_at


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the owner's table of the same name, `o`: its columns, what those are at the owner where that is called
    otherwise, and what has to be joined for them."""

    owner: str
    consumer: str
    table: str
    columns: str
    otherwise: Mapping[str, str] = field(default_factory=dict)
    joined: str = ""
    kept_as: str = ""
    """The consumer's table, where that is called otherwise."""

    def carry(self, databases: Databases) -> None:
        """Write it, in the order of the owner's rows."""
        names = ["id", "version", "deleted", "seen_at", *self.columns.split()]
        otherwise = {"deleted": "false", "seen_at": "now()", **self.otherwise}
        wanted = ", ".join(otherwise.get(name, f"o.{name}") for name in names)
        select = f"SELECT {wanted} FROM {self.table} AS o {self.joined}"
        databases.carry(self.owner, select, self.consumer, self.kept_as or self.table, ", ".join(names))


_PROGRAMME = (
    "code major_name status level student_type student_source major_code schooling_length from_intake until_intake"
)
_LEVELS = "education_levels"
_PLACE = "exam_round_id course_id session_id"
_STUDENT = "student_number name teaching_point_id"
_OFFERED = (
    "(SELECT jsonb_agg(p.teaching_point_id ORDER BY p.ctid) FROM programme_points AS p WHERE p.programme_id = o.id)"
)
_PLACES = {
    **{name: f"o.information->'address'->>'{name}'" for name in ("province", "city", "district", "street")},
    **{name: f"(o.information->'address'->>'{name}')::float8" for name in ("longitude", "latitude")},
    "phones": "coalesce(o.information->'phones', '[]')",
}
_SESSION = "(SELECT s.name FROM exam_sessions AS s WHERE s.id = o.session_id)"
_SUSPENDED = """LEFT JOIN (
    SELECT student_id, jsonb_agg(jsonb_build_object('from_on', from_on, 'until_on', until_on) ORDER BY from_on) spells
    FROM suspensions GROUP BY student_id
) AS suspended ON suspended.student_id = o.id"""

OF_SMALL_TABLES: Final = (
    Copy("identity", "registry", "teaching_points", "code name status"),
    Copy("identity", "enrollment", "teaching_points", f"code name status {' '.join(_PLACES)}", _PLACES),
    Copy("identity", "courses", "teaching_points", "code name"),
    Copy("courses", "registry", "programmes", f"{_PROGRAMME} teaching_point_ids", {"teaching_point_ids": _OFFERED}),
    Copy("courses", "enrollment", "programmes", f"{_PROGRAMME} teaching_point_ids", {"teaching_point_ids": _OFFERED}),
    Copy("courses", "finance", "courses", "code name"),
    Copy("courses", "exams", "courses", f"code name {_LEVELS}", {_LEVELS: f"to_jsonb(o.{_LEVELS})"}),
    Copy(
        "finance", "courses", "fee_standards", "education_level kind student_type student_source valid_from valid_until"
    ),
    Copy("exams", "courses", "exam_rounds", "code status registration_opens_at registration_closes_at"),
    Copy("exams", "courses", "exam_round_courses", f"{_PLACE} session_name", {"session_name": _SESSION}),
)
STUDENTS_OF_COURSES: Final = Copy(
    "registry",
    "courses",
    "students",
    f"{_STUDENT} programme_id intake level student_type student_source major_code schooling_length status"
    " status_change_open degree_intent suspensions",
    {"suspensions": "coalesce(spells, '[]')"},
    _SUSPENDED,
)
OTHER_STUDENTS: Final = (
    Copy("registry", "finance", "students", f"{_STUDENT} intake level student_type major_code schooling_length"),
    Copy("registry", "exams", "students", f"{_STUDENT} student_type student_source status"),
    Copy("registry", "identity", "students", f"{_STUDENT} status"),
    Copy(
        "registry",
        "enrollment",
        "students",
        "id_kind id_number level studying",
        {"studying": "o.status IN ('active', 'suspended')"},
        kept_as="student_documents",
    ),
)
BILLS: Final = Copy(
    "finance",
    "courses",
    "bills",
    "selection_id number kind amount status student_id teaching_point_id course_id",
    {"selection_id": "o.source_id"},  # none of them is for a resit
)


def completed(databases: Databases, size: Size) -> None:
    """Note that every copy is complete: no service asks another for all its rows when it starts."""
    at = SystemClock().now()
    for service in databases.services:
        kinds = list(load(declaring(service)).copies)
        rows = [(kind, uuid5(id_at(size.now, 0, 0), f"{service} {kind}"), at, at) for kind in kinds]
        if rows:
            databases.fill(service, [("copy_states", "kind request_id requested_at completed_at", rows)])
