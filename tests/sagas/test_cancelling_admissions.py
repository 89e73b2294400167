"""Admissions that are taken back, with everything that came of them (docs/sagas.md 3.13)."""

from __future__ import annotations

import pytest

from contracts.base import Event
from contracts.enrollment.events import AdmissionsCancelled, StudentsAdmitted
from contracts.finance.events import BillsPaid
from contracts.registry.events import AdmissionsEnded, AdmissionsRefused, StudentDocumentState, StudentState
from contracts.types import PriorEducationCheck
from contracts.words import member_word
from tests.sagas.school import School


def test_a_cancelled_admission_ends_record_account_seats_and_what_is_unpaid_and_gives_back_what_is_paid(
    school: School,
) -> None:
    form, student = school.enters_and_admits()
    paid, unpaid = school.selects_and_pays(student, "maths"), school.selects(student, "english")
    school.cancels_admission(form)
    school.expects_application(form, state="admission_cancelled", recorded=True)
    school.expects_student(student, status="admission_cancelled", account="disabled")
    school.expects(unpaid, selection="cancelled", bills="cancelled", registration=None)
    school.expects(paid, selection="selected", withdrawal="pending_academic", registration="cancelled")
    school.registrar_approves(school.withdrawal(paid).id)
    school.finance_agrees(school.withdrawal(paid).id)
    school.cashier_pays_out()
    school.expects(paid, selection="withdrawn", withdrawal="refunded", bills="refunded", registration="cancelled")
    school.refuses("student_not_active", school.selects, student, "ethics")


def test_a_false_prior_education_takes_the_admission_back_and_a_true_one_leaves_it(school: School) -> None:
    form, student = school.enters_and_admits()
    unpaid = school.selects(student)
    school.verifies(form, PriorEducationCheck.VERIFIED)
    school.expects_application(form, state="admitted")
    school.verifies(form, PriorEducationCheck.FALSE)
    school.expects_application(form, state="admission_cancelled")
    school.expects_student(student, status="admission_cancelled", account="disabled")
    school.expects(unpaid, selection="cancelled", bills="cancelled")


@pytest.mark.parametrize(
    ("hearer", "late"),
    [
        ("registry", AdmissionsCancelled),
        ("courses", AdmissionsEnded),
        ("courses", BillsPaid),
        ("exams", AdmissionsEnded),
        ("identity", StudentState),
        ("enrollment", StudentDocumentState),
    ],
)
def test_whatever_is_heard_last_the_end_is_the_same(school: School, hearer: str, late: type[Event]) -> None:
    form, student = school.enters_and_admits()
    unpaid, paid_later = school.selects(student, "ethics"), school.selects(student, "maths")
    slip = school.remits(paid_later)
    with school.delayed(hearer, late):
        school.cancels_admission(form)
        school.finance_approves(slip)
    school.after(hours=2)
    school.expects_application(form, state="admission_cancelled", recorded=True)
    school.expects_student(student, status="admission_cancelled", account="disabled")
    school.expects(unpaid, selection="cancelled", bills="cancelled")
    school.expects(paid_later, selection="selected", withdrawal="pending_academic", registration="cancelled")


@pytest.mark.parametrize("last", [StudentsAdmitted, AdmissionsCancelled])
def test_a_cancellation_that_crosses_its_admission_ends_in_a_record_that_is_over(
    school: School, last: type[Event]
) -> None:
    form = school.enters()
    with school.delayed("registry", last):
        school.admits(form)
        school.cancels_admission(form)
    school.expects_application(form, state="admission_cancelled", recorded=True)
    school.expects_student(school.admitted(form), status="admission_cancelled", account="disabled")


@pytest.mark.parametrize("late", [(StudentsAdmitted,), (StudentsAdmitted, AdmissionsCancelled)])
def test_a_cancellation_that_crosses_a_refusal_stays_one_without_a_record(
    school: School, late: tuple[type[Event], ...]
) -> None:
    person = school.form()
    form = school.enters(person)
    with school.delayed("registry", *late):
        school.admits(form)
        imported = school.student("west", id_number=person.id_number, gender=member_word(person.gender).zh)
        school.cancels_admission(form)
    school.expects_application(form, state="admission_cancelled", recorded=False, refusal="id_number_taken")
    school.expects_student(imported, status="active", account="enabled")


def test_a_refusal_of_which_enrollment_hears_after_the_cancellation_changes_no_state(school: School) -> None:
    person = school.form()
    with school.delayed("enrollment", AdmissionsRefused, StudentDocumentState):
        school.student("west", id_number=person.id_number, gender=member_word(person.gender).zh)
        form = school.enters(person)
        school.admits(form)
        school.cancels_admission(form)
    school.expects_application(form, state="admission_cancelled", recorded=False, refusal="id_number_taken")


def test_who_was_cancelled_may_apply_again_and_has_another_number(school: School) -> None:
    person = school.form()
    form, student = school.enters_and_admits(person)
    with school.delayed("registry", AdmissionsCancelled):
        school.cancels_admission(form)
        school.refuses("already_enrolled_at_level", school.enters, person)
    again, second = school.enters_and_admits(person)
    assert second.number != student.number
    school.expects_application(again, state="admitted", recorded=True)
    school.expects_student(student, status="admission_cancelled", account="disabled")
    school.expects_student(second, status="active", account="enabled")


def test_a_transfer_that_waits_for_a_payment_ends_with_the_admission(school: School) -> None:
    form, student = school.enters_and_admits()
    maths = school.selects(student)
    slip = school.remits(maths)
    change = school.transfers(student)
    school.expects_change(change, state="pending_clearance")
    school.cancels_admission(form)
    school.expects_change(change, state="revoked")
    school.expects_student(student, status="admission_cancelled", point="east", account="disabled")
    school.finance_approves(slip)
    school.expects(maths, selection="selected", withdrawal="pending_academic", point="east")


def test_a_status_change_that_nobody_has_decided_ends_with_the_admission(school: School) -> None:
    form, student = school.enters_and_admits()
    change = school.asks_for_transfer(student)
    school.cancels_admission(form)
    school.expects_change(change, state="revoked")
    school.refuses("step_not_allowed", school.second_person_approves, change)


def test_who_is_suspended_is_ended_too_and_who_has_left_stays_so(school: School) -> None:
    form, student = school.enters_and_admits()
    maths = school.selects_and_pays(student)
    school.suspends(student)
    school.cancels_admission(form)
    school.expects_student(student, status="admission_cancelled", account="disabled")
    school.expects(maths, selection="selected", withdrawal="pending_academic", registration="cancelled")
    other, gone = school.enters_and_admits()
    school.removes(gone)
    school.cancels_admission(other)
    school.expects_student(gone, status="left", account="disabled")


def test_what_people_have_decided_about_a_withdrawal_stands(school: School) -> None:
    form, student = school.enters_and_admits()
    asked, english = school.selects_and_pays(student, "maths"), school.selects_and_pays(student, "english")
    withdrawal = school.withdraws(asked)
    school.cancels_admission(form)
    assert school.withdrawal(asked).id == withdrawal
    school.finance_agrees(withdrawal)
    school.registrar_rejects(school.withdrawal(english).id)
    school.expects(asked, selection="withdrawn", bills="refunding")
    school.expects(english, selection="selected", withdrawal="academic_rejected", bills="paid")
