"""What the selection rule has to know, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from chassis.base.clock import local_date
from chassis.work.reasons import Reason
from contracts.types import FeeKind
from services.courses.domain.calendar import StudyBreak, Term


@dataclass(frozen=True, slots=True)
class Round:
    """The selection round that is selected in."""

    id: UUID
    code: str
    status: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class Student:
    """A student with the programme that they study by (no code: it is not known here)."""

    id: UUID
    teaching_point_id: UUID
    status: str
    status_change_open: bool
    degree_intent: bool
    student_type: str
    student_source: str
    intake: str
    breaks: tuple[StudyBreak, ...]
    programme_id: UUID
    programme_code: str | None
    early_selection: bool
    cohort_id: int


@dataclass(frozen=True, slots=True)
class ExamOffer:
    """A published exam round in which the course can be sat."""

    exam_round_id: UUID
    code: str
    opens_at: datetime
    closes_at: datetime
    session_id: UUID
    session_name: str


@dataclass(frozen=True, slots=True)
class Course:
    """A course with its version in use and that version's approved assessment requirement, where there are such."""

    id: UUID
    code: str
    status: str
    credits: Decimal
    education_levels: tuple[str, ...]
    version_id: UUID | None
    version_number: int | None
    requirement_id: UUID | None
    has_final: bool
    exam_kind: str | None
    in_round: bool
    exams: tuple[ExamOffer, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeCourse:
    """How a course stands in a programme."""

    suggested_term: int
    degree_only: bool


@dataclass(frozen=True, slots=True)
class OpenSelection:
    """A selection that is open already, with its exam session."""

    course_id: UUID
    course_code: str
    state: str
    session_id: UUID | None


@dataclass(frozen=True, slots=True)
class Standard:
    """A fee standard in force; empty type or source means every one."""

    kind: str
    education_level: str
    student_type: str | None
    student_source: str | None


@dataclass(frozen=True)
class Situation:
    """All that the rule needs to know. `courses` and `students` hold those that exist and may be seen."""

    now: datetime
    round: Round
    students: Mapping[UUID, Student]
    courses: Mapping[UUID, Course]
    programme_courses: Mapping[tuple[UUID, UUID], ProgrammeCourse]
    open_selections: Mapping[UUID, Sequence[OpenSelection]]
    standards: Sequence[Standard]
    terms: Sequence[Term]
    _priced: dict[tuple[Any, ...], bool] = field(default_factory=dict)

    @cached_property
    def today(self) -> date:
        """The day whose standards and term count."""
        return local_date(self.now)

    def has_standard(self, kind: FeeKind, course: Course, student: Student) -> bool:
        """Whether a standard prices the course for this student: of several levels one is enough, the cheapest of
        those that have a standard is charged."""
        key = (kind, course.education_levels, student.student_type, student.student_source)
        if key not in self._priced:
            self._priced[key] = any(
                standard.kind == kind
                and standard.education_level in course.education_levels
                and standard.student_type in (None, student.student_type)
                and standard.student_source in (None, student.student_source)
                for standard in self.standards
            )
        return self._priced[key]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says about one student and one course. Selected when there are no `reasons`."""

    student_id: UUID
    course_id: UUID
    reasons: tuple[Reason, ...] = ()
    exam: ExamOffer | None = None
    warnings: tuple[Reason, ...] = ()

    @property
    def selected(self) -> bool:
        return not self.reasons

    @property
    def skipped(self) -> bool:
        """Nothing speaks against it but that it is selected already."""
        return len(self.reasons) == 1 and self.reasons[0].code == "already_selected"
