"""Withdrawals in finance's review hold the registration; finance pays only after the hold (CRS-8)."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import locked
from chassis.work.outcomes import hear
from chassis.work.steps import enter, take
from contracts.courses.events import SentWithdrawal, WithdrawalsSentToFinance
from contracts.exams.events import HeldRegistration, RefusedHold, RegistrationHoldRefused, RegistrationsHeld
from contracts.exams.states import RegistrationEnd, RegistrationState
from contracts.finance.events import RejectedWithdrawal, ReviewedWithdrawal, WithdrawalsApproved, WithdrawalsRejected
from services.exams.domain.registrations import PAID, against_hold
from services.exams.domain.workflows import HOLD
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

_r = exam_registrations.c


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
    take(uow, HOLD, withdrawal_holds, refusals, "refuse").whole()
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
    hear(uow, HOLD, withdrawal_holds, [_hold_of(w) for w in approved], "withdraw")
    rows = lock_where(uow, of_selections({w.selection_id for w in approved}), _r.state.in_(PAID))
    end(uow, rows, "withdraw", RegistrationEnd.WITHDRAWN)


def on_withdrawals_rejected(events: Sequence[WithdrawalsRejected], uow: UnitOfWork) -> None:
    """The withdrawal is off: what it held is free again."""
    for event in events:
        hear(uow, HOLD, withdrawal_holds, [_hold_of(w) for w in event.withdrawals], "release")
        held = and_(
            _r.state == RegistrationState.SUSPENDED,
            ids_in(_r.held_by_withdrawal_id, [w.withdrawal_id for w in event.withdrawals]),
        )
        share_rounds(uow, {row.exam_round_id for row in uow.rows(select(_r.exam_round_id).where(held))})
        rows = lock_where(uow, held)
        for suspended in (False, True):
            concerned = [row for row in rows if row.held_by_suspension is suspended]
            set_free(uow, concerned, suspended=suspended, because=event)


def _note_holds(uow: UnitOfWork, sent: Sequence[SentWithdrawal]) -> set[UUID]:
    """Remember what is to be held; the withdrawals that nothing was known of. The others are decided already."""
    holds = sorted(map(_hold_of, sent), key=itemgetter("id"))
    return {row.id for row in enter(uow, HOLD, withdrawal_holds, holds, "hold", unless="pk_withdrawal_holds")}


def _hold_of(withdrawal: SentWithdrawal | ReviewedWithdrawal | RejectedWithdrawal) -> dict[str, UUID]:
    return {"id": withdrawal.withdrawal_id, "selection_id": withdrawal.selection_id}


def _hold(uow: UnitOfWork, rows: Sequence[Row[Any]], by: dict[UUID, UUID]) -> None:
    """Hold registrations, also those that a suspension of the student holds already."""
    holds = {row.id: {"held_by_withdrawal_id": by[row.id]} for row in rows}
    note_hold(uow, [row for row in rows if row.state == RegistrationState.SUSPENDED], each=holds)
    step(uow, [row for row in rows if row.state != RegistrationState.SUSPENDED], "hold", each=holds)


def _held(withdrawal: SentWithdrawal, found: dict[UUID, Row[Any]], held: dict[UUID, UUID]) -> HeldRegistration:
    row = found.get(withdrawal.selection_id)
    return HeldRegistration(
        withdrawal_id=withdrawal.withdrawal_id,
        selection_id=withdrawal.selection_id,
        registration_id=row.id if row is not None and row.id in held else None,
    )
