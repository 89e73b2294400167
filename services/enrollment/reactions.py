"""What the registry's answers make enrollment do: a record was made, or could not be."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.messages.copies import current
from chassis.work.reasons import Reason
from chassis.work.rows import lock_where, set_each
from chassis.work.steps import take_locked
from contracts.registry.events import AdmissionsRefused, StudentDocumentState
from services.enrollment.domain.workflows import ADMISSION_CANCELLED, ADMITTED, APPLICATION, RECORDED
from services.enrollment.steps.records import follow
from services.enrollment.tables import applications, student_documents

_a = applications.c

NUMBER_TAKEN = "student_number_taken"


def on_admissions_refused(events: Sequence[AdmissionsRefused], uow: UnitOfWork) -> None:
    """No record can be made: the form says why. Whose document is somebody's is rejected; whose number is, the school
    admits once more. The number is never given again. Where the admission was taken back meanwhile, it stays so, and
    the level is free.

    An answer about an earlier admission of the form finds another student id there, and is ignored.
    """
    codes = {row.student_id: row.code for event in events for row in event.refused}
    of_them = (ids_in(_a.student_id, codes), _a.state.in_(RECORDED), _a.recorded_at.is_(None))
    found = lock_where(uow, applications, *of_them)
    refusals = {
        id_: {"refusal": Reason(codes[row.student_id]).for_row, "studying": False} for id_, row in found.items()
    }
    for action, of_number in (("return_number", True), ("refuse_record", False)):
        rows = [
            row
            for row in found.values()
            if row.state == ADMITTED and (codes[row.student_id] == NUMBER_TAKEN) is of_number
        ]
        each = {row.id: refusals[row.id] for row in rows}
        take_locked(uow, APPLICATION, applications, rows, action, each=each)
    over = {id_: refusals[id_] for id_, row in found.items() if row.state == ADMISSION_CANCELLED}
    set_each(uow, applications, over)


def on_student_document_state(events: Sequence[StudentDocumentState], uow: UnitOfWork) -> None:
    """The record is there; and whoever studies no more may begin the level again. Of two states of a student the newer
    counts: what is older than the copy changes nothing."""
    newest = current(uow, student_documents, events)
    follow(uow, {id_: item for id_, (item, _) in newest.items()})
