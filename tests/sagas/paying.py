"""What people do about money: fees, slips, refunds."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from chassis.base.context import Context
from contracts.finance.commands import (
    ApproveRemittance,
    BookLateRemittance,
    ConfirmRefunds,
    CreateRefundRule,
    CreateRemittance,
    DeleteFeeStandard,
    DeleteRefundRule,
    EndFeeStandard,
    FailRefund,
    RejectRemittance,
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
from contracts.registry.queries import GetStudent
from contracts.types import FeeKind
from tests.sagas.expectations import Expectations
from tests.sagas.people import ACCOUNTANT, CASHIER
from tests.sagas.stage import Student


class Paying(Expectations):
    """Points that remit, finance that checks, and a cashier who pays out."""

    # --- fees and rules ---

    def refund_rule(self, kind: FeeKind, *, percent: int) -> None:
        """From now on only this share of a fee goes back."""
        for rule in self.ask(ListRefundRules()).items:
            if rule.kind is kind:
                command = DeleteRefundRule(refund_rule_id=rule.id, version=rule.version)
                self.do(command, ACCOUNTANT)
        new = CreateRefundRule(kind=kind, within_days=None, percent=percent)
        self.do(new, ACCOUNTANT)

    # --- paying ---

    def bills(self, selection: UUID | None = None) -> list[BillView]:
        """All bills, or those of a selection."""
        filters = {"selection_id": selection} if selection else {}
        return list(self.ask(ListBills(size=200, sort="number", **filters)).items)

    def remits(self, *selections: UUID, by: Context | None = None) -> UUID:
        """A point remits the unpaid bills of some selections; the slip."""
        bills = [bill for selection in selections for bill in self.bills(selection)]
        return self.remits_bills(bills, by=by)

    def remits_bills(self, bills: list[BillView], by: Context | None = None) -> UUID:
        """A point remits bills; the slip."""
        command = CreateRemittance(
            bill_ids=tuple(bill.id for bill in bills), payer_name="教学点", remitted_on=self.today
        )
        slip_id: UUID = self.do(command, by or self._staff_at(bills[0].teaching_point_id)).id
        return slip_id

    def finance_approves(self, slip: UUID, by: Context = ACCOUNTANT) -> None:
        """The money is there."""
        self.do(ApproveRemittance(**self._money_of(slip)), by)

    def finance_rejects(self, slip: UUID, by: Context = ACCOUNTANT) -> None:
        """The money is not there."""
        command = RejectRemittance(remittance_id=slip, version=self._version_of(slip), note="款项未到账")
        self.do(command, by)

    def point_revokes(self, slip: UUID) -> None:
        """The point takes its slip back."""
        found = self.slip(slip)
        command = RevokeRemittance(remittance_id=slip, version=found.version)
        self.do(command, self._staff_at(found.teaching_point_id))

    def finance_books_late(self, slip: UUID) -> None:
        """The money of a slip that came to nothing has arrived after all."""
        self.do(BookLateRemittance(**self._money_of(slip)), ACCOUNTANT)

    def ends_fee(self, kind: FeeKind) -> None:
        """Standards of a kind end today."""
        for standard in self.ask(ListFeeStandards(kind=kind)).items:
            ended = self.today - timedelta(days=1)
            command = EndFeeStandard(fee_standard_id=standard.id, version=standard.version, valid_until=ended)
            self.do(command, ACCOUNTANT)

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
            self.do(command, ACCOUNTANT)

    def pays(self, *selections: UUID) -> None:
        """The point remits, finance approves."""
        self.finance_approves(self.remits(*selections))

    # --- refunds ---

    def refunds(self, state: RefundState | None = None) -> list[RefundView]:
        """Refunds, oldest first."""
        return list(self.ask(ListRefunds(state=state)).items)

    def cashier_pays_out(self) -> None:
        """All refunds that wait are paid out."""
        waiting = tuple(refund.id for refund in self.refunds(RefundState.PENDING))
        command = ConfirmRefunds(refund_ids=waiting, paid_out_on=self.today, bank_reference="202610080003")
        self.do(command, CASHIER)

    def bank_fails(self) -> None:
        """The bank can't carry out the oldest refund."""
        refund = self.refunds(RefundState.PENDING)[0]
        command = FailRefund(refund_id=refund.id, version=refund.version, note="收款账号已注销")
        self.do(command, CASHIER)

    def cashier_tries_again(self) -> None:
        """Failed refunds are on their way again."""
        for refund in self.refunds(RefundState.FAILED):
            self.do(RetryRefund(refund_id=refund.id, version=refund.version), CASHIER)

    # --- details ---

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

    def _staff_of(self, student: Student) -> Context:
        return self._staff_at(self.ask(GetStudent(student_id=student.id)).teaching_point_id)

    def _applicant(self, selection: UUID) -> Context:
        return self._staff_at(self.selection(selection).teaching_point_id)

    def _staff_at(self, teaching_point_id: UUID) -> Context:
        return self.west if teaching_point_id == self.site.west else self.east
