"""The school's second review: who is admitted, with which number, and who is not."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from chassis.base.ids import new_id
from chassis.data.database import Database
from chassis.running.dispatch import Dispatcher
from chassis.testing.harness import ServiceHarness
from contracts.common import RowResults, of_service
from contracts.courses.events import ProgrammeState
from contracts.enrollment.commands import AdmitApplications, CancelAdmissions, RejectApplications, WithdrawApplications
from contracts.enrollment.events import AdmissionsCancelled, StudentsAdmitted
from contracts.enrollment.queries import GetApplication
from contracts.identity.events import TeachingPointState
from contracts.registry.events import StudentDocumentItem, StudentDocumentState
from contracts.settings import ChangeSetting
from services.enrollment.service import Enrollment
from tests.builders import enrollment as build
from tests.builders.messages import a
from tests.builders.people import of_point, of_school
from tests.racing import race

EACH = 40
"""Forms in each of fifty decisions: with 200 fifty threads of one Python wait for each other's seconds, and for nothing
that processes would wait for."""


def refused(results: RowResults) -> list[str | None]:
    return [item.refusal.code if item.refusal else None for item in results.items]


def as_another_process(enrollment: ServiceHarness) -> ServiceHarness:
    """The service once more, with connections of its own."""
    url = enrollment.database.engine.url.render_as_string(hide_password=False)
    other = copy(enrollment)
    other.dispatcher = Dispatcher(Enrollment, Database(url, Enrollment, clock=enrollment.clock, pool_size=5))
    return other


def test_who_is_admitted_has_a_number_and_the_registry_hears_of_everything_that_a_record_needs(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view = build.entered(enrollment, at)
    result = enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    assert [item.state for item in result.items] == ["admitted"]
    after = enrollment.ask(GetApplication(application_id=view.id), of_point(at.points[0].id))
    assert after.student_number == "2632010902" + "00001"
    [event] = enrollment.published(StudentsAdmitted)
    [student] = event.students
    assert (student.student_id, student.student_number) == (after.student_id, after.student_number)
    assert (student.id_number, student.contact.mobile, student.programme_id) == (
        view.id_number,
        view.contact.mobile,
        at.programme.id,
    )
    assert student.prior_education.level == "专科"


def test_a_decision_that_is_only_tried_gives_no_number_and_tells_nobody(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view = build.entered(enrollment, at)
    tried = enrollment.run(AdmitApplications(application_ids=(view.id,), dry_run=True), build.ADMISSIONS)
    assert tried.done == 1
    assert enrollment.published(StudentsAdmitted) == []
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    after = enrollment.ask(GetApplication(application_id=view.id), build.ADMISSIONS)
    assert after.student_number is not None
    assert after.student_number.endswith("00001")


def test_nobody_decides_the_form_that_they_entered(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    me = new_id()
    view = enrollment.run(build.form(at.round.id), of_point(at.points[0].id, user_id=me))
    for decide in (
        AdmitApplications(application_ids=(view.id,)),
        RejectApplications(application_ids=(view.id,), note="材料不全"),
    ):
        assert refused(enrollment.run(decide, of_school(user_id=me))) == ["decides_own_request"]


def test_who_began_to_study_in_between_is_refused(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view = build.entered(enrollment, at)
    enrollment.feed(StudentDocumentState, a(StudentDocumentItem, id_number=view.id_number))
    result = enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    assert refused(result) == ["already_enrolled_at_level"]


def test_one_document_is_admitted_once_for_a_level_whichever_the_intakes(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one = build.form(at.round.id)
    other_round = build.admission_round(enrollment, code="ZS202703", intake="202703")
    first = enrollment.run(one, of_point(at.points[0].id))
    second = enrollment.run(one.model_copy(update={"admission_round_id": other_round.id}), of_point(at.points[1].id))
    both = enrollment.run(AdmitApplications(application_ids=(first.id, second.id)), build.ADMISSIONS)
    assert sorted(map(str, refused(both))) == ["None", "already_enrolled_at_level"]


@pytest.mark.parametrize("first", [0, 1])
def test_a_form_that_can_not_be_admitted_takes_no_place_from_another_of_the_same_person(
    enrollment: ServiceHarness, at: build.Recruiting, first: int
) -> None:
    one = build.form(at.round.id)
    forms = []
    for point in (first, 1 - first):
        view = enrollment.run(one, of_point(at.points[point].id))
        forms.append(view.id)
        if len(forms) == 1:
            enrollment.run(RejectApplications(application_ids=(view.id,), note="材料不全"), build.ADMISSIONS)
    both = enrollment.run(AdmitApplications(application_ids=tuple(forms)), build.ADMISSIONS)
    assert refused(both) == ["step_not_allowed", None]


def test_a_programme_that_is_offered_no_more_admits_nobody(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view = build.entered(enrollment, at)
    gone = at.programme.model_copy(update={"teaching_point_ids": (), "version": 2})
    enrollment.feed(ProgrammeState, gone)
    result = enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    assert refused(result) == ["no_programme_matches"]


def test_after_the_deadline_of_the_review_nothing_is_decided(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view = build.entered(enrollment, at)
    enrollment.clock.advance(timedelta(days=21))
    for decide in (
        AdmitApplications(application_ids=(view.id,)),
        RejectApplications(application_ids=(view.id,), note="材料不全"),
    ):
        assert refused(enrollment.run(decide, build.ADMISSIONS)) == ["review_closed"]


def test_of_an_admission_and_a_withdrawal_at_the_same_moment_one_wins(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view = build.entered(enrollment, at)
    admitted, withdrawn = race(
        partial(enrollment.run, AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS),
        partial(enrollment.run, WithdrawApplications(application_ids=(view.id,)), of_point(at.points[0].id)),
    )
    assert sorted([admitted.done, withdrawn.done]) == [0, 1]
    assert len(enrollment.published(StudentsAdmitted)) == admitted.done


def test_of_two_who_admit_one_form_at_the_same_moment_one_does_and_one_number_is_given(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view = build.entered(enrollment, at)
    admit = AdmitApplications(application_ids=(view.id,))
    results = race(*(partial(enrollment.run, admit, of_school()) for _ in range(2)))
    assert sorted(result.done for result in results) == [0, 1]
    assert len(enrollment.published(StudentsAdmitted)) == 1


def test_fifty_admissions_at_the_same_moment_give_everybody_a_number_and_none_twice(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    ids = build.crowd(enrollment, at, 50 * EACH)
    processes = [as_another_process(enrollment) for _ in range(10)]
    admit = [AdmitApplications(application_ids=tuple(ids[start::50])) for start in range(50)]
    try:
        results = race(*(partial(processes[n % 10].run, each, of_school()) for n, each in enumerate(admit)))
    finally:
        for process in processes:
            process.dispatcher.database.close()
    assert [result.done for result in results] == [EACH] * 50
    forms = enrollment.table("applications").c
    [told] = enrollment.rows(
        select(
            func.count(forms.student_number.distinct()).label("numbers"),
            func.count().filter(forms.state == "admitted").label("admitted"),
            func.max(forms.student_number).label("highest"),
        )
    )
    assert (told.numbers, told.admitted, told.highest) == (50 * EACH, 50 * EACH, f"2632020902{25 * EACH:05d}")
    students = [student.student_id for event in enrollment.published(StudentsAdmitted) for student in event.students]
    assert len(students) == len(set(students)) == 50 * EACH


def test_two_batches_of_the_same_forms_in_opposite_order_never_wait_for_each_other(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    ids = build.crowd(enrollment, at, 60)
    decisions = [
        AdmitApplications(application_ids=tuple(ids)),
        RejectApplications(application_ids=tuple(reversed(ids)), note="材料不全"),
        AdmitApplications(application_ids=tuple(reversed(ids))),
        RejectApplications(application_ids=tuple(ids), note="材料不全"),
    ]
    results = race(*(partial(enrollment.run, each, of_school()) for each in decisions))
    assert sorted(result.done for result in results) == [0, 0, 0, 60]
    admitted = {student.application_id for e in enrollment.published(StudentsAdmitted) for student in e.students}
    assert admitted in (set(), set(ids))


def test_an_admission_is_taken_back_with_a_reason_and_the_registry_hears_of_it(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view, waiting = build.admitted(enrollment, at), build.entered(enrollment, at)
    cancel = CancelAdmissions(application_ids=(view.id, waiting.id), note="入学资格审查不合格")
    tried = enrollment.run(cancel.model_copy(update={"dry_run": True}), of_school())
    assert refused(tried) == [None, "step_not_allowed"]
    assert enrollment.published(AdmissionsCancelled) == []
    done = enrollment.run(cancel, of_school())
    assert [item.state for item in done.items] == ["admission_cancelled", "first_review_passed"]
    [event] = enrollment.published(AdmissionsCancelled)
    assert [row.student_id for row in event.cancelled] == [view.student_id]
    after = build.seen(enrollment, view.id)
    assert (after.state, after.student_number) == ("admission_cancelled", view.student_number)
    assert [(step.action, step.note) for step in after.history][-1] == ("cancel", "入学资格审查不合格")
    assert refused(enrollment.run(cancel, of_school())) == ["step_not_allowed", "step_not_allowed"]


def test_nobody_takes_back_the_admission_of_a_form_that_they_entered(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    me = new_id()
    view = enrollment.run(build.form(at.round.id), of_point(at.points[0].id, user_id=me))
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    cancel = CancelAdmissions(application_ids=(view.id,), note="资格不符")
    assert refused(enrollment.run(cancel, of_school(user_id=me))) == ["decides_own_request"]


def test_the_school_sets_what_numbers_look_like(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    change = of_service("enrollment", ChangeSetting)
    template = "K{year}{season}{point:4}{level:Z,S,B}{serial:4:101}"
    enrollment.run(change(name="student_number_template", value=template, version=1, reason="新规则"), build.ADMISSIONS)
    view = build.entered(enrollment, at)
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    after = enrollment.ask(GetApplication(application_id=view.id), build.ADMISSIONS)
    assert after.student_number == "K26093201S0101"


def test_a_point_whose_code_is_longer_than_the_numbers_have_room_for_keeps_nobody_else_from_a_number(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    fits, too_long = build.entered(enrollment, at), build.entered(enrollment, at, point=1)
    renamed = at.points[1].model_copy(update={"code": "320201", "version": 2})
    enrollment.feed(TeachingPointState, renamed)
    both = enrollment.run(AdmitApplications(application_ids=(too_long.id, fits.id)), build.ADMISSIONS)
    assert refused(both) == ["number_part_does_not_fit", None]


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{year}{serial:5}", "number_template_ambiguous"),
        ("{year}{point:4}{season}{level:01,02,03}", "number_template_unreadable"),
    ],
)
def test_a_template_that_can_not_tell_students_apart_is_refused_when_it_is_saved(
    enrollment: ServiceHarness, template: str, code: str
) -> None:
    change = of_service("enrollment", ChangeSetting)
    asked = change(name="student_number_template", value=template, version=1, reason="新规则")
    refusal = enrollment.refusal(asked, build.ADMISSIONS)
    assert [error.code for error in refusal.errors] == [code]
