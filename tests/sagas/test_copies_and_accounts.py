"""Copies filled and rebuilt while everything goes on, and accounts that follow the records (docs/sagas.md 3.9)."""

from __future__ import annotations

import pytest

from contracts.copies import CopyCompleted
from contracts.identity.events import StudentAccountsRefused
from contracts.registry.events import StudentState
from tests.sagas.school import School


@pytest.mark.parametrize("service", ["enrollment", "registry", "courses", "finance", "exams"])
def test_a_service_that_lost_its_copies_has_them_again_after_a_bootstrap(school: School, service: str) -> None:
    student = school.student()
    maths = school.selects(student)
    school.loses_copies(service)
    school.fills_copies(service)
    school.pays(maths)
    school.transfers(student, to="west")
    school.expects(maths, selection="selected", bills="paid", registration="registered", point="west")


def test_copies_are_rebuilt_under_live_traffic(school: School) -> None:
    students = [school.student() for _ in range(3)]
    selections = [school.selects(student) for student in students]
    for service in ("registry", "courses", "finance", "exams"):
        school.asks_for_copies(service)
        school.transfers(students[0], to="west" if service in ("registry", "finance") else "east")
        school.serves_copies()
    school.pays(*selections[1:])
    school.student()
    for selection in selections[1:]:
        school.expects(selection, selection="selected", bills="paid", registration="registered")


def test_a_student_who_is_changed_while_the_copy_is_on_its_way_stays_changed(school: School) -> None:
    student = school.student()
    maths = school.selects_and_pays(student)
    with school.delayed("courses", StudentState, CopyCompleted):
        school.asks_for_copies("courses")
        school.removes(student)
    school.serves_copies()
    school.refuses("student_not_active", school.selects, student, "english")
    school.expects(maths, selection="selected", registration="cancelled")


def test_a_new_student_has_an_account_that_follows_the_record(school: School) -> None:
    student = school.student("east")
    school.expects_student(student, status="active", point="east", account="enabled", account_point="east")
    school.transfers(student, to="west")
    school.expects_student(student, status="active", point="west", account="enabled", account_point="west")
    school.suspends(student)
    school.expects_student(student, status="suspended", account="enabled")


def test_an_older_record_that_comes_late_changes_no_account(school: School) -> None:
    student = school.student("east")
    with school.delayed("identity", StudentState):
        school.transfers(student, to="west")
        school.suspends(student)
        school.resumes(student)
        school.expects_student(student, point="west", account_point="east")
    school.expects_student(student, status="active", point="west", account_point="west", account="enabled")


def test_a_student_whose_number_is_an_employees_username_can_sign_in_when_the_employee_is_erased(
    school: School,
) -> None:
    employee = school.hires("wangwei")
    students = [school.student("east"), school.student("east", student_number="WangWei"), school.student("west")]
    for student, refusal in zip(students, (None, "username_taken", None), strict=True):
        school.expects_student(student, account=None if refusal else "enabled", account_refusal=refusal)
    school.suspends(students[1])
    school.expects_student(students[1], account=None, account_refusal="username_taken")
    school.erases(employee)
    school.after(minutes=1)
    school.expects_student(students[1], account="enabled", account_point="east", account_refusal=None)


def test_a_refusal_that_comes_after_the_account_was_made_is_not_shown(school: School) -> None:
    employee = school.hires("wangwei")
    with school.delayed("registry", StudentAccountsRefused):
        student = school.student("east", student_number="wangwei")
        school.expects_student(student, account=None, account_refusal=None)
        school.erases(employee)
        school.after(minutes=1)
        school.expects_student(student, account="enabled")
    school.expects_student(student, account="enabled", account_refusal=None)


def test_a_refused_student_who_left_gets_no_account_when_the_name_is_free(school: School) -> None:
    employee = school.hires("wangwei")
    student = school.student("east", student_number="wangwei")
    school.removes(student)
    school.erases(employee)
    school.after(minutes=1)
    school.expects_student(student, status="left", account=None, account_refusal=None)


def test_two_students_whose_numbers_differ_by_case_only_are_not_entered_both(school: School) -> None:
    first = school.student("east", student_number="t33216abc")
    with pytest.raises(AssertionError, match="student_number_taken"):
        school.student("west", student_number="T33216ABC")
    school.expects_student(first, account="enabled")
