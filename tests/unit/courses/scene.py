"""A situation in which everything is in order, to be spoilt one at a time."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.base.ids import new_id
from services.courses.domain.calendar import Term
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

NOW = datetime(2026, 9, 10, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def round_(**fields: Any) -> Round:
    """An open round."""
    return replace(Round(new_id(), "XK202609", "published", NOW - DAY, NOW + DAY), **fields)


def offer(**fields: Any) -> ExamOffer:
    """An exam round whose registration is open."""
    return replace(ExamOffer(new_id(), "KS202701", NOW - DAY, NOW + DAY, new_id(), "第一场"), **fields)


def course(**fields: Any) -> Course:
    """A course with a final that can be selected and sat."""
    values: dict[str, Any] = {
        "id": new_id(),
        "code": "50397",
        "status": "published",
        "credits": Decimal("4.0"),
        "education_levels": ("undergraduate",),
        "version_id": new_id(),
        "version_number": 1,
        "requirement_id": new_id(),
        "has_final": True,
        "exam_kind": "paper",
        "in_round": True,
        "exams": (offer(),),
        **fields,
    }
    return Course(**values)


def student(**fields: Any) -> Student:
    """An active student with a programme."""
    values: dict[str, Any] = {
        "id": new_id(),
        "teaching_point_id": new_id(),
        "status": "active",
        "status_change_open": False,
        "degree_intent": False,
        "student_type": "开放教育",
        "student_source": "开放教育",
        "intake": "202609",
        "breaks": (),
        "programme_id": new_id(),
        "programme_code": "080901-ZSB",
        "early_selection": True,
        "cohort_id": 1,
        **fields,
    }
    return Student(**values)


@dataclass
class Scene:
    """Students and courses, each course in each student's programme unless told otherwise."""

    students: list[Student] = field(default_factory=lambda: [student()])
    courses: list[Course] = field(default_factory=lambda: [course()])
    round: Round = field(default_factory=round_)
    placed: ProgrammeCourse | None = field(default_factory=lambda: ProgrammeCourse(1, False))
    open: dict[UUID, list[OpenSelection]] = field(default_factory=dict)
    standards: list[Standard] = field(
        default_factory=lambda: [Standard(kind, "undergraduate", None, None) for kind in ("credit", "exam")]
    )
    terms: list[Term] = field(default_factory=list)

    def situation(self) -> Situation:
        """All of it as the rule takes it."""
        pairs = [(s.programme_id, c.id) for s in self.students for c in self.courses]
        return Situation(
            now=NOW,
            round=self.round,
            students={s.id: s for s in self.students},
            courses={c.id: c for c in self.courses},
            programme_courses=dict.fromkeys(pairs, self.placed) if self.placed else {},
            open_selections=self.open,
            standards=self.standards,
            terms=self.terms,
        )
