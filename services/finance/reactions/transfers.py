"""A student goes to another teaching point: what is unpaid goes along, what is being paid is waited for."""

from collections.abc import Sequence

from sqlalchemy import update

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from chassis.work.outcomes import hear
from chassis.work.rows import lock_where
from chassis.work.steps import enter
from contracts.finance.events import TransferHeld
from contracts.finance.states import BillStatus, PostingKind
from contracts.registry.events import StudentTransferred, TransferRequested, TransferRevoked
from services.finance.domain.workflows import TRANSFER
from services.finance.steps import bills as bill_steps
from services.finance.steps import ledger
from services.finance.steps.transfers import clear_waiting
from services.finance.tables.bills import bills, transfers
from services.finance.tables.copies import students


def on_transfer_requested(events: Sequence[TransferRequested], uow: UnitOfWork) -> None:
    """Hold a transfer while bills of the student are being paid, otherwise let it go on; no new payment begins.

    The transfer is stored first and the bills are locked afterwards; a slip does it the other way round. So one of the
    two always sees the other.
    """
    asked = {event.change_id: event for event in events}
    rows = [
        {
            "id": event.change_id,
            "student_id": event.student_id,
            "teaching_point_id": event.from_teaching_point_id,
            "to_teaching_point_id": event.to_teaching_point_id,
            "changed_at": uow.now,
        }
        for event in sorted(asked.values(), key=lambda event: event.change_id)
    ]
    # Revoked or done before it was heard of: then there is nothing to answer.
    stored = enter(uow, TRANSFER, transfers, rows, "request", unless="pk_transfers")
    ids = {row.student_id for row in stored}
    lock_where(uow, bills, ids_in(bills.c.student_id, ids))
    paying = bill_steps.students_in_payment(uow, ids)
    for row in stored:
        if row.student_id in paying:
            held = TransferHeld(change_id=row.id, student_id=row.student_id, bill_count=paying[row.student_id])
            uow.publish(held, because=asked[row.id])
    clear_waiting(uow, ids)


def on_transfer_revoked(events: Sequence[TransferRevoked], uow: UnitOfWork) -> None:
    """The student stays: bills may be paid again."""
    revoked = [{"id": event.change_id, "student_id": event.student_id, "changed_at": uow.now} for event in events]
    hear(uow, TRANSFER, transfers, revoked, "revoke", {"changed_at": uow.now})


def on_student_transferred(events: Sequence[StudentTransferred], uow: UnitOfWork) -> None:
    """Unpaid bills go to the new point. What is paid, on a slip or refunded stays with the point that paid."""
    # Whatever was billed at the old points is visible once the new ones are in the copy.
    locked(uow, students, at_least=[(event.student_id, event.student_version) for event in events])
    hear(uow, TRANSFER, transfers, [_finished(event, uow) for event in events], "finish", {"changed_at": uow.now})
    for event in sorted(events, key=lambda event: event.transferred_at):
        unpaid = [
            bill
            for bill in lock_where(uow, bills, bills.c.student_id == event.student_id).values()
            if bill.status == BillStatus.UNPAID and bill.teaching_point_id != event.to_teaching_point_id
        ]
        ids = [bill.id for bill in unpaid]
        uow.execute(update(bills).where(ids_in(bills.c.id, ids)).values(teaching_point_id=event.to_teaching_point_id))
        ledger.post(
            uow,
            [
                bill_steps.posting(
                    PostingKind.BILL_MOVED,
                    bill,
                    teaching_point_id=event.to_teaching_point_id,
                    from_teaching_point_id=bill.teaching_point_id,
                )
                for bill in unpaid
            ],
        )
        for bill in unpaid:
            before, after = bill.teaching_point_id, event.to_teaching_point_id
            uow.audit(bills, bill.id, "transfer", {"teaching_point_id": before}, {"teaching_point_id": after})


def _finished(event: StudentTransferred, uow: UnitOfWork) -> dict[str, object]:
    return {
        "id": event.change_id,
        "student_id": event.student_id,
        "teaching_point_id": event.from_teaching_point_id,
        "to_teaching_point_id": event.to_teaching_point_id,
        "changed_at": uow.now,
    }
