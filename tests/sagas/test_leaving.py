"""Leaving school, suspension and return (docs/sagas.md 3.7 to 3.9)."""

from __future__ import annotations

import pytest

from contracts.courses.events import CoursesSelected, WithdrawalsSentToFinance
from contracts.finance.events import BillCancellationRefused, BillsPaid
from contracts.registry.events import StudentLeft, StudentResumed, StudentState, StudentSuspended
from tests.sagas.school import School


def test_who_leaves_loses_what_is_unpaid_and_the_seat_but_keeps_what_is_paid(school: School) -> None:
    student = school.student()
    paid, unpaid = school.selects_and_pays(student, "maths"), school.selects(student, "english")
    school.removes(student)
    school.expects_student(student, status="left")
    school.expects(unpaid, selection="cancelled", bills="cancelled", registration=None)
    school.expects(paid, selection="selected", bills="paid", registration="cancelled", ended_by="student_left")
    school.refuses("student_not_active", school.selects, student, "ethics")


def test_a_payment_approved_after_the_leaving_opens_a_withdrawal(school: School) -> None:
    student = school.student()
    maths = school.selects(student)
    slip = school.remits(maths)
    school.removes(student)
    school.expects(maths, selection="pending_payment", bills="remitting")
    school.finance_approves(slip)
    school.expects(maths, selection="selected", withdrawal="pending_academic", registration="cancelled")
    school.registrar_approves(school.withdrawal(maths).id)
    school.finance_agrees(school.withdrawal(maths).id)
    school.cashier_pays_out()
    school.expects(maths, selection="withdrawn", withdrawal="refunded", bills="refunded", registration="cancelled")


def test_a_payment_rejected_after_the_leaving_lets_the_selection_close(school: School) -> None:
    student = school.student()
    maths = school.selects(student)
    slip = school.remits(maths)
    school.removes(student)
    school.finance_rejects(slip)
    school.after(hours=2)
    school.expects(maths, selection="cancelled", bills="cancelled", registration=None)


def test_a_payment_of_which_courses_hears_after_the_leaving_opens_a_withdrawal(school: School) -> None:
    student = school.student()
    maths = school.selects(student)
    with school.delayed("courses", BillsPaid):
        school.pays(maths)
        school.removes(student)
    school.expects(maths, selection="selected", withdrawal="pending_academic", bills="paid", registration="cancelled")


@pytest.mark.parametrize("late", [StudentLeft, BillCancellationRefused, BillsPaid])
def test_leaving_and_then_paying_ends_in_a_withdrawal_whatever_courses_hears_last(school: School, late: type) -> None:
    student = school.student()
    maths = school.selects(student)
    slip = school.remits(maths)
    with school.delayed("courses", late):
        school.removes(student)
        school.finance_approves(slip)
    school.after(hours=2)
    school.expects(maths, selection="selected", withdrawal="pending_academic", bills="paid", registration="cancelled")


def test_an_open_withdrawal_of_who_leaves_runs_on_to_its_end(school: School) -> None:
    student = school.student()
    maths, english = school.selects_and_pays(student, "maths"), school.selects_and_pays(student, "english")
    agreed, refused = school.withdraws(maths), school.withdraws(english)
    school.removes(student)
    school.expects(maths, withdrawal="pending_finance", registration="cancelled", ended_by="student_left")
    school.finance_agrees(agreed)
    school.finance_disagrees(refused)
    school.cashier_pays_out()
    school.expects(maths, selection="withdrawn", withdrawal="refunded", bills="refunded")
    school.expects(english, selection="selected", withdrawal="finance_rejected", bills="paid", registration="cancelled")


def test_a_hold_for_who_has_left_is_granted(school: School) -> None:
    student = school.student()
    maths = school.selects_and_pays(student)
    with school.delayed("exams", WithdrawalsSentToFinance):
        withdrawal = school.withdraws(maths)
        school.removes(student)
        school.expects(maths, review="waiting_for_hold", registration="cancelled")
    school.expects(maths, review="pending")
    school.finance_agrees(withdrawal)
    school.expects(maths, selection="withdrawn", bills="refunding")


def test_a_selection_that_finance_hears_of_after_the_leaving_is_closed(school: School) -> None:
    student = school.student()
    with school.delayed("finance", CoursesSelected):
        maths = school.selects(student)
        school.removes(student)
    school.expects(maths, selection="cancelled", bills=None, registration=None)


def test_a_course_selected_before_courses_heard_of_the_leaving_is_closed(school: School) -> None:
    student = school.student()
    with school.delayed("courses", StudentLeft, StudentState):
        school.removes(student)
        maths = school.selects(student, by=school.east)
        school.expects(maths, selection="pending_payment")
    school.expects(maths, selection="cancelled", bills="cancelled")


def test_a_fee_paid_for_who_has_left_makes_a_cancelled_registration(school: School) -> None:
    student = school.student()
    maths = school.selects(student)
    with school.delayed("exams", BillsPaid):
        school.pays(maths)
        school.removes(student)
    school.expects(maths, selection="selected", bills="paid", registration="cancelled", ended_by="student_left")


def test_what_was_sat_stays_sat(school: School) -> None:
    student = school.student()
    maths = school.selects_and_pays(student)
    school.publishes_arrangement()
    school.exam_is_held("maths")
    school.removes(student)
    school.expects(maths, selection="selected", registration="sat", bills="paid")


