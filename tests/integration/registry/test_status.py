"""Status changes: what each kind does when it takes effect, a transfer waiting for finance, and who wins when two
things happen at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from chassis.base.clock import local_date
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.finance.events import TransferCleared, TransferHeld
from contracts.identity.events import TeachingPointItem, TeachingPointState
from contracts.identity.states import TeachingPointStatus
from contracts.registry.commands import ResumeStudent, SuspendStudent, TransferStudent
from contracts.registry.events import (
    StudentLeft,
    StudentResumed,
    StudentState,
    StudentSuspended,
    StudentTransferred,
    TransferRequested,
    TransferRevoked,
)
from contracts.registry.queries import CountStatusChanges, GetStatusChange, ListStatusChanges, ListStudents
from tests.builders import people
from tests.builders import registry as build
from tests.builders.messages import a
from tests.builders.status_changes import (
    FIRST_DAY,
    approved,
    asked,
    decide,
    leaving,
    move,
    now,
    revoke,
    seen,
    suspend,
    suspension,
    transfer,
)
from tests.racing import codes, race

BACK_ON = date(2026, 3, 1)


def newest(registry: ServiceHarness) -> Any:
    return registry.published(StudentState)[-1].items[0]


# -- what takes effect -----------------------------------------------------------------------------------------------


def test_suspension_and_return_stop_and_start_the_study_clock(registry, student) -> None:  # type: ignore[no-untyped-def]
    change = suspend(registry, student)
    assert (change.state, change.kind) == ("approved", "suspend")
    told = registry.published(StudentSuspended)[-1]
    assert (told.student_id, told.student_version) == (student.id, newest(registry).version)
    assert [(s.from_on, s.until_on) for s in newest(registry).suspensions] == [(FIRST_DAY, None)]

    early = ResumeStudent(student_id=student.id, version=3, on=FIRST_DAY, reason="休学期满")
    assert registry.refusal(early, build.REGISTRAR).errors[0].code == "window_reversed"
    approved(registry, early.model_copy(update={"on": BACK_ON}))
    assert registry.published(StudentResumed)[-1].student_version == newest(registry).version == 5
    assert [(s.from_on, s.until_on) for s in newest(registry).suspensions] == [(FIRST_DAY, date(2026, 2, 28))]
    assert now(registry, student).status == "active"


def test_a_change_has_no_day_to_come(registry, student) -> None:  # type: ignore[no-untyped-def]
    registry.clock.set(datetime(2026, 11, 25, 15, 59, tzinfo=UTC))  # 23:59 in Shanghai
    today, tomorrow = date(2026, 11, 25), date(2026, 11, 26)
    for day in (tomorrow, date(2027, 3, 1), date(2199, 1, 1)):
        command = SuspendStudent(student_id=student.id, version=1, from_on=day, reason="因病")
        refused = registry.refusal(command, build.REGISTRAR)
        assert (refused.code, refused.params) == ("status_day_in_future", {"today": "2026-11-25"})
    suspend(registry, student)
    back = ResumeStudent(student_id=student.id, version=3, on=tomorrow, reason="期满")
    assert registry.refusal(back, build.REGISTRAR).code == "status_day_in_future"
    approved(registry, back.model_copy(update={"on": today}))
    assert now(registry, student).status == "active"


def test_leaving_is_final_and_possible_out_of_a_suspension(registry, student) -> None:  # type: ignore[no-untyped-def]
    suspend(registry, student)
    approved(registry, leaving(student, 3))
    told = registry.published(StudentLeft)[-1]
    assert (told.student_version, told.voluntary, newest(registry).status) == (5, True, "left")
    for command in (
        leaving(student, 5),
        SuspendStudent(student_id=student.id, version=5, from_on=FIRST_DAY, reason="再次"),
        ResumeStudent(student_id=student.id, version=5, on=BACK_ON, reason="再次"),
    ):
        assert registry.refusal(command, build.REGISTRAR).code == "status_change_not_possible"


def test_a_change_of_a_record_that_was_changed_meanwhile_is_refused(registry, student) -> None:  # type: ignore[no-untyped-def]
    suspend(registry, student)
    assert registry.refusal(leaving(student), build.REGISTRAR).code == "stale_version"


def test_of_people_who_ask_at_the_same_moment_one_gets_a_change(registry, student) -> None:  # type: ignore[no-untyped-def]
    commands = [leaving(student), suspension(registry, student)] * 3
    outcomes = codes(race(*(partial(registry.run, command, build.REGISTRAR) for command in commands)))
    assert sorted(outcomes) == ["done"] + ["stale_version"] * 5
    assert registry.ask(ListStatusChanges(student_id=student.id)).total == 1


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
    assert [step.to_state for step in done.history] == ["first_review_passed", "pending_clearance", "approved"]
    assert registry.refusal(GetStatusChange(status_change_id=change.id), people.of_point(here.id)).code == "not_found"


def test_while_a_change_is_open_no_other_one_is_asked_for(registry, points, student) -> None:  # type: ignore[no-untyped-def]
    change = asked(registry, move(registry, student, points[1]))
    for _ in ("it waits for the school", "it waits for finance"):
        assert registry.refusal(leaving(student, 2), build.REGISTRAR).code == "another_change_open"
        again = TransferStudent(student_id=student.id, version=2, to_teaching_point_id=points[1].id, reason="再次")
        assert registry.refusal(again, build.REGISTRAR).code == "another_change_open"
        decide(registry, change)
    assert seen(registry, change).state == "pending_clearance"


def test_a_revoked_transfer_is_off_whatever_finance_says_later(registry, points, student) -> None:  # type: ignore[no-untyped-def]
    change = transfer(registry, student, points[1])
    assert revoke(registry, change, people.of_school()).state == "revoked"
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
    assert revoke(registry, change).refusal.code == "step_not_allowed"  # type: ignore[union-attr]


def test_what_is_undecided_is_taken_back_by_who_asked_for_it_alone(registry, student) -> None:  # type: ignore[no-untyped-def]
    change = asked(registry, suspension(registry, student))
    assert revoke(registry, change, people.of_school()).refusal.code == "not_own_request"  # type: ignore[union-attr]
    assert now(registry, student).status_change_open
    assert revoke(registry, change).state == "revoked"
    assert not now(registry, student).status_change_open


def test_clearing_and_revoking_at_the_same_moment_have_one_winner(registry, points) -> None:  # type: ignore[no-untyped-def]
    for student in build.enrolled(registry, points[0].id, 8):
        change = transfer(registry, student, points[1])
        cleared = TransferCleared(change_id=change.id, student_id=student.id)
        [off, _] = race(partial(revoke, registry, change), partial(registry.deliver, cleared))
        at = now(registry, student).teaching_point_id
        assert off.state == "revoked" or off.refusal.code == "step_not_allowed"
        assert at == (points[0].id if off.refusal is None else points[1].id)
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
    command = move(registry, student, points[1])
    assert registry.refusal(command, build.REGISTRAR).code == "status_change_not_possible"


def test_the_register_of_changes_is_filtered_and_scoped(registry, points) -> None:  # type: ignore[no-untyped-def]
    one, two = build.enrolled(registry, points[0].id, 2)
    assert registry.ask(ListStatusChanges()).items == ()
    suspend(registry, one)
    transfer(registry, two, points[1])
    mine = people.of_point(points[0].id)
    assert [c.student_id for c in registry.ask(ListStatusChanges(kind="suspend"), mine).items] == [one.id]
    assert [c.student_id for c in registry.ask(ListStatusChanges(state="pending_clearance"), mine).items] == [two.id]
    assert registry.ask(ListStatusChanges(student_id=one.id), mine).total == 1
    assert [c.student_id for c in registry.ask(ListStatusChanges(), mine).items] == [two.id, one.id], "newest first"
    assert registry.ask(ListStatusChanges(), people.of_point(points[1].id)).total == 0
    today = local_date(registry.clock.now())
    assert registry.ask(ListStatusChanges(requested_from=today, requested_to=today)).total == 2
    assert registry.ask(ListStatusChanges(requested_from=today + timedelta(days=1))).total == 0
    assert registry.ask(CountStatusChanges(requested_to=today - timedelta(days=1))).total == 0
