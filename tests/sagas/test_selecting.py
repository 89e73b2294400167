"""Selecting and paying, cancelling and lapsing, and money that comes too late (docs/sagas.md 3.1 and 3.2)."""

from __future__ import annotations

from contracts.courses.events import CoursesSelected, SelectionsClosing
from contracts.finance.events import BillCancellationRefused, BillsCancelled, BillsPaid, BillState, FeeStandardState
from contracts.types import FeeKind
from tests.sagas.people import OTHER_ACCOUNTANT
from tests.sagas.school import School


def test_a_course_is_selected_billed_paid_and_registered(school: School) -> None:
    student = school.student()
    maths = school.selects(student, "maths")
    school.expects(maths, selection="pending_payment", bills={"credit": "unpaid", "exam": "unpaid"}, registration=None)
    slip = school.remits(maths)
    school.expects(maths, selection="pending_payment", bills="remitting", registration=None)
    school.finance_approves(slip)
    school.expects(maths, selection="selected", bills="paid", registration="registered", learning=True)


def test_a_course_without_a_final_has_one_bill_and_no_registration(school: School) -> None:
    ethics = school.selects(school.student(), "ethics")
    school.expects(ethics, selection="pending_payment", bills={"credit": "unpaid"})
    school.pays(ethics)
    school.expects(ethics, selection="selected", bills={"credit": "paid"}, registration=None, learning=True)


def test_one_slip_pays_for_many_students(school: School) -> None:
    selections = [
        school.selects(student, course)
        for student in (school.student(), school.student())
        for course in ("maths", "english", "ethics")
    ]
    school.pays(*selections)
    for selection in selections:
        school.expects(selection, selection="selected", bills="paid")


def test_a_selection_for_which_no_price_can_be_found_is_cancelled_and_says_why(school: School) -> None:
    student = school.student()
    with school.delayed("courses", FeeStandardState):
        school.abolishes_fee(FeeKind.EXAM)
        maths, ethics = school.selects(student, "maths"), school.selects(student, "ethics")
    school.expects(maths, selection="cancelled", bills=None, registration=None, refusal="fee_standard_missing")
    school.expects(ethics, selection="pending_payment", bills="unpaid", refusal=None)
    school.refuses("exam_fee_standard_missing", school.selects, student, "maths")


def test_a_cancelled_course_can_be_selected_again_and_is_billed_anew(school: School) -> None:
    student = school.student()
    first = school.selects(student)
    school.cancels(first)
    school.expects(first, selection="cancelled", bills="cancelled", registration=None)
    second = school.selects(student)
    school.pays(second)
    school.expects(first, selection="cancelled", bills="cancelled", registration=None)
    school.expects(second, selection="selected", bills="paid", registration="registered")


def test_student_and_point_select_the_same_course_at_once_and_it_is_billed_once(school: School) -> None:
    student = school.student()
    outcomes = school.at_once(
        lambda: school.selects(student, "maths", by=student.person),
        lambda: school.selects(student, "maths", by=school.east),
    )
    assert outcomes == ["already_selected", "done"]
    assert len(school.bills()) == 2


