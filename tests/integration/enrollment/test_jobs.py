"""Forms follow a copy that was fetched anew, after the registry was set back to what it was."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.enrollment.commands import AdmitApplications, CancelAdmissions
from contracts.enrollment.views import ApplicationDetails
from contracts.registry.events import StudentDocumentItem, StudentDocumentState
from services.enrollment.jobs import follow_records
from tests.builders import enrollment as build
from tests.builders.messages import a
from tests.builders.people import of_point


def recorded(enrollment: ServiceHarness, view: ApplicationDetails, *, studying: bool) -> None:
    """The registry tells that the record is there."""
    enrollment.feed(StudentDocumentState, of(view, studying=studying))


def of(view: ApplicationDetails, *, version: int = 3, studying: bool = True) -> StudentDocumentItem:
    """What the registry says of somebody's record."""
    fields = {"id": view.student_id, "id_number": view.id_number, "version": version, "studying": studying}
    return a(StudentDocumentItem, **fields)


def set_back(enrollment: ServiceHarness, student_id: UUID, *, studying: bool) -> None:
    """What the copy says once it has come from a registry that was set back."""
    copy = enrollment.table("student_documents")
    with enrollment.owner_connection() as connection:
        connection.execute(update(copy).where(copy.c.id == student_id).values(studying=studying))


def fetched_anew(enrollment: ServiceHarness, *, student_id: UUID, studying: bool | None) -> None:
    """The copy was fetched from a registry that was set back; `studying` None: it knows nobody of this id."""
    copy, states = enrollment.table("student_documents"), enrollment.table("copy_states")
    enrollment.clock.advance(timedelta(minutes=5))
    now = enrollment.clock.now()
    fetched = {"kind": "student_document_state", "request_id": new_id(), "requested_at": now, "completed_at": now}
    with enrollment.owner_connection() as connection:
        connection.execute(insert(states).values(fetched))
        if studying is None:
            connection.execute(delete(copy).where(copy.c.id == student_id))
    if studying is not None:
        set_back(enrollment, student_id, studying=studying)
    enrollment.clock.advance(timedelta(minutes=5))
    enrollment.database.run(system_context(), follow_records)


def studying(enrollment: ServiceHarness, view: ApplicationDetails) -> bool:
    forms = enrollment.table("applications").c
    [row] = enrollment.rows(select(forms.studying).where(forms.id == view.id))
    return bool(row.studying)


@pytest.mark.parametrize("now", [True, False])
def test_who_studies_is_what_the_copy_says(enrollment: ServiceHarness, at: build.Recruiting, now: bool) -> None:
    view = build.admitted(enrollment, at)
    recorded(enrollment, view, studying=not now)
    assert studying(enrollment, view) is not now
    assert view.student_id is not None
    fetched_anew(enrollment, student_id=view.student_id, studying=now)
    assert studying(enrollment, view) is now


def test_whose_record_is_lost_may_apply_again_and_who_waits_for_theirs_goes_on_waiting(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one, here = build.form(at.round.id), of_point(at.points[0].id)
    view = enrollment.run(one, here)
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    view, waiting = build.seen(enrollment, view.id), build.admitted(enrollment, at)
    recorded(enrollment, view, studying=True)
    assert view.student_id is not None
    fetched_anew(enrollment, student_id=view.student_id, studying=None)
    assert (studying(enrollment, view), studying(enrollment, waiting)) == (False, True)
    enrollment.run(CancelAdmissions(application_ids=(view.id,), note="学籍数据丢失"), build.ADMISSIONS)
    assert enrollment.run(one, here).state == "first_review_passed"


@pytest.mark.parametrize("by_news", [False, True])
def test_who_was_cancelled_and_studies_by_another_form_keeps_nobody_from_following_the_copy(
    enrollment: ServiceHarness, at: build.Recruiting, by_news: bool
) -> None:
    one, here = build.form(at.round.id), of_point(at.points[0].id)
    view = enrollment.run(one, here)
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    view, behind = build.seen(enrollment, view.id), build.admitted(enrollment, at)
    recorded(enrollment, view, studying=True)
    recorded(enrollment, behind, studying=True)
    enrollment.run(CancelAdmissions(application_ids=(view.id,), note="资格不符"), build.ADMISSIONS)
    enrollment.feed(StudentDocumentState, of(view, version=4, studying=False))
    again = enrollment.run(one, here)
    enrollment.run(AdmitApplications(application_ids=(again.id,)), build.ADMISSIONS)
    assert view.student_id is not None
    assert behind.student_id is not None
    if by_news:
        enrollment.feed(StudentDocumentState, of(view, version=5), of(behind, version=5, studying=False))
    else:
        set_back(enrollment, behind.student_id, studying=False)
        fetched_anew(enrollment, student_id=view.student_id, studying=True)
    assert [studying(enrollment, each) for each in (view, again, behind)] == [False, True, False]


def test_whose_record_was_lost_before_anybody_heard_of_it_may_apply_again_when_they_are_cancelled(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one, here = build.form(at.round.id), of_point(at.points[0].id)
    view = enrollment.run(one, here)
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    view = build.seen(enrollment, view.id)
    assert view.student_id is not None
    fetched_anew(enrollment, student_id=view.student_id, studying=None)
    assert studying(enrollment, view)
    enrollment.clock.advance(timedelta(days=3))
    enrollment.run(CancelAdmissions(application_ids=(view.id,), note="学籍数据丢失"), build.ADMISSIONS)
    enrollment.database.run(system_context(), follow_records)
    assert enrollment.run(one, here).state == "first_review_passed"
