"""What the registry answers about the admitted, in whichever order it comes."""

from __future__ import annotations

from chassis.testing.harness import ServiceHarness
from contracts.enrollment.commands import AdmitApplications, ResendApplications
from contracts.enrollment.queries import GetApplication
from contracts.enrollment.views import ApplicationDetails
from contracts.registry.events import AdmissionsRefused, RefusedAdmission, StudentDocumentItem, StudentDocumentState
from tests.builders import enrollment as build
from tests.builders.messages import a
from tests.builders.people import of_point


def admitted(enrollment: ServiceHarness, at: build.Recruiting, **changes: object) -> ApplicationDetails:
    view = build.entered(enrollment, at, **changes)
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    return seen(enrollment, view)


def seen(enrollment: ServiceHarness, view: ApplicationDetails) -> ApplicationDetails:
    found: ApplicationDetails = enrollment.ask(GetApplication(application_id=view.id), build.ADMISSIONS)
    return found


def refusal_of(view: ApplicationDetails) -> AdmissionsRefused:
    refused = RefusedAdmission(student_id=view.student_id, application_id=view.id, code="id_number_taken")
    return AdmissionsRefused(refused=(refused,))


def test_a_form_without_a_record_is_rejected_and_says_why(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view = admitted(enrollment, at)
    for _ in range(2):  # whatever comes twice
        enrollment.deliver(refusal_of(view))
    after = seen(enrollment, view)
    assert (after.state, after.refusal and after.refusal.code) == ("rejected", "id_number_taken")


def test_whose_number_is_somebodys_is_admitted_once_more_by_the_next_one(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view = admitted(enrollment, at)
    refused = RefusedAdmission(student_id=view.student_id, application_id=view.id, code="student_number_taken")
    enrollment.deliver(AdmissionsRefused(refused=(refused,)))
    after = seen(enrollment, view)
    assert (after.state, after.student_number) == ("first_review_passed", None)
    assert after.refusal is not None
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    assert seen(enrollment, view).student_number not in (None, view.student_number)


def test_who_is_admitted_again_has_another_number_and_an_old_refusal_changes_nothing(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    first = admitted(enrollment, at)
    enrollment.deliver(refusal_of(first))
    enrollment.run(ResendApplications(application_ids=(first.id,)), of_point(at.points[0].id))
    enrollment.run(AdmitApplications(application_ids=(first.id,)), build.ADMISSIONS)
    again = seen(enrollment, first)
    assert again.student_number != first.student_number
    enrollment.deliver(refusal_of(first))
    assert seen(enrollment, first).state == "admitted"


def test_the_record_is_seen_when_the_registry_has_made_it_and_frees_the_level_when_it_ends(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one = build.form(at.round.id)
    view = enrollment.run(one, of_point(at.points[0].id))
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    view = seen(enrollment, view)
    assert view.recorded_at is None
    record = a(StudentDocumentItem, id=view.student_id, id_number=view.id_number)
    enrollment.feed(StudentDocumentState, record)
    assert seen(enrollment, view).recorded_at is not None
    later = build.admission_round(enrollment, code="ZS202703", intake="202703")
    again = one.model_copy(update={"admission_round_id": later.id})
    there = of_point(at.points[1].id)
    assert enrollment.refusal(again, there).code == "already_enrolled_at_level"
    enrollment.feed(StudentDocumentState, record.model_copy(update={"version": 3, "studying": False}))
    enrollment.feed(StudentDocumentState, record.model_copy(update={"version": 2}))  # older, and late
    assert enrollment.run(again, there).state == "first_review_passed"
