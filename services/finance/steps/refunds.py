"""Sending money back: a refund is decided, then paid out by the way of payment, to the payer."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import steps
from contracts.finance.states import PaymentMethod, PostingKind, RefundReason
from contracts.types import FeeKind
from services.finance.domain.bookkeeping import Posting
from services.finance.domain.workflows import REFUND
from services.finance.steps import bills, ledger
from services.finance.steps.bills import Bill
from services.finance.tables.refunds import refunds


@dataclass(frozen=True, slots=True)
class Decision:
    """Money that is to go back to a point: of a bill, or of suspense."""

    reason: RefundReason
    method: PaymentMethod
    amount: Decimal
    teaching_point_id: UUID
    student_id: UUID | None = None
    bill_id: UUID | None = None
    fee: FeeKind | None = None
    suspense_id: UUID | None = None
    withdrawal_id: UUID | None = None


def of_bill(bill: Bill, reason: RefundReason, amount: Decimal, withdrawal_id: UUID | None = None) -> Decision:
    """A refund of a paid bill, to the point that paid it, the way it was paid."""
    return Decision(
        reason=reason,
        method=PaymentMethod(bill.method),
        amount=amount,
        teaching_point_id=bill.teaching_point_id,
        student_id=bill.student_id,
        bill_id=bill.id,
        fee=FeeKind(bill.kind),
        withdrawal_id=withdrawal_id,
    )


def refund_bills(uow: UnitOfWork, locked: Sequence[tuple[Bill, Decision]]) -> None:
    """Begin to refund locked, paid bills."""
    bills.take_all(uow, [bill for bill, _ in locked], "refund")
    decide(uow, [decision for _, decision in locked])


def decide(uow: UnitOfWork, decisions: Sequence[Decision]) -> None:
    """Make refunds that wait to be paid out, and post them. Constraints keep a bill from being refunded twice."""
    decided = {new_id(): decision for decision in decisions}
    rows: list[dict[str, Any]] = [
        {
            "id": id_,
            "bill_id": decision.bill_id,
            "suspense_id": decision.suspense_id,
            "withdrawal_id": decision.withdrawal_id,
            "student_id": decision.student_id,
            "teaching_point_id": decision.teaching_point_id,
            "reason": decision.reason,
            "method": decision.method,
            "amount": decision.amount,
        }
        for id_, decision in decided.items()
    ]
    steps.enter(uow, REFUND, refunds, rows, "decide", audited=("amount", "reason"))
    postings = [
        Posting(
            PostingKind.REFUND_DECIDED,
            decision.amount,
            decision.teaching_point_id,
            student_id=decision.student_id,
            fee=decision.fee,
            bill_id=decision.bill_id,
            suspense_id=decision.suspense_id,
            refund_id=id_,
        )
        for id_, decision in decided.items()
    ]
    ledger.post(uow, postings)


def post_step(uow: UnitOfWork, kind: PostingKind, followed: Sequence[Row[Any]], fees: dict[UUID, FeeKind]) -> None:
    """Post what became of refunds; `fees` tells the fee of each bill among them."""
    ledger.post(
        uow,
        [
            Posting(
                kind,
                refund.amount,
                refund.teaching_point_id,
                student_id=refund.student_id,
                fee=fees.get(refund.bill_id),
                bill_id=refund.bill_id,
                suspense_id=refund.suspense_id,
                refund_id=refund.id,
            )
            for refund in followed
        ],
    )


def fees_of(locked: Sequence[Bill]) -> dict[UUID, FeeKind]:
    """The kind of fee of each bill."""
    return {bill.id: FeeKind(bill.kind) for bill in locked}
