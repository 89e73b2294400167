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
    item = a(StudentDocumentItem, id=view.student_id, id_number=view.id_number, version=3, studying=studying)
    enrollment.feed(StudentDocumentState, item)


def fetched_anew(enrollment: ServiceHarness, *, student_id: UUID, studying: bool | None) -> None:
    """The copy was fetched from a registry that was set back; `studying` None: it knows nobody of this id."""
    copy, states = enrollment.table("student_documents"), enrollment.table("copy_states")
    enrollment.clock.advance(timedelta(minutes=5))
    now = enrollment.clock.now()
    fetched = {"kind": "student_document_state", "request_id": new_id(), "requested_at": now, "completed_at": now}
    with enrollment.owner_connection() as connection:
        connection.execute(insert(states).values(fetched))
        own = copy.c.id == student_id
        connection.execute(
            delete(copy).where(own) if studying is None else update(copy).where(own).values(studying=studying)
        )
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
