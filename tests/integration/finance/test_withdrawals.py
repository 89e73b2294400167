"""Withdrawals are reviewed by a second person and refunded to who paid; exams without a seat are refunded whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness, acting
from contracts.common import RowResults
from contracts.courses.events import WithdrawalsSentToFinance
from contracts.exams.events import (
    HeldRegistration,
    RefusedHold,
    RefusedRegistration,
    RegistrationHoldRefused,
    RegistrationRefused,
    RegistrationsHeld,
)
from contracts.finance.commands import (
    ApproveWithdrawalReviews,
    ConfirmRefunds,
    CreateRefundRule,
    FailRefund,
    RejectWithdrawalReviews,
    RetryRefund,
)
from contracts.finance.events import WithdrawalsApproved, WithdrawalsRefunded, WithdrawalsRejected
from contracts.finance.queries import GetWithdrawalReview, ListRefunds, ListWithdrawalReviews
from contracts.finance.views import RefundView, WithdrawalReviewDetails
from contracts.registry.events import StudentItem
from contracts.types import FeeKind
from tests.builders import finance as build
from tests.builders import people
from tests.builders.messages import a
from tests.racing import race


def approve(finance: ServiceHarness, *withdrawal_ids: UUID, by: Context = build.SECOND_REVIEWER) -> RowResults:
    answer: RowResults = finance.run(ApproveWithdrawalReviews(withdrawal_ids=withdrawal_ids), by)
    return answer


def review(finance: ServiceHarness, withdrawal_id: UUID) -> WithdrawalReviewDetails:
    answer: WithdrawalReviewDetails = finance.ask(GetWithdrawalReview(withdrawal_id=withdrawal_id), build.READER)
    return answer


def refunds(finance: ServiceHarness) -> tuple[RefundView, ...]:
    items: tuple[RefundView, ...] = finance.ask(ListRefunds(sort="amount"), build.CASHIER).items
    return items


def confirm(finance: ServiceHarness, *refund_ids: UUID) -> RowResults:
    command = ConfirmRefunds(refund_ids=refund_ids, paid_out_on=build.today(finance), bank_reference="202610080003")
    answer: RowResults = finance.run(command, build.CASHIER)
    return answer


@pytest.mark.parametrize("year", [1999, 2199])
def test_a_refund_is_not_confirmed_for_a_day_that_cannot_be(
    finance: ServiceHarness, student: StudentItem, year: int
) -> None:
    command = ConfirmRefunds(refund_ids=(new_id(),), paid_out_on=date(year, 1, 1), bank_reference="202610080003")
    assert finance.refusal(command, build.CASHIER).code.startswith("money_day_")


def test_a_withdrawal_is_approved_refunded_and_told(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    sent = build.withdrawal(finance, selected)
    assert review(finance, sent.withdrawal_id).refund_amount == Decimal("460.00")
    assert approve(finance, sent.withdrawal_id).done == 1
    (approved,) = finance.published(WithdrawalsApproved)
    assert approved.withdrawals[0].amount == Decimal("460.00")
    assert build.statuses(finance) == {"refunding"}
    assert finance.published(WithdrawalsRefunded) == []
    confirm(finance, *(refund.id for refund in refunds(finance)))
    (refunded,) = finance.published(WithdrawalsRefunded)
    assert refunded.withdrawals[0].amount == Decimal("460.00")
    assert build.statuses(finance) == {"refunded"}
    assert [bill.refunded_amount for bill in build.bills_of(finance, kind="exam")] == [build.EXAM_FEE]
    details = review(finance, sent.withdrawal_id)
    assert [step.action for step in details.history] == ["open", "hold", "approve", "refunded"]
    assert build.check(finance).clean


def test_finance_waits_for_the_hold(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    sent = build.withdrawal(finance, selected, held=False)
    (result,) = approve(finance, sent.withdrawal_id).items
    assert result.refusal is not None
    assert result.refusal.code == "step_not_allowed"
    build.hold(finance, sent)
    assert approve(finance, sent.withdrawal_id).done == 1


def test_a_hold_that_overtakes_its_withdrawal_is_tried_again(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    sent = build.sent_withdrawal(selected)
    held = a(HeldRegistration, withdrawal_id=sent.withdrawal_id, selection_id=selected.selection_id)
    finance.hear(finance.envelope(RegistrationsHeld(held=(held,))))
    assert [(row.state, row.code) for row in finance.parked()] == [("waiting", "withdrawal_unknown")]
    finance.hear(finance.envelope(WithdrawalsSentToFinance(withdrawals=(sent,))))
    finance.clock.advance(timedelta(minutes=1))
    finance.inbox.retry_waiting()
    finance.expect_nothing_parked()
    assert str(review(finance, sent.withdrawal_id).state) == "pending"


def test_a_refused_hold_rejects_the_withdrawal_by_itself(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    sent = build.withdrawal(finance, selected, held=False)
    row = a(RefusedHold, withdrawal_id=sent.withdrawal_id, selection_id=selected.selection_id)
    finance.deliver(RegistrationHoldRefused(refused=(row,)))
    (rejected,) = finance.published(WithdrawalsRejected)
    assert (rejected.withdrawals[0].code, rejected.withdrawals[0].reviewer_id) == ("exam_already_sat", None)
    details = review(finance, sent.withdrawal_id)
    assert str(details.state) == "rejected"
    assert details.refusal is not None
    assert build.statuses(finance) == {"paid"}


def test_the_second_review_is_by_another_person(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    sent = build.withdrawal(finance, selected)
    academic = acting(user_id=sent.academic_reviewer_id)
    applicant = acting(user_id=sent.requested_by)
    for person, code in ((academic, "same_reviewer"), (applicant, "decides_own_request")):
        (result,) = approve(finance, sent.withdrawal_id, by=person).items
        assert result.refusal is not None
        assert result.refusal.code == code
    assert finance.published(WithdrawalsApproved) == []


def test_each_row_has_its_own_result(finance: ServiceHarness, student: StudentItem) -> None:
    good = build.select_for(finance, student)
    early = build.select_for(finance, student)
    build.pay(finance, student)
    ready = build.withdrawal(finance, good)
    waiting = build.withdrawal(finance, early, held=False)
    unknown = new_id()
    answer = approve(finance, waiting.withdrawal_id, unknown, ready.withdrawal_id)
    codes = [item.refusal.code if item.refusal else None for item in answer.items]
    assert codes == ["step_not_allowed", "not_found", None]
    assert answer.done == 1


def test_rejecting_leaves_the_bills_paid(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    sent = build.withdrawal(finance, selected)
    command = RejectWithdrawalReviews(withdrawal_ids=(sent.withdrawal_id,), note="超过规定")
    finance.run(command, build.SECOND_REVIEWER)
    (rejected,) = finance.published(WithdrawalsRejected)
    assert rejected.withdrawals[0].note == "超过规定"
    assert build.statuses(finance) == {"paid"}
    assert refunds(finance) == ()


def test_the_rule_table_decides_how_much_goes_back(finance: ServiceHarness, student: StudentItem) -> None:
    for within, percent in ((7, 100), (30, 50)):
        rule = CreateRefundRule(kind=FeeKind.CREDIT, within_days=within, percent=percent)
        finance.run(rule, build.STANDARDS)
    finance.run(CreateRefundRule(kind=FeeKind.EXAM, percent=0), build.STANDARDS)
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    finance.clock.advance(timedelta(days=10))
    sent = build.withdrawal(finance, selected)
    finance.clock.advance(timedelta(days=30))  # a slow review costs the student nothing
    approve(finance, sent.withdrawal_id)
    assert [refund.amount for refund in refunds(finance)] == [Decimal("200.00")]
    assert build.statuses(finance, kind="exam") == {"paid"}
    confirm(finance, refunds(finance)[0].id)
    assert len(finance.published(WithdrawalsRefunded)) == 1
    assert build.check(finance).clean


def test_where_nothing_goes_back_the_withdrawal_is_done_at_once(finance: ServiceHarness, student: StudentItem) -> None:
    for kind in FeeKind:
        finance.run(CreateRefundRule(kind=kind, percent=0), build.STANDARDS)
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    sent = build.withdrawal(finance, selected)
    (result,) = approve(finance, sent.withdrawal_id).items
    assert result.state == "refunded"
    assert finance.published(WithdrawalsRefunded)[0].withdrawals[0].amount == 0
    assert build.check(finance).clean


def test_a_failed_refund_can_be_retried(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student, exam_round_id=None)
    build.pay(finance, student)
    sent = build.withdrawal(finance, selected)
    approve(finance, sent.withdrawal_id)
    (refund,) = refunds(finance)
    failed = finance.run(FailRefund(refund_id=refund.id, version=refund.version, note="账号已注销"), build.CASHIER)
    assert build.statuses(finance) == {"paid"}
    assert confirm(finance, refund.id).done == 0
    assert build.check(finance).clean
    finance.run(RetryRefund(refund_id=refund.id, version=failed.version), build.CASHIER)
    assert build.check(finance).clean
    assert confirm(finance, refund.id).done == 1
    assert build.statuses(finance) == {"refunded"}
    assert len(finance.published(WithdrawalsRefunded)) == 1
    assert build.check(finance).clean


def test_an_exam_without_a_seat_is_refunded_whole_and_once(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    (exam,) = build.bills_of(finance, kind="exam")
    row = a(RefusedRegistration, selection_id=selected.selection_id, bill_id=exam.id)
    finance.deliver(RegistrationRefused(refused=(row,)))
    finance.deliver(RegistrationRefused(refused=(row,)))
    assert [(str(refund.reason), refund.amount) for refund in refunds(finance)] == [
        ("registration_refused", build.EXAM_FEE)
    ]
    sent = build.withdrawal(finance, selected)
    approve(finance, sent.withdrawal_id)
    assert finance.published(WithdrawalsApproved)[0].withdrawals[0].amount == Decimal("400.00")
    assert build.check(finance).clean


def test_approving_twice_at_once_refunds_once(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    sent = build.withdrawal(finance, selected)
    answers = race(*[lambda: approve(finance, sent.withdrawal_id)] * 4)
    assert sorted(answer.done for answer in answers) == [0, 0, 0, 1]
    assert len(refunds(finance)) == 2
    assert build.check(finance).clean


def test_two_refunds_confirmed_at_once_end_the_withdrawal_once(finance: ServiceHarness, student: StudentItem) -> None:
    for _ in range(5):
        selected = build.select_for(finance, student)
        build.pay(finance, student)
        sent = build.withdrawal(finance, selected)
        approve(finance, sent.withdrawal_id)
    pending = [refund.id for refund in refunds(finance)]
    with ThreadPoolExecutor(8) as pool:
        assert sum(answer.done for answer in pool.map(partial(confirm, finance), pending * 2)) == 10
    told = [row.withdrawal_id for event in finance.published(WithdrawalsRefunded) for row in event.withdrawals]
    assert len(told) == len(set(told)) == 5
    assert build.statuses(finance) == {"refunded"}
    assert build.check(finance).clean


def test_another_points_reviews_are_not_there(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    sent = build.withdrawal(finance, selected)
    stranger = people.of_point(new_id())
    assert finance.refusal(GetWithdrawalReview(withdrawal_id=sent.withdrawal_id), stranger).code == "not_found"
    assert finance.ask(ListWithdrawalReviews(), stranger).total == 0
    own = people.of_point(student.teaching_point_id)
    (shown,) = finance.ask(ListWithdrawalReviews(search=student.name), own).items
    assert (shown.refund_amount, shown.student_number) == (Decimal("460.00"), student.student_number)
