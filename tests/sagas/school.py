"""What people do at a school, a method for each: selecting, paying, withdrawing, sitting, leaving."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

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
    ApproveRemittance,
    ApproveWithdrawalReviews,
    BookLateRemittance,
    ConfirmRefunds,
    CreateRefundRule,
    CreateRemittance,
    DeleteFeeStandard,
    DeleteRefundRule,
    EndFeeStandard,
    FailRefund,
    RejectRemittance,
    RejectWithdrawalReviews,
    RetryRefund,
    RevokeRemittance,
)
from contracts.finance.queries import (
    GetRemittance,
    ListBills,
    ListFeeStandards,
    ListRefundRules,
    ListRefunds,
    ListSuspense,
)
from contracts.finance.states import RefundState
from contracts.finance.views import BillView, RefundView, RemittanceDetails, SuspenseView
from contracts.registry.commands import (
    RemoveStudent,
    ResumeStudent,
    RevokeTransfer,
    SuspendStudent,
    TransferStudent,
)
from contracts.registry.queries import GetStatusChange, GetStudent
from contracts.types import FeeKind
from tests.builders.school import EXAM_TIME
from tests.sagas.expectations import Expectations
from tests.sagas.people import ACCOUNTANT, CASHIER, EXAMINER, REGISTRAR, Person
from tests.sagas.stage import Stage, Student


class School(Expectations, Stage):
    """A school in which all five services run."""

    # --- selecting ---

    def selects(self, student: Student, course: str = "maths", *, by: Person | None = None) -> UUID:
        """The student's point (or who is told) selects a course; the selection."""
        command = SelectCourses(
            student_id=student.id,
            selection_round_id=self.site.selection_round,
            course_ids=(self.course(course),),
        )
        answer = self.do(command, by or self._staff_of(student), "courses.select")
        selection_id: UUID = answer.results[0].selection_id
        return selection_id

    def cancels(self, selection: UUID, *, by: Person | None = None) -> None:
        """An unpaid selection is cancelled."""
        command = CancelSelections(selection_ids=(selection,))
        self.do(command, by or self._applicant(selection), "courses.cancel_selections")

    # --- paying ---

    def bills(self, selection: UUID | None = None) -> list[BillView]:
        """All bills, or those of a selection."""
        filters = {"selection_id": selection} if selection else {}
        return list(self.ask(ListBills(size=200, sort="number", **filters)).items)

    def remits(self, *selections: UUID, by: Person | None = None) -> UUID:
        """A point remits the unpaid bills of some selections; the slip."""
        bills = [bill for selection in selections for bill in self.bills(selection)]
        return self.remits_bills(bills, by=by)

    def remits_bills(self, bills: list[BillView], by: Person | None = None) -> UUID:
        """A point remits bills; the slip."""
        command = CreateRemittance(
            bill_ids=tuple(bill.id for bill in bills), payer_name="教学点", remitted_on=self.today
        )
        slip_id: UUID = self.do(command, by or self._staff_at(bills[0].teaching_point_id), "finance.remit").id
        return slip_id

    def finance_approves(self, slip: UUID, by: Person = ACCOUNTANT) -> None:
        """The money is there."""
        self.do(ApproveRemittance(**self._money_of(slip)), by, "finance.review_remittances")

    def finance_rejects(self, slip: UUID, by: Person = ACCOUNTANT) -> None:
        """The money is not there."""
        command = RejectRemittance(remittance_id=slip, version=self._version_of(slip), note="款项未到账")
        self.do(command, by, "finance.review_remittances")

    def point_revokes(self, slip: UUID) -> None:
        """The point takes its slip back."""
        found = self.slip(slip)
        command = RevokeRemittance(remittance_id=slip, version=found.version)
        self.do(command, self._staff_at(found.teaching_point_id), "finance.remit")

    def finance_books_late(self, slip: UUID) -> None:
        """The money of a slip that came to nothing has arrived after all."""
        self.do(BookLateRemittance(**self._money_of(slip)), ACCOUNTANT, "finance.review_remittances")

    def ends_fee(self, kind: FeeKind) -> None:
        """Standards of a kind end today."""
        for standard in self.ask(ListFeeStandards(kind=kind)).items:
            ended = self.today - timedelta(days=1)
            command = EndFeeStandard(fee_standard_id=standard.id, version=standard.version, valid_until=ended)
            self.do(command, ACCOUNTANT, "finance.manage_standards")

    def slip(self, slip: UUID) -> RemittanceDetails:
        """A slip as finance shows it."""
        found: RemittanceDetails = self.ask(GetRemittance(remittance_id=slip))
        return found

    def suspense(self) -> list[SuspenseView]:
        """Money that came for bills which could not take it."""
        return list(self.ask(ListSuspense()).items)

    def abolishes_fee(self, kind: FeeKind) -> None:
        """Standards of a kind by which no bill was made are removed."""
        for standard in self.ask(ListFeeStandards(kind=kind)).items:
            command = DeleteFeeStandard(fee_standard_id=standard.id, version=standard.version)
            self.do(command, ACCOUNTANT, "finance.manage_standards")

    def pays(self, *selections: UUID) -> None:
        """The point remits, finance approves."""
        self.finance_approves(self.remits(*selections))

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

    def refund_rule(self, kind: FeeKind, *, percent: int) -> None:
        """From now on only this share of a fee goes back."""
        for rule in self.ask(ListRefundRules()).items:
            if rule.kind is kind:
                command = DeleteRefundRule(refund_rule_id=rule.id, version=rule.version)
                self.do(command, ACCOUNTANT, "finance.manage_standards")
        new = CreateRefundRule(kind=kind, within_days=None, percent=percent)
        self.do(new, ACCOUNTANT, "finance.manage_standards")

    def requests_withdrawal(self, selection: UUID, by: Person | None = None) -> UUID:
        """The point (or who is told) asks for a paid course to be withdrawn; the withdrawal."""
        command = RequestWithdrawals(selection_ids=(selection,), reason="工作调动")
        answer = self.do(command, by or self._applicant(selection), "courses.request_withdrawals")
        withdrawal_id: UUID = answer.results[0].withdrawal_id
        return withdrawal_id

    def applicant_revokes(self, withdrawal: UUID, by: Person | None = None) -> None:
        """The point takes its request back."""
        self.do(RevokeWithdrawals(withdrawal_ids=(withdrawal,)), by or self.east, "courses.request_withdrawals")

    def registrar_approves(self, withdrawal: UUID, by: Person = REGISTRAR) -> None:
        """The academic review agrees: finance's turn."""
        self.do(ApproveWithdrawals(withdrawal_ids=(withdrawal,)), by, "courses.review_withdrawals")

    def registrar_rejects(self, withdrawal: UUID, by: Person = REGISTRAR) -> None:
        """The academic review does not agree."""
        command = RejectWithdrawals(withdrawal_ids=(withdrawal,), note="理由不充分")
        self.do(command, by, "courses.review_withdrawals")

    def finance_agrees(self, withdrawal: UUID, by: Person = ACCOUNTANT) -> None:
        """Finance agrees: the money goes back."""
        command = ApproveWithdrawalReviews(withdrawal_ids=(withdrawal,))
        self.do(command, by, "finance.review_withdrawals")

    def finance_disagrees(self, withdrawal: UUID, by: Person = ACCOUNTANT) -> None:
        """Finance does not agree."""
        command = RejectWithdrawalReviews(withdrawal_ids=(withdrawal,), note="材料不全")
        self.do(command, by, "finance.review_withdrawals")

    def withdraws(self, selection: UUID) -> UUID:
        """A withdrawal is asked for and passes the academic review."""
        withdrawal = self.requests_withdrawal(selection)
        self.registrar_approves(withdrawal)
        return withdrawal

    def refunds(self, state: RefundState | None = None) -> list[RefundView]:
        """Refunds, oldest first."""
        return list(self.ask(ListRefunds(state=state)).items)

    def cashier_pays_out(self) -> None:
        """All refunds that wait are paid out."""
        waiting = tuple(refund.id for refund in self.refunds(RefundState.PENDING))
        command = ConfirmRefunds(refund_ids=waiting, paid_out_on=self.today, bank_reference="202610080003")
        self.do(command, CASHIER, "finance.manage_refunds")

    def bank_fails(self) -> None:
        """The bank can't carry out the oldest refund."""
        refund = self.refunds(RefundState.PENDING)[0]
        command = FailRefund(refund_id=refund.id, version=refund.version, note="收款账号已注销")
        self.do(command, CASHIER, "finance.manage_refunds")

    def cashier_tries_again(self) -> None:
        """Failed refunds are on their way again."""
        for refund in self.refunds(RefundState.FAILED):
            self.do(RetryRefund(refund_id=refund.id, version=refund.version), CASHIER, "finance.manage_refunds")

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
        self.do(command, EXAMINER, "exams.publish_arrangement")

    def exam_is_held(self, course: str = "maths", *, absent: tuple[UUID, ...] = ()) -> None:
        """The exam of a course is over; the registrations of these selections were absent."""
        placed = next(c for c in self.site.exam_round.courses if c.course_id == self.course(course))
        session = next(s for s in self.site.exam_round.sessions if s.id == placed.session_id)
        self.at(session.starts_at + EXAM_TIME)
        missed = tuple(found.id for selection in absent if (found := self.registration(selection)))
        command = RecordAttendance(session_id=session.id, course_id=placed.course_id, absent_ids=missed)
        self.do(command, EXAMINER, "exams.record_attendance")

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

    def registers_resit(self, selection: UUID, by: Person | None = None) -> UUID:
        """A missed exam is to be repeated in the next round; the resit."""
        self.resit_registration_opens()
        missed = self.registration(selection)
        assert missed is not None
        command = RegisterResits(exam_round_id=self.site.resit_round.id, registration_ids=(missed.id,))
        answer = self.do(command, by or self._applicant(selection), "exams.register_resits")
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
        self.do(CancelResits(registration_ids=(resit,)), self.east, "exams.register_resits")

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

    def transfers(self, student: Student, to: str = "west") -> UUID:
        """转教学点; the status change."""
        point_id: UUID = getattr(self.site, to)
        return self._change(
            TransferStudent(**self._student(student), to_teaching_point_id=point_id, reason="工作地点变动")
        )

    def revokes_transfer(self, change: UUID) -> None:
        """The transfer is off."""
        version = self.ask(GetStatusChange(status_change_id=change)).version
        self._change(RevokeTransfer(status_change_id=change, version=version))

    # --- details ---

    def _change(
        self, command: SuspendStudent | ResumeStudent | RemoveStudent | TransferStudent | RevokeTransfer
    ) -> UUID:
        change_id: UUID = self.do(command, REGISTRAR, "registry.change_status").id
        return change_id

    def _next_day(self) -> date:
        """A later day each time: suspensions and returns of one afternoon follow each other in the register."""
        return self.today + timedelta(days=next(self._days))

    def _student(self, student: Student) -> dict[str, object]:
        return {"student_id": student.id, "version": self.ask(GetStudent(student_id=student.id)).version}

    def _version_of(self, slip: UUID) -> int:
        return self.slip(slip).version

    def _money_of(self, slip: UUID) -> dict[str, object]:
        found = self.slip(slip)
        return {
            "remittance_id": slip,
            "version": found.version,
            "received_amount": found.amount,
            "received_on": self.today,
            "bank_reference": "202609150001",
        }

    def _staff_of(self, student: Student) -> Person:
        return self._staff_at(self.ask(GetStudent(student_id=student.id)).teaching_point_id)

    def _applicant(self, selection: UUID) -> Person:
        return self._staff_at(self.selection(selection).teaching_point_id)

    def _staff_at(self, teaching_point_id: UUID) -> Person:
        return self.west if teaching_point_id == self.site.west else self.east
