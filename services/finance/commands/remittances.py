"""Remittance slips: bills are put on one, and finance finds the money on the bank account or does not (FIN-5)."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in, insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.work import steps
from chassis.work.numbers import next_number
from chassis.work.reasons import refuse
from chassis.work.rows import change, locked
from chassis.work.school_settings import setting
from contracts.errors import ServiceError
from contracts.finance.commands import (
    ApproveRemittance,
    AttachReceipt,
    BookLateRemittance,
    CreateRemittance,
    RejectRemittance,
    RevokeRemittance,
)
from contracts.finance.states import BillStatus, PaymentMethod, RemittanceState
from contracts.finance.views import RemittanceDetails
from services.finance.domain.closing import SETTLED
from services.finance.domain.numbers import SLIP_NUMBER
from services.finance.domain.paying import against_day, against_late_money
from services.finance.domain.settings import GRACE_DAYS
from services.finance.domain.workflows import REMITTANCE
from services.finance.queries.remittances import remittance_details
from services.finance.steps import bills, payments, transfers
from services.finance.steps.bills import Bill
from services.finance.tables.bills import bills as bill_table
from services.finance.tables.payments import payment_lines, remittances

SLIP_LIMIT = 5000
RECEIPT_BYTES = 5 * 1024 * 1024
RECEIPT_KINDS = (FileKind.PNG, FileKind.JPEG, FileKind.PDF)


def create_remittance(command: CreateRemittance, uow: UnitOfWork) -> RemittanceDetails:
    """Put unpaid bills on a slip, and with each bill all others of its selection."""
    refuse(against_day(command.remitted_on, uow.today))
    payable = _payable(uow, command.bill_ids)
    entered = {
        "number": next_number(uow, SLIP_NUMBER),
        "teaching_point_id": payable[0].teaching_point_id,
        "amount": sum((bill.amount for bill in payable), Decimal(0)),
        "bill_count": len(payable),
        "payer_name": command.payer_name,
        "remitted_on": command.remitted_on,
        "entered_by": uow.context.actor.user_id,
    }
    slip = steps.enter_one(uow, REMITTANCE, remittances, entered, "create", audited=("number",))
    lines = [
        {
            "id": new_id(),
            "method": PaymentMethod.REMITTANCE,
            "remittance_id": slip.id,
            "bill_id": bill.id,
            "teaching_point_id": slip.teaching_point_id,
            "amount": bill.amount,
            "open": True,
        }
        for bill in payable
    ]
    uow.execute(insert_rows(payment_lines, lines))
    bills.take_all(uow, payable, "remit", {"remittance_id": slip.id})
    return remittance_details(uow, slip.id)


def _payable(uow: UnitOfWork, bill_ids: Sequence[UUID]) -> list[Bill]:
    """The chosen bills and those of the same selections, locked and fit to be paid together by one slip."""
    chosen = uow.rows(select(bill_table.c.source_id).where(ids_in(bill_table.c.id, bill_ids)))
    if len(chosen) < len(bill_ids):
        raise ServiceError("some_not_found", count=len(bill_ids) - len(chosen))
    wanted = set(bill_ids)
    # A way of payment that settles one bill alone leaves the other to be paid later: what is settled stays out.
    together = [
        bill
        for bill in bills.lock_of_sources(uow, {bill.source_id for bill in chosen})
        if bill.id in wanted or bill.status not in SETTLED
    ]
    if len(together) > SLIP_LIMIT:
        raise ServiceError("remittance_too_large", count=len(together), limit=SLIP_LIMIT)
    if not_unpaid := sum(bill.status != BillStatus.UNPAID for bill in together):
        raise ServiceError("bills_not_unpaid", count=not_unpaid)
    if len({bill.teaching_point_id for bill in together}) > 1:
        raise ServiceError("bills_of_several_points")
    moving = transfers.in_transfer(uow, {bill.student_id for bill in together})
    if in_transfer := sum(bill.student_id in moving for bill in together):
        raise ServiceError("student_in_transfer", count=in_transfer)
    return together


def attach_receipt(command: AttachReceipt, uow: UnitOfWork) -> RemittanceDetails:
    """Put the bank's receipt to a slip that is not reviewed yet; a newer one takes the place of the older."""
    slip = locked(uow, remittances, command.remittance_id, command.version)
    if slip.state != RemittanceState.PENDING:
        raise ServiceError("step_not_allowed", workflow=REMITTANCE.name, state=slip.state, action="attach_receipt")
    file_id = files.adopt(
        uow,
        command.file,
        purpose="receipt",
        allowed=RECEIPT_KINDS,
        max_bytes=RECEIPT_BYTES,
        teaching_point_id=slip.teaching_point_id,
    )
    change(uow, remittances, slip, "attach_receipt", {"receipt_file_id": file_id})
    return remittance_details(uow, slip.id)


