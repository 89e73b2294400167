"""The remittance slip (FIN-5): what a payer takes to the bank, and finance finds the money by."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import select

from chassis.data.unit_of_work import UnitOfWork
from chassis.documents.declaring import Document
from chassis.documents.issued import Holder
from chassis.documents.making import Making, Said
from contracts.base import Contract
from contracts.finance.commands import PrintRemittanceSlip
from contracts.finance.states import RemittanceState
from contracts.stored import StoredDay, StoredName, StoredNumber, StoredTitle
from contracts.types import FeeKind, Money
from services.finance.queries.bills import bills_of, views
from services.finance.tables.bills import bills
from services.finance.tables.payments import remittances

LISTED: Final = 1_000
"""Bills that a slip names; some fifty pages. More would be read by nobody, and take a task process half a gigabyte."""


class SlipBill(Contract):
    """A bill on the slip."""

    number: StoredNumber
    student_number: StoredNumber | None
    student_name: StoredName | None
    course_name: StoredTitle | None
    kind: FeeKind
    amount: Money


class RemittanceSlip(Contract):
    """What the slip says."""

    number: StoredNumber
    state: RemittanceState
    payer_name: StoredTitle
    remitted_on: StoredDay
    amount: Money
    bill_count: int
    bills: tuple[SlipBill, ...]


REMITTANCE_SLIP: Final = Document(
    "remittance_slip", RemittanceSlip, Path(__file__).with_suffix(".typ"), scanned="number"
)


def slip_of(command: PrintRemittanceSlip, uow: UnitOfWork) -> Said:
    """What a slip says now. Raises `not_found`."""
    slip = uow.one(select(remittances).where(remittances.c.id == command.remittance_id))
    on_it = bills_of(slip.id).order_by(bills.c.number).limit(LISTED)
    lines = tuple(SlipBill.model_validate(each.model_dump()) for each in views(uow, uow.rows(on_it)))
    return Said(
        RemittanceSlip.model_validate({**slip._mapping, "bills": lines}),
        Holder(teaching_point_id=slip.teaching_point_id),
    )


REMITTANCE_SLIPS: Final = Making(REMITTANCE_SLIP, PrintRemittanceSlip, slip_of)
