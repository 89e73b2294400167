"""Status changes as requests, and what follows from each of their steps (REG-6).

The student's row decides about status and teaching point: it is locked before those of changes. While a change is
open, the record says so (`status_change_open`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in, insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.documents import issued
from chassis.requests.attachments import Attachments
from chassis.requests.kinds import RequestKind, Things
from chassis.requests.telling import telling
from chassis.work.reasons import Reason
from chassis.work.rows import change_each, lock, lock_where
from contracts.registry.events import (
    StudentLeft,
    StudentResumed,
    StudentSuspended,
    StudentTransferred,
    TransferRequested,
    TransferRevoked,
)
from contracts.registry.states import StatusChangeKind
from services.registry.domain.status_changes import (
    Destination,
    against_change,
    against_destination,
    last_day_of_suspension,
    status_after,
)
from services.registry.domain.workflows import (
    APPROVED,
    FIRST_REVIEW_PASSED,
    PENDING_CLEARANCE,
    REJECTED,
    REVOKED,
    STATUS_CHANGE,
)
from services.registry.tables import programmes, status_changes, students, suspensions, teaching_points

Changes = Sequence[Row[Any]]
Records = Mapping[UUID, Row[Any]]
"""Students by id."""


# -- what speaks against a change ------------------------------------------------------------------------------------


def running_suspensions(uow: UnitOfWork, student_ids: Collection[UUID]) -> Records:
    """The suspensions that have no end yet, locked, by student."""
    theirs = ids_in(suspensions.c.student_id, student_ids)
    return {
        row.student_id: row for row in lock_where(uow, suspensions, theirs, suspensions.c.until_on.is_(None)).values()
    }


def against_transfers(uow: UnitOfWork, asked: Things, wanted: Mapping[UUID, UUID]) -> dict[UUID, Reason | None]:
    """What speaks against these students (by id) going to the points wanted (student → point)."""
    found = select(teaching_points).where(
        ids_in(teaching_points.c.id, set(wanted.values())), ~teaching_points.c.deleted
    )
    points = {row.id: row for row in uow.rows(found)}
    studied = select(programmes).where(ids_in(programmes.c.id, {row.programme_id for row in asked.values()}))
    programme_of = {row.id: row for row in uow.rows(studied)}
    return {
        id_: against_destination(
            student.teaching_point_id, _destination(points.get(wanted[id_]), programme_of.get(student.programme_id))
        )
        for id_, student in asked.items()
    }


def _destination(point: Row[Any] | None, programme: Row[Any] | None) -> Destination | None:
    if point is None:
        return None
    offered_at = frozenset(map(UUID, programme.teaching_point_ids)) if programme is not None else frozenset()
    return Destination(point.id, point.status, programme.code if programme is not None else None, offered_at)


def _against_approval(uow: UnitOfWork, changes: Changes) -> dict[UUID, Reason]:
    """What was possible when it was asked for has to be so still."""
    records = _records(uow, changes)
    reasons = {each.id: against_change(each.kind, records[each.student_id].status) for each in changes}
    moving = {each.id: each for each in changes if each.kind == StatusChangeKind.TRANSFER_TEACHING_POINT}
    if moving:
        wanted = {each.student_id: each.to_teaching_point_id for each in moving.values()}
        against = against_transfers(uow, {id_: records[id_] for id_ in wanted}, wanted)
        reasons |= {id_: reasons[id_] or against[each.student_id] for id_, each in moving.items()}
    return {id_: reason for id_, reason in reasons.items() if reason is not None}


# -- what follows ------------------------------------------------------------------------------------------------------


def _records(uow: UnitOfWork, changes: Changes) -> Records:
    """The students whom changes are about; this transaction holds them."""
    return lock(uow, students, {each.student_id for each in changes})


def _edit(
    uow: UnitOfWork, changes: Changes, values: Callable[[Row[Any], Row[Any]], Mapping[str, Any]], action: str = "edit"
) -> Records:
    """Change the records by `values` (change, record); as they now are."""
    before = _records(uow, changes)
    new = {each.student_id: values(each, before[each.student_id]) for each in changes}
    return change_each(uow, students, before, action, new)


def _note_open(uow: UnitOfWork, changes: Changes) -> None:
    _edit(uow, changes, lambda *_: {"status_change_open": True})


def _note_closed(uow: UnitOfWork, changes: Changes) -> None:
    _edit(uow, changes, lambda *_: {"status_change_open": False})


def _take_back(uow: UnitOfWork, changes: Changes) -> None:
    """Finance, where it was asked, lets the student's bills be paid again."""
    _note_closed(uow, changes)
    _TELL_REVOKED(uow, [each for each in changes if each.state == PENDING_CLEARANCE])


