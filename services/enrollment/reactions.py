"""What the registry's answers make enrollment do: a record was made, or could not be."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason
from chassis.work.rows import lock_where, update_each
from chassis.work.steps import take_locked
from contracts.registry.events import AdmissionsRefused, StudentDocumentItem, StudentDocumentState
from services.enrollment.domain.workflows import ADMITTED, APPLICATION
from services.enrollment.tables import applications

_a = applications.c


def on_admissions_refused(events: Sequence[AdmissionsRefused], uow: UnitOfWork) -> None:
    """No record can be made: the form is rejected and says why. Its number is never given again.

    An answer about an earlier admission of the form finds another student id there, and is ignored.
    """
    codes = {row.student_id: row.code for event in events for row in event.refused}
    found = lock_where(uow, applications, ids_in(_a.student_id, codes), _a.state == ADMITTED, _a.recorded_at.is_(None))
    refusals = {
        id_: {"refusal": Reason(codes[row.student_id]).for_row, "studying": False} for id_, row in found.items()
    }
    take_locked(uow, APPLICATION, applications, found.values(), "refuse_record", each=refusals)


def on_student_document_state(events: Sequence[StudentDocumentState], uow: UnitOfWork) -> None:
    """The record is there; and whoever studies no more may begin the level again. Of two states of a student the newer
    counts: what is older than the copy changes nothing."""
    newest: dict[UUID, StudentDocumentItem] = {}
    for item in (item for event in events for item in event.items):
        if item.id not in newest or newest[item.id].version < item.version:
            newest[item.id] = item
    found = lock_where(uow, applications, ids_in(_a.student_id, newest), _a.state == ADMITTED)
    changed = {
        id_: {
            "recorded_at": row.recorded_at or uow.now,
            "record_version": newest[row.student_id].version,
            "studying": newest[row.student_id].studying and not newest[row.student_id].deleted,
        }
        for id_, row in found.items()
        if newest[row.student_id].version > (row.record_version or 0)
    }
    if changed:
        uow.execute(update_each(applications, changed))
