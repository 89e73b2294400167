"""What the registry's answers make enrollment do: a record was made, or could not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import current
from chassis.work.reasons import Reason
from chassis.work.rows import lock_where, set_each
from chassis.work.steps import take_locked
from contracts.registry.events import AdmissionsRefused, StudentDocumentItem, StudentDocumentState
from services.enrollment.domain.workflows import ADMITTED, APPLICATION
from services.enrollment.tables import applications, student_documents

_a = applications.c

NUMBER_TAKEN = "student_number_taken"


def on_admissions_refused(events: Sequence[AdmissionsRefused], uow: UnitOfWork) -> None:
    """No record can be made: the form says why. Whose document is somebody's is rejected; whose number is, the school
    admits once more. The number is never given again.

    An answer about an earlier admission of the form finds another student id there, and is ignored.
    """
    codes = {row.student_id: row.code for event in events for row in event.refused}
    found = lock_where(uow, applications, ids_in(_a.student_id, codes), _a.state == ADMITTED, _a.recorded_at.is_(None))
    for action, of_number in (("return_number", True), ("refuse_record", False)):
        rows = [row for row in found.values() if (codes[row.student_id] == NUMBER_TAKEN) is of_number]
        refusals = {row.id: {"refusal": Reason(codes[row.student_id]).for_row, "studying": False} for row in rows}
        take_locked(uow, APPLICATION, applications, rows, action, each=refusals)


def on_student_document_state(events: Sequence[StudentDocumentState], uow: UnitOfWork) -> None:
    """The record is there; and whoever studies no more may begin the level again. Of two states of a student the newer
    counts: what is older than the copy changes nothing."""
    newest = current(uow, student_documents, events)
    found = lock_where(uow, applications, ids_in(_a.student_id, newest), _a.state == ADMITTED)
    told = {id_: _told(row, newest[row.student_id][0], uow) for id_, row in found.items()}
    set_each(uow, applications, {id_: values for id_, values in told.items() if _is_news(found[id_], values)})


def _told(row: Row[Any], item: StudentDocumentItem, uow: UnitOfWork) -> dict[str, Any]:
    return {"recorded_at": row.recorded_at or uow.now, "studying": item.studying and not item.deleted}


def _is_news(row: Row[Any], values: Mapping[str, Any]) -> bool:
    """Whether it changes the form: the registry tells of every change of a record, most of which are none of a form."""
    return any(row._mapping[name] != value for name, value in values.items())