def _take_effect(uow: UnitOfWork, changes: Changes) -> None:
    for kind, effect in _EFFECTS.items():
        if concerned := [each for each in changes if each.kind == kind]:
            effect(uow, concerned)


def _set_status(uow: UnitOfWork, changes: Changes) -> Records:
    return _edit(
        uow,
        changes,
        lambda each, record: {"status": status_after(each.kind, record.status), "status_change_open": False},
    )


def _suspend(uow: UnitOfWork, changes: Changes) -> None:
    """The study clock stands still from the first day on."""
    records = _set_status(uow, changes)
    begun = [{"id": new_id(), "student_id": each.student_id, "from_on": each.from_on} for each in changes]
    uow.execute(insert_rows(suspensions, begun))
    for each in changes:
        uow.publish(StudentSuspended(**_fact(each, records), suspended_at=uow.now))


def _resume(uow: UnitOfWork, changes: Changes) -> None:
    """The study clock goes on from the day of the return."""
    records = _set_status(uow, changes)
    running = running_suspensions(uow, records)
    ends = {running[each.student_id].id: {"until_on": last_day_of_suspension(each.from_on)} for each in changes}
    change_each(uow, suspensions, {row.id: row for row in running.values()}, "edit", ends)
    for each in changes:
        uow.publish(StudentResumed(**_fact(each, records), resumed_at=uow.now))


def _leave(uow: UnitOfWork, changes: Changes) -> None:
    records = _set_status(uow, changes)
    for each in changes:
        uow.publish(StudentLeft(**_fact(each, records), voluntary=each.voluntary, left_at=uow.now))


def _move(uow: UnitOfWork, changes: Changes) -> None:
    """The student belongs to the new point, with all earlier changes, their history and documents."""
    points = {each.student_id: each.to_teaching_point_id for each in changes}
    records = _edit(
        uow,
        changes,
        lambda each, _: {"teaching_point_id": each.to_teaching_point_id, "status_change_open": False},
        action="transfer",
    )
    STATUS_CHANGES.follow(uow, points, decided=True)
    issued.follow_students(uow, points)
    for each in changes:
        way = {name: getattr(each, name) for name in ("from_teaching_point_id", "to_teaching_point_id")}
        uow.publish(StudentTransferred(**_fact(each, records), **way, transferred_at=uow.now))


def _fact(each: Row[Any], records: Records) -> dict[str, Any]:
    """What facts about a change say: the version is the one that the change made."""
    version = records[each.student_id].version
    return {"change_id": each.id, "student_id": each.student_id, "student_version": version}


def _named(_: UnitOfWork, changes: Changes) -> list[dict[str, Any]]:
    return [{"change_id": each.id} for each in changes]


_TELL_REVOKED = telling(TransferRevoked, _named)
_EFFECTS: Mapping[str, Callable[[UnitOfWork, Changes], None]] = {
    StatusChangeKind.SUSPEND: _suspend,
    StatusChangeKind.RESUME: _resume,
    StatusChangeKind.LEAVE_SCHOOL: _leave,
    StatusChangeKind.TRANSFER_TEACHING_POINT: _move,
}
STATUS_CHANGES = RequestKind(
    STATUS_CHANGE,
    status_changes,
    "student_id",
    open_code="another_change_open",
    effects={
        FIRST_REVIEW_PASSED: _note_open,
        PENDING_CLEARANCE: telling(TransferRequested, _named),
        APPROVED: _take_effect,
        REJECTED: _note_closed,
        REVOKED: _take_back,
    },
    against={"approve": _against_approval},
    entered_by="requested_by",
    attachments=Attachments(),
)
