"""Withdrawals in finance, with what goes back by the rule table."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.base.clock import local_date
from chassis.data.bulk import ids_in
from chassis.data.lists import Listing
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason, refusal
from chassis.work.steps import history_of
from contracts.base import Page
from contracts.finance.queries import GetWithdrawalReview, ListWithdrawalReviews
from contracts.finance.states import BillStatus
from contracts.finance.views import ReviewBill, WithdrawalReviewDetails, WithdrawalReviewView
from contracts.types import FeeKind
from services.finance.domain.refunding import RefundRule, Share, refund_share
from services.finance.queries.labels import labels
from services.finance.queries.standards import rule_table
from services.finance.tables.bills import bills
from services.finance.tables.copies import student_search
from services.finance.tables.refunds import refunds, withdrawal_reviews


def share_of(rules: Sequence[RefundRule], bill: Row[Any], review: Row[Any]) -> Share:
    """What of a paid bill goes back for a withdrawal."""
    paid_on, asked_on = local_date(bill.paid_at), local_date(review.requested_at)
    return refund_share(rules, FeeKind(bill.kind), bill.amount, paid_on, asked_on)


def _review_views(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> Iterator[WithdrawalReviewView]:
    return (view for view, _ in _views(uow, rows))


REVIEWS = Listing[WithdrawalReviewView](
    ListWithdrawalReviews,
    withdrawal_reviews,
    views=_review_views,
    filters={"search": lambda text, uow: student_search.found(withdrawal_reviews.c.student_id, text)},
)


def list_withdrawal_reviews(query: ListWithdrawalReviews, uow: UnitOfWork) -> Page[WithdrawalReviewView]:
    """Withdrawals that wait for finance, and those that it has decided, the oldest first."""
    return REVIEWS.page(query, uow)


def get_withdrawal_review(query: GetWithdrawalReview, uow: UnitOfWork) -> WithdrawalReviewDetails:
    """A withdrawal with its bills and history."""
    row = uow.one(select(withdrawal_reviews).where(withdrawal_reviews.c.id == query.withdrawal_id))
    history = history_of(uow, row.id)
    ((view, of_review),) = _views(uow, [row])
    return WithdrawalReviewDetails(**dict(view), bills=tuple(of_review), history=history)


def _views(uow: UnitOfWork, reviews: Sequence[Row[Any]]) -> list[tuple[WithdrawalReviewView, list[ReviewBill]]]:
    """Reviews as they are shown, and their bills. The bills are read as the system (`labels` has become it): they may
    belong to the point that paid, and the reviews have passed the actor's scope."""
    names = labels(uow, reviews)
    of_selection = _bills(uow, reviews)
    made = []
    for review in reviews:
        of_review = of_selection[review.id]
        proposed = sum((bill.refund_amount for bill in of_review), Decimal("0.00"))
        fields = {
            **review._mapping,
            **names.of(review),
            "withdrawal_id": review.id,
            "refusal": refusal(Reason(review.refusal_code), uow.context.language) if review.refusal_code else None,
            "refund_amount": proposed if review.refund_amount is None else review.refund_amount,
        }
        made.append((WithdrawalReviewView(**fields), of_review))
    return made


def _bills(uow: UnitOfWork, reviews: Sequence[Row[Any]]) -> dict[UUID, list[ReviewBill]]:
    by_selection = {review.selection_id: review for review in reviews}
    rules = rule_table(uow)
    found = uow.rows(
        select(bills, refunds.c.amount.label("begun"), refunds.c.withdrawal_id)
        .outerjoin(refunds, refunds.c.bill_id == bills.c.id)
        .where(ids_in(bills.c.source_id, by_selection))
        .order_by(bills.c.kind)
    )
    of_selection: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for bill in found:
        of_selection[bill.source_id].append(bill)
    return {
        review.id: [_review_bill(rules, bill, review) for bill in of_selection[review.selection_id]]
        for review in reviews
    }


def _review_bill(rules: Sequence[RefundRule], bill: Row[Any], review: Row[Any]) -> ReviewBill:
    share = None if bill.paid_at is None else share_of(rules, bill, review)
    if bill.begun is not None:
        amount = bill.begun if bill.withdrawal_id == review.id else Decimal("0.00")
    else:
        amount = share.amount if share is not None and bill.status == BillStatus.PAID else Decimal("0.00")
    return ReviewBill(
        bill_id=bill.id,
        number=bill.number,
        kind=FeeKind(bill.kind),
        amount=bill.amount,
        status=BillStatus(bill.status),
        days_since_payment=None if share is None else share.days,
        percent=0 if share is None else share.percent,
        refund_amount=amount,
    )
