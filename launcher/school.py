"""How a school gets ready for selecting: catalogue, programme, fees and rounds, each by the commands that it takes.

Who gives the commands is a `Sender`: people of the story over HTTP, and in tests people at services without a gateway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from contracts.base import Operation
from contracts.courses.catalogue_commands import (
    AddAssessmentRequirement,
    AddCourseVersion,
    ApproveAssessmentRequirement,
    CreateCourse,
    CreateProgramme,
    GraduationConditionsInput,
    ModuleInput,
    OfferProgramme,
    ProgrammeCourseInput,
    PublishCourse,
    PublishProgramme,
    UseCourseVersion,
)
from contracts.courses.catalogue_views import (
    AssessmentRequirementView,
    CourseDetails,
    CourseVersionView,
    ProgrammeDetails,
)
from contracts.courses.commands import AddCoursesToRound, CreateSelectionRound, PublishSelectionRound
from contracts.courses.views import SelectionRoundDetails
from contracts.exams.commands import AddSession, CreateExamRound, PlaceCourses, Placement, PublishExamRound
from contracts.exams.views import ExamRoundDetails
from contracts.finance.commands import CreateFeeStandard, CreateRefundRule
from contracts.types import EducationLevel, ExamKind, FeeKind, Level

EXAM_TIME = timedelta(minutes=90)


class Sender(Protocol):
    """Somebody who gives commands."""

    def send(self, operation: Operation, /) -> Any:
        """The view that the operation answers with."""

    def send_when_known(self, operation: Operation, /) -> Any:
        """As `send`, as soon as the service has heard of what the command names from those who own it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A course that is entered, but may not be selected yet."""

    course: CourseDetails
    version: CourseVersionView
    requirement: AssessmentRequirementView

    @property
    def approval(self) -> ApproveAssessmentRequirement:
        """What a second person sends."""
        return ApproveAssessmentRequirement(requirement_id=self.requirement.id, version=self.requirement.version)


def enter_course(
    registrar: Sender, code: str, name: str, final: int, *, description: str | None = None, **fields: Any
) -> Draft:
    """A course for undergraduates with a version, of this `description`, and its requirement; its final counts
    `final` %."""
    values = {"credits": Decimal("4.0"), "education_levels": (EducationLevel.UNDERGRADUATE,), **fields}
    course: CourseDetails = registrar.send(CreateCourse(code=code, name=name, **values))
    version: CourseVersionView = registrar.send(AddCourseVersion(course_id=course.id, description=description))
    parts: dict[str, Any] = {"coursework_percent": 100 - final, "final_percent": final}
    if final:
        parts["exam_kind"] = ExamKind.PAPER
    return Draft(course, version, registrar.send(AddAssessmentRequirement(course_version_id=version.id, **parts)))


def publish_course(registrar: Sender, draft: Draft) -> CourseDetails:
    """The version is in use, the course published."""
    registrar.send(UseCourseVersion(course_version_id=draft.version.id, version=draft.version.version))
    published: CourseDetails = registrar.send(PublishCourse(course_id=draft.course.id, version=draft.course.version))
    return published


def programme(
    code: str, name: str, from_intake: str, modules: Mapping[str, Sequence[UUID]], **fields: Any
) -> CreateProgramme:
    """A programme of computer science whose modules hold these courses, a module for each term."""
    values: dict[str, Any] = {
        "major_name": "计算机科学与技术",
        "level": Level.TOP_UP_BACHELOR,
        "major_code": "080901",
        "schooling_length": "2.5",
        "modules": tuple(
            ModuleInput(
                name=module,
                minimum_credits=Decimal("6.0"),
                courses=tuple(ProgrammeCourseInput(course_id=id_, suggested_term=term) for id_ in course_ids),
            )
            for term, (module, course_ids) in enumerate(modules.items(), start=1)
        ),
        "graduation": GraduationConditionsInput(
            total_credits=Decimal("71.0"),
            minimum_years="2.5",
            maximum_years="8",
            pre_audit_credits=Decimal("60.0"),
        ),
    }
    return CreateProgramme(code=code, name=name, from_intake=from_intake, **{**values, **fields})


def publish_programme(registrar: Sender, command: CreateProgramme, points: Iterable[UUID]) -> ProgrammeDetails:
    """A published programme that the points offer."""
    made: ProgrammeDetails = registrar.send(command)
    made = registrar.send(PublishProgramme(programme_id=made.id, version=made.version))
    offer = OfferProgramme(programme_id=made.id, version=made.version, teaching_point_ids=tuple(points))
    offered: ProgrammeDetails = registrar.send_when_known(offer)
    return offered


def set_standards(
    cashier: Sender, standards: Iterable[tuple[EducationLevel, FeeKind, Decimal]], valid_from: date
) -> None:
    """What a credit and an exam cost, by level."""
    for level, kind, amount in standards:
        cashier.send(CreateFeeStandard(education_level=level, kind=kind, amount=amount, valid_from=valid_from))


def set_refund_rules(cashier: Sender, rules: Iterable[tuple[FeeKind, int | None, int]]) -> None:
    """How many percent of a fee go back within so many days after payment (None: whenever)."""
    for kind, days, percent in rules:
        cashier.send(CreateRefundRule(kind=kind, within_days=days, percent=percent))


def open_exam_round(
    officer: Sender,
    code: str,
    registration: tuple[datetime, datetime],
    begins: Sequence[datetime],
    course_ids: Sequence[UUID],
    name: str = "期末考试",
) -> ExamRoundDetails:
    """A published exam round whose `registration` opens and closes so, with a session for each of `begins`, over which
    the courses are spread."""
    opens_at, closes_at = registration
    round_: ExamRoundDetails = officer.send(
        CreateExamRound(code=code, name=name, registration_opens_at=opens_at, registration_closes_at=closes_at)
    )
    for number, starts_at in enumerate(begins, start=1):
        times = {"starts_at": starts_at, "ends_at": starts_at + EXAM_TIME}
        round_ = officer.send(AddSession(exam_round_id=round_.id, name=f"第{number}场", **times))
    sessions = sorted(round_.sessions, key=lambda session: session.starts_at)
    placements = tuple(
        Placement(course_id=course_id, session_id=sessions[number % len(sessions)].id)
        for number, course_id in enumerate(course_ids)
    )
    officer.send_when_known(PlaceCourses(exam_round_id=round_.id, placements=placements))
    published: ExamRoundDetails = officer.send(PublishExamRound(exam_round_id=round_.id, version=round_.version))
    return published


def open_selection_round(
    registrar: Sender, command: CreateSelectionRound, course_ids: Iterable[UUID]
) -> SelectionRoundDetails:
    """A published selection round of these courses."""
    round_: SelectionRoundDetails = registrar.send(command)
    registrar.send(AddCoursesToRound(selection_round_id=round_.id, course_ids=tuple(course_ids)))
    published: SelectionRoundDetails = registrar.send(
        PublishSelectionRound(selection_round_id=round_.id, version=round_.version)
    )
    return published