def revoke_remittance(command: RevokeRemittance, uow: UnitOfWork) -> RemittanceDetails:
    """Take a slip back that finance has not reviewed yet."""
    slip = steps.take_one(uow, REMITTANCE, remittances, command.remittance_id, command.version, "revoke")
    payments.release(uow, _end(uow, slip))
    return remittance_details(uow, slip.id)


def reject_remittance(command: RejectRemittance, uow: UnitOfWork) -> RemittanceDetails:
    """The money is not there: the bills are unpaid again, with some days to pay them before they lapse."""
    id_, note = command.remittance_id, command.note
    values = {"reviewed_at": uow.now, "note": note}
    slip = steps.take_one(uow, REMITTANCE, remittances, id_, command.version, "reject", note=note, values=values)
    payments.release(uow, _end(uow, slip), grace_until=uow.now + timedelta(days=setting(uow, GRACE_DAYS)))
    return remittance_details(uow, slip.id)


def approve_remittance(command: ApproveRemittance, uow: UnitOfWork) -> RemittanceDetails:
    """The money is there: every bill of the slip is paid."""
    slip = _takeable(uow, command, "approve")
    values = {**_received(uow, command, slip), "reviewed_at": uow.now, "note": command.note}
    steps.take_locked(uow, REMITTANCE, remittances, [slip], "approve", note=command.note, values=values).whole()
    payments.settle(uow, _end(uow, slip), PaymentMethod.REMITTANCE, {"remittance_id": slip.id})
    return remittance_details(uow, slip.id)


def book_late_remittance(command: BookLateRemittance, uow: UnitOfWork) -> RemittanceDetails:
    """The money of a slip that came to nothing has arrived after all: pay what can still be paid by it."""
    slip = _takeable(uow, command, "book_late")
    values = {**_received(uow, command, slip), "reviewed_at": uow.now}
    steps.take_locked(uow, REMITTANCE, remittances, [slip], "book_late", values=values).whole()
    ended = _end(uow, slip)
    moving = transfers.in_transfer(uow, {bill.student_id for bill in ended})
    reasons = {bill: against_late_money(bill, slip.teaching_point_id, bill.student_id in moving) for bill in ended}
    usable = [bill for bill, reason in reasons.items() if reason is None]
    payments.settle(uow, usable, PaymentMethod.REMITTANCE, {"remittance_id": slip.id})
    payments.book_suspense(
        uow,
        [(bill, reason) for bill, reason in reasons.items() if reason is not None],
        method=PaymentMethod.REMITTANCE,
        teaching_point_id=slip.teaching_point_id,
        remittance_id=slip.id,
    )
    return remittance_details(uow, slip.id)


def _takeable(uow: UnitOfWork, command: ApproveRemittance | BookLateRemittance, action: str) -> Row[Any]:
    return steps.takeable(uow, REMITTANCE, remittances, command.remittance_id, command.version, action)


def _end(uow: UnitOfWork, slip: Row[Any]) -> list[Bill]:
    """Close the slip's lines; its bills, locked."""
    of_slip = payment_lines.c.remittance_id == slip.id
    ended = bills.lock(uow, [row.bill_id for row in uow.rows(select(payment_lines.c.bill_id).where(of_slip))])
    bills.close_lines(uow, of_slip)
    return ended


def _received(uow: UnitOfWork, command: ApproveRemittance | BookLateRemittance, slip: Row[Any]) -> dict[str, Any]:
    """What came of the slip's money. Raises `received_amount_differs`, for a slip is paid to the cent or not at all,
    `money_day_in_future` and `money_day_too_long_ago`."""
    refuse(against_day(command.received_on, uow.today))
    if command.received_amount != slip.amount:
        raise ServiceError("received_amount_differs", received=str(command.received_amount), expected=str(slip.amount))
    return command.model_dump(include={"received_amount", "received_on", "bank_reference"})