def test_what_is_in_payment_cannot_be_cancelled(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    school.refuses("payment_in_review", school.cancels, maths)
    school.finance_approves(slip)
    school.refuses("step_not_allowed", school.cancels, maths)
    school.expects(maths, selection="selected", bills="paid", registration="registered")


def test_cancel_against_pay_the_payment_is_first(school: School) -> None:
    maths = school.selects(school.student())
    with school.delayed("finance", SelectionsClosing):
        school.cancels(maths)
        school.expects(maths, selection="closing")
        slip = school.remits(maths)
    school.expects(maths, selection="pending_payment", bills="remitting")
    school.finance_approves(slip)
    school.expects(maths, selection="selected", bills="paid", registration="registered")


def test_cancel_against_pay_the_cancellation_is_first(school: School) -> None:
    maths = school.selects(school.student())
    with school.delayed("courses", BillsCancelled):
        school.cancels(maths)
        school.refuses("bills_not_unpaid", school.remits, maths)
        school.expects(maths, selection="closing", bills="cancelled")
    school.expects(maths, selection="cancelled", bills="cancelled", registration=None)


def test_cancel_and_pay_at_once_have_one_winner(school: School) -> None:
    maths = school.selects(school.student())
    school.at_once(lambda: school.cancels(maths), lambda: school.remits(maths))
    if {bill.status for bill in school.bills(maths)} == {"cancelled"}:
        school.expects(maths, selection="cancelled")
    else:
        school.expects(maths, selection="pending_payment", bills="remitting")


def test_a_payment_that_overtakes_the_refused_cancellation_selects(school: School) -> None:
    maths = school.selects(school.student())
    with school.delayed("courses", BillCancellationRefused, BillState):
        slip = school.remits(maths)
        school.cancels(maths)
        school.expects(maths, selection="closing", bills="remitting")
        school.finance_approves(slip)
        school.expects(maths, selection="selected", bills="paid")
    school.expects(maths, selection="selected", bills="paid", registration="registered")


def test_a_cancellation_before_the_selection_has_reached_finance_means_no_bill_ever(school: School) -> None:
    student = school.student()
    with school.delayed("finance", CoursesSelected):
        maths = school.selects(student)
        school.cancels(maths)
        school.expects(maths, selection="cancelled", bills=None)
    school.expects(maths, selection="cancelled", bills=None, registration=None)


def test_what_is_not_paid_by_the_deadline_lapses(school: School) -> None:
    paid, unpaid = (school.selects(school.student()) for _ in range(2))
    school.pays(paid)
    school.at(school.site.payment_deadline)
    school.expects(paid, selection="selected", bills="paid", registration="registered")
    school.expects(unpaid, selection="lapsed", bills="cancelled", registration=None)


def test_a_course_on_a_slip_does_not_lapse(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    school.at(school.site.payment_deadline)
    school.after(hours=5)
    school.expects(maths, selection="pending_payment", bills="remitting")
    school.finance_approves(slip)
    school.expects(maths, selection="selected", bills="paid", registration="registered")


def test_a_slip_rejected_after_the_deadline_leaves_days_of_grace_and_then_the_course_lapses(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    school.at(school.site.payment_deadline)
    school.finance_rejects(slip)
    school.after(days=2)
    school.expects(maths, selection="pending_payment", bills="unpaid")
    school.after(days=2)
    school.expects(maths, selection="lapsed", bills="cancelled", registration=None)


def test_who_pays_again_within_the_grace_is_selected(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    school.at(school.site.payment_deadline)
    school.finance_rejects(slip)
    school.after(days=2)
    school.pays(maths)
    school.after(days=5)
    school.expects(maths, selection="selected", bills="paid", registration="registered")


def test_a_slip_revoked_after_the_deadline_gives_no_grace(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    school.at(school.site.payment_deadline)
    school.point_revokes(slip)
    school.after(hours=2)
    school.expects(maths, selection="lapsed", bills="cancelled", registration=None)


def test_money_that_comes_after_the_lapse_goes_to_suspense_and_back_to_the_payer(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    school.finance_rejects(slip)
    school.at(school.site.payment_deadline)
    school.finance_books_late(slip)
    assert {(refund.reason, refund.state) for refund in school.refunds()} == {("suspense", "pending")}
    assert sum(item.amount for item in school.suspense()) == sum(bill.amount for bill in school.bills(maths))
    school.cashier_pays_out()
    school.expects(maths, selection="lapsed", bills="cancelled", registration=None)


def test_money_that_comes_late_but_in_time_pays(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    school.point_revokes(slip)
    school.finance_books_late(slip)
    school.expects(maths, selection="selected", bills="paid", registration="registered")
    assert not school.refunds()


def test_money_that_comes_twice_goes_back_once(school: School) -> None:
    maths = school.selects(school.student())
    late = school.remits(maths)
    school.finance_rejects(late)
    school.pays(maths)
    school.finance_books_late(late)
    school.expects(maths, selection="selected", bills="paid", registration="registered")
    assert [item.reason for item in school.suspense()] == ["bill_already_paid", "bill_already_paid"]
    school.cashier_pays_out()


def test_a_slip_approved_twice_at_once_pays_once(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    outcomes = school.at_once(
        lambda: school.finance_approves(slip), lambda: school.finance_approves(slip, by=OTHER_ACCOUNTANT)
    )
    assert outcomes == ["done", "step_not_allowed"]
    school.expects(maths, selection="selected", bills="paid", registration="registered")


def test_a_slip_approved_and_rejected_at_once_is_decided_once(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    outcomes = school.at_once(
        lambda: school.finance_approves(slip), lambda: school.finance_rejects(slip, by=OTHER_ACCOUNTANT)
    )
    assert outcomes == ["done", "step_not_allowed"]
    school.expects(maths, bills="paid" if school.slip(slip).state == "approved" else "unpaid")


def test_the_same_bills_on_two_slips_at_once_are_on_one(school: School) -> None:
    maths = school.selects(school.student())
    assert school.at_once(lambda: school.remits(maths), lambda: school.remits(maths)) == ["bills_not_unpaid", "done"]
    school.expects(maths, selection="pending_payment", bills="remitting")


def test_paid_news_that_reach_courses_before_the_bills_are_known_there_select(school: School) -> None:
    student = school.student()
    with school.delayed("courses", BillState):
        maths = school.selects(student)
        school.pays(maths)
        school.expects(maths, selection="selected")
    school.expects(maths, selection="selected", bills="paid", registration="registered")


def test_a_payment_of_which_courses_hears_late_beats_the_deadline(school: School) -> None:
    maths = school.selects(school.student())
    with school.delayed("courses", BillsPaid):
        school.pays(maths)
        school.at(school.site.payment_deadline)
        school.expects(maths, selection="pending_payment", bills="paid", registration="registered")
    school.expects(maths, selection="selected", bills="paid", registration="registered")
