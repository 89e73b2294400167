"""What people do at a school, a method for each: selecting, withdrawing, sitting, leaving."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from chassis.base.context import Context
from contracts.courses.commands import (
    ApproveWithdrawals,
    CancelSelections,
    RejectWithdrawals,
    RequestWithdrawals,
    RevokeWithdrawals,
    SelectCourses,
)
from contracts.courses.views import WithdrawalView
from contracts.exams.commands import CancelResits, PublishArrangement, RecordAttendance, RegisterResits
from contracts.exams.queries import GetExamRound, ListRegistrations
from contracts.exams.views import ExamRoundDetails, RegistrationView
from contracts.finance.commands import (
    ApproveWithdrawalReviews,
    RejectWithdrawalReviews,
)
from contracts.finance.views import BillView
from contracts.identity.commands import CreateUser, RemoveUser
from contracts.identity.views import UserView
from contracts.registry.commands import (
    ApproveStatusChanges,
    RejectStatusChanges,
    RemoveStudent,
    ResumeStudent,
    RevokeStatusChanges,
    SuspendStudent,
    TransferStudent,
)
from contracts.registry.queries import GetStudent
from launcher.school import EXAM_TIME
from tests.sagas.admitting import Admitting
from tests.sagas.people import ACCOUNTANT, ADMINISTRATOR, EXAMINER, OTHER_REGISTRAR, REGISTRAR
from tests.sagas.stage import Student


class School(Admitting):
    """A school in which all services run."""

    # --- selecting ---

    def selects(self, student: Student, course: str = "maths", *, by: Context | None = None) -> UUID:
        """The student's point (or who is told) selects a course; the selection."""
        command = SelectCourses(
            student_id=student.id,
            selection_round_id=self.site.selection_round,
            course_ids=(self.course(course),),
        )
        answer = self.do(command, by or self._staff_of(student))
        selection_id: UUID = answer.results[0].selection_id
        return selection_id

    def cancels(self, selection: UUID, *, by: Context | None = None) -> None:
        """An unpaid selection is cancelled."""
        command = CancelSelections(selection_ids=(selection,))
        self.do(command, by or self._applicant(selection))

    def selects_and_pays(self, student: Student, course: str = "maths") -> UUID:
        """A course is selected and paid; the selection."""
        selection = self.selects(student, course)
        self.pays(selection)
        return selection

    # --- withdrawing ---

    def withdrawal(self, selection: UUID) -> WithdrawalView:
        """The newest withdrawal of a selection."""
        found = self.newest_withdrawal(selection)
        assert found is not None, "no withdrawal"
        return found

    def requests_withdrawal(self, selection: UUID, by: Context | None = None) -> UUID:
        """The point (or who is told) asks for a paid course to be withdrawn; the withdrawal."""
        command = RequestWithdrawals(selection_ids=(selection,), reason="工作调动")
        answer = self.do(command, by or self._applicant(selection))
        withdrawal_id: UUID = answer.results[0].withdrawal_id
        return withdrawal_id

    def applicant_revokes(self, withdrawal: UUID, by: Context | None = None) -> None:
        """The point takes its request back."""
        self.do(RevokeWithdrawals(withdrawal_ids=(withdrawal,)), by or self.east)

    def registrar_approves(self, withdrawal: UUID, by: Context = REGISTRAR) -> None:
        """The academic review agrees: finance's turn."""
        self.do(ApproveWithdrawals(withdrawal_ids=(withdrawal,)), by)

    def registrar_rejects(self, withdrawal: UUID, by: Context = REGISTRAR) -> None:
        """The academic review does not agree."""
        command = RejectWithdrawals(withdrawal_ids=(withdrawal,), note="理由不充分")
        self.do(command, by)

    def finance_agrees(self, withdrawal: UUID, by: Context = ACCOUNTANT) -> None:
        """Finance agrees: the money goes back."""
        command = ApproveWithdrawalReviews(withdrawal_ids=(withdrawal,))
        self.do(command, by)

    def finance_disagrees(self, withdrawal: UUID, by: Context = ACCOUNTANT) -> None:
        """Finance does not agree."""
        command = RejectWithdrawalReviews(withdrawal_ids=(withdrawal,), note="材料不全")
        self.do(command, by)

    def withdraws(self, selection: UUID) -> UUID:
        """A withdrawal is asked for and passes the academic review."""
        withdrawal = self.requests_withdrawal(selection)
        self.registrar_approves(withdrawal)
        return withdrawal

    # --- exams ---

    def registration(self, of: UUID) -> RegistrationView | None:
        """The registration of a selection."""
        found = self.ask(ListRegistrations(selection_id=of)).items
        assert len(found) <= 1, f"{len(found)} registrations of one selection"
        return found[0] if found else None

    def publishes_arrangement(self) -> None:
        """Registration has closed, and it is told who sits."""
        if self.world.clock.now() < self.site.registration_closes:
            self.at(self.site.registration_closes)
        self.publishes_arrangement_of(self.site.exam_round)

    def publishes_arrangement_of(self, round_: ExamRoundDetails) -> None:
        """It is told who sits in a round whose registration has closed."""
        version = self.ask(GetExamRound(exam_round_id=round_.id)).version
        command = PublishArrangement(exam_round_id=round_.id, version=version)
        self.do(command, EXAMINER)

    def exam_is_held(self, course: str = "maths", *, absent: tuple[UUID, ...] = ()) -> None:
        """The exam of a course is over; the registrations of these selections were absent."""
        placed = next(c for c in self.site.exam_round.courses if c.course_id == self.course(course))
        session = next(s for s in self.site.exam_round.sessions if s.id == placed.session_id)
        self.at(session.starts_at + EXAM_TIME)
        missed = tuple(found.id for selection in absent if (found := self.registration(selection)))
        command = RecordAttendance(session_id=session.id, course_id=placed.course_id, absent_ids=missed)
        self.do(command, EXAMINER)

    def misses_exam(self, student: Student, course: str = "maths") -> UUID:
        """A course is selected and paid, and the student does not come to its exam; the selection."""
        selection = self.selects_and_pays(student, course)
        self.publishes_arrangement()
        self.exam_is_held(course, absent=(selection,))
        return selection

    def resit_registration_opens(self) -> None:
        """The next round is open from now on."""
        if self.world.clock.now() < self.site.resit_round.registration_opens_at:
            self.at(self.site.resit_round.registration_opens_at)

    def registers_resit(self, selection: UUID, by: Context | None = None) -> UUID:
        """A missed exam is to be repeated in the next round; the resit."""
        self.resit_registration_opens()
        missed = self.registration(selection)
        assert missed is not None
        command = RegisterResits(exam_round_id=self.site.resit_round.id, registration_ids=(missed.id,))
        answer = self.do(command, by or self._applicant(selection))
        registration_id: UUID = answer.results[0].registration_id
        return registration_id

    def resit_bills(self, resit: UUID) -> list[BillView]:
        """The bills of a resit."""
        return [bill for bill in self.bills() if bill.registration_id == resit]

    def remits_resit(self, resit: UUID) -> UUID:
        """The point remits the fee of a resit; the slip."""
        return self.remits_bills(self.resit_bills(resit))

    def cancels_resit(self, resit: UUID) -> None:
        """An unpaid resit is cancelled."""
        self.do(CancelResits(registration_ids=(resit,)), self.east)

    # --- status ---

    def suspends(self, student: Student) -> None:
        """休学."""
        self._change(SuspendStudent(**self._student(student), from_on=self._next_day(), reason="因病休养"))

    def resumes(self, student: Student) -> None:
        """复学."""
        self._change(ResumeStudent(**self._student(student), on=self._next_day(), reason="休学期满"))

    def removes(self, student: Student) -> None:
        """退学."""
        self._change(RemoveStudent(**self._student(student), voluntary=True, reason="个人原因"))

    def asks_for_transfer(self, student: Student, to: str = "west") -> UUID:
        """转教学点 is asked for; the status change."""
        point_id: UUID = getattr(self.site, to)
        command = TransferStudent(**self._student(student), to_teaching_point_id=point_id, reason="工作地点变动")
        change_id: UUID = self.do(command, REGISTRAR).id
        return change_id

    def transfers(self, student: Student, to: str = "west") -> UUID:
        """转教学点, asked for and approved; the status change."""
        change = self.asks_for_transfer(student, to)
        self.second_person_approves(change)
        return change

    def second_person_approves(self, change: UUID) -> None:
        """The school agrees to a status change."""
        self.do(ApproveStatusChanges(status_change_ids=(change,)), OTHER_REGISTRAR)

    def second_person_rejects(self, change: UUID) -> None:
        """The school does not agree to a status change."""
        self.do(RejectStatusChanges(status_change_ids=(change,), note="理由不充分"), OTHER_REGISTRAR)

    def revokes_change(self, change: UUID) -> None:
        """The status change is off."""
        self.do(RevokeStatusChanges(status_change_ids=(change,)), REGISTRAR)

    # --- accounts ---

    def hires(self, username: str) -> UserView:
        """Somebody of the school's staff, who has not signed in yet."""
        command = CreateUser.model_validate({"username": username, "name": "王伟", "roles": [{"role": "school_exams"}]})
        hired: UserView = self.do(command, ADMINISTRATOR).user
        return hired

    def erases(self, employee: UserView) -> None:
        """The account of somebody who never signed in is erased."""
        self.do(RemoveUser(user_id=employee.id, version=employee.version), ADMINISTRATOR)

    # --- details ---

    def _change(self, command: SuspendStudent | ResumeStudent | RemoveStudent) -> None:
        """One person of the school asks, another one agrees."""
        self.second_person_approves(self.do(command, REGISTRAR).id)

    def _next_day(self) -> date:
        """A later day each time, none to come: suspensions and returns of one afternoon follow each other in the
        register."""
        return self.today - timedelta(days=100) + timedelta(days=next(self._days))

    def _student(self, student: Student) -> dict[str, object]:
        return {"student_id": student.id, "version": self.ask(GetStudent(student_id=student.id)).version}
