"""Students who leave, are suspended, return or move to another point."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select

from chassis.base.context import system_context
from chassis.base.ids import new_id
from contracts.common import ClosingReason
from contracts.courses.commands import (
    CancelSelections,
    RejectWithdrawals,
    RequestWithdrawals,
    RevokeWithdrawals,
    SelectCourses,
)
from contracts.courses.events import ClosingSelection, SelectionsClosing
from contracts.courses.queries import GetSelection, GetWithdrawal, ListSelections, ListWithdrawals
from contracts.courses.views import SelectionView
from contracts.finance.events import BillCancellationRefused, BillsCancelled, CancelledBills, RefusedCancellation
from contracts.registry.events import (
    AdmissionsEnded,
    EndedAdmission,
    StudentItem,
    StudentLeft,
    StudentResumed,
    StudentState,
    StudentSuspended,
    StudentTransferred,
)
from contracts.types import EnrolmentStatus
from services.courses.commands.selection import select_courses
from services.courses.jobs import follow_students
from tests.builders import courses as build
from tests.builders import people
from tests.builders.courses import School
from tests.builders.messages import a, of_selection


@pytest.fixture
def selections(school: School) -> list[UUID]:
    return build.selected(school)


def left(student: StudentItem, at: datetime) -> StudentLeft:
    return StudentLeft(
        change_id=new_id(), student_id=student.id, student_version=student.version, voluntary=True, left_at=at
    )


def suspended(student: StudentItem, at: datetime) -> StudentSuspended:
    return StudentSuspended(change_id=new_id(), student_id=student.id, student_version=student.version, suspended_at=at)


def resumed(student: StudentItem, at: datetime) -> StudentResumed:
    return StudentResumed(change_id=new_id(), student_id=student.id, student_version=student.version, resumed_at=at)


def leaves(school: School) -> StudentItem:
    student = school.change_student(school.students[0], status=EnrolmentStatus.LEFT)
    school.harness.deliver(left(student, school.harness.clock.now()))
    return student


def loses_admission(school: School) -> AdmissionsEnded:
    """The student's admission was taken back; what the registry tells of it."""
    student = school.change_student(school.students[0], status=EnrolmentStatus.ADMISSION_CANCELLED)
    told = a(EndedAdmission, student_id=student.id, student_version=student.version)
    return AdmissionsEnded(ended=(told,))


def now_is(school: School, selection_id: UUID) -> SelectionView:
    return school.harness.ask(GetSelection(selection_id=selection_id), people.of_school())


def asked(school: School) -> list[ClosingSelection]:
    return [row for event in school.harness.published(SelectionsClosing) for row in event.selections]


def refusing(school: School, id_: UUID, reason: ClosingReason, attempt: int = 1) -> BillCancellationRefused:
    row = RefusedCancellation(
        source=of_selection(id_),
        attempt=attempt,
        reason=reason,
        code="payment_in_review",
        ask_again_at=school.harness.clock.now() + timedelta(hours=1),
    )
    return BillCancellationRefused(refused=(row,))


def test_who_leaves_has_unpaid_courses_closed_and_keeps_paid_ones(school: School, selections: list[UUID]) -> None:
    school.harness.deliver(build.paid(school, selections[1]))
    leaves(school)
    assert [(a.selection_id, a.reason) for a in asked(school)] == [(selections[0], "student_left")]
    assert now_is(school, selections[1]).state == "selected"
    row = CancelledBills(source=of_selection(selections[0]), attempt=1, reason=ClosingReason.STUDENT_LEFT)
    school.harness.deliver(BillsCancelled(cancelled=(row,)))
    ended = now_is(school, selections[0])
    assert (ended.state, ended.closing_reason) == ("cancelled", "student_left")


def test_whose_admission_was_taken_back_has_paid_courses_put_up_for_withdrawal_once_and_by_nobody(
    school: School, selections: list[UUID]
) -> None:
    school.harness.deliver(build.paid(school, selections[1]))
    told = loses_admission(school)
    for _ in range(2):
        school.harness.deliver(told)
    assert [(a.selection_id, a.reason) for a in asked(school)] == [(selections[0], "student_left")]
    [withdrawal] = school.harness.rows(select(school.harness.table("withdrawals")))
    assert (withdrawal.selection_id, withdrawal.state, withdrawal.entered_by) == (
        selections[1],
        "pending_academic",
        None,
    )
    school.harness.run(
        RejectWithdrawals(withdrawal_ids=(withdrawal.id,), note="材料虚假，不予退费"), people.of_school()
    )
    school.harness.deliver(told)
    assert len(school.harness.rows(select(school.harness.table("withdrawals")))) == 1


