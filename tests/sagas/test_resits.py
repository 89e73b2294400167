"""Resits: registered for a missed exam, billed and paid by themselves (docs/sagas.md 3.5)."""

from __future__ import annotations

from contracts.exams.events import ResitsClosing, ResitsRegistered
from contracts.finance.events import BillsPaid
from contracts.types import FeeKind
from tests.sagas.school import School


def test_a_missed_exam_is_repeated_in_the_next_round_for_a_fee_of_its_own(school: School) -> None:
    missed = school.misses_exam(school.student())
    resit = school.registers_resit(missed)
    school.expects_resit(resit, registration="pending_payment", bills="unpaid")
    school.finance_approves(school.remits_resit(resit))
    school.expects_resit(resit, registration="registered", bills="paid")
    school.expects(missed, selection="selected", registration="absent", bills="paid")


def test_a_resit_is_registered_once(school: School) -> None:
    missed = school.misses_exam(school.student())
    school.registers_resit(missed)
    school.refuses("already_registered", school.registers_resit, missed)


def test_point_and_student_register_a_resit_at_once_and_it_is_billed_once(school: School) -> None:
    student = school.student()
    missed = school.misses_exam(student)
    school.resit_registration_opens()
    outcomes = school.at_once(
        lambda: school.registers_resit(missed), lambda: school.registers_resit(missed, by=student.person)
    )
    assert outcomes == ["already_registered", "done"]
    assert len([bill for bill in school.bills() if bill.registration_id]) == 1


def test_a_resit_for_which_no_price_can_be_found_is_cancelled(school: School) -> None:
    missed = school.misses_exam(school.student())
    school.ends_fee(FeeKind.EXAM)
    resit = school.registers_resit(missed)
    school.expects_resit(resit, registration="cancelled", ended_by="billing_refused", bills=None)


def test_an_unpaid_resit_is_cancelled_and_can_be_registered_again(school: School) -> None:
    missed = school.misses_exam(school.student())
    first = school.registers_resit(missed)
    school.cancels_resit(first)
    school.expects_resit(first, registration="cancelled", ended_by="cancelled", bills="cancelled")
    second = school.registers_resit(missed)
    school.finance_approves(school.remits_resit(second))
    school.expects_resit(second, registration="registered", bills="paid")


def test_a_resit_in_payment_is_not_cancelled(school: School) -> None:
    resit = school.registers_resit(school.misses_exam(school.student()))
    slip = school.remits_resit(resit)
    school.cancels_resit(resit)
    school.expects_resit(resit, registration="pending_payment", bills="remitting")
    school.finance_approves(slip)
    school.refuses("step_not_allowed", school.cancels_resit, resit)
    school.expects_resit(resit, registration="registered", bills="paid")


def test_cancelling_against_paying_a_resit_the_payment_is_first(school: School) -> None:
    resit = school.registers_resit(school.misses_exam(school.student()))
    with school.delayed("finance", ResitsClosing):
        school.cancels_resit(resit)
        school.expects_resit(resit, registration="closing")
        school.finance_approves(school.remits_resit(resit))
        school.expects_resit(resit, registration="registered", bills="paid")
    school.expects_resit(resit, registration="registered", bills="paid")


def test_a_cancellation_before_the_resit_has_reached_finance_means_no_bill_ever(school: School) -> None:
    missed = school.misses_exam(school.student())
    with school.delayed("finance", ResitsRegistered):
        resit = school.registers_resit(missed)
        school.cancels_resit(resit)
    school.expects_resit(resit, registration="cancelled", bills=None)


def test_a_resit_that_is_not_paid_when_registration_closes_lapses(school: School) -> None:
    resit = school.registers_resit(school.misses_exam(school.student()))
    school.at(school.site.resit_round.registration_closes_at)
    school.expects_resit(resit, registration="lapsed", ended_by="unpaid", bills="cancelled")


def test_a_resit_on_a_slip_does_not_lapse_and_a_rejected_slip_leaves_days_of_grace(school: School) -> None:
    resit = school.registers_resit(school.misses_exam(school.student()))
    slip = school.remits_resit(resit)
    school.at(school.site.resit_round.registration_closes_at)
    school.expects_resit(resit, registration="pending_payment", bills="remitting")
    school.finance_rejects(slip)
    school.after(days=2)
    school.expects_resit(resit, registration="pending_payment", bills="unpaid")
    school.after(days=2)
    school.expects_resit(resit, registration="lapsed", bills="cancelled")


def test_a_resit_paid_after_the_arrangement_goes_back(school: School) -> None:
    resit = school.registers_resit(school.misses_exam(school.student()))
    slip = school.remits_resit(resit)
    school.at(school.site.resit_round.registration_closes_at)
    school.publishes_arrangement_of(school.site.resit_round)
    school.finance_approves(slip)
    school.expects_resit(resit, registration="lapsed", ended_by="arrangement_published", bills="refunding")
    school.cashier_pays_out()
    school.expects_resit(resit, registration="lapsed", bills="refunded")


def test_who_leaves_loses_an_unpaid_resit(school: School) -> None:
    student = school.student()
    resit = school.registers_resit(school.misses_exam(student))
    school.removes(student)
    school.expects_resit(resit, registration="cancelled", ended_by="student_left", bills="cancelled")


def test_a_resit_paid_after_the_leaving_goes_back(school: School) -> None:
    student = school.student()
    resit = school.registers_resit(school.misses_exam(student))
    slip = school.remits_resit(resit)
    school.removes(student)
    school.finance_approves(slip)
    school.after(hours=2)
    school.expects_resit(resit, registration="cancelled", ended_by="student_left", bills="refunding")


def test_a_paid_resit_is_held_while_the_student_is_suspended(school: School) -> None:
    student = school.student()
    resit = school.registers_resit(school.misses_exam(student))
    school.finance_approves(school.remits_resit(resit))
    school.suspends(student)
    school.expects_resit(resit, registration="suspended", bills="paid")
    school.resumes(student)
    school.expects_resit(resit, registration="registered", bills="paid")


def test_an_unpaid_resit_closes_with_the_suspension_of_its_student(school: School) -> None:
    student = school.student()
    resit = school.registers_resit(school.misses_exam(student))
    school.suspends(student)
    school.expects_resit(resit, registration="cancelled", ended_by="student_suspended", bills="cancelled")


def test_an_unpaid_resit_and_its_bill_move_with_the_student(school: School) -> None:
    student = school.student("east")
    resit = school.registers_resit(school.misses_exam(student))
    school.transfers(student, to="west")
    assert {bill.teaching_point_id for bill in school.resit_bills(resit)} == {school.site.west}
    school.finance_approves(school.remits_resit(resit))
    school.expects_resit(resit, registration="registered", bills="paid")


def test_a_fee_that_exams_hears_of_late_still_registers_the_resit(school: School) -> None:
    resit = school.registers_resit(school.misses_exam(school.student()))
    with school.delayed("exams", BillsPaid):
        school.finance_approves(school.remits_resit(resit))
        school.at(school.site.resit_round.registration_closes_at)
    school.expects_resit(resit, registration="registered", bills="paid")
