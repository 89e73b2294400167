"""Who was admitted gets a record, or enrollment hears why not; whose admission was taken back has none that is alive.

Of an admission and its cancellation, in whichever order they are heard, the outcome is one: the record is made by the
same rules, and ended. Neither sees what the other has not committed, so they keep out of each other's way by a lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from chassis.data.bulk import ids_in, insert_rows
from chassis.data.unit_of_work import UnitOfWork
from chassis.rules.days import first_day
from chassis.rules.prior_education import prior_columns
from contracts.enrollment.events import AdmissionsCancelled, AdmittedStudent, StudentsAdmitted
from contracts.registry.events import AdmissionsRefused, RefusedAdmission
from services.registry.steps.ended_admissions import end_admissions
from services.registry.tables import cancelled_admissions, students

_s = students.c


def on_students_admitted(events: Sequence[StudentsAdmitted], uow: UnitOfWork) -> None:
    """Records of the admitted. Whose record is there already had it made by the same news; whose number or document a
    student has is refused."""
    _keep_apart(uow, func.pg_advisory_xact_lock_shared)
    for event in events:
        known = _known(uow, [row.student_id for row in event.students])
        wanted = [_record(row) for row in event.students if row.student_id not in known]
        made = _make(uow, wanted)
        end_admissions(uow, _cancelled_before(uow, made))
        refused = [row for row in event.students if row.student_id not in known | made.keys()]
        numbers = _numbers_taken(uow, refused)
        uow.publish_rows(
            AdmissionsRefused,
            [
                RefusedAdmission(
                    student_id=row.student_id,
                    application_id=row.application_id,
                    code="student_number_taken" if row.student_number.lower() in numbers else "id_number_taken",
                )
                for row in refused
            ],
            because=event,
        )


def on_admissions_cancelled(events: Sequence[AdmissionsCancelled], uow: UnitOfWork) -> None:
    """The records end. That an admission was cancelled is remembered: it may be heard of only later."""
    _keep_apart(uow, func.pg_advisory_xact_lock)
    cancelled = {row.student_id: row.cancelled_at for event in events for row in event.cancelled}
    rows = [{"student_id": id_, "cancelled_at": cancelled[id_]} for id_ in sorted(cancelled)]
    uow.execute(insert_rows(cancelled_admissions, rows).on_conflict_do_nothing())
    end_admissions(uow, cancelled)


def _keep_apart(uow: UnitOfWork, lock: Callable[[ColumnElement[int]], ColumnElement[Any]]) -> None:
    """Who makes records shares the lock. Who ends them, which is rare, has it alone: waits for those, and they wait."""
    uow.execute(select(lock(func.hashtextextended("registry.admissions", 0))))


def _cancelled_before(uow: UnitOfWork, made: Collection[UUID]) -> list[UUID]:
    c = cancelled_admissions.c
    return [row.student_id for row in uow.rows(select(c.student_id).where(ids_in(c.student_id, made)))]


def _known(uow: UnitOfWork, ids: Sequence[UUID]) -> set[UUID]:
    return {row.id for row in uow.rows(select(_s.id).where(ids_in(_s.id, ids)))}


def _make(uow: UnitOfWork, records: Sequence[Mapping[str, Any]]) -> Mapping[UUID, str]:
    """Records that no constraint keeps out, by one statement."""
    if not records:
        return {}
    inserted = insert_rows(students, records).on_conflict_do_nothing().returning(_s.id, _s.student_number)
    made = {row.id: row.student_number for row in uow.rows(inserted)}
    for record in records:
        if record["id"] in made:
            facts = {name: record[name] for name in ("student_number", "teaching_point_id", "programme_id", "intake")}
            uow.audit(students, record["id"], "admit", after=facts)
    return made


def _numbers_taken(uow: UnitOfWork, refused: Sequence[AdmittedStudent]) -> set[str]:
    wanted = {row.student_number.lower() for row in refused}
    if not wanted:
        return set()
    number = func.lower(_s.student_number)
    return {taken for (taken,) in uow.rows(select(number).where(number.in_(wanted)))}


def _record(admitted: AdmittedStudent) -> dict[str, Any]:
    own = admitted.model_dump(exclude={"student_id", "application_id", "contact", "prior_education", "admitted_at"})
    return {
        "id": admitted.student_id,
        **own,
        **admitted.contact.model_dump(),
        **prior_columns(admitted.prior_education),
        "enrolled_on": first_day(admitted.intake),
    }
