"""Finance with standards, students, bills and slips, each in one line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.base.clock import local_date
from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.courses.events import CoursesSelected, SelectedCourse, SentWithdrawal, WithdrawalsSentToFinance
from contracts.exams.events import HeldRegistration, RegistrationsHeld
from contracts.finance.commands import ApproveRemittance, CreateFeeStandard, CreateRemittance
from contracts.finance.queries import CheckLedger, ListBills
from contracts.finance.views import BillView, LedgerCheck, RemittanceDetails
from contracts.registry.events import StudentItem, StudentState
from contracts.types import EducationLevel, FeeKind
from launcher.school import set_standards
from tests.builders.messages import a
from tests.builders.people import At, of_point, of_school

STANDARDS = of_school(name="财务甲")
REVIEWER = of_school(name="财务甲")
SECOND_REVIEWER = of_school(name="财务乙")
CASHIER = of_school(name="出纳")
READER = of_school(name="财务甲")

CREDIT_FEE = Decimal("100.00")
EXAM_FEE = Decimal("60.00")


def standard(finance: ServiceHarness, kind: FeeKind, amount: Decimal, **fields: Any) -> Any:
    """A fee from the beginning of 2026 on, for undergraduates unless told otherwise."""
    defaults = {"education_level": EducationLevel.UNDERGRADUATE, "valid_from": date(2026, 1, 1)}
    return finance.run(CreateFeeStandard(**{**defaults, "kind": kind, "amount": amount, **fields}), STANDARDS)


def standards(finance: ServiceHarness) -> None:
    """100 yuan a credit and 60 an exam, for both levels."""
    fees = ((FeeKind.CREDIT, CREDIT_FEE), (FeeKind.EXAM, EXAM_FEE))
    set_standards(At(finance, STANDARDS), [(level, *fee) for level in EducationLevel for fee in fees], date(2026, 1, 1))


def student(finance: ServiceHarness, point_id: UUID | None = None, **fields: Any) -> StudentItem:
    """A student that finance has heard of."""
    item = a(StudentItem, teaching_point_id=point_id or new_id(), **fields)
    finance.feed(StudentState, item)
    return item


def selection(of: StudentItem, **fields: Any) -> SelectedCourse:
    """A selection of a course of four credits with a final."""
    return a(SelectedCourse, student_id=of.id, teaching_point_id=of.teaching_point_id, **fields)


def select_for(finance: ServiceHarness, of: StudentItem, **fields: Any) -> SelectedCourse:
    """Let a student select a course; finance has billed it."""
    selected = selection(of, **fields)
    finance.deliver(CoursesSelected(selections=(selected,)))
    return selected


def bills_of(finance: ServiceHarness, **filters: Any) -> tuple[BillView, ...]:
    """Bills as the school sees them, in order of number."""
    items: tuple[BillView, ...] = finance.ask(ListBills(sort="number", size=200, **filters), READER).items
    return items


def statuses(finance: ServiceHarness, **filters: Any) -> set[str]:
    """The statuses that bills are in."""
    return {str(bill.status) for bill in bills_of(finance, **filters)}


def today(finance: ServiceHarness) -> date:
    """The service's day: money is sent and arrives on it."""
    return local_date(finance.clock.now())


def slip(finance: ServiceHarness, bill_ids: Sequence[UUID], by: Context) -> RemittanceDetails:
    """Put bills on a slip."""
    made: RemittanceDetails = finance.run(
        CreateRemittance(bill_ids=tuple(bill_ids), payer_name="徐州教学点", remitted_on=today(finance)), by
    )
    return made


def approval(of: RemittanceDetails, **fields: Any) -> ApproveRemittance:
    """The approval of a slip whose money is there."""
    defaults = {
        "remittance_id": of.id,
        "version": of.version,
        "received_amount": of.amount,
        "received_on": of.remitted_on,
        "bank_reference": "202609160001",
    }
    return ApproveRemittance(**{**defaults, **fields})


def pay(finance: ServiceHarness, of: StudentItem, **filters: Any) -> RemittanceDetails:
    """Remit and approve all unpaid bills of a student."""
    ids = [bill.id for bill in bills_of(finance, student_id=of.id, status="unpaid", **filters)]
    made = slip(finance, ids, of_point(of.teaching_point_id))
    approved: RemittanceDetails = finance.run(approval(made), REVIEWER)
    return approved


def sent_withdrawal(selected: SelectedCourse, **fields: Any) -> SentWithdrawal:
    """The withdrawal of a selection as courses sends it."""
    return a(
        SentWithdrawal,
        selection_id=selected.selection_id,
        student_id=selected.student_id,
        teaching_point_id=selected.teaching_point_id,
        course_id=selected.course_id,
        **fields,
    )


def withdrawal(finance: ServiceHarness, selected: SelectedCourse, *, held: bool = True) -> SentWithdrawal:
    """Send the withdrawal of a selection, asked for now; exams has held the registration unless told otherwise."""
    sent = sent_withdrawal(selected, requested_at=finance.clock.now())
    finance.deliver(WithdrawalsSentToFinance(withdrawals=(sent,)))
    if held:
        hold(finance, sent)
    return sent


def hold(finance: ServiceHarness, sent: SentWithdrawal) -> None:
    """Exams has held the registration."""
    held = a(HeldRegistration, withdrawal_id=sent.withdrawal_id, selection_id=sent.selection_id)
    finance.deliver(RegistrationsHeld(held=(held,)))


def check(finance: ServiceHarness) -> LedgerCheck:
    """What is wrong with the books."""
    found: LedgerCheck = finance.ask(CheckLedger(), of_school())
    return found
