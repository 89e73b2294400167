"""From a form to a student (docs/sagas.md 3.12)."""

from __future__ import annotations

from contracts.enrollment.events import StudentsAdmitted
from contracts.registry.events import AdmissionsRefused, StudentDocumentState, StudentState
from tests.sagas.school import School


def test_who_is_admitted_has_a_record_and_an_account_and_may_select(school: School) -> None:
    form = school.enters()
    school.admits(form)
    school.expects_application(form, state="admitted", recorded=True)
    student = school.admitted(form)
    school.expects_student(student, status="active", point="east", account="enabled", account_point="east")
    maths = school.selects_and_pays(student)
    school.expects(maths, selection="selected", registration="registered")


def test_before_the_registry_has_heard_of_it_the_form_says_so(school: School) -> None:
    form = school.enters()
    with school.delayed("registry", StudentsAdmitted):
        school.admits(form)
        school.expects_application(form, state="admitted", recorded=False)
    school.expects_application(form, state="admitted", recorded=True)


def test_who_came_by_an_import_meanwhile_is_rejected_after_all_and_the_number_is_never_given_again(
    school: School,
) -> None:
    person = school.form()
    form = school.enters(person)
    with school.delayed("registry", StudentsAdmitted):
        school.admits(form)
        burnt = school.admitted(form).number
        school.student("west", id_number=person.id_number, gender="男" if person.gender == "male" else "女")
    school.expects_application(form, state="rejected", refusal="id_number_taken", recorded=False)
    other = school.enters()
    school.admits(other)
    assert school.admitted(other).number != burnt


def test_a_refusal_that_comes_late_does_not_undo_a_second_admission(school: School) -> None:
    person = school.form()
    form = school.enters(person)
    gender = "男" if person.gender == "male" else "女"
    with school.delayed("enrollment", AdmissionsRefused, StudentDocumentState):
        with school.delayed("registry", StudentsAdmitted):
            school.admits(form)
            imported = school.student("west", id_number=person.id_number, gender=gender)
        school.removes(imported)
    school.expects_application(form, state="rejected")
    school.resends(form)
    school.admits(form)
    school.expects_application(form, state="admitted", recorded=True)


def test_who_left_may_apply_again_and_who_studies_may_not(school: School) -> None:
    person = school.form()
    form = school.enters(person)
    school.admits(form)
    student = school.admitted(form)
    school.refuses("step_not_allowed", school.takes_back, form)
    again = person.model_copy(update={"admission_round_id": school.site.next_admission_round})
    school.refuses("already_enrolled_at_level", school.enters, again, by=school.west)
    school.removes(student)
    second = school.enters(again, by=school.west)
    school.admits(second)
    school.expects_student(school.admitted(second), status="active", point="west", account="enabled")


def test_of_two_points_that_enter_one_person_one_is_first_and_one_record_is_made(school: School) -> None:
    person = school.form()
    outcomes = school.at_once(
        lambda: school.enters(person, by=school.east), lambda: school.enters(person, by=school.west)
    )
    assert outcomes == ["application_exists", "done"]


def test_an_account_waits_for_its_record_and_not_for_its_form(school: School) -> None:
    form = school.enters()
    with school.delayed("identity", StudentState):
        school.admits(form)
        school.expects_application(form, state="admitted", recorded=True)
        school.expects_student(school.admitted(form), status="active", account=None)
    school.expects_student(school.admitted(form), account="enabled")


def test_a_service_that_lost_its_copies_knows_again_who_studies(school: School) -> None:
    person = school.form()
    form = school.enters(person)
    school.admits(form)
    school.loses_copies("enrollment")
    school.fills_copies("enrollment")
    again = person.model_copy(update={"admission_round_id": school.site.next_admission_round})
    school.refuses("already_enrolled_at_level", school.enters, again)
