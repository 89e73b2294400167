"""The situation that the selection rule judges, read by one statement.

It is the hottest query of the system, so it is written as SQL and answers JSON: each part is planned by itself, which
takes a fraction of what planning one join of all tables takes, and nothing comes back once for every pair.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from chassis.data.prepared import Prepared, array
from chassis.data.unit_of_work import UnitOfWork
from contracts.errors import ServiceError
from services.courses.domain.calendar import StudyBreak, Term
from services.courses.domain.situation import (
    Course,
    ExamOffer,
    OpenSelection,
    ProgrammeCourse,
    Round,
    Situation,
    Standard,
    Student,
)

# The share lock lets a change of the student's status or point wait for this transaction: what reacts to the change
# then sees the selections made here.
_SITUATION = Prepared(
    "situation",
    """
SELECT json_build_object(
    'round', (
        SELECT row_to_json(r) FROM (
            SELECT id, code, status, opens_at, closes_at
            FROM selection_rounds WHERE id = %(round)s
        ) r
    ),
    'students', (
        SELECT json_agg(s) FROM (
            SELECT s.id, s.teaching_point_id, s.status, s.status_change_open, s.degree_intent, s.student_type,
                   s.student_source, s.intake, s.suspensions, s.programme_id, s.cohort_id,
                   p.code AS programme_code, p.early_selection
            FROM students s
            LEFT JOIN programmes p ON p.id = s.programme_id AND p.status <> 'draft'
            WHERE s.id = ANY (%(students)s) AND NOT s.deleted
            ORDER BY s.id
            FOR SHARE OF s
        ) s
    ),
    'courses', (
        SELECT json_agg(c) FROM (
            SELECT c.id, c.code, c.status, c.credits::text, c.education_levels, v.id AS version_id,
                   v.number AS version_number, a.id AS requirement_id, a.final_percent, a.exam_kind,
                   rc.course_id IS NOT NULL AS in_round,
                   (
                       SELECT json_agg(e) FROM (
                           SELECT x.id AS exam_round_id, x.code, x.registration_opens_at AS opens_at,
                                  x.registration_closes_at AS closes_at, e.session_id, e.session_name
                           FROM exam_round_courses e
                           JOIN exam_rounds x ON x.id = e.exam_round_id AND x.status = 'published' AND NOT x.deleted
                           WHERE e.course_id = c.id AND NOT e.deleted
                           ORDER BY x.registration_closes_at DESC
                           LIMIT 5
                       ) e
                   ) AS exams
            FROM courses c
            LEFT JOIN course_versions v ON v.course_id = c.id AND v.status = 'in_use'
            LEFT JOIN assessment_requirements a ON a.course_version_id = v.id AND a.state = 'approved'
            LEFT JOIN selection_round_courses rc
                ON rc.course_id = c.id AND rc.selection_round_id = %(round)s
            WHERE c.id = ANY (%(courses)s)
        ) c
    ),
    'programme_courses', (
        SELECT json_agg(pc) FROM (
            SELECT programme_id, course_id, suggested_term, degree_only
            FROM programme_courses
            WHERE course_id = ANY (%(courses)s)
              AND programme_id = ANY (ARRAY(SELECT programme_id FROM students WHERE id = ANY (%(students)s)))
        ) pc
    ),
    'open_selections', (
        SELECT json_agg(o) FROM (
            SELECT o.student_id, o.course_id, c.code AS course_code, o.state, e.session_id
            FROM selections o
            JOIN courses c ON c.id = o.course_id
            LEFT JOIN exam_round_courses e
                ON e.course_id = o.course_id AND e.exam_round_id = o.exam_round_id AND NOT e.deleted
            WHERE o.student_id = ANY (%(students)s)
              AND o.state IN ('pending_payment', 'closing', 'selected')
        ) o
    ),
    'standards', (
        SELECT json_agg(f) FROM (
            SELECT kind, education_level, student_type, student_source
            FROM fee_standards
            WHERE valid_from <= %(today)s AND (valid_until IS NULL OR valid_until >= %(today)s)
              AND NOT deleted
        ) f
    ),
    'terms', (SELECT json_agg(t) FROM (SELECT starts_on, ends_on FROM terms) t)
)::text
""",
    round="uuid",
    students="uuid[]",
    courses="uuid[]",
    today="date",
)


def situation_of(uow: UnitOfWork, round_id: UUID, student_ids: Sequence[UUID], course_ids: Sequence[UUID]) -> Situation:
    """Everything about these students and courses in one round. Raises `not_found` when there is no such round."""
    parameters = {
        "round": str(round_id),
        "students": array(student_ids),
        "courses": array(course_ids),
        "today": uow.today,
    }
    found = orjson.loads(_SITUATION.run(uow.connection, parameters).scalar_one())
    if found["round"] is None:
        raise ServiceError("not_found")
    open_selections: dict[UUID, list[OpenSelection]] = {}
    for row in found["open_selections"] or ():
        open_selections.setdefault(UUID(row["student_id"]), []).append(_open_selection(row))
    return Situation(
        now=uow.now,
        round=_round(found["round"]),
        students={student.id: student for student in map(_student, found["students"] or ())},
        courses={course.id: course for course in map(_course, found["courses"] or ())},
        programme_courses={
            (UUID(row["programme_id"]), UUID(row["course_id"])): ProgrammeCourse(
                row["suggested_term"], row["degree_only"]
            )
            for row in found["programme_courses"] or ()
        },
        open_selections=open_selections,
        standards=[Standard(**row) for row in found["standards"] or ()],
        terms=[Term(_day(row["starts_on"]), _day(row["ends_on"])) for row in found["terms"] or ()],
    )


def _round(row: Mapping[str, Any]) -> Round:
    return Round(
        id=UUID(row["id"]),
        code=row["code"],
        status=row["status"],
        opens_at=_instant(row["opens_at"]),
        closes_at=_instant(row["closes_at"]),
    )


def _student(row: Mapping[str, Any]) -> Student:
    return Student(
        id=UUID(row["id"]),
        teaching_point_id=UUID(row["teaching_point_id"]),
        status=row["status"],
        status_change_open=row["status_change_open"],
        degree_intent=row["degree_intent"],
        student_type=row["student_type"],
        student_source=row["student_source"],
        intake=row["intake"],
        breaks=study_breaks(row["suspensions"]),
        programme_id=UUID(row["programme_id"]),
        programme_code=row["programme_code"],
        early_selection=bool(row["early_selection"]),
        cohort_id=row["cohort_id"],
    )


def _course(row: Mapping[str, Any]) -> Course:
    return Course(
        id=UUID(row["id"]),
        code=row["code"],
        status=row["status"],
        credits=Decimal(row["credits"]),
        education_levels=tuple(row["education_levels"]),
        version_id=_uuid(row["version_id"]),
        version_number=row["version_number"],
        requirement_id=_uuid(row["requirement_id"]),
        has_final=bool(row["final_percent"]),
        exam_kind=row["exam_kind"],
        in_round=row["in_round"],
        exams=tuple(
            ExamOffer(
                exam_round_id=UUID(offer["exam_round_id"]),
                code=offer["code"],
                opens_at=_instant(offer["opens_at"]),
                closes_at=_instant(offer["closes_at"]),
                session_id=UUID(offer["session_id"]),
                session_name=offer["session_name"],
            )
            for offer in row["exams"] or ()
        ),
    )


def _open_selection(row: Mapping[str, Any]) -> OpenSelection:
    return OpenSelection(UUID(row["course_id"]), row["course_code"], row["state"], _uuid(row["session_id"]))


def study_breaks(suspensions: Sequence[Mapping[str, str | None]]) -> tuple[StudyBreak, ...]:
    """A student's suspensions, as the copy keeps them."""
    return tuple(
        StudyBreak(_day(each["from_on"] or ""), _day(each["until_on"]) if each["until_on"] else None)
        for each in suspensions
    )


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str) -> date:
    return date.fromisoformat(text)
