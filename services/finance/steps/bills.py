"""Bills and the steps that they take. The bill row is the arbiter: all lock it first, in id order."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import rows, steps
from contracts.finance.events import PaidBill
from contracts.finance.source import Source, SourceKind
from contracts.finance.states import BillStatus, PaymentMethod, PostingKind
from contracts.types import FeeKind
from services.finance.domain.bookkeeping import Posting
from services.finance.domain.workflows import BILL
from services.finance.tables.bills import bills
from services.finance.tables.payments import payment_lines

Bill = Row[Any]


def lock(uow: UnitOfWork, ids: Collection[UUID]) -> list[Bill]:
    """These bills, locked, as far as the actor sees them."""
    return list(rows.lock(uow, bills, ids).values())


def lock_of_sources(uow: UnitOfWork, source_ids: Collection[UUID]) -> list[Bill]:
    """All bills for these sources, locked."""
    return list(rows.lock_where(uow, bills, ids_in(bills.c.source_id, source_ids)).values())


def source_of(bill: Bill) -> Source:
    """What a bill is for."""
    return Source(kind=bill.source_kind, id=bill.source_id)


def told_source(bill: Bill) -> dict[str, Any]:
    """What a bill is for, as views tell it: the source, and its id under the name of its kind."""
    source = source_of(bill)
    return {
        "source": source,
        "selection_id": source.id_if(SourceKind.SELECTION),
        "registration_id": source.id_if(SourceKind.REGISTRATION),
    }


def take(uow: UnitOfWork, locked: Iterable[Bill], action: str, values: Mapping[str, Any] | None = None) -> list[Bill]:
    """Take one step with those of the locked bills that may take it; which they are, as they were before."""
    return steps.take_locked(uow, BILL, bills, locked, action, values=values).rows


def take_all(
    uow: UnitOfWork, locked: Iterable[Bill], action: str, values: Mapping[str, Any] | None = None
) -> list[Bill]:
    """Take one step with all of these locked bills. Raises ServiceError `step_not_allowed` when one of them may not."""
    return steps.take_locked(uow, BILL, bills, locked, action, values=values).whole().rows


def posting(kind: PostingKind, bill: Bill, **fields: Any) -> Posting:
    """A posting about a bill, of its whole amount unless told otherwise."""
    stated = {
        "amount": bill.amount,
        "teaching_point_id": bill.teaching_point_id,
        "student_id": bill.student_id,
        "fee": FeeKind(bill.kind),
        "bill_id": bill.id,
    }
    return Posting(kind, **{**stated, **fields})


def paid_bill(bill: Bill, method: PaymentMethod, paid_at: Any) -> PaidBill:
    """What the others hear of a paid bill."""
    return PaidBill(
        bill_id=bill.id,
        number=bill.number,
        source=source_of(bill),
        kind=FeeKind(bill.kind),
        student_id=bill.student_id,
        teaching_point_id=bill.teaching_point_id,
        course_id=bill.course_id,
        exam_round_id=bill.exam_round_id,
        exam_kind=bill.exam_kind,
        amount=bill.amount,
        method=method,
        paid_at=paid_at,
    )


def students_in_payment(uow: UnitOfWork, student_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many bills of each of these students are being paid; students without any are left out."""
    in_payment = (BillStatus.PAYING, BillStatus.REMITTING)
    found = uow.rows(
        select(bills.c.student_id).where(ids_in(bills.c.student_id, student_ids), bills.c.status.in_(in_payment))
    )
    counts: dict[UUID, int] = {}
    for row in found:
        counts[row.student_id] = counts.get(row.student_id, 0) + 1
    return counts


def close_lines(uow: UnitOfWork, payment: Any) -> None:
    """A payment is decided: its bills may be in another one from now on. `payment` is a condition on the lines."""
    uow.execute(update(payment_lines).where(payment, payment_lines.c.open).values(open=False))
