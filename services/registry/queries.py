"""What the registry can be asked, and the public state of students."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, func, null, select

from chassis.base.masking import mask
from chassis.data.bulk import ids_in
from chassis.data.keyset import keyset_page
from chassis.data.lists import Listing
from chassis.data.pages import as_view, equals
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import Reader
from chassis.requests.showing import Shown
from chassis.rules.prior_education import prior_fields
from contracts.base import KeysetPage, Page
from contracts.registry.events import StudentDocumentItem, StudentItem, Suspension
from contracts.registry.queries import (
    GetStudent,
    GetStudentStatistics,
    ListCancellationStatements,
    ListRecordStatements,
    ListStudents,
    StudentGrouping,
)
from contracts.registry.states import StatusChangeKind, StatusChangeState
from contracts.registry.views import (
    CancellationStatement,
    RecordStatement,
    StudentCount,
    StudentRecord,
    StudentStatistics,
    StudentView,
)
from services.registry.domain.status_changes import LIVE
from services.registry.steps.status_changes import STATUS_CHANGES
from services.registry.tables import (
    account_answers,
    cancelled_admissions,
    status_changes,
    student_search,
    students,
    suspensions,
    teaching_points,
)

_s, _c, _a = students.c, status_changes.c, account_answers.c


# -- students ---------------------------------------------------------------------------------------------------------


def _student_views(uow: Reader, rows: Sequence[Row[Any]]) -> Iterator[StudentView]:
    return (StudentView.model_validate(_fields(row)) for row in rows)


def _students() -> Select[Any]:
    return select(students, teaching_points.c.name.label("teaching_point_name")).outerjoin(
        teaching_points, teaching_points.c.id == _s.teaching_point_id
    )


def _account_refused(wanted: bool, uow: Reader) -> ColumnElement[bool]:
    """Who can't sign in and should: who has left needs no account."""
    refused = and_(_s.status.in_(LIVE), _s.id.in_(select(_a.student_id).where(_a.refusal.is_not(None))))
    return refused if wanted else ~refused


STUDENTS = Listing[StudentView](
    ListStudents,
    students,
    shown=_students,
    views=_student_views,
    filters={
        "student_number": lambda text, uow: student_search.numbered(_s.id, text),
        "name": lambda text, uow: student_search.named(_s.id, text),
        "account_refused": _account_refused,
    },
)


def list_students(query: ListStudents, uow: UnitOfWork) -> Page[StudentView]:
    """Students in the actor's scope."""
    return STUDENTS.page(query, uow)


def get_student(query: GetStudent, uow: UnitOfWork) -> StudentRecord:
    """The whole record of a student."""
    return student_record(uow, query.student_id)


def student_record(uow: UnitOfWork, student_id: UUID) -> StudentRecord:
    """The record as it now is. Raises `not_found`."""
    row = uow.one(_students().where(_s.id == student_id))
    fields = _fields(row)
    prior = prior_fields(fields)
    refusal = uow.scalar(select(_a.refusal).where(_a.student_id == student_id)) if row.status in LIVE else None
    return StudentRecord.model_validate(
        {**fields, "contact": fields, "prior_education": prior, "account_refusal": refusal}
    )


def get_student_statistics(query: GetStudentStatistics, uow: UnitOfWork) -> StudentStatistics:
    """Students by status, of each teaching point or of all together."""
    is_by_point = query.group_by is StudentGrouping.POINT
    point = _s.teaching_point_id if is_by_point else null().label("teaching_point_id")
    by = (_s.teaching_point_id, _s.status) if is_by_point else (_s.status,)
    counted = (
        select(point, _s.status, func.count().label("count"))
        .where(equals(_s.intake, query.intake))
        .group_by(*by)
        .order_by(*by)
    )
    return StudentStatistics(items=tuple(as_view(StudentCount, row) for row in uow.rows(counted)))


def list_record_statements(query: ListRecordStatements, uow: UnitOfWork) -> KeysetPage[RecordStatement]:
    """Every student record, for reconciliation."""
    moved = (_c.student_id == _s.id, _c.kind == StatusChangeKind.TRANSFER_TEACHING_POINT)
    transferred = select(_c.id).where(*moved, _c.state == StatusChangeState.APPROVED).exists()
    refused = select(_a.student_id).where(_a.student_id == _s.id, _a.refusal.is_not(None)).exists()
    rows = select(
        students,
        transferred.label("transferred"),
        refused.label("account_refused"),
        _s.updated_at.label("changed_at"),
    )
    return keyset_page(uow, query, RecordStatement, rows, _s.id)


def list_cancellation_statements(
    query: ListCancellationStatements, uow: UnitOfWork
) -> KeysetPage[CancellationStatement]:
    """Every cancelled admission that was heard of, for reconciliation."""
    c = cancelled_admissions.c
    rows = select(c.student_id.label("id"), c.cancelled_at.label("changed_at"))
    with uow.as_system():  # it says nothing of anybody but that an admission was taken back
        return keyset_page(uow, query, CancellationStatement, rows, c.student_id)


def _fields(row: Row[Any]) -> dict[str, Any]:
    return {**row._mapping, "id_number_masked": mask(row.id_number)}


# -- status changes ---------------------------------------------------------------------------------------------------


def _changes() -> Select[Any]:
    return select(status_changes, _s.student_number, _s.name.label("student_name")).outerjoin(
        students, _s.id == _c.student_id
    )


STATUS_CHANGES_SHOWN = Shown(STATUS_CHANGES, _changes)


# -- published state --------------------------------------------------------------------------------------------------


def student_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[StudentItem]:
    """The public state of students: no ID number, no contact data."""
    rows = uow.rows(select(students).where(ids_in(_s.id, ids)))
    stood_still: dict[UUID, list[Suspension]] = {}
    of_students = select(suspensions).where(ids_in(suspensions.c.student_id, ids)).order_by(suspensions.c.from_on)
    for row in uow.rows(of_students):
        stood_still.setdefault(row.student_id, []).append(Suspension(from_on=row.from_on, until_on=row.until_on))
    return [
        StudentItem.model_validate({**row._mapping, "suspensions": tuple(stood_still.get(row.id, ()))}) for row in rows
    ]


def student_document_items(ids: Sequence[UUID], uow: UnitOfWork) -> list[StudentDocumentItem]:
    """By which documents students are known, and whether they study for their level."""
    rows = uow.rows(select(students).where(ids_in(_s.id, ids)))
    return [StudentDocumentItem.model_validate({**row._mapping, "studying": row.status in LIVE}) for row in rows]
