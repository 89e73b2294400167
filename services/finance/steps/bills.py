"""Moving many bills by one step of their workflow. The bill row is the arbiter: all lock it first, in id order."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, any_, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from chassis.data.unit_of_work import UnitOfWork
from chassis.work import workflow
from contracts.finance.events import PaidBill
from contracts.finance.states import BillStatus, PaymentMethod, PostingKind
from contracts.types import FeeKind
from services.finance.domain.bookkeeping import Posting
from services.finance.domain.workflows import BILL
from services.finance.tables.bills import bills
from services.finance.tables.payments import payment_lines

Bill = Row[Any]


def ids_in(column: Any, ids: Collection[UUID]) -> Any:
    """`column = ANY(ids)`: one parameter, however many ids."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


def lock(uow: UnitOfWork, ids: Collection[UUID]) -> list[Bill]:
    """These bills, locked, as far as the actor sees them."""
    return uow.rows(select(bills).where(ids_in(bills.c.id, ids)).order_by(bills.c.id).with_for_update())


def lock_of_sources(uow: UnitOfWork, source_ids: Collection[UUID]) -> list[Bill]:
    """All bills of these selections and resits, locked."""
    of_selection = select(bills.c.id).where(ids_in(bills.c.selection_id, source_ids))
    of_resit = select(bills.c.id).where(ids_in(bills.c.registration_id, source_ids))
    return lock(uow, [row.id for row in uow.rows(of_selection.union_all(of_resit))])


def source_of(bill: Bill) -> UUID:
    """The selection or resit that a bill is for."""
    source: UUID = bill.selection_id or bill.registration_id
    return source


def movable(locked: Iterable[Bill], action: str) -> list[Bill]:
    """Those of the locked bills that can take a step."""
    return [bill for bill in locked if BILL.step(bill.status, action) is not None]


def move(uow: UnitOfWork, locked: Sequence[Bill], action: str, values: Mapping[str, Any] | None = None) -> None:
    """Take one step with locked bills that can take it, with history and audit."""
    if not locked:
        return
    (after,) = {step.next for bill in locked if (step := BILL.step(bill.status, action)) is not None}
    ids = [bill.id for bill in locked]
    uow.execute(update(bills).where(ids_in(bills.c.id, ids)).values(status=after, **(values or {})))
    remember(uow, locked, action, after)
    for bill in locked:
        uow.audit("bill", bill.id, action, {"status": bill.status}, {"status": after})


def remember(uow: UnitOfWork, locked: Iterable[Any], action: str, after: str, *, new: bool = False) -> None:
    """Write the history of a step that these bills took."""
    moves = ((bill._mapping, None if new else bill.status, after) for bill in locked)
    workflow.record(uow, BILL, moves, action)


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
        selection_id=bill.selection_id,
        registration_id=bill.registration_id,
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
