"""A school that is ready for selecting: catalogue, programme and round by commands, the neighbours' state by events."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, text

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness, acting
from contracts.base import Operation
from contracts.courses.catalogue_commands import (
    AddAssessmentRequirement,
    AddCoursesToRound,
    AddCourseVersion,
    ApproveAssessmentRequirement,
    CreateCourse,
    CreateProgramme,
    CreateSelectionRound,
    GraduationConditionsInput,
    ModuleInput,
    OfferProgramme,
    ProgrammeCourseInput,
    PublishCourse,
    PublishProgramme,
    PublishSelectionRound,
    UseCourseVersion,
)
from contracts.courses.commands import SelectCourses
from contracts.courses.views import CourseDetails, ProgrammeDetails, SelectionRoundDetails
from contracts.errors import ServiceError
from contracts.exams.events import ExamRoundCourseItem, ExamRoundCourseState, ExamRoundItem, ExamRoundState
from contracts.exams.states import ExamRoundStatus
from contracts.finance.events import BillItem, BillsPaid, FeeStandardItem, FeeStandardState, PaidBill
from contracts.finance.states import PaymentMethod
from contracts.identity.events import TeachingPointItem, TeachingPointState
from contracts.identity.states import TeachingPointStatus
from contracts.registry.events import StudentItem, StudentState
from contracts.types import EducationLevel, EnrolmentStatus, ExamKind, FeeKind, Level
from tests.builders.messages import of_selection

INTAKE = "202609"


def registrar(permission: str = "courses.manage_catalogue", **who: Any) -> Context:
    """Somebody of the school's registrar; each call is another person."""
    return acting(permission, **who)


def point_staff(teaching_point_id: UUID, permission: str = "courses.select", **who: Any) -> Context:
    """Somebody of a teaching point."""
    return acting(permission, scope="point", teaching_point_id=teaching_point_id, **who)


def as_student(student_id: UUID, permission: str = "courses.select", **who: Any) -> Context:
    """The student in person."""
    return acting(permission, scope="student", student_id=student_id, **who)


def course_lead(*course_ids: UUID, permission: str = "courses.read_selections") -> Context:
    """The lead of these courses."""
    return acting(permission, scope="course", ids=course_ids)


def course(harness: ServiceHarness, code: str = "50397", *, final: int = 50, **fields: Any) -> CourseDetails:
    """A published course with a version in use and an approved requirement, whose final counts `final` %."""
    school = registrar()
    values: dict[str, Any] = {
        "code": code,
        "name": f"课程{code}",
        "credits": Decimal("4.0"),
        "education_levels": (EducationLevel.UNDERGRADUATE,),
        **fields,
    }
    made = harness.run(CreateCourse(**values), school)
    harness.run(PublishCourse(course_id=made.id, version=made.version), school)
    version = harness.run(AddCourseVersion(course_id=made.id), school)
    harness.run(UseCourseVersion(course_version_id=version.id, version=version.version), school)
    requirement = harness.run(
        AddAssessmentRequirement(
            course_version_id=version.id,
            coursework_percent=100 - final,
            final_percent=final,
            exam_kind=ExamKind.PAPER if final else None,
        ),
        school,
    )
    approve = ApproveAssessmentRequirement(requirement_id=requirement.id, version=requirement.version)
    harness.run(approve, registrar())
    return made


def programme_command(course_ids: Sequence[UUID], **fields: Any) -> CreateProgramme:
    """A programme with one module that holds these courses in the first term."""
    values: dict[str, Any] = {
        "code": "080901-ZSB",
        "name": "计算机科学与技术(专升本)2026版",
        "major_name": "计算机科学与技术",
        "level": Level.TOP_UP_BACHELOR,
        "major_code": "080901",
        "schooling_length": "2.5",
        "from_intake": INTAKE,
        "modules": (
            ModuleInput(
                name="专业核心课",
                minimum_credits=Decimal("12.0"),
                courses=tuple(ProgrammeCourseInput(course_id=id_, suggested_term=1) for id_ in course_ids),
            ),
        ),
        "graduation": GraduationConditionsInput(
            total_credits=Decimal("76.0"),
            minimum_years="2.5",
            maximum_years="8",
            pre_audit_credits=Decimal("60.0"),
        ),
        **fields,
    }
    return CreateProgramme(**values)


