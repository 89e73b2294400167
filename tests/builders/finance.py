"""Finance with standards, students, bills and slips, each in one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, create_engine, func, select, text

from chassis.base.clock import local_date
from chassis.base.context import Context, system_context
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
from services.finance.jobs import prove_books
from services.finance.tables.proof import ledger_proof
from tests.builders.messages import a
from tests.builders.people import At, of_point, of_school
from tests.waiting import eventually

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


def check(finance: ServiceHarness, *, whole: bool = False) -> LedgerCheck:
    """What is wrong with the books."""
    found: LedgerCheck = finance.ask(CheckLedger(whole=whole), of_school())
    return found


def job(finance: ServiceHarness) -> None:
    """The due job that sums the books up and proves them, once."""
    finance.database.run(system_context(), prove_books)


def proven(finance: ServiceHarness) -> None:
    """The books are summed up and proven up to now, where `fence.SURE` is nothing."""
    (now,) = finance.rows(select(func.now()))[0]

    def is_proven() -> bool:
        job(finance)
        return any(row.proven_until >= now for row in finance.rows(select(ledger_proof)))

    eventually(is_proven, "the books are proven")


def gone_over(finance: ServiceHarness) -> None:
    """And a pass over everything has ended that began after now."""
    proven(finance)
    finance.clock.advance(timedelta(days=1))
    began = finance.clock.now()

    def is_gone_over() -> bool:
        job(finance)
        return any((row.gone_over_at or row.proven_until) >= began for row in finance.rows(select(ledger_proof)))

    eventually(is_gone_over, "all was gone over")


@contextmanager
def planting(finance: ServiceHarness, *, behind: bool = True) -> Iterator[Connection]:
    """A superuser, to do what nobody else can; `behind` the system's back, with all triggers switched off."""
    engine = create_engine(finance.admin_url)
    with engine.begin() as connection:
        if behind:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
    engine.dispose()
