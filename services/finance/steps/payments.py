"""Money has arrived for bills, whatever the way of payment: those that can take it are paid, the rest is suspense.

A way of payment (remittance now, a gateway later) reserves bills by payment lines, and ends in `settle` or `release`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason
from contracts.finance.events import BillsPaid
from contracts.finance.states import PaymentMethod, PostingKind, RefundReason
from services.finance.domain.bookkeeping import Posting
from services.finance.steps import bills, ledger, refunds, transfers
from services.finance.steps.bills import Bill
from services.finance.tables.payments import suspense_items


def settle(uow: UnitOfWork, paid: Sequence[Bill], method: PaymentMethod, payment: Mapping[str, UUID]) -> None:
    """These locked bills are paid; `payment` is what they keep of it, as the `remittance_id`."""
    if not paid:
        return
    bills.take_all(uow, paid, "settle", {"method": method, "paid_at": uow.now, "grace_until": None, **payment})
    ledger.post(uow, [bills.posting(PostingKind.PAYMENT, bill) for bill in paid])
    uow.publish_rows(BillsPaid, [bills.paid_bill(bill, method, uow.now) for bill in paid])
    transfers.clear_waiting(uow, {bill.student_id for bill in paid})


def release(uow: UnitOfWork, reserved: Sequence[Bill], grace_until: datetime | None = None) -> None:
    """The payment came to nothing: its locked bills are unpaid again, until `grace_until` safe from a lapse."""
    if not reserved:
        return
    bills.take_all(uow, reserved, "release", {} if grace_until is None else {"grace_until": grace_until})
    transfers.clear_waiting(uow, {bill.student_id for bill in reserved})


def book_suspense(
    uow: UnitOfWork,
    unpayable: Iterable[tuple[Bill, Reason]],
    *,
    method: PaymentMethod,
    teaching_point_id: UUID,
    remittance_id: UUID | None,
) -> None:
    """Book money of this point that came for bills which can't take it, and send it back."""
    items: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "teaching_point_id": teaching_point_id,
            "bill_id": bill.id,
            "remittance_id": remittance_id,
            "amount": bill.amount,
            "reason": reason.code,
            "booked_at": uow.now,
        }
        for bill, reason in unpayable
    ]
    if not items:
        return
    uow.execute(insert_rows(suspense_items, items))
    for item in items:
        uow.audit(suspense_items, item["id"], "book", after={k: str(item[k]) for k in ("bill_id", "amount", "reason")})
    ledger.post(
        uow,
        [
            Posting(PostingKind.SUSPENSE_PAYMENT, item["amount"], teaching_point_id, suspense_id=item["id"])
            for item in items
        ],
    )
    refunds.decide(
        uow,
        [
            refunds.Decision(
                reason=RefundReason.SUSPENSE,
                method=method,
                amount=item["amount"],
                teaching_point_id=teaching_point_id,
                suspense_id=item["id"],
            )
            for item in items
        ],
    )
