"""A withdrawal is done when all its money has gone back."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import steps
from chassis.work.rows import lock
from contracts.finance.events import RefundedWithdrawal, WithdrawalsRefunded
from contracts.finance.states import RefundState, ReviewState
from services.finance.domain.workflows import REVIEW
from services.finance.tables.refunds import refunds, withdrawal_reviews


def finish(uow: UnitOfWork, withdrawal_ids: Collection[UUID]) -> set[UUID]:
    """End those of these approved withdrawals of which no refund is open; which they are.

    The reviews are locked first and the refunds counted afterwards: of two people who confirm the two refunds of one
    withdrawal at the same time, the second sees the first.
    """
    approved = withdrawal_reviews.c.state == ReviewState.APPROVED
    reviews = lock(uow, withdrawal_reviews, withdrawal_ids, approved)
    open_refunds = select(refunds.c.withdrawal_id).where(
        ids_in(refunds.c.withdrawal_id, reviews), refunds.c.state != RefundState.COMPLETED
    )
    waiting = {row.withdrawal_id for row in uow.rows(open_refunds)}
    done = [review for review in reviews.values() if review.id not in waiting]
    steps.take_locked(uow, REVIEW, withdrawal_reviews, done, "refunded").whole()
    refunded = [
        RefundedWithdrawal(
            withdrawal_id=review.id,
            selection_id=review.selection_id,
            amount=review.refund_amount,
            refunded_at=uow.now,
        )
        for review in done
    ]
    uow.publish_rows(WithdrawalsRefunded, refunded)
    return {review.id for review in done}
