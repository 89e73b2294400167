"""The school's second review: who is admitted, with which number, and who is not."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.common import RowResults, of_service
from contracts.courses.events import ProgrammeState
from contracts.enrollment.commands import AdmitApplications, RecordPriorEducationCheck, RejectApplications
from contracts.enrollment.events import StudentsAdmitted
from contracts.enrollment.queries import GetApplication, ListApplications
from contracts.registry.events import StudentDocumentItem, StudentDocumentState
from contracts.settings import ChangeSetting
from contracts.types import PriorEducationCheck
from tests.builders import enrollment as build
from tests.builders.messages import a
from tests.builders.people import of_point, of_school
from tests.racing import race


def refused(results: RowResults) -> list[str | None]:
    return [item.refusal.code if item.refusal else None for item in results.items]


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


def test_a_false_prior_education_keeps_the_school_from_admitting_and_an_unchecked_one_does_not(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    false, unchecked = build.entered(enrollment, at), build.entered(enrollment, at)
    check = RecordPriorEducationCheck(application_id=false.id, version=false.version, check=PriorEducationCheck.FALSE)
    seen = enrollment.run(check, build.ADMISSIONS)
    assert [(each.check, each.met) for each in seen.checks if each.blocking and not each.met] == [
        ("prior_education_verified", False)
    ]
    both = enrollment.run(AdmitApplications(application_ids=(false.id, unchecked.id)), build.ADMISSIONS)
    assert refused(both) == ["prior_education_false", None]


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
    from contracts.enrollment.commands import WithdrawApplications

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


def test_admissions_at_the_same_moment_never_give_a_number_twice(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    lots = [[build.entered(enrollment, at, point=lot % 2).id for _ in range(4)] for lot in range(8)]
    admit = [AdmitApplications(application_ids=tuple(lot)) for lot in lots]
    results = race(*(partial(enrollment.run, each, of_school()) for each in admit))
    assert sum(result.done for result in results) == 32
    page = enrollment.ask(ListApplications(state="admitted", size=200), build.ADMISSIONS)
    numbers = [item.student_number for item in page.items]
    assert len(numbers) == len(set(numbers)) == 32


def test_the_school_sets_what_numbers_look_like(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    change = of_service("enrollment", ChangeSetting)
    template = "K{year}{season}{point:4}{level:Z,S,B}{serial:4:101}"
    enrollment.run(change(name="student_number_template", value=template, version=1, reason="新规则"), build.ADMISSIONS)
    view = build.entered(enrollment, at)
    enrollment.run(AdmitApplications(application_ids=(view.id,)), build.ADMISSIONS)
    after = enrollment.ask(GetApplication(application_id=view.id), build.ADMISSIONS)
    assert after.student_number == "K26093201S0101"


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
