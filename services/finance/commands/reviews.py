"""Finance's review of withdrawals (FIN-6): agreeing sends money back by the rule table."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import steps
from chassis.work.rows import results, set_each
from contracts.common import RowResults
from contracts.finance.commands import ApproveWithdrawalReviews, RejectWithdrawalReviews
from contracts.finance.events import (
    RejectedWithdrawal,
    ReviewedWithdrawal,
    WithdrawalsApproved,
    WithdrawalsRejected,
)
from contracts.finance.states import BillStatus, RefundReason, ReviewState
from services.finance.domain.workflows import REVIEW
from services.finance.queries.reviews import share_of
from services.finance.queries.standards import rule_table
from services.finance.steps import bills, refunds, withdrawals
from services.finance.tables.refunds import refunds as refund_table
from services.finance.tables.refunds import withdrawal_reviews


def approve_withdrawal_reviews(command: ApproveWithdrawalReviews, uow: UnitOfWork) -> RowResults:
    """Agree: what goes back by the rules is on its way to the payers; where nothing does, the withdrawal is done."""
    ids, note = command.withdrawal_ids, command.note
    taken = steps.take(uow, REVIEW, withdrawal_reviews, ids, "approve", note=note, values={"reviewed_at": uow.now})
    totals = _refund(uow, taken.rows)
    approved = [
        ReviewedWithdrawal(
            withdrawal_id=review.id,
            selection_id=review.selection_id,
            student_id=review.student_id,
            course_id=review.course_id,
            amount=totals[review.id],
            reviewer_id=uow.context.actor.user_id,
        )
        for review in taken.rows
    ]
    uow.publish_rows(WithdrawalsApproved, approved)
    finished = withdrawals.finish(uow, taken.ids)
    done = {id_: ReviewState.REFUNDED if id_ in finished else ReviewState.APPROVED for id_ in taken.ids}
    return results(uow, ids, done, taken.refused)


def reject_withdrawal_reviews(command: RejectWithdrawalReviews, uow: UnitOfWork) -> RowResults:
    """Do not agree: the student goes on learning."""
    ids, note = command.withdrawal_ids, command.note
    values = {"reviewed_at": uow.now, "refund_amount": 0}
    taken = steps.take(uow, REVIEW, withdrawal_reviews, ids, "reject", note=note, values=values)
    rejected = [
        RejectedWithdrawal(
            withdrawal_id=review.id,
            selection_id=review.selection_id,
            code=None,
            note=note,
            reviewer_id=uow.context.actor.user_id,
        )
        for review in taken.rows
    ]
    uow.publish_rows(WithdrawalsRejected, rejected)
    return taken.results(uow, ids)


def _refund(uow: UnitOfWork, reviews: Sequence[Row[Any]]) -> dict[UUID, Decimal]:
    """Begin the refunds of these withdrawals; the yuan that go back for each."""
    totals = {review.id: Decimal("0.00") for review in reviews}
    if not reviews:
        return totals
    rules = rule_table(uow)
    paid = _paid_bills(uow, [review.selection_id for review in reviews])
    begun = []
    for review in reviews:
        for bill in paid[review.selection_id]:
            amount = share_of(rules, bill, review).amount
            if amount:
                decision = refunds.of_bill(bill, RefundReason.WITHDRAWAL, amount, review.id)
                begun.append((bill, decision))
                totals[review.id] += amount
    refunds.refund_bills(uow, begun)
    set_each(uow, withdrawal_reviews, {id_: {"refund_amount": total} for id_, total in totals.items()})
    return totals


def _paid_bills(uow: UnitOfWork, selection_ids: Sequence[UUID]) -> dict[UUID, list[Row[Any]]]:
    """The paid bills of these selections, locked; without those that are refunded for another reason already."""
    locked = bills.lock_of_sources(uow, set(selection_ids))
    of_bills = ids_in(refund_table.c.bill_id, [bill.id for bill in locked])
    begun = {row.bill_id for row in uow.rows(select(refund_table.c.bill_id).where(of_bills))}
    paid: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for bill in locked:
        if bill.status == BillStatus.PAID and bill.id not in begun:
            paid[bill.source_id].append(bill)
    return paid
