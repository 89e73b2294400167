"""What other services' events make the registry do: finance holds a transfer or clears it, identity refuses a student
an account or makes it after all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import Insert

from chassis.base.failures import NotYet
from chassis.data.bulk import ids_in, insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import change_each
from contracts.finance.events import TransferCleared, TransferHeld
from contracts.identity.events import StudentAccountsMade, StudentAccountsRefused
from contracts.registry.states import StatusChangeState
from services.registry.steps.status_changes import STATUS_CHANGES
from services.registry.tables import account_answers, status_changes, students

_s = students.c


def on_transfer_held(events: Sequence[TransferHeld], uow: UnitOfWork) -> None:
    """Bills of the student are being paid: the transfer shows how many it waits for."""
    counts = {event.change_id: {"waiting_for_bills": event.bill_count} for event in events}
    found = STATUS_CHANGES.hold(uow, counts)
    # Decided ones don't change any more.
    waiting = {id_: counts[id_] for id_, row in found.items() if row.state == StatusChangeState.PENDING_CLEARANCE}
    change_each(uow, status_changes, found, "edit", waiting)


def on_transfer_cleared(events: Sequence[TransferCleared], uow: UnitOfWork) -> None:
    """Nothing of the student is being paid: the transfer takes effect."""
    ids = list(dict.fromkeys(event.change_id for event in events))
    STATUS_CHANGES.decide(uow, ids, "clear", values={"waiting_for_bills": None})


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