def programme(
    harness: ServiceHarness, course_ids: Sequence[UUID], points: Sequence[UUID] = (), **fields: Any
) -> ProgrammeDetails:
    """A published programme, offered at `points`."""
    school = registrar()
    made = harness.run(programme_command(course_ids, **fields), school)
    offered = harness.run(
        OfferProgramme(programme_id=made.id, version=made.version, teaching_point_ids=tuple(points)), school
    )
    return harness.run(PublishProgramme(programme_id=made.id, version=offered.version), school)


def selection_round(
    harness: ServiceHarness, course_ids: Sequence[UUID], code: str = "XK202609", **fields: Any
) -> SelectionRoundDetails:
    """A published round, open since an hour and for a week, with a deadline for payment three days later."""
    school, now = registrar("courses.manage_rounds"), harness.clock.now()
    values: dict[str, Any] = {
        "code": code,
        "name": "秋季选课",
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(days=7),
        "payment_deadline": now + timedelta(days=10),
        **fields,
    }
    made = harness.run(CreateSelectionRound(**values), school)
    harness.run(AddCoursesToRound(selection_round_id=made.id, course_ids=tuple(course_ids)), school)
    return harness.run(PublishSelectionRound(selection_round_id=made.id, version=made.version), school)


def teaching_point(id_: UUID | None = None, **fields: Any) -> TeachingPointItem:
    """An enabled teaching point."""
    values: dict[str, Any] = {
        "id": id_ or new_id(),
        "version": 1,
        "code": f"{new_id().int % 10**6:06d}",
        "name": "城东教学点",
        "status": TeachingPointStatus.ENABLED,
        **fields,
    }
    return TeachingPointItem(**values)


def student(teaching_point_id: UUID, programme_id: UUID, **fields: Any) -> StudentItem:
    """An active student of the programme above."""
    values: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "student_number": f"26{new_id().int % 10**12:012d}",
        "name": "张晓明",
        "teaching_point_id": teaching_point_id,
        "programme_id": programme_id,
        "intake": INTAKE,
        "level": Level.TOP_UP_BACHELOR,
        "major_code": "080901",
        "schooling_length": "2.5",
        "major_name": "计算机科学与技术",
        "status": EnrolmentStatus.ACTIVE,
        "status_change_open": False,
        "degree_intent": False,
        "suspensions": (),
        **fields,
    }
    return StudentItem(**values)


def standard(kind: FeeKind, amount: str, **fields: Any) -> FeeStandardItem:
    """A fee standard for undergraduate courses, in force for years."""
    values: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "education_level": EducationLevel.UNDERGRADUATE,
        "kind": kind,
        "amount": Decimal(amount),
        "student_type": None,
        "student_source": None,
        "valid_from": "2020-01-01",
        "valid_until": None,
        **fields,
    }
    return FeeStandardItem(**values)


def exam_round(harness: ServiceHarness, **fields: Any) -> ExamRoundItem:
    """A published exam round whose registration is open."""
    now = harness.clock.now()
    values: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "code": "KS202701",
        "name": "期末考试",
        "registration_opens_at": now - timedelta(hours=1),
        "registration_closes_at": now + timedelta(days=30),
        "status": ExamRoundStatus.PUBLISHED,
        "arrangement_published_at": None,
        **fields,
    }
    return ExamRoundItem(**values)


def sat_in(round_: ExamRoundItem, course_id: UUID, session_id: UUID | None = None) -> ExamRoundCourseItem:
    """A course of an exam round, in a session of its own unless told."""
    starts_at = round_.registration_closes_at + timedelta(days=20)
    return ExamRoundCourseItem(
        id=new_id(),
        version=1,
        exam_round_id=round_.id,
        course_id=course_id,
        session_id=session_id or new_id(),
        session_name="第一场",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
    )


