"""Withdrawals in finance's review hold the registration; finance pays only after the hold (CRS-8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, case, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.data.bulk import insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from contracts.courses.events import SentWithdrawal, WithdrawalsSentToFinance
from contracts.exams.events import HeldRegistration, RefusedHold, RegistrationHoldRefused, RegistrationsHeld
from contracts.exams.states import RegistrationEnd, RegistrationState
from contracts.finance.events import WithdrawalsApproved, WithdrawalsRejected
from services.exams.domain.registrations import PAID, HoldState, against_hold
from services.exams.steps.registrations import (
    end,
    lock_where,
    note_hold,
    of_selections,
    set_free,
    step,
)
from services.exams.steps.rounds import share_rounds
from services.exams.tables import exam_registrations, students, withdrawal_holds

_h, _r = withdrawal_holds.c, exam_registrations.c


def on_withdrawals_sent_to_finance(events: Sequence[WithdrawalsSentToFinance], uow: UnitOfWork) -> None:
    """Hold the registration of each withdrawal, or refuse where the exam has begun. A fee that is paid later finds
    the hold waiting."""
    sent = [withdrawal for event in events for withdrawal in event.withdrawals]
    locked(uow, students, {withdrawal.student_id for withdrawal in sent}, alone=True)
    wanted = _note_holds(uow, sent)
    found = {row.selection_id: row for row in lock_where(uow, of_selections({w.selection_id for w in sent}))}
    refusals: dict[UUID, str] = {}
    to_hold: dict[UUID, UUID] = {}
    for withdrawal in sent:
        row = found.get(withdrawal.selection_id)
        if row is None or withdrawal.withdrawal_id not in wanted:
            continue
        if reason := against_hold(row.state, started=row.started):
            refusals[withdrawal.withdrawal_id] = reason.code
        elif row.state in PAID:
            to_hold[row.id] = withdrawal.withdrawal_id
    _hold(uow, [row for row in found.values() if row.id in to_hold], to_hold)
    uow.execute(update(withdrawal_holds).where(_h.id.in_(refusals)).values(state=HoldState.REFUSED))
    for event in events:
        asked = [w for w in event.withdrawals if w.withdrawal_id in wanted]
        held = [_held(w, found, to_hold) for w in asked if w.withdrawal_id not in refusals]
        refused = [
            RefusedHold(
                withdrawal_id=w.withdrawal_id,
                selection_id=w.selection_id,
                registration_id=found[w.selection_id].id,
                code=refusals[w.withdrawal_id],
            )
            for w in asked
            if w.withdrawal_id in refusals
        ]
        uow.publish_rows(RegistrationsHeld, held, because=event)
        uow.publish_rows(RegistrationHoldRefused, refused, because=event)


def on_withdrawals_approved(events: Sequence[WithdrawalsApproved], uow: UnitOfWork) -> None:
    """The course is withdrawn: its registration is cancelled, and a fee that is paid later gives none."""
    approved = {w.withdrawal_id: w for event in events for w in event.withdrawals}.values()
    locked(uow, students, {withdrawal.student_id for withdrawal in approved}, alone=True)
    decided = insert(withdrawal_holds).values(
        [{"id": w.withdrawal_id, "selection_id": w.selection_id, "state": HoldState.WITHDRAWN} for w in approved]
    )
    uow.execute(decided.on_conflict_do_update(index_elements=[_h.id], set_={"state": HoldState.WITHDRAWN}))
    rows = lock_where(uow, of_selections({w.selection_id for w in approved}), _r.state.in_(PAID))
    end(uow, rows, "withdraw", RegistrationEnd.WITHDRAWN)


def on_withdrawals_rejected(events: Sequence[WithdrawalsRejected], uow: UnitOfWork) -> None:
    """The withdrawal is off: what it held is free again."""
    for event in events:
        ended = insert(withdrawal_holds).values(
            [
                {"id": w.withdrawal_id, "selection_id": w.selection_id, "state": HoldState.RELEASED}
                for w in event.withdrawals
            ]
        )
        released = case((_h.state == HoldState.HELD, HoldState.RELEASED), else_=_h.state)
        uow.execute(ended.on_conflict_do_update(index_elements=[_h.id], set_={"state": released}))
        held = and_(
            _r.state == RegistrationState.SUSPENDED,
            _r.held_by_withdrawal_id.in_([w.withdrawal_id for w in event.withdrawals]),
        )
        share_rounds(uow, {row.exam_round_id for row in uow.rows(select(_r.exam_round_id).where(held))})
        rows = lock_where(uow, held)
        for suspended in (False, True):
            concerned = [row for row in rows if row.held_by_suspension is suspended]
            set_free(uow, concerned, suspended=suspended, because=event)


def _note_holds(uow: UnitOfWork, sent: Sequence[SentWithdrawal]) -> set[UUID]:
    """Remember what is to be held; the withdrawals that nothing was known of. The others are decided already."""
    holds = [{"id": w.withdrawal_id, "selection_id": w.selection_id, "state": HoldState.HELD} for w in sent]
    new = insert_rows(withdrawal_holds, holds)
    return {row.id for row in uow.rows(new.on_conflict_do_nothing().returning(_h.id))}


def _hold(uow: UnitOfWork, rows: Sequence[Row[Any]], by: dict[UUID, UUID]) -> None:
    """Hold registrations, also those that a suspension of the student holds already."""
    held_already = [row for row in rows if row.state == RegistrationState.SUSPENDED]
    free = [row for row in rows if row.state != RegistrationState.SUSPENDED]
    for row in held_already:
        note_hold(uow, [row], held_by_withdrawal_id=by[row.id])
    step(uow, free, "hold", each={row.id: {"held_by_withdrawal_id": by[row.id]} for row in free})


def _held(withdrawal: SentWithdrawal, found: dict[UUID, Row[Any]], held: dict[UUID, UUID]) -> HeldRegistration:
    row = found.get(withdrawal.selection_id)
    return HeldRegistration(
        withdrawal_id=withdrawal.withdrawal_id,
        selection_id=withdrawal.selection_id,
        registration_id=row.id if row is not None and row.id in held else None,
    )
