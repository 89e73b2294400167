"""Exams' refusals."""

from collections.abc import Sequence

from chassis.base.failures import NotYet
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason
from chassis.work.rows import lock, set_each
from contracts.exams.events import RegistrationRefused
from services.courses.tables.selections import selections


def on_registration_refused(events: Sequence[RegistrationRefused], uow: UnitOfWork) -> None:
    """An exam fee was paid too late for a seat: the selection shows why, and learning goes on."""
    refused = {row.selection_id: row.code for event in events for row in event.refused if row.selection_id}
    if len(lock(uow, selections, list(refused))) < len(refused):
        raise NotYet("selection_unknown")
    values = {id_: {"registration_refusal": Reason(code).for_row} for id_, code in refused.items()}
    set_each(uow, selections, values)
    for id_, code in refused.items():
        uow.audit(selections, id_, "refuse_registration", after={"code": code})
