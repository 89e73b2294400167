"""Finance's answers about bills. Rows that are in no state a reaction starts from are left alone: the answer is old."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.base.failures import NotYet
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from chassis.work.reasons import Reason
from chassis.work.rows import lock
from chassis.work.steps import Taken, take
from contracts.common import ClosingReason
from contracts.finance.events import BillCancellationRefused, BillingRefused, BillsCancelled, BillsPaid, PaidBill
from contracts.finance.source import SourceKind
from contracts.types import EnrolmentStatus, FeeKind
from services.courses.domain.workflows import SELECTION
from services.courses.steps.closing import UNPAID_SELECTIONS
from services.courses.steps.withdrawing import GONE, WITHDRAWALS
from services.courses.tables.copies import students
from services.courses.tables.selections import selections


def on_bills_paid(events: Sequence[BillsPaid], uow: UnitOfWork) -> None:
    """A paid credit fee makes its selection `selected`; that of a student who has left is put up for withdrawal."""
    paid = {bill.source.id: bill for e in events for bill in e.bills if _is_credit_fee(bill)}
    known = locked(uow, students, {bill.student_id for bill in paid.values()})
    taken = _take(uow, list(paid), "pay", values={"closing_reason": None, "ask_again_at": None})
    left = [row for row in taken.rows if _has_left(row, known[row.student_id])]
    for status, reason in GONE.items():
        WITHDRAWALS.open(uow, [row for row in left if _gone_as(known[row.student_id]) == status], reason)


def on_billing_refused(events: Sequence[BillingRefused], uow: UnitOfWork) -> None:
    """No bill can be made: the selection is cancelled, with finance's reason."""
    refused = {
        r.source.id: {"billing_refusal": Reason(r.code, r.params).for_row}
        for e in events
        for r in e.refused
        if r.source.kind == SourceKind.SELECTION
    }
    over = {"closing_reason": None, "ask_again_at": None}
    _take(uow, list(refused), "refuse_billing", values=over, each=refused)


def on_bills_cancelled(events: Sequence[BillsCancelled], uow: UnitOfWork) -> None:
    """The bills are gone for good: the selection has lapsed or is cancelled, by the reason it was closed for."""
    answers = {row.source.id: row for e in events for row in e.cancelled if row.source.kind == SourceKind.SELECTION}
    rows = lock(uow, selections, list(answers))
    reasons = {id_: row.closing_reason or answers[id_].reason for id_, row in rows.items()}
    lapsed = [id_ for id_ in answers if reasons.get(id_) == ClosingReason.LAPSED]
    others = [id_ for id_ in answers if reasons.get(id_) != ClosingReason.LAPSED]
    for ids, action in ((lapsed, "end_lapsed"), (others, "end_cancelled")):
        each = {id_: {"closing_reason": reasons.get(id_)} for id_ in ids}
        _take(uow, ids, action, values={"ask_again_at": None}, each=each)


def on_bill_cancellation_refused(events: Sequence[BillCancellationRefused], uow: UnitOfWork) -> None:
    """The bills stand: the selection waits for payment again. A cancellation that was asked for by people is forgotten;
    for any other reason courses asks again at the time that finance names (never, when it is paid)."""
    refused = [row for e in events for row in e.refused if row.source.kind == SourceKind.SELECTION]
    answers = {(row.source.id, row.attempt): row.ask_again_at for row in refused}
    known = locked(uow, students, UNPAID_SELECTIONS.students_of(uow, (id_ for id_, _ in answers)))
    UNPAID_SELECTIONS.let_stand(uow, answers, known)


def _take(uow: UnitOfWork, ids: Sequence[UUID], action: str, **setting: Any) -> Taken:
    """The step with those rows that may take it. A selection that is not there yet is waited for."""
    taken = take(uow, SELECTION, selections, ids, action, **setting)
    if taken.unknown:
        raise NotYet("selection_unknown")
    return taken


def _is_credit_fee(bill: PaidBill) -> bool:
    return bill.kind == FeeKind.CREDIT and bill.source.kind == SourceKind.SELECTION


def _gone_as(student: Row[Any]) -> str:
    return student.status if student.status in GONE else EnrolmentStatus.LEFT


def _has_left(selection: Row[Any], student: Row[Any]) -> bool:
    return bool(student.status in GONE or selection.closing_reason == ClosingReason.STUDENT_LEFT)
