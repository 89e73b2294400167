"""Exam fees that were paid: who selected a course gets a registration, a resit becomes one (EXM-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from chassis.work.steps import enter
from contracts.errors import ServiceError
from contracts.exams.events import RefusedRegistration, RegistrationRefused
from contracts.exams.states import RegistrationState
from contracts.finance.events import BillsPaid, PaidBill
from contracts.finance.source import SourceKind
from contracts.types import EnrolmentStatus, FeeKind
from services.exams.domain.registrations import UNPAID, HoldState, Seating, seat
from services.exams.domain.workflows import REGISTRATION
from services.exams.steps.registrations import lock_where, step
from services.exams.steps.rounds import share_rounds
from services.exams.tables import exam_registrations, students, withdrawal_holds

_r = exam_registrations.c


def on_bills_paid(events: Sequence[BillsPaid], uow: UnitOfWork) -> None:
    """Register for every paid exam fee; where there is no seat, say so and the fee goes back."""
    fees = [(event, bill) for event in events for bill in event.bills if _is_exam_fee(bill)]
    if not fees:
        return
    seatings = _seatings(uow, [bill for _, bill in fees])
    placed = _register_selections(uow, seatings) | _register_resits(uow, seatings)
    for event in events:
        ids = {bill.bill_id for bill in event.bills} & placed.keys()
        refused = [
            RefusedRegistration(
                registration_id=placed[bill.bill_id],
                selection_id=bill.source.id_if(SourceKind.SELECTION),
                bill_id=bill.bill_id,
                code=seating.against.code,
            )
            for bill, seating, _ in seatings
            if seating.against is not None and bill.bill_id in ids
        ]
        uow.publish_rows(RegistrationRefused, refused, because=event)


def _is_exam_fee(bill: PaidBill) -> bool:
    return bill.kind == FeeKind.EXAM and bill.source.kind in (SourceKind.SELECTION, SourceKind.REGISTRATION)


Seated = tuple[PaidBill, Seating, dict[str, Any]]


def _seatings(uow: UnitOfWork, bills: Sequence[PaidBill]) -> list[Seated]:
    """Each bill with what it gives and the columns that follow from it."""
    known = locked(uow, students, {bill.student_id for bill in bills})
    holds = _holds(uow, {bill.source.id for bill in bills})
    rounds = share_rounds(uow, {bill.exam_round_id for bill in bills if bill.exam_round_id is not None})
    seated = []
    for bill in bills:
        if bill.exam_round_id not in rounds:
            raise ServiceError("not_found")
        student = known[bill.student_id]
        hold = holds.get(bill.source.id)
        seating = seat(
            status=student.status,
            hold=HoldState(hold.state) if hold is not None else None,
            arranged=rounds[bill.exam_round_id].arrangement_published_at is not None,
            is_resit=bill.source.kind == SourceKind.REGISTRATION,
            round_code=rounds[bill.exam_round_id].code,
        )
        suspended = seating.state is RegistrationState.SUSPENDED
        held = hold.id if hold is not None and hold.state == HoldState.HELD and suspended else None
        columns = {
            "state": seating.state,
            "ended_by": seating.ended_by,
            "held_by_withdrawal_id": held,
            "held_by_suspension": suspended and student.status == EnrolmentStatus.SUSPENDED,
            "teaching_point_id": student.teaching_point_id,
            "bill_id": bill.bill_id,
        }
        seated.append((bill, seating, columns))
    return seated


def _holds(uow: UnitOfWork, selection_ids: set[UUID]) -> dict[UUID, Row[Any]]:
    """The newest hold of each selection among these, kept from changing until the registration stands."""
    h = withdrawal_holds.c
    held = select(withdrawal_holds).where(ids_in(h.selection_id, selection_ids)).order_by(h.created_at, h.id)
    return {row.selection_id: row for row in uow.rows(held.with_for_update(read=True))}


def _register_selections(uow: UnitOfWork, seatings: Sequence[Seated]) -> dict[UUID, UUID]:
    """Registration id by bill id of the registrations that are new. One that was there already is left alone."""
    rows = [
        {
            "id": new_id(),
            "selection_id": bill.source.id,
            "student_id": bill.student_id,
            "course_id": bill.course_id,
            "exam_round_id": bill.exam_round_id,
            "exam_kind": bill.exam_kind,
            "registered_at": bill.paid_at,
            **columns,
        }
        for bill, _, columns in seatings
        if bill.source.kind == SourceKind.SELECTION
    ]
    unless = "uq_exam_registrations_selection_id"
    made = enter(uow, REGISTRATION, exam_registrations, rows, "register", audited=("bill_id",), unless=unless)
    return {row.bill_id: row.id for row in made}


def _register_resits(uow: UnitOfWork, seatings: Sequence[Seated]) -> dict[UUID, UUID]:
    """Registration id by bill id of the resits that were still unpaid."""
    paid = {
        bill.source.id: (seating, columns)
        for bill, seating, columns in seatings
        if bill.source.kind == SourceKind.REGISTRATION
    }
    if not paid:
        return {}
    found = lock_where(uow, ids_in(_r.id, paid))
    if len(found) < len(paid):
        raise ServiceError("not_found")
    by_action: dict[str, list[Row[Any]]] = {}
    for row in found:
        if row.state in UNPAID:
            by_action.setdefault(paid[row.id][0].action, []).append(row)
    for action, rows in by_action.items():
        names = ("ended_by", "held_by_suspension", "bill_id")
        step(uow, rows, action, each={row.id: {name: paid[row.id][1][name] for name in names} for row in rows})
    return {paid[row.id][1]["bill_id"]: row.id for rows in by_action.values() for row in rows}