@dataclass
class School:
    """A school where everything is open and priced."""

    harness: ServiceHarness
    point: UUID
    courses: list[CourseDetails]
    programme: ProgrammeDetails
    round: SelectionRoundDetails
    exam_round: ExamRoundItem
    students: list[StudentItem] = field(default_factory=list)

    @property
    def course_ids(self) -> tuple[UUID, ...]:
        return tuple(each.id for each in self.courses)

    def add_students(self, count: int = 1, **fields: Any) -> list[StudentItem]:
        """Students of the point, known to the service."""
        made = [
            student(**{"teaching_point_id": self.point, "programme_id": self.programme.id, **fields})
            for _ in range(count)
        ]
        for start in range(0, count, 500):
            self.harness.feed(StudentState, *made[start : start + 500])
        self.students += made
        return made

    def change_student(self, item: StudentItem, **fields: Any) -> StudentItem:
        """The student as the registry now tells of them."""
        changed = item.model_copy(update={"version": item.version + 1, **fields})
        self.harness.feed(StudentState, changed)
        return changed


def school(harness: ServiceHarness, *, courses: int = 2, students: int = 1, final: int = 50) -> School:
    """Courses in one programme and one open round, exams with open registration, standards, and students."""
    point = new_id()
    harness.feed(TeachingPointState, teaching_point(point))
    made = [course(harness, f"{50000 + number}", final=final) for number in range(courses)]
    ids = [each.id for each in made]
    exams = exam_round(harness)
    harness.feed(ExamRoundState, exams)
    harness.feed(ExamRoundCourseState, *(sat_in(exams, id_) for id_ in ids))
    harness.feed(FeeStandardState, standard(FeeKind.CREDIT, "100.00"), standard(FeeKind.EXAM, "60.00"))
    ready = School(harness, point, made, programme(harness, ids, [point]), selection_round(harness, ids), exams)
    ready.add_students(students)
    return ready


def selected(school: School) -> list[UUID]:
    """Every course selected for every student, not paid yet: the ids in the order of students and courses."""
    return selected_for(school, school.students)


def selected_for(school: School, students: Sequence[StudentItem]) -> list[UUID]:
    """Every course selected for some students, each by the own point."""
    ids = []
    for each in students:
        command = SelectCourses(student_id=each.id, selection_round_id=school.round.id, course_ids=school.course_ids)
        results = school.harness.run(command, point_staff(each.teaching_point_id)).results
        ids += [result.selection_id for result in results]
    return ids


def bill(school: School, selection_id: UUID, **fields: Any) -> BillItem:
    """A bill of a selection of the first student's."""
    values: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "source": of_selection(selection_id),
        "number": f"JF{new_id().int % 10**10:010d}",
        "kind": FeeKind.CREDIT,
        "amount": Decimal("400.00"),
        "status": "unpaid",
        "student_id": school.students[0].id,
        "teaching_point_id": school.point,
        "course_id": school.courses[0].id,
        **fields,
    }
    return BillItem(**values)


def paid(school: School, *selection_ids: UUID, **fields: Any) -> BillsPaid:
    """Credit fees of the first student's selections have been paid."""
    values: dict[str, Any] = {
        "number": "JF0000000001",
        "kind": FeeKind.CREDIT,
        "student_id": school.students[0].id,
        "teaching_point_id": school.point,
        "course_id": school.courses[0].id,
        "exam_round_id": None,
        "exam_kind": None,
        "amount": Decimal("400.00"),
        "method": PaymentMethod.REMITTANCE,
        "paid_at": school.harness.clock.now(),
        **fields,
    }
    rows = (PaidBill(bill_id=new_id(), source=of_selection(id_), **values) for id_ in selection_ids)
    return BillsPaid(bills=tuple(rows))


def at_once(harness: ServiceHarness, operations: Sequence[tuple[Operation, Context]]) -> list[str]:
    """Run operations at the same time, each in a thread of its own: `done` or the error code of each."""
    start = Barrier(len(operations))

    def run(operation: Operation, who: Context) -> str:
        start.wait()
        try:
            harness.run(operation, who)
        except ServiceError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(len(operations)) as pool:
        return list(pool.map(lambda pair: run(*pair), operations))


def until_somebody_waits(harness: ServiceHarness, seconds: float = 10.0) -> None:
    """Return as soon as a connection to the harness's database waits for another one's lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    engine = create_engine(harness.admin_url)
    try:
        with engine.connect() as connection:
            until = time.monotonic() + seconds
            while not connection.scalar(waiting):
                assert time.monotonic() < until, "nobody waits for a lock"
                connection.rollback()  # statistics are fixed for a transaction
    finally:
        engine.dispose()
