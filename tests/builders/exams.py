"""Exam rounds, registrations and what the exams service hears, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.courses.events import CourseItem, CourseState, SentWithdrawal, WithdrawalsSentToFinance
from contracts.exams.commands import PublishArrangement
from contracts.exams.views import ArrangementResult, ExamRoundDetails
from contracts.finance.events import (
    BillsPaid,
    PaidBill,
    RejectedWithdrawal,
    ReviewedWithdrawal,
    WithdrawalsApproved,
    WithdrawalsRejected,
)
from contracts.registry.events import StudentItem, StudentState
from contracts.types import EnrolmentStatus
from launcher.school import open_exam_round
from tests.builders.messages import a
from tests.builders.people import At, of_school

CLOSES_AFTER = timedelta(days=30)
EXAM_AFTER = timedelta(days=60)

ROUNDS = of_school(name="考务")
ARRANGER = of_school(name="考务")
INVIGILATOR = of_school(name="考务")


@dataclass
class Candidate:
    """A student as the registry publishes one; `now` makes the newest item."""

    id: UUID = field(default_factory=new_id)
    point_id: UUID = field(default_factory=new_id)
    status: EnrolmentStatus = EnrolmentStatus.ACTIVE
    version: int = 1
    name: str = "测试学生"

    def now(self) -> StudentItem:
        """The student's public state."""
        return a(
            StudentItem,
            id=self.id,
            version=self.version,
            student_number=f"26{self.id.int % 10**14:014d}",
            name=self.name,
            teaching_point_id=self.point_id,
            status=self.status,
        )

    def becomes(self, status: EnrolmentStatus) -> Candidate:
        """The next version of the student, in another status."""
        self.status, self.version = status, self.version + 1
        return self


def course_item(course_id: UUID, code: str = "") -> CourseItem:
    """A published course, its code made of its id."""
    return a(CourseItem, id=course_id, code=code or f"{course_id.int % 100_000:05d}")


@dataclass
class Round:
    """A round with a session for each course."""

    details: ExamRoundDetails
    courses: list[UUID]

    @property
    def id(self) -> UUID:
        return self.details.id

    @property
    def closes_at(self) -> datetime:
        return self.details.registration_closes_at

    def session_of(self, course_id: UUID) -> Any:
        """The session in which a course is sat."""
        placed = {course.course_id: course.session_id for course in self.details.courses}
        return next(session for session in self.details.sessions if session.id == placed[course_id])


def published_round(
    exams: ServiceHarness,
    *,
    courses: int = 1,
    sessions: int | None = None,
    known: Sequence[UUID] = (),
    code: str = "KS1",
) -> Round:
    """A published round that is open now: `courses` new courses besides the `known` ones, spread over its sessions."""
    now = exams.clock.now()
    ids = [*known, *(new_id() for _ in range(courses))]
    exams.feed(CourseState, *(course_item(id_) for id_ in ids))
    begins = [now + EXAM_AFTER + timedelta(hours=3 * n) for n in range(len(ids) if sessions is None else sessions)]
    registration = now - timedelta(days=1), now + CLOSES_AFTER
    return Round(open_exam_round(At(exams, ROUNDS), code, registration, begins, ids), ids)


def paid_fee(candidate: Candidate, round_: Round, course_id: UUID, **other: Any) -> PaidBill:
    """A paid exam fee of a new selection, unless `source` says otherwise."""
    return a(
        PaidBill,
        student_id=candidate.id,
        teaching_point_id=candidate.point_id,
        course_id=course_id,
        exam_round_id=round_.id,
        paid_at=round_.details.registration_opens_at + timedelta(days=2),
        **other,
    )


def registered(exams: ServiceHarness, candidate: Candidate, round_: Round, course_id: UUID) -> PaidBill:
    """Let the student's selection of a course be paid; the paid bill."""
    exams.feed(StudentState, candidate.now())
    fee = paid_fee(candidate, round_, course_id)
    exams.deliver(BillsPaid(bills=(fee,)))
    return fee


def sent_withdrawal(fee: PaidBill) -> SentWithdrawal:
    """A withdrawal of a paid selection, as courses sends it to finance."""
    same = ("student_id", "teaching_point_id", "course_id", "exam_round_id")
    return a(SentWithdrawal, selection_id=fee.source.id, **{name: getattr(fee, name) for name in same})


def held(exams: ServiceHarness, fee: PaidBill) -> SentWithdrawal:
    """Send a withdrawal of the selection to finance's review."""
    withdrawal = sent_withdrawal(fee)
    exams.deliver(WithdrawalsSentToFinance(withdrawals=(withdrawal,)))
    return withdrawal


def approved(withdrawal: SentWithdrawal) -> WithdrawalsApproved:
    """Finance agrees."""
    same = ("withdrawal_id", "selection_id", "student_id", "course_id")
    row = a(ReviewedWithdrawal, **{name: getattr(withdrawal, name) for name in same})
    return WithdrawalsApproved(withdrawals=(row,))


def rejected(withdrawal: SentWithdrawal) -> WithdrawalsRejected:
    """Finance does not agree."""
    row = a(RejectedWithdrawal, withdrawal_id=withdrawal.withdrawal_id, selection_id=withdrawal.selection_id)
    return WithdrawalsRejected(withdrawals=(row,))


def arrange(exams: ServiceHarness, round_: Round) -> ArrangementResult:
    """Let registration end and publish the arrangement."""
    exams.clock.set(max(round_.closes_at, exams.clock.now()))
    result: ArrangementResult = exams.run(
        PublishArrangement(exam_round_id=round_.id, version=round_.details.version), ARRANGER
    )
    return result
