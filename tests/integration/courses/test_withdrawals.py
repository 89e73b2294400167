"""Withdrawals: request, academic review, and finance's decisions (CRS-8)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.base.clock import local_date
from chassis.base.context import Context
from chassis.base.ids import new_id
from contracts.base import Event
from contracts.courses.commands import (
    ApproveWithdrawals,
    RejectWithdrawals,
    RequestWithdrawals,
    RevokeWithdrawals,
    SelectCourses,
)
from contracts.courses.events import WithdrawalsSentToFinance
from contracts.courses.queries import CountWithdrawals, GetSelection, GetWithdrawal, ListWithdrawals
from contracts.finance.events import (
    BillState,
    RefundedWithdrawal,
    RejectedWithdrawal,
    ReviewedWithdrawal,
    WithdrawalsApproved,
    WithdrawalsRefunded,
    WithdrawalsRejected,
)
from tests.builders import courses as build
from tests.builders import people
from tests.builders.courses import School

WHY = "工作调动，本学期无法学习"


@pytest.fixture
def paid(school: School) -> list[UUID]:
    """Selections that are paid."""
    ids = build.selected(school)
    school.harness.deliver(build.paid(school, *ids))
    return ids


def staff(school: School) -> Context:
    return people.of_point(school.point)


def reviewer(**who: Any) -> Context:
    return people.of_school(**who)


def request(school: School, *ids: UUID, as_: Context | None = None) -> Any:
    return school.harness.run(RequestWithdrawals(selection_ids=ids, reason=WHY), as_ or staff(school)).results


def sent(school: School, selection_id: UUID) -> UUID:
    """A withdrawal that finance has heard of."""
    [result] = request(school, selection_id)
    school.harness.run(ApproveWithdrawals(withdrawal_ids=(result.withdrawal_id,)), reviewer())
    return result.withdrawal_id


def state_of(school: School, withdrawal_id: UUID) -> tuple[str, bool, bool]:
    """State, whether learning is open, and whether it can be revoked; the selection agrees on learning."""
    found = school.harness.ask(GetWithdrawal(withdrawal_id=withdrawal_id), staff(school))
    selection = school.harness.ask(GetSelection(selection_id=found.selection_id), staff(school))
    assert selection.withdrawal_state == found.state
    assert selection.learning_open == found.learning_open
    return found.state, found.learning_open, found.revocable


def test_a_decision_that_is_tried_tells_of_every_row_and_decides_nothing(school: School, paid: list[UUID]) -> None:
    one = reviewer()
    [mine] = request(school, paid[0], as_=one)
    [theirs] = request(school, paid[1])
    ids = (mine.withdrawal_id, theirs.withdrawal_id, new_id(), new_id())
    tried = school.harness.run(ApproveWithdrawals(withdrawal_ids=ids, dry_run=True), one)
    assert [(each.state, each.refusal and each.refusal.code) for each in tried.items] == [
        ("pending_academic", "decides_own_request"),
        ("pending_finance", None),
        (None, "not_found"),
        (None, "not_found"),
    ]
    assert tried.done == 1
    assert [(why.code, why.count) for why in tried.reasons] == [("not_found", 2), ("decides_own_request", 1)]
    assert state_of(school, theirs.withdrawal_id) == ("pending_academic", True, True)
    assert school.harness.published(WithdrawalsSentToFinance) == []


def approved(id_: UUID, selection_id: UUID) -> WithdrawalsApproved:
    row = ReviewedWithdrawal(
        withdrawal_id=id_,
        selection_id=selection_id,
        student_id=new_id(),
        course_id=new_id(),
        amount=Decimal("400.00"),
        reviewer_id=new_id(),
    )
    return WithdrawalsApproved(withdrawals=(row,))


def refunded(school: School, id_: UUID, selection_id: UUID) -> WithdrawalsRefunded:
    row = RefundedWithdrawal(
        withdrawal_id=id_,
        selection_id=selection_id,
        amount=Decimal("400.00"),
        refunded_at=school.harness.clock.now(),
    )
    return WithdrawalsRefunded(withdrawals=(row,))


def rejected(id_: UUID, selection_id: UUID, **fields: Any) -> WithdrawalsRejected:
    values = {"code": None, "note": "已超过退费期限", "reviewer_id": new_id(), **fields}
    return WithdrawalsRejected(
        withdrawals=(RejectedWithdrawal(withdrawal_id=id_, selection_id=selection_id, **values),)
    )


def test_a_withdrawal_goes_all_the_way_to_the_refund(school: School, paid: list[UUID]) -> None:
    [result] = request(school, paid[0])
    assert state_of(school, result.withdrawal_id) == ("pending_academic", True, True)
    done = school.harness.run(ApproveWithdrawals(withdrawal_ids=(result.withdrawal_id,)), reviewer())
    assert (done.done, done.items[0].state) == (1, "pending_finance")
    assert state_of(school, result.withdrawal_id) == ("pending_finance", False, False)
    school.harness.deliver(approved(result.withdrawal_id, paid[0]))
    assert state_of(school, result.withdrawal_id) == ("finance_approved", False, False)
    school.harness.deliver(refunded(school, result.withdrawal_id, paid[0]))
    assert state_of(school, result.withdrawal_id) == ("refunded", False, False)
    details = school.harness.ask(GetWithdrawal(withdrawal_id=result.withdrawal_id), staff(school))
    assert details.amount == Decimal("400.00")
    assert [step.to_state for step in details.history] == [
        "pending_academic",
        "pending_finance",
        "finance_approved",
        "refunded",
    ]
    assert school.harness.ask(GetSelection(selection_id=paid[0]), staff(school)).state == "withdrawn"


def test_what_is_sent_to_finance_says_who_asked_and_who_reviewed(school: School, paid: list[UUID]) -> None:
    student, review = people.in_person(school.students[0].id), reviewer()
    [result] = request(school, paid[0], as_=student)
    school.harness.run(ApproveWithdrawals(withdrawal_ids=(result.withdrawal_id,)), review)
    [event] = school.harness.published(WithdrawalsSentToFinance)
    [row] = event.withdrawals
    assert (row.withdrawal_id, row.selection_id, row.reason) == (result.withdrawal_id, paid[0], WHY)
    assert (row.requested_by, row.academic_reviewer_id) == (student.actor.user_id, review.actor.user_id)
    assert (row.exam_round_id, row.teaching_point_id) == (school.exam_round.id, school.point)


@pytest.mark.parametrize("refund_first", [False, True])
def test_the_refund_may_overtake_the_approval(school: School, paid: list[UUID], refund_first: bool) -> None:
    id_ = sent(school, paid[0])
    events: list[Event] = [approved(id_, paid[0]), refunded(school, id_, paid[0])]
    school.harness.deliver(*(reversed(events) if refund_first else events), *events)
    assert state_of(school, id_) == ("refunded", False, False)
    assert school.harness.ask(GetSelection(selection_id=paid[0]), staff(school)).state == "withdrawn"


def test_a_course_that_was_withdrawn_can_be_selected_again(school: School, paid: list[UUID]) -> None:
    id_ = sent(school, paid[0])
    school.harness.deliver(refunded(school, id_, paid[0]))
    command = SelectCourses(
        student_id=school.students[0].id, selection_round_id=school.round.id, course_ids=(school.courses[0].id,)
    )
    [result] = school.harness.run(command, people.of_point(school.point)).results
    assert result.state == "pending_payment"


def test_finance_rejects_and_a_new_request_is_possible(school: School, paid: list[UUID]) -> None:
    id_ = sent(school, paid[0])
    school.harness.deliver(rejected(id_, paid[0]))
    assert state_of(school, id_) == ("finance_rejected", True, False)
    details = school.harness.ask(GetWithdrawal(withdrawal_id=id_), staff(school))
    assert (details.refusal, details.history[-1].note) == (None, "已超过退费期限")
    assert request(school, paid[0])[0].withdrawal_id is not None


def test_a_sat_exam_is_shown_as_the_reason(school: School, paid: list[UUID]) -> None:
    id_ = sent(school, paid[0])
    school.harness.deliver(rejected(id_, paid[0], code="exam_already_sat", note=None, reviewer_id=None))
    details = school.harness.ask(GetWithdrawal(withdrawal_id=id_), staff(school))
    assert details.refusal.code == "exam_already_sat"


def test_decisions_on_many_withdrawals_in_one_message_keep_their_own_notes(school: School, paid: list[UUID]) -> None:
    ids = [sent(school, selection_id) for selection_id in paid]
    rows = [rejected(id_, s, note=f"原因{n}").withdrawals[0] for n, (id_, s) in enumerate(zip(ids, paid, strict=True))]
    school.harness.deliver(WithdrawalsRejected(withdrawals=tuple(rows)))
    notes = [school.harness.ask(GetWithdrawal(withdrawal_id=id_), staff(school)).history[-1].note for id_ in ids]
    assert notes == ["原因0", "原因1"]


def test_the_academic_review_rejects_with_a_reason(school: School, paid: list[UUID]) -> None:
    [result] = request(school, paid[0])
    school.harness.run(RejectWithdrawals(withdrawal_ids=(result.withdrawal_id,), note="请先与导师沟通"), reviewer())
    assert state_of(school, result.withdrawal_id) == ("academic_rejected", True, False)
    assert school.harness.published(WithdrawalsSentToFinance) == []
    assert request(school, paid[0])[0].withdrawal_id is not None


def test_the_applicant_revokes_until_the_review(school: School, paid: list[UUID]) -> None:
    first, second = request(school, *paid)
    school.harness.run(ApproveWithdrawals(withdrawal_ids=(second.withdrawal_id,)), reviewer())
    ids = (first.withdrawal_id, second.withdrawal_id)
    results = school.harness.run(RevokeWithdrawals(withdrawal_ids=ids), staff(school))
    assert [r.state for r in results.items] == ["revoked", "pending_finance"]
    assert results.items[1].refusal.code == "step_not_allowed"
    assert state_of(school, first.withdrawal_id) == ("revoked", True, False)


def test_nobody_decides_what_they_asked_for(school: School, paid: list[UUID]) -> None:
    who = new_id()
    [result] = request(school, paid[0], as_=people.of_point(school.point, user_id=who))
    approve = ApproveWithdrawals(withdrawal_ids=(result.withdrawal_id,))
    [row] = school.harness.run(approve, reviewer(user_id=who)).items
    assert (row.state, row.refusal.code) == ("pending_academic", "decides_own_request")


def test_each_selection_that_cannot_be_withdrawn_says_why(school: School) -> None:
    unpaid, paying = build.selected(school)
    school.harness.feed(BillState, build.bill(school, paying, status="paying"))
    results = request(school, unpaid, paying, new_id())
    assert [r.refusals[0].code for r in results] == ["selection_not_paid", "payment_in_review", "not_found"]


def test_what_was_asked_for_is_counted_with_the_reasons_of_the_rest(school: School, paid: list[UUID]) -> None:
    request(school, paid[0])
    command = RequestWithdrawals(selection_ids=(*paid[:2], new_id()), reason=WHY)
    answer = school.harness.run(command, staff(school))
    assert (answer.done, [(each.code, each.count) for each in answer.reasons]) == (
        1,
        [("not_found", 1), ("withdrawal_already_open", 1)],
    )
    first, _ = school.harness.ask(ListWithdrawals(), staff(school)).items
    school.harness.run(RejectWithdrawals(withdrawal_ids=(first.id,), note="已考"), reviewer())
    counts = school.harness.ask(CountWithdrawals(), staff(school))
    assert ({each.state: each.count for each in counts.items if each.count}, counts.total) == (
        {"pending_academic": 1, "academic_rejected": 1},
        2,
    )
    tomorrow = local_date(school.harness.clock.now()) + timedelta(days=1)
    assert school.harness.ask(CountWithdrawals(requested_from=tomorrow), staff(school)).total == 0
    assert school.harness.ask(ListWithdrawals(requested_to=tomorrow - timedelta(days=2)), staff(school)).total == 0
    assert school.harness.ask(ListWithdrawals(requested_to=tomorrow), staff(school)).total == 2
    assert school.harness.ask(CountWithdrawals(), people.of_point(new_id())).total == 0


def test_the_window_binds_the_request_and_not_the_decision(school: School, paid: list[UUID]) -> None:
    [result] = request(school, paid[0])
    school.harness.clock.set(school.round.withdrawal_closes_at)
    [late] = request(school, paid[1])
    assert [r.code for r in late.refusals] == ["withdrawal_window_closed"]
    done = school.harness.run(ApproveWithdrawals(withdrawal_ids=(result.withdrawal_id,)), reviewer())
    assert done.done == 1
    school.harness.clock.set(school.round.withdrawal_closes_at - timedelta(seconds=1))
    assert request(school, paid[1])[0].withdrawal_id is not None


def test_of_many_requests_at_the_same_time_one_is_taken(school: School, paid: list[UUID]) -> None:
    command = RequestWithdrawals(selection_ids=(paid[0],), reason=WHY)
    student = people.in_person(school.students[0].id)
    build.at_once(school.harness, [(command, staff(school)), (command, student)] * 3)
    assert school.harness.ask(ListWithdrawals(), staff(school)).total == 1
    assert request(school, paid[0])[0].refusals[0].code == "withdrawal_already_open"


def test_revoking_against_approving_has_one_winner(school: School, paid: list[UUID]) -> None:
    [result] = request(school, paid[0])
    ids = (result.withdrawal_id,)
    commands = [
        (RevokeWithdrawals(withdrawal_ids=ids), staff(school)),
        (ApproveWithdrawals(withdrawal_ids=ids), reviewer()),
        (ApproveWithdrawals(withdrawal_ids=ids), reviewer()),
    ]
    build.at_once(school.harness, commands)
    state, _, _ = state_of(school, result.withdrawal_id)
    events = school.harness.published(WithdrawalsSentToFinance)
    assert (state, len(events)) in {("revoked", 0), ("pending_finance", 1)}


def test_another_points_withdrawals_are_not_there(school: School, paid: list[UUID]) -> None:
    [result] = request(school, paid[0])
    elsewhere = people.of_point(new_id())
    assert request(school, paid[1], as_=elsewhere)[0].refusals[0].code == "not_found"
    query = GetWithdrawal(withdrawal_id=result.withdrawal_id)
    assert school.harness.refusal(query, elsewhere).code == "not_found"
    revoke = RevokeWithdrawals(withdrawal_ids=(result.withdrawal_id,))
    assert school.harness.run(revoke, elsewhere).items[0].refusal.code == "not_found"
    assert school.harness.ask(ListWithdrawals(), elsewhere).total == 0
