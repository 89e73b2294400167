"""What other services' events make the registry do: finance holds a transfer or clears it, identity refuses a student
an account or makes it after all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.dialects.postgresql import Insert

from chassis.base.failures import NotYet
from chassis.data.bulk import ids_in, insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import rows
from chassis.work.steps import move_history, take_locked
from contracts.finance.events import TransferCleared, TransferHeld
from contracts.identity.events import StudentAccountsMade, StudentAccountsRefused
from contracts.registry.events import StudentTransferred
from contracts.registry.states import StatusChangeState
from services.registry.domain.workflows import STATUS_CHANGE
from services.registry.tables import account_answers, status_changes, students

_s, _c = students.c, status_changes.c


def on_transfer_held(events: Sequence[TransferHeld], uow: UnitOfWork) -> None:
    """Bills of the student are being paid: the transfer shows how many it waits for."""
    counts = {event.change_id: event.bill_count for event in events}
    for change in _lock_pending(uow, {event.student_id for event in events}, counts):
        rows.change(uow, status_changes, change, "edit", {"waiting_for_bills": counts[change.id]})


def on_transfer_cleared(events: Sequence[TransferCleared], uow: UnitOfWork) -> None:
    """Nothing of the student is being paid: the transfer takes effect."""
    changes = _lock_pending(uow, {event.student_id for event in events}, {event.change_id for event in events})
    take_locked(uow, STATUS_CHANGE, status_changes, changes, "approve", values={"waiting_for_bills": None}).whole()
    for change in changes:
        _move(uow, change)


def _lock_pending(uow: UnitOfWork, student_ids: set[UUID], change_ids: Iterable[UUID]) -> list[Row[Any]]:
    """The transfers that still wait for finance, locked after their students. Decided ones don't change any more."""
    rows.lock(uow, students, student_ids)
    pending = _c.state == StatusChangeState.PENDING_CLEARANCE
    return list(rows.lock(uow, status_changes, list(change_ids), pending).values())


def _move(uow: UnitOfWork, change: Row[Any]) -> None:
    """Let the student belong to the new point, with all earlier changes and their history."""
    point = {"teaching_point_id": change.to_teaching_point_id}
    student = uow.one(
        update(students).where(_s.id == change.student_id).values(**point, status_change_open=False).returning(students)
    )
    uow.audit(students, student.id, "transfer", {"teaching_point_id": change.from_teaching_point_id}, point)
    moved = uow.rows(update(status_changes).where(_c.student_id == student.id).values(**point).returning(_c.id))
    move_history(uow, [row.id for row in moved], change.to_teaching_point_id)
    uow.publish(
        StudentTransferred(
            change_id=change.id,
            student_id=student.id,
            student_version=student.version,
            from_teaching_point_id=change.from_teaching_point_id,
            to_teaching_point_id=change.to_teaching_point_id,
            transferred_at=uow.now,
        )
    )


def on_student_accounts_refused(events: Sequence[StudentAccountsRefused], uow: UnitOfWork) -> None:
    """The record shows why the student can't sign in. Once the account was made a refusal is an old one, whenever it
    arrives."""
    codes = {row.student_id: row.code for event in events for row in event.refused}
    answer = _answer(uow, codes)
    news = answer.excluded.refusal != account_answers.c.refusal  # never so where the refusal is empty
    for student_id in _write(uow, answer, news):
        uow.audit(students, student_id, "refuse_account", after={"account_refusal": codes[student_id]})


def on_student_accounts_made(events: Sequence[StudentAccountsMade], uow: UnitOfWork) -> None:
    """The student can sign in after all. It is remembered, for the refusal may still be on its way."""
    ids = {row.student_id for event in events for row in event.made}
    answer = _answer(uow, dict.fromkeys(ids))
    for student_id in _write(uow, answer, account_answers.c.refusal.is_not(None)):
        uow.audit(students, student_id, "make_account", after={"account_refusal": None})


def _answer(uow: UnitOfWork, refusals: Mapping[UUID, str | None]) -> Insert:
    """Identity's answers, in order of id. Raises NotYet for a student who is not there, as after a restore."""
    known = uow.scalar(select(func.count()).select_from(students).where(ids_in(_s.id, refusals)))
    if known < len(refusals):
        raise NotYet("student_unknown")
    answers = [{"student_id": id_, "refusal": refusals[id_], "answered_at": uow.now} for id_ in sorted(refusals)]
    return insert_rows(account_answers, answers)


def _write(uow: UnitOfWork, answer: Insert, news: ColumnElement[bool]) -> list[UUID]:
    """Keep the answers where there is none or they are `news`; the students for whom something changed."""
    kept = answer.on_conflict_do_update(
        index_elements=["student_id"],
        set_={name: answer.excluded[name] for name in ("refusal", "answered_at")},
        where=news,
    )
    return [row.student_id for row in uow.rows(kept.returning(account_answers.c.student_id))]
