"""What the registry answers about the admitted, in whichever order it comes."""

from __future__ import annotations

from chassis.testing.harness import ServiceHarness
from contracts.enrollment.commands import AdmitApplications, CancelAdmissions, EnterApplication, ResendApplications
from contracts.enrollment.views import ApplicationDetails
from contracts.registry.events import AdmissionsRefused, RefusedAdmission, StudentDocumentItem, StudentDocumentState
from tests.builders import enrollment as build
from tests.builders.messages import a
from tests.builders.people import of_point


def refusal_of(view: ApplicationDetails) -> AdmissionsRefused:
    refused = RefusedAdmission(student_id=view.student_id, application_id=view.id, code="id_number_taken")
    return AdmissionsRefused(refused=(refused,))


def test_a_form_without_a_record_is_rejected_and_says_why(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view = build.admitted(enrollment, at)
    for _ in range(2):  # whatever comes twice
        enrollment.deliver(refusal_of(view))
    after = build.seen(enrollment, view.id)
    assert (after.state, after.refusal and after.refusal.code) == ("rejected", "id_number_taken")


def test_whose_number_is_somebodys_is_admitted_once_more_by_the_next_one(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view = build.admitted(enrollment, at)
    refused = RefusedAdmission(student_id=view.student_id, application_id=view.id, code="student_number_taken")
    enrollment.deliver(AdmissionsRefused(refused=(refused,)))
    after = build.seen(enrollment, view.id)
    assert (after.state, after.student_number) == ("first_review_passed", None)
    assert after.refusal is not None
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    assert build.seen(enrollment, view.id).student_number not in (None, view.student_number)


def test_who_is_admitted_again_has_another_number_and_an_old_refusal_changes_nothing(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    first = build.admitted(enrollment, at)
    enrollment.deliver(refusal_of(first))
    enrollment.run(ResendApplications(application_ids=(first.id,)), of_point(at.points[0].id))
    enrollment.run(AdmitApplications(application_ids=(first.id,)), build.ADMISSIONS)
    again = build.seen(enrollment, first.id)
    assert again.student_number != first.student_number
    enrollment.deliver(refusal_of(first))
    assert build.seen(enrollment, first.id).state == "admitted"


def test_the_record_is_seen_when_the_registry_has_made_it_and_frees_the_level_when_it_ends(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one = build.form(at.round.id)
    view = enrollment.run(one, of_point(at.points[0].id))
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    view = build.seen(enrollment, view.id)
    assert view.recorded_at is None
    record = a(StudentDocumentItem, id=view.student_id, id_number=view.id_number)
    enrollment.feed(StudentDocumentState, record)
    assert build.seen(enrollment, view.id).recorded_at is not None
    later = build.admission_round(enrollment, code="ZS202703", intake="202703")
    again = one.model_copy(update={"admission_round_id": later.id})
    there = of_point(at.points[1].id)
    assert enrollment.refusal(again, there).code == "already_enrolled_at_level"
    enrollment.feed(StudentDocumentState, record.model_copy(update={"version": 3, "studying": False}))
    enrollment.feed(StudentDocumentState, record.model_copy(update={"version": 2}))  # older, and late
    assert enrollment.run(again, there).state == "first_review_passed"


def cancelled(enrollment: ServiceHarness, at: build.Recruiting) -> tuple[EnterApplication, ApplicationDetails]:
    """A form by which somebody was admitted and is no more, and how it was entered; as it was before that."""
    one = build.form(at.round.id)
    view = enrollment.run(one, of_point(at.points[0].id))
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    view = build.seen(enrollment, view.id)
    enrollment.run(CancelAdmissions(application_ids=(view.id,), note="资格不符"), build.ADMISSIONS)
    return one, view


def test_the_level_of_who_was_cancelled_is_free_when_the_record_is_over_and_not_before(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one, view = cancelled(enrollment, at)
    there = of_point(at.points[1].id)
    assert enrollment.refusal(one, there).code == "already_enrolled_at_level"
    over = a(StudentDocumentItem, id=view.student_id, id_number=view.id_number, studying=False)
    enrollment.feed(StudentDocumentState, over)
    assert enrollment.run(one, there).state == "first_review_passed"
    assert build.seen(enrollment, view.id).student_number == view.student_number


def test_the_level_of_who_was_cancelled_and_has_no_record_is_free(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one, view = cancelled(enrollment, at)
    for _ in range(2):
        enrollment.deliver(refusal_of(view))
    assert build.seen(enrollment, view.id).state == "admission_cancelled"
    assert enrollment.run(one, of_point(at.points[1].id)).state == "first_review_passed"
