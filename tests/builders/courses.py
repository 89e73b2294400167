"""A school that is ready for selecting: catalogue, programme and round by commands, the neighbours' state by events."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import create_engine, text

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.base import Operation
from contracts.courses.catalogue_commands import CreateProgramme
from contracts.courses.catalogue_views import CourseDetails, ProgrammeDetails
from contracts.courses.commands import CreateSelectionRound, SelectCourses
from contracts.courses.views import SelectionRoundDetails
from contracts.exams.events import ExamRoundCourseItem, ExamRoundCourseState, ExamRoundItem, ExamRoundState
from contracts.finance.events import BillItem, BillsPaid, FeeStandardItem, FeeStandardState, PaidBill
from contracts.identity.events import TeachingPointItem, TeachingPointState
from contracts.registry.events import StudentItem, StudentState
from contracts.types import FeeKind
from launcher import school as setting_up
from tests.builders.messages import a, of_selection
from tests.builders.people import At, of_point
from tests.racing import codes, race

INTAKE = "202609"


def course(harness: ServiceHarness, code: str = "50397", *, final: int = 50) -> CourseDetails:
    """A published course with a version in use and an approved requirement, whose final counts `final` %."""
    registrar = At(harness)
    draft = setting_up.enter_course(registrar, code, f"课程{code}", final)
    At(harness).send(draft.approval)
    return setting_up.publish_course(registrar, draft)


def programme_command(course_ids: Sequence[UUID], **fields: Any) -> CreateProgramme:
    """A programme with one module that holds these courses in the first term."""
    values: dict[str, Any] = {"code": "080901-ZSB", "name": "计算机科学与技术(专升本)2026版", "from_intake": INTAKE}
    return setting_up.programme(modules={"专业核心课": course_ids}, **{**values, **fields})


def programme(harness: ServiceHarness, course_ids: Sequence[UUID], points: Sequence[UUID] = ()) -> ProgrammeDetails:
    """A published programme, offered at `points`."""
    return setting_up.publish_programme(At(harness), programme_command(course_ids), points)


def selection_round(
    harness: ServiceHarness, course_ids: Sequence[UUID], code: str = "XK202609", **fields: Any
) -> SelectionRoundDetails:
    """A published round, open since an hour and for a week, with a deadline for payment three days later."""
    now = harness.clock.now()
    values: dict[str, Any] = {
        "name": "秋季选课",
        "opens_at": now - timedelta(hours=1),
        "closes_at": now + timedelta(days=7),
        "payment_deadline": now + timedelta(days=10),
        **fields,
    }
    return setting_up.open_selection_round(At(harness), CreateSelectionRound(code=code, **values), course_ids)


def standard(kind: FeeKind, amount: str) -> FeeStandardItem:
    """A fee standard for undergraduate courses, in force for years."""
    return a(FeeStandardItem, kind=kind, amount=Decimal(amount))


def exam_round(harness: ServiceHarness) -> ExamRoundItem:
    """A published exam round whose registration is open."""
    now = harness.clock.now()
    opens_at, closes_at = now - timedelta(hours=1), now + timedelta(days=30)
    return a(ExamRoundItem, registration_opens_at=opens_at, registration_closes_at=closes_at)


def sat_in(round_: ExamRoundItem, course_id: UUID, session_id: UUID | None = None) -> ExamRoundCourseItem:
    """A course of an exam round, in a session of its own unless told."""
    starts_at = round_.registration_closes_at + timedelta(days=20)
    times = {"starts_at": starts_at, "ends_at": starts_at + setting_up.EXAM_TIME}
    own = {"exam_round_id": round_.id, "course_id": course_id, "session_id": session_id or new_id()}
    return a(ExamRoundCourseItem, **own, **times)


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
        own = {"teaching_point_id": self.point, "programme_id": self.programme.id, **fields}
        made = [a(StudentItem, **own) for _ in range(count)]
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
    harness.feed(TeachingPointState, a(TeachingPointItem, id=point))
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
        results = school.harness.run(command, of_point(each.teaching_point_id)).results
        ids += [result.selection_id for result in results]
    return ids


def bill(school: School, selection_id: UUID, **fields: Any) -> BillItem:
    """A bill of a selection of the first student's."""
    return a(BillItem, **{**_first(school), "source": of_selection(selection_id), **fields})


def paid(school: School, *selection_ids: UUID, **fields: Any) -> BillsPaid:
    """Credit fees of the first student's selections have been paid."""
    values = {
        **_first(school),
        "exam_round_id": None,
        "exam_kind": None,
        "paid_at": school.harness.clock.now(),
        **fields,
    }
    rows = (a(PaidBill, source=of_selection(id_), **values) for id_ in selection_ids)
    return BillsPaid(bills=tuple(rows))


def _first(school: School) -> dict[str, Any]:
    """A credit fee of the first student for the first course."""
    return {
        "student_id": school.students[0].id,
        "teaching_point_id": school.point,
        "course_id": school.courses[0].id,
        "kind": FeeKind.CREDIT,
        "amount": Decimal("400.00"),
    }


def at_once(harness: ServiceHarness, operations: Sequence[tuple[Operation, Context]]) -> list[str]:
    """Run operations at the same moment: `done` or the code of the refusal of each."""
    return codes(race(*(partial(harness.run, operation, who) for operation, who in operations)))


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