def test_after_the_copy_was_fetched_anew_what_is_left_of_who_is_gone_ends_and_once(
    school: School, selections: list[UUID]
) -> None:
    school.harness.deliver(build.paid(school, selections[1]))
    loses_admission(school)  # of which courses, set back, does not hear again
    states, now = school.harness.table("copy_states"), school.harness.clock.now()
    fetched = {"kind": "student_state", "request_id": new_id(), "requested_at": now, "completed_at": now}
    done = []
    for old in (timedelta(days=2), timedelta(), timedelta()):
        row = {**fetched, "completed_at": now - old}
        with school.harness.owner_connection() as connection:
            connection.execute(delete(states).where(states.c.kind == "student_state"))
            connection.execute(insert(states).values(row))
        done.append(school.harness.database.run(system_context(), follow_students))
    assert done == [0, 1, 0]
    assert [(a.selection_id, a.reason) for a in asked(school)] == [(selections[0], "student_left")]
    [withdrawal] = school.harness.rows(select(school.harness.table("withdrawals")))
    assert (withdrawal.selection_id, withdrawal.entered_by) == (selections[1], None)


def test_leaving_waits_for_the_students_newest_state(school: School, selections: list[UUID]) -> None:
    newer = school.students[0].model_copy(update={"version": 2, "status": EnrolmentStatus.LEFT})
    school.harness.hear(school.harness.envelope(left(newer, school.harness.clock.now())))
    assert [row.code for row in school.harness.parked()] == ["student_not_current"]
    assert asked(school) == []
    school.harness.hear(school.harness.envelope(StudentState(items=(newer,))))
    school.harness.clock.advance(timedelta(seconds=5))
    school.harness.inbox.retry_waiting()
    school.harness.expect_nothing_parked()
    assert len(asked(school)) == 2


def test_what_is_being_selected_while_the_student_leaves_is_closed_too(school: School) -> None:
    command = SelectCourses(
        student_id=school.students[0].id, selection_round_id=school.round.id, course_ids=school.course_ids
    )
    with ThreadPoolExecutor(1) as pool:
        with school.harness.database.unit_of_work(people.of_point(school.point)) as selecting:
            select_courses(command, selecting)
            leaving = pool.submit(leaves, school)
            build.until_somebody_waits(school.harness)
        leaving.result()
    assert len(asked(school)) == 2


def test_what_is_closing_already_takes_over_the_reason(school: School, selections: list[UUID]) -> None:
    cancel = CancelSelections(selection_ids=(selections[0],))
    school.harness.run(cancel, people.of_point(school.point))
    leaves(school)
    closing = now_is(school, selections[0])
    assert (closing.state, closing.closing_reason) == ("closing", "student_left")
    assert [(a.selection_id, a.attempt) for a in asked(school)] == [(selections[0], 1), (selections[1], 1)]
    # Finance refuses the cancellation that people asked for: for a student who has left it is asked again.
    school.harness.deliver(refusing(school, selections[0], ClosingReason.CANCELLED))
    assert now_is(school, selections[0]).closing_reason == "student_left"
    school.harness.clock.advance(timedelta(hours=1))
    school.harness.run_due_jobs()
    assert [(a.attempt, a.reason) for a in asked(school) if a.selection_id == selections[0]] == [
        (1, "cancelled"),
        (2, "student_left"),
    ]


def test_a_payment_after_leaving_is_put_up_for_withdrawal(school: School, selections: list[UUID]) -> None:
    leaves(school)
    school.harness.deliver(refusing(school, selections[0], ClosingReason.STUDENT_LEFT))
    school.harness.clock.set(school.round.withdrawal_closes_at + timedelta(days=1))
    school.harness.deliver(build.paid(school, selections[0]))
    assert now_is(school, selections[0]).state == "selected"
    [withdrawal] = school.harness.ask(ListWithdrawals(), people.of_school()).items
    assert (withdrawal.selection_id, withdrawal.state, withdrawal.requested_by) == (
        selections[0],
        "pending_academic",
        None,
    )


