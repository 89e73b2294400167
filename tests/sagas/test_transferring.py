"""Transfer to another teaching point (docs/sagas.md 3.6): what is unpaid goes along, for payments it waits."""

from __future__ import annotations

from contracts.courses.events import CoursesSelected
from contracts.finance.events import TransferCleared
from contracts.registry.events import StudentState, StudentTransferred, TransferRequested
from tests.sagas.school import School


def test_unpaid_bills_selections_and_account_move_with_the_student(school: School) -> None:
    student = school.student("east")
    maths = school.selects(student)
    change = school.transfers(student, to="west")
    school.expects_change(change, state="approved")
    school.expects_student(student, status="active", point="west", account_point="west")
    school.expects(maths, selection="pending_payment", point="west", bills="unpaid", bills_at="west")
    school.pays(maths)
    school.expects(maths, selection="selected", bills="paid", registration="registered", registered_at="west")


def test_paid_bills_stay_with_the_payer_and_are_refunded_there(school: School) -> None:
    student = school.student("east")
    maths = school.selects_and_pays(student)
    school.transfers(student, to="west")
    school.expects(maths, selection="selected", point="west", bills_at="east", registered_at="west")
    school.finance_agrees(school.withdraws(maths))
    assert {refund.teaching_point_id for refund in school.refunds()} == {school.site.east}
    school.cashier_pays_out()
    school.expects(maths, selection="withdrawn", bills="refunded", registration="cancelled")


def test_an_open_withdrawal_goes_along_and_the_new_point_can_revoke_it(school: School) -> None:
    student = school.student("east")
    maths = school.selects_and_pays(student)
    withdrawal = school.requests_withdrawal(maths)
    school.transfers(student, to="west")
    school.refuses("not_found", school.applicant_revokes, withdrawal, by=school.east)
    school.applicant_revokes(withdrawal, by=school.west)
    school.expects(maths, selection="selected", withdrawal="revoked", registration="registered")


def test_a_bill_in_payment_holds_the_transfer_until_finance_approves(school: School) -> None:
    student = school.student("east")
    maths = school.selects(student)
    slip = school.remits(maths)
    change = school.transfers(student, to="west")
    school.expects_change(change, state="pending_clearance", waiting_for_bills=2)
    school.expects_student(student, point="east")
    school.finance_approves(slip)
    school.expects_change(change, state="approved", waiting_for_bills=None)
    school.expects(maths, selection="selected", point="west", bills="paid", bills_at="east", registered_at="west")


def test_a_bill_in_payment_holds_the_transfer_until_finance_rejects(school: School) -> None:
    student = school.student("east")
    maths = school.selects(student)
    slip = school.remits(maths)
    change = school.transfers(student, to="west")
    school.finance_rejects(slip)
    school.expects_change(change, state="approved")
    school.expects(maths, selection="pending_payment", point="west", bills="unpaid", bills_at="west")
    school.pays(maths)
    school.expects(maths, selection="selected", bills="paid", bills_at="west")


def test_a_bill_in_payment_holds_the_transfer_until_the_point_revokes_its_slip(school: School) -> None:
    student = school.student("east")
    slip = school.remits(school.selects(student))
    change = school.transfers(student, to="west")
    school.point_revokes(slip)
    school.expects_change(change, state="approved")


def test_of_two_slips_the_last_one_decided_clears_the_transfer(school: School) -> None:
    student = school.student("east")
    first, second = (school.remits(school.selects(student, course)) for course in ("maths", "english"))
    change = school.transfers(student, to="west")
    school.finance_approves(first)
    school.expects_change(change, state="pending_clearance")
    school.finance_rejects(second)
    school.expects_change(change, state="approved")


def test_while_a_transfer_waits_no_new_payment_begins(school: School) -> None:
    student = school.student("east")
    paying, unpaid = school.selects(student, "maths"), school.selects(student, "english")
    slip = school.remits(paying)
    school.transfers(student, to="west")
    school.refuses("student_in_transfer", school.remits, unpaid)
    school.refuses("status_change_open", school.selects, student, "ethics")
    school.finance_approves(slip)
    school.pays(unpaid)
    school.expects(unpaid, selection="selected", bills="paid", bills_at="west")


def test_a_change_that_waits_for_the_school_stops_selecting_and_nothing_else(school: School) -> None:
    student = school.student("east")
    maths = school.selects(student, "maths")
    change = school.asks_for_transfer(student, to="west")
    school.refuses("status_change_open", school.selects, student, "ethics")
    school.pays(maths)
    school.second_person_rejects(change)
    school.expects_change(change, state="rejected")
    school.selects(student, "ethics")
    school.expects(maths, selection="selected", point="east", bills="paid", registered_at="east")


