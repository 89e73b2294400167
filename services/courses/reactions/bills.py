"""Finance's answers about bills. Rows that are in no state a reaction starts from are left alone: the answer is old."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.base.failures import NotYet
from chassis.data.unit_of_work import UnitOfWork
from contracts.courses.states import ClosingReason
from contracts.finance.events import BillCancellationRefused, BillingRefused, BillsCancelled, BillsPaid
from contracts.types import EnrolmentStatus, FeeKind
from services.courses.domain.workflows import CLOSING, SELECTION
from services.courses.steps.moves import Taken, lock, set_each, take
from services.courses.steps.students import hold_students
from services.courses.steps.withdrawing import open_withdrawals
from services.courses.tables.selections import selections

REASON_LEFT = "学生已退学，缴费到账后由系统发起退课"


def on_bills_paid(events: Sequence[BillsPaid], uow: UnitOfWork) -> None:
    """A paid credit fee makes its selection `selected`; that of a student who has left is put up for withdrawal."""
    credit_fees = [bill for e in events for bill in e.bills if bill.kind == FeeKind.CREDIT and bill.selection_id]
    students = hold_students(uow, {bill.student_id for bill in credit_fees})
    ids = [bill.selection_id for bill in credit_fees if bill.selection_id]
    taken = _take(uow, ids, "pay", {"closing_reason": None, "ask_again_at": None})
    left = [moved.row for moved in taken.moved if _has_left(moved.row, students.get(moved.row.student_id))]
    open_withdrawals(uow, left, REASON_LEFT)


def on_billing_refused(events: Sequence[BillingRefused], uow: UnitOfWork) -> None:
    """No bill can be made: the selection is cancelled, with finance's reason."""
    refused = {
        r.selection_id: {"code": r.code, "params": r.params} for e in events for r in e.refused if r.selection_id
    }
    taken = _take(uow, list(refused), "refuse_billing", {"closing_reason": None, "ask_again_at": None})
    set_each(uow, selections, {id_: {"billing_refusal": refused[id_]} for id_ in taken.ids})


def on_bills_cancelled(events: Sequence[BillsCancelled], uow: UnitOfWork) -> None:
    """The bills are gone for good: the selection has lapsed or is cancelled, by the reason it was closed for."""
    answers = {row.selection_id: row for e in events for row in e.cancelled if row.selection_id}
    rows = lock(uow, selections, list(answers))
    reasons = {id_: row.closing_reason or answers[id_].reason for id_, row in rows.items()}
    lapsed = [id_ for id_ in answers if reasons.get(id_) == ClosingReason.LAPSED]
    others = [id_ for id_ in answers if reasons.get(id_) != ClosingReason.LAPSED]
    ended = _take(uow, lapsed, "end_lapsed", {"ask_again_at": None}).ids
    ended += _take(uow, others, "end_cancelled", {"ask_again_at": None}).ids
    set_each(uow, selections, {id_: {"closing_reason": reasons[id_]} for id_ in ended})


def on_bill_cancellation_refused(events: Sequence[BillCancellationRefused], uow: UnitOfWork) -> None:
    """The bills stand: the selection waits for payment again. A cancellation that was asked for by people is forgotten;
    for any other reason courses asks again at the time that finance names (never, when it is paid)."""
    answers = {(row.selection_id, row.attempt): row for e in events for row in e.refused if row.selection_id}
    ids = [selection_id for selection_id, _ in answers if selection_id]
    # Students before selections, as everywhere: the order of locks keeps transactions from waiting for each other.
    theirs = select(selections.c.student_id).where(selections.c.id.in_(ids))
    students = hold_students(uow, {row.student_id for row in uow.rows(theirs)})
    rows = lock(uow, selections, ids)
    current = {
        id_: answers[id_, row.closing_attempt]
        for id_, row in rows.items()
        if row.state == CLOSING and (id_, row.closing_attempt) in answers
    }
    _take(uow, list(current), "keep", {})
    values: dict[UUID, dict[str, Any]] = {}
    for id_, answer in current.items():
        kept = _reason_kept(rows[id_], students.get(rows[id_].student_id))
        values[id_] = {"closing_reason": kept, "ask_again_at": answer.ask_again_at if kept else None}
    set_each(uow, selections, values)


def _take(uow: UnitOfWork, ids: Sequence[UUID], action: str, setting: dict[str, Any]) -> Taken:
    """The step with those rows that may take it. A selection that is not there yet is waited for."""
    taken = take(uow, SELECTION, selections, list(dict.fromkeys(ids)), action, setting=setting)
    if any(error.code == "not_found" for _, error in taken.refused.values()):
        raise NotYet("selection_unknown")
    return taken


def _has_left(selection: Row[Any], student: Row[Any] | None) -> bool:
    if student is not None and student.status == EnrolmentStatus.LEFT:
        return True
    return bool(selection.closing_reason == ClosingReason.STUDENT_LEFT)


def _reason_kept(selection: Row[Any], student: Row[Any] | None) -> str | None:
    """A suspension that has ended meanwhile is no reason any more."""
    reason: str | None = selection.closing_reason
    resumed = student is not None and student.status == EnrolmentStatus.ACTIVE
    forgotten = reason == ClosingReason.CANCELLED or (reason == ClosingReason.STUDENT_SUSPENDED and resumed)
    return None if forgotten else reason