def test_a_suspension_closes_what_is_unpaid_and_a_payment_is_kept(school: School, selections: list[UUID]) -> None:
    student = school.change_student(school.students[0], status=EnrolmentStatus.SUSPENDED)
    school.harness.deliver(suspended(student, school.harness.clock.now()))
    assert {a.reason for a in asked(school)} == {"student_suspended"}
    school.harness.deliver(refusing(school, selections[0], ClosingReason.STUDENT_SUSPENDED))
    school.harness.deliver(build.paid(school, selections[0]))
    assert now_is(school, selections[0]).state == "selected"
    assert school.harness.ask(ListWithdrawals(), people.of_school()).total == 0


def test_who_returns_may_pay_until_the_deadline_again(school: School, selections: list[UUID]) -> None:
    student = school.change_student(school.students[0], status=EnrolmentStatus.SUSPENDED)
    school.harness.deliver(suspended(student, school.harness.clock.now()))
    school.harness.deliver(refusing(school, selections[0], ClosingReason.STUDENT_SUSPENDED))
    back = school.change_student(student, status=EnrolmentStatus.ACTIVE)
    school.harness.deliver(resumed(back, school.harness.clock.now()))
    # The other one was still closing: finance's answer comes after the return.
    school.harness.deliver(refusing(school, selections[1], ClosingReason.STUDENT_SUSPENDED))
    for id_ in selections:
        selection = now_is(school, id_)
        assert (selection.state, selection.closing_reason, selection.due_at) == (
            "pending_payment",
            None,
            school.round.payment_deadline,
        )


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_a_quick_suspension_return_and_suspension_the_last_counts(
    school: School, selections: list[UUID], order: tuple[int, ...]
) -> None:
    now = school.harness.clock.now()
    first = school.change_student(school.students[0], status=EnrolmentStatus.SUSPENDED)
    back = school.change_student(first, status=EnrolmentStatus.ACTIVE)
    again = school.change_student(back, status=EnrolmentStatus.SUSPENDED)
    events = [suspended(first, now), resumed(back, now), suspended(again, now)]
    school.harness.deliver(*(events[place] for place in order))
    assert {now_is(school, id_).state for id_ in selections} == {"closing"}
    assert [a.attempt for a in asked(school)] == [1, 1]


def test_open_selections_and_withdrawals_follow_the_student(school: School, selections: list[UUID]) -> None:
    school.harness.deliver(build.paid(school, selections[0]))
    request = RequestWithdrawals(selection_ids=(selections[0],), reason="调动")
    here = people.of_point(school.point)
    over = school.harness.run(request, here).results[0].withdrawal_id
    school.harness.run(RevokeWithdrawals(withdrawal_ids=(over,)), here)
    withdrawal = school.harness.run(request, here).results[0].withdrawal_id
    new_point = new_id()
    student = school.change_student(school.students[0], teaching_point_id=new_point)
    school.harness.deliver(
        StudentTransferred(
            change_id=new_id(),
            student_id=student.id,
            student_version=student.version,
            from_teaching_point_id=school.point,
            to_teaching_point_id=new_point,
            transferred_at=school.harness.clock.now(),
        )
    )
    new_staff, old_staff = people.of_point(new_point), people.of_point(school.point)
    assert {s.id for s in school.harness.ask(ListSelections(), new_staff).items} == set(selections)
    assert {w.id for w in school.harness.ask(ListWithdrawals(), new_staff).items} == {over, withdrawal}
    look = GetWithdrawal(withdrawal_id=withdrawal)
    assert [step.action for step in school.harness.ask(look, new_staff).history] == ["request"], "with its history"
    assert school.harness.ask(ListSelections(), old_staff).total == 0
    assert school.harness.ask(ListWithdrawals(), old_staff).total == 0, "their selection is elsewhere"
    assert {s.state for s in school.harness.ask(ListSelections(), new_staff).items} == {"pending_payment", "selected"}
