"""Withdrawing from a paid course: two reviews, the hold on the exam, the refund (docs/sagas.md 3.4)."""

from __future__ import annotations

from contracts.courses.events import WithdrawalsSentToFinance
from contracts.exams.events import RegistrationsHeld
from contracts.finance.events import BillsPaid, BillState, WithdrawalsApproved
from contracts.types import FeeKind
from tests.sagas.people import OTHER_ACCOUNTANT, OTHER_REGISTRAR, REGISTRAR
from tests.sagas.school import School


def test_a_withdrawal_is_reviewed_twice_and_refunded(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    withdrawal = school.requests_withdrawal(maths)
    school.expects(maths, selection="selected", withdrawal="pending_academic", registration="registered", learning=True)
    school.registrar_approves(withdrawal)
    school.expects(maths, withdrawal="pending_finance", review="pending", registration="suspended", learning=False)
    school.finance_agrees(withdrawal)
    school.expects(maths, selection="withdrawn", withdrawal="finance_approved", bills="refunding")
    school.expects(maths, registration="cancelled", ended_by="withdrawn")
    school.cashier_pays_out()
    school.expects(maths, selection="withdrawn", withdrawal="refunded", review="refunded", bills="refunded")


def test_a_withdrawn_course_can_be_selected_and_paid_again(school: School) -> None:
    student = school.student()
    first = school.selects_and_pays(student)
    school.finance_agrees(school.withdraws(first))
    second = school.selects_and_pays(student)
    school.cashier_pays_out()
    school.expects(first, selection="withdrawn", bills="refunded", registration="cancelled")
    school.expects(second, selection="selected", bills="paid", registration="registered")


def test_a_course_without_a_final_is_withdrawn_without_a_hold(school: School) -> None:
    ethics = school.selects_and_pays(school.student(), "ethics")
    school.finance_agrees(school.withdraws(ethics))
    school.cashier_pays_out()
    school.expects(ethics, selection="withdrawn", withdrawal="refunded", bills="refunded", registration=None)


def test_the_academic_review_rejects(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    school.registrar_rejects(school.requests_withdrawal(maths))
    school.expects(maths, selection="selected", withdrawal="academic_rejected", bills="paid", registration="registered")


def test_the_applicant_revokes(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    withdrawal = school.requests_withdrawal(maths)
    school.applicant_revokes(withdrawal)
    school.expects(maths, selection="selected", withdrawal="revoked", bills="paid", registration="registered")
    school.refuses("step_not_allowed", school.registrar_approves, withdrawal)


def test_finance_rejects_and_the_registration_is_free_again(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    withdrawal = school.withdraws(maths)
    school.expects(maths, registration="suspended")
    school.finance_disagrees(withdrawal)
    school.expects(maths, selection="selected", withdrawal="finance_rejected", bills="paid", learning=True)
    school.expects(maths, registration="registered")


def test_after_a_rejection_a_second_withdrawal_can_succeed(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    school.finance_disagrees(school.withdraws(maths))
    school.finance_agrees(school.withdraws(maths))
    school.cashier_pays_out()
    school.expects(maths, selection="withdrawn", withdrawal="refunded", bills="refunded", registration="cancelled")


def test_finance_decides_nothing_before_exams_has_held_the_registration(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    with school.delayed("exams", WithdrawalsSentToFinance):
        withdrawal = school.withdraws(maths)
        school.expects(maths, review="waiting_for_hold", registration="registered")
        school.refuses("step_not_allowed", school.finance_agrees, withdrawal)
    school.expects(maths, review="pending", registration="suspended")


def test_a_hold_that_reaches_finance_before_the_withdrawal_waits_for_it(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    with school.delayed("finance", WithdrawalsSentToFinance):
        withdrawal = school.withdraws(maths)
        school.expects(maths, registration="suspended")
    school.expects(maths, review="pending")
    school.finance_agrees(withdrawal)


def test_who_has_sat_the_exam_cannot_withdraw(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    school.publishes_arrangement()
    school.exam_is_held("maths")
    school.withdraws(maths)
    school.expects(maths, selection="selected", withdrawal="finance_rejected", refusal=None, registration="sat")
    school.expects(maths, bills="paid", review="rejected", learning=True)
    assert school.withdrawal(maths).refusal.code == "exam_already_sat"


def test_a_withdrawal_that_exams_hears_of_when_the_session_has_begun_is_too_late(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    school.publishes_arrangement()
    with school.delayed("exams", WithdrawalsSentToFinance):
        school.withdraws(maths)
        school.at(school.site.exam_begins)
    school.expects(maths, selection="selected", withdrawal="finance_rejected", registration="arranged", bills="paid")


def test_who_is_held_is_not_marked_as_sitting(school: School) -> None:
    held, other = (school.selects_and_pays(school.student()) for _ in range(2))
    school.publishes_arrangement()
    withdrawal = school.withdraws(held)
    school.exam_is_held("maths")
    school.expects(held, registration="suspended")
    school.expects(other, registration="sat")
    school.finance_agrees(withdrawal)
    school.expects(held, selection="withdrawn", registration="cancelled", bills="refunding")


def test_who_is_held_gets_no_seat_and_the_fee_goes_back_when_finance_rejects(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    withdrawal = school.withdraws(maths)
    school.publishes_arrangement()
    school.expects(maths, registration="suspended")
    school.finance_disagrees(withdrawal)
    school.expects(maths, registration="lapsed", ended_by="arrangement_published", refusal="arrangement_published")
    school.expects(maths, selection="selected", bills={"credit": "paid", "exam": "refunding"}, learning=True)
    school.cashier_pays_out()
    school.expects(maths, selection="selected", bills={"credit": "paid", "exam": "refunded"})


def test_who_is_held_after_the_arrangement_takes_the_same_seat_when_finance_rejects(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    school.publishes_arrangement()
    withdrawal = school.withdraws(maths)
    school.expects(maths, registration="suspended")
    school.finance_disagrees(withdrawal)
    school.expects(maths, selection="selected", registration="arranged", bills="paid", refusal=None)


def test_who_is_released_after_the_session_has_begun_gets_the_fee_back(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    school.publishes_arrangement()
    withdrawal = school.withdraws(maths)
    school.at(school.site.exam_begins)
    school.finance_disagrees(withdrawal)
    school.expects(maths, selection="selected", registration="lapsed", refusal="arrangement_published")
    school.expects(maths, bills={"credit": "paid", "exam": "refunding"})


def test_hold_and_publication_at_once_leave_no_seat_to_who_withdraws(school: School) -> None:
    maths, other = (school.selects_and_pays(school.student()) for _ in range(2))
    with school.delayed("exams", WithdrawalsSentToFinance):
        withdrawal = school.withdraws(maths)
        school.publishes_arrangement()
        school.expects(maths, registration="arranged")
    school.expects(maths, registration="suspended", review="pending")
    school.expects(other, registration="arranged")
    school.finance_agrees(withdrawal)
    school.expects(maths, selection="withdrawn", registration="cancelled")


def test_a_fee_paid_after_the_arrangement_goes_back_and_learning_goes_on(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    school.publishes_arrangement()
    school.finance_approves(slip)
    school.expects(maths, selection="selected", refusal="arrangement_published", learning=True)
    school.expects(maths, registration="lapsed", bills={"credit": "paid", "exam": "refunding"})
    school.cashier_pays_out()
    school.expects(maths, selection="selected", bills={"credit": "paid", "exam": "refunded"})


def test_a_fee_paid_after_registration_has_closed_still_registers(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    school.at(school.site.registration_closes)
    school.finance_approves(slip)
    school.expects(maths, selection="selected", bills="paid", registration="registered")
    school.publishes_arrangement()
    school.expects(maths, registration="arranged")


def test_a_withdrawal_refunds_only_what_a_refused_registration_has_left(school: School) -> None:
    maths = school.selects(school.student())
    slip = school.remits(maths)
    school.publishes_arrangement()
    school.finance_approves(slip)
    school.finance_agrees(school.withdraws(maths))
    assert sorted((refund.reason, refund.amount) for refund in school.refunds()) == [
        ("registration_refused", 60),
        ("withdrawal", 400),
    ]
    school.cashier_pays_out()
    school.expects(maths, selection="withdrawn", withdrawal="refunded", bills="refunded", registration="lapsed")


def test_of_two_requests_at_once_one_is_taken(school: School) -> None:
    student = school.student()
    maths = school.selects_and_pays(student)
    outcomes = school.at_once(
        lambda: school.requests_withdrawal(maths, by=student.person),
        lambda: school.requests_withdrawal(maths, by=school.east),
    )
    assert outcomes == ["done", "withdrawal_already_open"]
    school.expects(maths, selection="selected", withdrawal="pending_academic")


def test_revoke_against_approve_has_one_winner(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    withdrawal = school.requests_withdrawal(maths)
    outcomes = school.at_once(
        lambda: school.applicant_revokes(withdrawal), lambda: school.registrar_approves(withdrawal)
    )
    assert outcomes == ["done", "step_not_allowed"]
    revoked = school.withdrawal(maths).state == "revoked"
    school.expects(maths, selection="selected", registration="registered" if revoked else "suspended")


def test_two_academic_approvals_at_once_send_the_withdrawal_once(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    withdrawal = school.requests_withdrawal(maths)
    outcomes = school.at_once(
        lambda: school.registrar_approves(withdrawal), lambda: school.registrar_approves(withdrawal, by=OTHER_REGISTRAR)
    )
    assert outcomes == ["done", "step_not_allowed"]
    assert len(school.world.courses.published(WithdrawalsSentToFinance)) == 1


def test_two_approvals_by_finance_at_once_refund_once(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    withdrawal = school.withdraws(maths)
    outcomes = school.at_once(
        lambda: school.finance_agrees(withdrawal), lambda: school.finance_agrees(withdrawal, by=OTHER_ACCOUNTANT)
    )
    assert outcomes == ["done", "step_not_allowed"]
    assert len(school.refunds()) == 2  # one for each bill
    school.cashier_pays_out()
    school.expects(maths, selection="withdrawn", bills="refunded")


def test_approval_and_rejection_by_finance_at_once_have_one_winner(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    withdrawal = school.withdraws(maths)
    outcomes = school.at_once(
        lambda: school.finance_agrees(withdrawal), lambda: school.finance_disagrees(withdrawal, by=OTHER_ACCOUNTANT)
    )
    assert outcomes == ["done", "step_not_allowed"]
    rejected = school.withdrawal(maths).state == "finance_rejected"
    school.expects(maths, selection="selected" if rejected else "withdrawn", bills="paid" if rejected else "refunding")


def test_nobody_reviews_one_withdrawal_twice_or_the_own_request(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    withdrawal = school.requests_withdrawal(maths)
    school.registrar_approves(withdrawal)
    school.refuses("same_reviewer", school.finance_agrees, withdrawal, by=REGISTRAR)
    school.finance_agrees(withdrawal)
    school.expects(maths, selection="withdrawn")


def test_what_is_in_payment_cannot_be_withdrawn(school: School) -> None:
    maths = school.selects(school.student())
    school.refuses("selection_not_paid", school.requests_withdrawal, maths)
    slip = school.remits(maths)
    school.refuses("payment_in_review", school.requests_withdrawal, maths)
    school.finance_approves(slip)
    school.registrar_rejects(school.requests_withdrawal(maths))


def test_outside_the_window_no_withdrawal_can_be_asked_for_but_one_under_way_goes_on(school: School) -> None:
    early, late = (school.selects_and_pays(school.student()) for _ in range(2))
    withdrawal = school.requests_withdrawal(early)
    school.after(days=100)
    school.refuses("withdrawal_window_closed", school.requests_withdrawal, late)
    school.registrar_approves(withdrawal)
    school.finance_agrees(withdrawal)
    school.expects(early, selection="withdrawn")


def test_a_refund_that_the_bank_returns_is_tried_again(school: School) -> None:
    ethics = school.selects_and_pays(school.student(), "ethics")
    school.finance_agrees(school.withdraws(ethics))
    school.bank_fails()
    school.expects(ethics, selection="withdrawn", withdrawal="finance_approved", bills="paid")
    school.cashier_tries_again()
    school.expects(ethics, bills="refunding")
    school.cashier_pays_out()
    school.expects(ethics, withdrawal="refunded", bills="refunded")


def test_the_refund_may_overtake_the_approval(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    with school.delayed("courses", WithdrawalsApproved):
        school.finance_agrees(school.withdraws(maths))
        school.cashier_pays_out()
        school.expects(maths, selection="withdrawn", withdrawal="refunded", bills="refunded")
    school.expects(maths, selection="withdrawn", withdrawal="refunded", bills="refunded", registration="cancelled")


def test_a_registration_made_after_the_hold_is_made_held(school: School) -> None:
    maths = school.selects(school.student())
    with school.delayed("exams", BillsPaid):
        school.pays(maths)
        withdrawal = school.withdraws(maths)
        school.expects(maths, registration=None, review="pending")
    school.expects(maths, registration="suspended")
    school.finance_disagrees(withdrawal)
    school.expects(maths, selection="selected", registration="registered", bills="paid")


def test_a_registration_made_after_the_withdrawal_was_approved_is_made_cancelled(school: School) -> None:
    maths = school.selects(school.student())
    with school.delayed("exams", BillsPaid):
        school.pays(maths)
        school.finance_agrees(school.withdraws(maths))
        school.expects(maths, selection="withdrawn", registration=None)
    school.expects(maths, selection="withdrawn", registration="cancelled", ended_by="withdrawn", bills="refunding")


def test_a_registration_made_after_the_withdrawal_was_rejected_is_free(school: School) -> None:
    maths = school.selects(school.student())
    with school.delayed("exams", BillsPaid):
        school.pays(maths)
        school.finance_disagrees(school.withdraws(maths))
    school.expects(maths, selection="selected", registration="registered", bills="paid")


def test_finance_waits_for_a_hold_that_is_late(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    with school.delayed("finance", RegistrationsHeld):
        withdrawal = school.withdraws(maths)
        school.refuses("step_not_allowed", school.finance_agrees, withdrawal)
    school.finance_disagrees(withdrawal)
    school.expects(maths, selection="selected", registration="registered", review="rejected")


def test_where_the_rules_give_nothing_back_the_withdrawal_is_finished_at_once(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    school.refund_rule(FeeKind.CREDIT, percent=0)
    school.refund_rule(FeeKind.EXAM, percent=0)
    school.finance_agrees(school.withdraws(maths))
    school.expects(maths, selection="withdrawn", withdrawal="refunded", review="refunded", bills="paid")
    school.expects(maths, registration="cancelled")
    assert not school.refunds()


def test_a_part_of_the_fee_goes_back_where_the_rules_say_so(school: School) -> None:
    maths = school.selects_and_pays(school.student())
    school.refund_rule(FeeKind.CREDIT, percent=50)
    school.refund_rule(FeeKind.EXAM, percent=0)
    school.finance_agrees(school.withdraws(maths))
    assert [refund.amount for refund in school.refunds()] == [200]
    school.cashier_pays_out()
    school.expects(maths, withdrawal="refunded", bills={"credit": "refunded", "exam": "paid"})


def test_a_withdrawal_while_courses_has_not_heard_of_the_bills_is_reviewed_like_any_other(school: School) -> None:
    student = school.student()
    with school.delayed("courses", BillState):
        maths = school.selects_and_pays(student)
        school.finance_agrees(school.withdraws(maths))
    school.cashier_pays_out()
    school.expects(maths, selection="withdrawn", withdrawal="refunded", bills="refunded")