def test_a_transfer_that_is_revoked_while_it_waits_lets_payments_go_on(school: School) -> None:
    student = school.student("east")
    paying, unpaid = school.selects(student, "maths"), school.selects(student, "english")
    slip = school.remits(paying)
    change = school.transfers(student, to="west")
    school.revokes_change(change)
    school.expects_change(change, state="revoked")
    school.finance_approves(slip)
    school.pays(unpaid)
    school.expects(paying, selection="selected", point="east", bills="paid", bills_at="east", registered_at="east")
    school.expects(unpaid, selection="selected", point="east", bills="paid", bills_at="east")


def test_revoking_against_clearing_is_decided_by_the_registry(school: School) -> None:
    student = school.student("east")
    maths = school.selects(student)
    with school.delayed("registry", TransferCleared):
        change = school.transfers(student, to="west")
        school.revokes_change(change)
    school.expects_change(change, state="revoked")
    school.expects_student(student, point="east")
    school.pays(maths)
    school.expects(maths, selection="selected", point="east", bills_at="east")


def test_a_transfer_that_has_taken_effect_cannot_be_revoked(school: School) -> None:
    change = school.transfers(school.student("east"), to="west")
    school.refuses("step_not_allowed", school.revokes_change, change)


def test_a_revocation_that_overtakes_its_request_leaves_nothing_behind(school: School) -> None:
    student = school.student("east")
    maths = school.selects(student)
    with school.delayed("finance", TransferRequested):
        change = school.transfers(student, to="west")
        school.revokes_change(change)
    school.expects_change(change, state="revoked")
    school.pays(maths)
    again = school.transfers(student, to="west")
    school.expects_change(again, state="approved")
    school.expects(maths, point="west", bills_at="east")


def test_remitting_and_transferring_at_once_never_lose_each_other(school: School) -> None:
    student = school.student("east")
    maths = school.selects(student)
    with school.delayed("finance", TransferRequested):
        change = school.transfers(student, to="west")
        slip = school.remits(maths)
    school.expects_change(change, state="pending_clearance", waiting_for_bills=2)
    school.finance_approves(slip)
    school.expects_change(change, state="approved")
    school.expects(maths, selection="selected", point="west", bills_at="east")


def test_a_selection_on_its_way_to_finance_is_billed_where_the_student_is(school: School) -> None:
    student = school.student("east")
    with school.delayed("finance", CoursesSelected):
        maths = school.selects(student)
        school.transfers(student, to="west")
        school.expects(maths, bills=None, point="west")
    school.expects(maths, selection="pending_payment", bills="unpaid", bills_at="west")


def test_a_transfer_waits_everywhere_for_the_newest_record_of_the_student(school: School) -> None:
    student = school.student("east")
    maths, english = school.selects_and_pays(student, "maths"), school.selects(student, "english")
    with school.delayed("finance", StudentState):
        school.transfers(student, to="west")
        school.expects(english, point="west", bills_at="east")
    school.expects(maths, selection="selected", point="west", bills_at="east", registered_at="west")
    school.expects(english, selection="pending_payment", point="west", bills_at="west")


def test_a_course_selected_at_the_new_point_before_courses_heard_of_the_move(school: School) -> None:
    student = school.student("east")
    with school.delayed("courses", StudentTransferred, StudentState):
        school.transfers(student, to="west")
        maths = school.selects(student, by=school.east)
        school.expects(maths, point="east", bills_at="west")
    school.expects(maths, selection="pending_payment", point="west", bills="unpaid", bills_at="west")


def test_late_money_of_the_old_point_for_a_moved_bill_goes_back(school: School) -> None:
    student = school.student("east")
    maths = school.selects(student)
    late = school.remits(maths)
    school.finance_rejects(late)
    school.transfers(student, to="west")
    school.finance_books_late(late)
    assert [item.reason for item in school.suspense()] == ["bill_moved", "bill_moved"]
    school.cashier_pays_out()
    school.pays(maths)
    school.expects(maths, selection="selected", bills="paid", bills_at="west")


def test_a_seat_in_a_published_arrangement_stays(school: School) -> None:
    student = school.student("east")
    maths = school.selects_and_pays(student)
    school.publishes_arrangement()
    school.transfers(student, to="west")
    school.expects(maths, selection="selected", point="west", registration="arranged", registered_at="west")
