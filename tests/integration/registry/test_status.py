"""Status changes: at once or waiting for finance, what others hear, and who wins when two things happen at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.finance.events import TransferCleared, TransferHeld
from contracts.identity.events import TeachingPointItem, TeachingPointState
from contracts.identity.states import TeachingPointStatus
from contracts.registry.commands import (
    RemoveStudent,
    ResumeStudent,
    RevokeTransfer,
    SuspendStudent,
    TransferStudent,
)
from contracts.registry.events import (
    StudentLeft,
    StudentResumed,
    StudentState,
    StudentSuspended,
    StudentTransferred,
    TransferRequested,
    TransferRevoked,
)
from contracts.registry.queries import GetStatusChange, GetStudent, ListStatusChanges, ListStudents
from contracts.registry.views import StatusChangeDetails, StudentRecord, StudentView
from tests.builders import people
from tests.builders import registry as build
from tests.builders.messages import a
from tests.racing import codes, race

FIRST_DAY, BACK_ON = date(2025, 10, 1), date(2026, 3, 1)


@pytest.fixture
def points(registry: ServiceHarness) -> list[TeachingPointItem]:
    return build.surroundings(registry, points=2)[0]


@pytest.fixture
def student(registry: ServiceHarness, points: list[TeachingPointItem]) -> StudentView:
    return build.enrolled(registry, points[0].id)[0]


def now(registry: ServiceHarness, student: StudentView) -> StudentRecord:
    record: StudentRecord = registry.ask(GetStudent(student_id=student.id))
    return record


def suspend(registry: ServiceHarness, student: StudentView) -> StatusChangeDetails:
    command = SuspendStudent(
        student_id=student.id, version=now(registry, student).version, from_on=FIRST_DAY, reason="因病休养"
    )
    change: StatusChangeDetails = registry.run(command, build.REGISTRAR)
    return change


def transfer(registry: ServiceHarness, student: StudentView, to: TeachingPointItem) -> StatusChangeDetails:
    command = TransferStudent(
        student_id=student.id,
        version=now(registry, student).version,
        to_teaching_point_id=to.id,
        reason="工作地点变动",
    )
    change: StatusChangeDetails = registry.run(command, build.REGISTRAR)
    return change


def leave(student: StudentView, version: int = 1) -> RemoveStudent:
    return RemoveStudent(student_id=student.id, version=version, voluntary=True, reason="个人原因")


def newest(registry: ServiceHarness) -> Any:
    return registry.published(StudentState)[-1].items[0]


# -- at once ----------------------------------------------------------------------------------------------------------


def test_suspension_and_return_stop_and_start_the_study_clock(registry, student) -> None:  # type: ignore[no-untyped-def]
    change = suspend(registry, student)
    assert (change.state, change.kind, [s.to_state for s in change.history]) == ("approved", "suspend", ["approved"])
    told = registry.published(StudentSuspended)[-1]
    assert (told.student_id, told.student_version) == (student.id, newest(registry).version)
    assert [(s.from_on, s.until_on) for s in newest(registry).suspensions] == [(FIRST_DAY, None)]

    early = ResumeStudent(student_id=student.id, version=2, on=FIRST_DAY, reason="休学期满")
    assert registry.refusal(early, build.REGISTRAR).errors[0].code == "window_reversed"
    registry.run(early.model_copy(update={"on": BACK_ON}), build.REGISTRAR)
    assert registry.published(StudentResumed)[-1].student_version == newest(registry).version == 3
    assert [(s.from_on, s.until_on) for s in newest(registry).suspensions] == [(FIRST_DAY, date(2026, 2, 28))]
    assert now(registry, student).status == "active"


def test_a_change_that_takes_effect_at_once_has_no_day_to_come(registry, student) -> None:  # type: ignore[no-untyped-def]
    registry.clock.set(datetime(2026, 11, 25, 15, 59, tzinfo=UTC))  # 23:59 in Shanghai
    today, tomorrow = date(2026, 11, 25), date(2026, 11, 26)
    for day in (tomorrow, date(2027, 3, 1), date(2199, 1, 1)):
        command = SuspendStudent(student_id=student.id, version=1, from_on=day, reason="因病")
        refused = registry.refusal(command, build.REGISTRAR)
        assert (refused.code, refused.params) == ("status_day_in_future", {"today": "2026-11-25"})
    registry.run(SuspendStudent(student_id=student.id, version=1, from_on=FIRST_DAY, reason="因病"), build.REGISTRAR)
    back = ResumeStudent(student_id=student.id, version=2, on=tomorrow, reason="期满")
    assert registry.refusal(back, build.REGISTRAR).code == "status_day_in_future"
    registry.run(back.model_copy(update={"on": today}), build.REGISTRAR)
    assert now(registry, student).status == "active"


def test_leaving_is_final_and_possible_out_of_a_suspension(registry, student) -> None:  # type: ignore[no-untyped-def]
    suspend(registry, student)
    registry.run(leave(student, 2), build.REGISTRAR)
    told = registry.published(StudentLeft)[-1]
    assert (told.student_version, told.voluntary, newest(registry).status) == (3, True, "left")
    for command in (
        leave(student, 3),
        SuspendStudent(student_id=student.id, version=3, from_on=FIRST_DAY, reason="再次"),
        ResumeStudent(student_id=student.id, version=3, on=BACK_ON, reason="再次"),
    ):
        assert registry.refusal(command, build.REGISTRAR).code == "status_change_not_possible"


def test_a_change_of_a_record_that_was_changed_meanwhile_is_refused(registry, student) -> None:  # type: ignore[no-untyped-def]
    suspend(registry, student)
    assert registry.refusal(leave(student), build.REGISTRAR).code == "stale_version"


def test_of_two_people_who_decide_at_the_same_moment_one_wins(registry, student) -> None:  # type: ignore[no-untyped-def]
    commands = [
        leave(student),
        SuspendStudent(student_id=student.id, version=1, from_on=FIRST_DAY, reason="因病"),
    ] * 3

    outcomes = codes(race(*(partial(registry.run, command, build.REGISTRAR) for command in commands)))
    assert sorted(outcomes) == ["done"] + ["stale_version"] * 5
    assert len(registry.published(StudentLeft)) + len(registry.published(StudentSuspended)) == 1


# -- transfers --------------------------------------------------------------------------------------------------------


def test_a_transfer_waits_for_finance_and_then_the_student_belongs_to_the_new_point(registry, points, student) -> None:  # type: ignore[no-untyped-def]
    here, there = points
    change = transfer(registry, student, there)
    assert (change.state, now(registry, student).status_change_open) == ("pending_clearance", True)
    asked = registry.published(TransferRequested)[-1]
    assert (asked.change_id, asked.from_teaching_point_id, asked.to_teaching_point_id) == (change.id, here.id, there.id)

    registry.deliver(TransferHeld(change_id=change.id, student_id=student.id, bill_count=2))
    waiting = registry.ask(GetStatusChange(status_change_id=change.id), people.of_point(here.id))
    assert waiting.waiting_for_bills == 2

    registry.deliver(TransferCleared(change_id=change.id, student_id=student.id))
    told = registry.published(StudentTransferred)[-1]
    item = newest(registry)
    assert (item.teaching_point_id, item.status_change_open, item.version) == (there.id, False, told.student_version)
    assert registry.ask(ListStudents(), people.of_point(here.id)).total == 0
    done = registry.ask(GetStatusChange(status_change_id=change.id), people.of_point(there.id))
    assert (done.state, done.waiting_for_bills) == ("approved", None)
    assert [step.to_state for step in done.history] == ["pending_clearance", "approved"]
    assert registry.refusal(GetStatusChange(status_change_id=change.id), people.of_point(here.id)).code == "not_found"


def test_while_a_transfer_is_open_nothing_else_changes(registry, points, student) -> None:  # type: ignore[no-untyped-def]
    transfer(registry, student, points[1])
    assert registry.refusal(leave(student, 2), build.REGISTRAR).code == "another_change_open"
    again = TransferStudent(student_id=student.id, version=2, to_teaching_point_id=points[1].id, reason="再次")
    assert registry.refusal(again, build.REGISTRAR).code == "another_change_open"


def test_a_revoked_transfer_is_off_whatever_finance_says_later(registry, points, student) -> None:  # type: ignore[no-untyped-def]
    change = transfer(registry, student, points[1])
    revoke = RevokeTransfer(status_change_id=change.id, version=change.version)
    assert registry.run(revoke, build.REGISTRAR).state == "revoked"
    assert registry.published(TransferRevoked)[-1].change_id == change.id
    registry.deliver(TransferHeld(change_id=change.id, student_id=student.id, bill_count=1))
    registry.deliver(TransferCleared(change_id=change.id, student_id=student.id))
    record = now(registry, student)
    assert (record.teaching_point_id, record.status_change_open) == (points[0].id, False)
    assert registry.published(StudentTransferred) == []
    transfer(registry, student, points[1])


def test_what_is_cleared_is_neither_held_nor_cleared_nor_revoked_again(registry, points, student) -> None:  # type: ignore[no-untyped-def]
    change = transfer(registry, student, points[1])
    for _ in range(2):
        registry.deliver(TransferCleared(change_id=change.id, student_id=student.id))
    registry.deliver(TransferHeld(change_id=change.id, student_id=student.id, bill_count=1))
    assert len(registry.published(StudentTransferred)) == 1
    done = registry.ask(GetStatusChange(status_change_id=change.id))
    assert done.waiting_for_bills is None
    late = RevokeTransfer(status_change_id=change.id, version=done.version)
    assert registry.refusal(late, build.REGISTRAR).code == "step_not_allowed"


def test_clearing_and_revoking_at_the_same_moment_have_one_winner(registry, points) -> None:  # type: ignore[no-untyped-def]
    for student in build.enrolled(registry, points[0].id, 8):
        change = transfer(registry, student, points[1])
        revoke = RevokeTransfer(status_change_id=change.id, version=change.version)
        cleared = TransferCleared(change_id=change.id, student_id=student.id)

        [off, _] = codes(race(partial(registry.run, revoke, build.REGISTRAR), partial(registry.deliver, cleared)))
        at = now(registry, student).teaching_point_id
        assert off in ("done", "step_not_allowed", "stale_version")
        assert at == (points[0].id if off == "done" else points[1].id)
        assert not now(registry, student).status_change_open


def test_a_transfer_goes_to_another_enabled_point_that_offers_the_programme(registry, points, student) -> None:  # type: ignore[no-untyped-def]
    def refusal(to: Any) -> str:
        command = TransferStudent(student_id=student.id, version=1, to_teaching_point_id=to, reason="变动")
        code: str = registry.refusal(command, build.REGISTRAR).code
        return code

    stranger = a(TeachingPointItem, code="9901")
    closed = a(TeachingPointItem, code="9902", status=TeachingPointStatus.DISABLED)
    registry.feed(TeachingPointState, stranger, closed)
    assert refusal(new_id()) == "not_found"
    assert refusal(points[0].id) == "already_at_teaching_point"
    assert refusal(closed.id) == "teaching_point_not_enabled"
    assert refusal(stranger.id) == "programme_not_offered"


def test_a_suspended_student_is_not_transferred(registry, points, student) -> None:  # type: ignore[no-untyped-def]
    suspend(registry, student)
    command = TransferStudent(student_id=student.id, version=2, to_teaching_point_id=points[1].id, reason="变动")
    assert registry.refusal(command, build.REGISTRAR).code == "status_change_not_possible"


def test_the_register_of_changes_is_filtered_and_scoped(registry, points) -> None:  # type: ignore[no-untyped-def]
    one, two = build.enrolled(registry, points[0].id, 2)
    suspend(registry, one)
    transfer(registry, two, points[1])
    mine = people.of_point(points[0].id)
    assert [c.student_id for c in registry.ask(ListStatusChanges(kind="suspend"), mine).items] == [one.id]
    assert [c.student_id for c in registry.ask(ListStatusChanges(state="pending_clearance"), mine).items] == [two.id]
    assert registry.ask(ListStatusChanges(student_id=one.id), mine).total == 1
    assert registry.ask(ListStatusChanges(), people.of_point(points[1].id)).total == 0
