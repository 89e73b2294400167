"""A student goes to another teaching point: what is unpaid goes along, what is being paid is waited for."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.unit_of_work import UnitOfWork
from contracts.finance.events import BillState, TransferCleared, TransferHeld
from contracts.finance.states import BillStatus, PostingKind
from contracts.registry.events import StudentTransferred, TransferRequested, TransferRevoked
from services.finance.steps import bills as bill_steps
from services.finance.steps import ledger
from services.finance.steps.transfers import OPEN
from services.finance.tables import bills, transfers


def on_transfer_requested(events: Sequence[TransferRequested], uow: UnitOfWork) -> None:
    """Hold a transfer while bills of the student are being paid, otherwise let it go on; no new payment begins."""
    students = {event.student_id for event in events}
    # Who is putting a bill on a slip right now is waited for; who comes later finds the transfer.
    uow.execute(
        select(bills.c.id).where(bill_steps.ids_in(bills.c.student_id, students)).order_by(bills.c.id).with_for_update()
    )
    paying = bill_steps.students_in_payment(uow, students)
    for event in sorted(events, key=lambda event: event.change_id):
        count = paying.get(event.student_id, 0)
        row = {
            "id": event.change_id,
            "student_id": event.student_id,
            "teaching_point_id": event.from_teaching_point_id,
            "to_teaching_point_id": event.to_teaching_point_id,
            "state": "waiting" if count else "cleared",
            "changed_at": uow.now,
        }
        # Revoked before it was heard of: then there is nothing to answer.
        if uow.first(insert(transfers).values(row).on_conflict_do_nothing().returning(transfers.c.id)) is None:
            continue
        uow.audit("transfer", event.change_id, "request", after={"state": row["state"]})
        if count:
            held = TransferHeld(change_id=event.change_id, student_id=event.student_id, bill_count=count)
            uow.publish(held, because=event)
        else:
            uow.publish(TransferCleared(change_id=event.change_id, student_id=event.student_id), because=event)


def on_transfer_revoked(events: Sequence[TransferRevoked], uow: UnitOfWork) -> None:
    """The student stays: bills may be paid again."""
    for event in sorted(events, key=lambda event: event.change_id):
        row = {"id": event.change_id, "student_id": event.student_id, "state": "revoked", "changed_at": uow.now}
        revoked = insert(transfers).values(row)
        uow.execute(
            revoked.on_conflict_do_update(
                index_elements=["id"],
                set_={"state": "revoked", "changed_at": uow.now},
                where=transfers.c.state.in_(OPEN),
            )
        )
        uow.audit("transfer", event.change_id, "revoke", after={"state": "revoked"})


def on_student_transferred(events: Sequence[StudentTransferred], uow: UnitOfWork) -> None:
    """Unpaid bills go to the new point. What is paid, on a slip or refunded stays with the point that paid."""
    for event in sorted(events, key=lambda event: event.transferred_at):
        _finish(event, uow)
        unpaid = [
            bill
            for bill in uow.rows(
                select(bills).where(bills.c.student_id == event.student_id).order_by(bills.c.id).with_for_update()
            )
            if bill.status == BillStatus.UNPAID and bill.teaching_point_id != event.to_teaching_point_id
        ]
        ids = [bill.id for bill in unpaid]
        uow.execute(
            update(bills).where(bill_steps.ids_in(bills.c.id, ids)).values(teaching_point_id=event.to_teaching_point_id)
        )
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
            uow.audit("bill", bill.id, "move", {"teaching_point_id": before}, {"teaching_point_id": after})
        uow.changed(BillState, ids)


def _finish(event: StudentTransferred, uow: UnitOfWork) -> None:
    row = {
        "id": event.change_id,
        "student_id": event.student_id,
        "teaching_point_id": event.from_teaching_point_id,
        "to_teaching_point_id": event.to_teaching_point_id,
        "state": "done",
        "changed_at": event.transferred_at,
    }
    uow.execute(insert(transfers).values(row).on_conflict_do_update(index_elements=["id"], set_=row))
    uow.audit("transfer", event.change_id, "finish", after={"state": "done"})