def test_suspension_closes_what_is_unpaid_and_holds_what_is_paid_until_the_return(school: School) -> None:
    student = school.student()
    paid, unpaid = school.selects_and_pays(student, "maths"), school.selects(student, "english")
    school.suspends(student)
    school.expects(unpaid, selection="cancelled", bills="cancelled")
    school.expects(paid, selection="selected", bills="paid", registration="suspended")
    school.resumes(student)
    school.expects(paid, selection="selected", bills="paid", registration="registered")


def test_what_is_in_payment_is_kept_when_the_payment_is_approved_during_the_suspension(school: School) -> None:
    student = school.student()
    maths = school.selects(student)
    slip = school.remits(maths)
    school.suspends(student)
    school.expects(maths, selection="pending_payment", bills="remitting")
    school.finance_approves(slip)
    school.expects(maths, selection="selected", withdrawal=None, bills="paid", registration="suspended")
    school.resumes(student)
    school.expects(maths, selection="selected", registration="registered")


def test_what_is_in_payment_closes_when_the_payment_is_rejected_during_the_suspension(school: School) -> None:
    student = school.student()
    maths = school.selects(student)
    slip = school.remits(maths)
    school.suspends(student)
    school.finance_rejects(slip)
    school.after(hours=2)
    school.expects(maths, selection="cancelled", bills="cancelled")


def test_who_returns_in_time_can_still_pay_until_the_deadline(school: School) -> None:
    student = school.student()
    maths = school.selects(student)
    slip = school.remits(maths)
    school.suspends(student)
    school.resumes(student)
    school.point_revokes(slip)
    school.after(hours=5)
    school.expects(maths, selection="pending_payment", bills="unpaid")
    school.at(school.site.payment_deadline)
    school.expects(maths, selection="lapsed", bills="cancelled")


def test_who_is_suspended_when_the_arrangement_is_published_gets_the_fee_back(school: School) -> None:
    student = school.student()
    maths = school.selects_and_pays(student)
    school.suspends(student)
    school.publishes_arrangement()
    school.expects(maths, selection="selected", registration="lapsed", ended_by="student_suspended")
    school.expects(maths, refusal="student_suspended", bills={"credit": "paid", "exam": "refunding"})
    school.resumes(student)
    school.cashier_pays_out()
    school.expects(maths, registration="lapsed", bills={"credit": "paid", "exam": "refunded"})


def test_who_returns_before_the_session_takes_the_seat_again(school: School) -> None:
    student = school.student()
    maths = school.selects_and_pays(student)
    school.publishes_arrangement()
    school.suspends(student)
    school.expects(maths, registration="suspended")
    school.resumes(student)
    school.expects(maths, registration="arranged", bills="paid")


def test_a_registration_with_two_holds_is_free_when_both_are_gone(school: School) -> None:
    student = school.student()
    maths = school.selects_and_pays(student)
    withdrawal = school.withdraws(maths)
    school.suspends(student)
    school.finance_disagrees(withdrawal)
    school.expects(maths, registration="suspended", withdrawal="finance_rejected")
    school.resumes(student)
    school.expects(maths, selection="selected", registration="registered")


def test_a_registration_with_two_holds_passed_over_by_the_arrangement_lapses_when_the_withdrawal_is_rejected(
    school: School,
) -> None:
    student = school.student()
    maths = school.selects_and_pays(student)
    withdrawal = school.withdraws(maths)
    school.suspends(student)
    school.publishes_arrangement()
    school.expects(maths, registration="suspended")
    school.finance_disagrees(withdrawal)
    school.expects(maths, registration="lapsed", ended_by="student_suspended", refusal="student_suspended")
    school.expects(maths, bills={"credit": "paid", "exam": "refunding"})


def test_of_quick_suspensions_and_returns_heard_in_any_order_the_last_one_counts(school: School) -> None:
    student = school.student()
    maths = school.selects_and_pays(student)
    with school.delayed("exams", StudentState):
        school.suspends(student)
        school.resumes(student)
        school.suspends(student)
        school.expects(maths, registration="registered")
    school.expects(maths, registration="suspended")
    with school.delayed("exams", StudentSuspended, StudentResumed):
        school.resumes(student)
        school.suspends(student)
        school.resumes(student)
    school.expects(maths, selection="selected", registration="registered")


def test_a_return_between_asking_and_answer_lets_the_selection_stand_once_finance_has_refused(school: School) -> None:
    student = school.student()
    maths = school.selects(student)
    slip = school.remits(maths)
    with school.delayed("courses", BillCancellationRefused):
        school.suspends(student)
        school.resumes(student)
        school.expects(maths, selection="closing")
    school.point_revokes(slip)
    school.after(hours=5)
    school.expects(maths, selection="pending_payment", bills="unpaid")


def test_who_leaves_while_suspended_is_gone(school: School) -> None:
    student = school.student()
    maths = school.selects_and_pays(student)
    school.suspends(student)
    school.removes(student)
    school.expects_student(student, status="left")
    school.expects(maths, selection="selected", registration="cancelled", ended_by="student_left", bills="paid")
    school.refuses("status_change_not_possible", school.resumes, student)


def test_leaving_while_a_transfer_waits_is_refused(school: School) -> None:
    student = school.student()
    slip = school.remits(school.selects(student))
    change = school.transfers(student)
    school.refuses("another_change_open", school.removes, student)
    school.finance_approves(slip)
    school.expects_change(change, state="approved")
    school.removes(student)
