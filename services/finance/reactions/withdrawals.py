"""Withdrawals that passed the academic review, the hold of their exam, and exams that had no seat for a paid fee."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.base.failures import NotYet
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import steps
from chassis.work.rows import lock
from contracts.courses.events import SentWithdrawal, WithdrawalsSentToFinance
from contracts.exams.events import RegistrationHoldRefused, RegistrationRefused, RegistrationsHeld
from contracts.finance.events import RejectedWithdrawal, WithdrawalsRejected
from contracts.finance.states import BillStatus, RefundReason, ReviewState
from services.finance.domain.workflows import REVIEW
from services.finance.steps import bills, refunds
from services.finance.tables.refunds import refunds as refund_table
from services.finance.tables.refunds import withdrawal_reviews


def on_withdrawals_sent_to_finance(events: Sequence[WithdrawalsSentToFinance], uow: UnitOfWork) -> None:
    """Open a review for each; it waits until exams has held the registration, if there is one."""
    sent = {row.withdrawal_id: row for event in events for row in event.withdrawals}
    entered = [_review(row) for row in sent.values()]
    steps.enter(uow, REVIEW, withdrawal_reviews, entered, "open", unless="pk_withdrawal_reviews")


def _review(sent: SentWithdrawal) -> dict[str, object]:
    return {
        "id": sent.withdrawal_id,
        "selection_id": sent.selection_id,
        "student_id": sent.student_id,
        "teaching_point_id": sent.teaching_point_id,
        "course_id": sent.course_id,
        "reason": sent.reason,
        "entered_by": sent.requested_by,
        "academic_reviewer_id": sent.academic_reviewer_id,
        "requested_at": sent.requested_at,
    }


def on_registrations_held(events: Sequence[RegistrationsHeld], uow: UnitOfWork) -> None:
    """The exam can't be sat any more: finance may decide."""
    waiting = _waiting(uow, [row.withdrawal_id for event in events for row in event.held])
    steps.take_locked(uow, REVIEW, withdrawal_reviews, waiting, "hold").whole()


def on_registration_hold_refused(events: Sequence[RegistrationHoldRefused], uow: UnitOfWork) -> None:
    """The exam was sat already: the withdrawal is rejected by itself."""
    refused = {row.withdrawal_id: (row.code, event) for event in events for row in event.refused}
    waiting = _waiting(uow, list(refused))
    each = {review.id: {"refusal_code": refused[review.id][0], "refund_amount": 0} for review in waiting}
    steps.take_locked(uow, REVIEW, withdrawal_reviews, waiting, "refuse_hold", each=each).whole()
    for review in waiting:
        code, event = refused[review.id]
        rejected = RejectedWithdrawal(
            withdrawal_id=review.id, selection_id=review.selection_id, code=code, note=None, reviewer_id=None
        )
        uow.publish(WithdrawalsRejected(withdrawals=(rejected,)), because=event)


def _waiting(uow: UnitOfWork, withdrawal_ids: Sequence[UUID]) -> list[Row[Any]]:
    """Those that still wait for the hold. The answer of exams may be quicker than the withdrawal itself: `NotYet`."""
    known = lock(uow, withdrawal_reviews, withdrawal_ids)
    if len(known) < len(set(withdrawal_ids)):
        raise NotYet("withdrawal_unknown")
    return [row for row in known.values() if row.state == ReviewState.WAITING_FOR_HOLD]


def on_registration_refused(events: Sequence[RegistrationRefused], uow: UnitOfWork) -> None:
    """An exam fee was paid and there is no seat for it: all of it goes back, unless it is on its way back already."""
    wanted = {row.bill_id for event in events for row in event.refused}
    locked = bills.lock(uow, wanted)
    begun = select(refund_table.c.bill_id).where(ids_in(refund_table.c.bill_id, wanted))
    refunded = {row.bill_id for row in uow.rows(begun)}
    paid = [bill for bill in locked if bill.status == BillStatus.PAID and bill.id not in refunded]
    refunds.refund_bills(
        uow, [(bill, refunds.of_bill(bill, RefundReason.REGISTRATION_REFUSED, bill.amount)) for bill in paid]
    )
