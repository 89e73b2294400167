"""Registrations: made by payment, held, freed, arranged and sat, each step on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.courses.events import WithdrawalsSentToFinance
from contracts.exams.commands import RecordAttendance
from contracts.exams.events import RegistrationHoldRefused, RegistrationRefused, RegistrationsHeld
from contracts.exams.queries import GetRegistration, ListRegistrations, ListRegistrationStatements
from contracts.exams.views import RegistrationView
from contracts.finance.events import BillsPaid, PaidBill
from contracts.registry.events import StudentState, StudentSuspended
from contracts.types import EnrolmentStatus, FeeKind
from tests.builders import exams as build
from tests.builders import people
from tests.builders.exams import Candidate, Round
from tests.builders.messages import a, of_selection
from tests.counting import counted_statements
from tests.steps_taken import steps_taken


@pytest.fixture
def round_(exams: ServiceHarness) -> Round:
    return build.published_round(exams, courses=2)


@pytest.fixture
def candidate() -> Candidate:
    return Candidate()


@pytest.fixture
def fee(exams: ServiceHarness, candidate: Candidate, round_: Round) -> PaidBill:
    return build.registered(exams, candidate, round_, round_.courses[0])


def of(exams: ServiceHarness, fee: PaidBill) -> RegistrationView:
    [found] = exams.ask(ListRegistrations(selection_id=fee.source.id)).items
    view: RegistrationView = found
    return view


def state(exams: ServiceHarness, fee: PaidBill) -> tuple[str, str | None]:
    view = of(exams, fee)
    return view.state, view.ended_by


def refunds(exams: ServiceHarness) -> list[tuple[object, str]]:
    return [(row.bill_id, row.code) for event in exams.published(RegistrationRefused) for row in event.refused]


# -- paid -------------------------------------------------------------------------------------------------------------


def test_a_paid_exam_fee_registers_and_the_point_sees_it_with_its_session(exams, candidate, round_, fee) -> None:  # type: ignore[no-untyped-def]
    [seen] = exams.ask(ListRegistrations(search=candidate.name), people.of_point(candidate.point_id)).items
    assert (seen.state, seen.selection_id, seen.session_name) == ("registered", fee.source.id, "第1场")
    assert (seen.student_number, seen.exam_round_code) == (candidate.now().student_number, "KS1")
    assert seen.registered_at == fee.paid_at


def test_a_credit_fee_and_a_second_payment_event_change_nothing(exams, candidate, round_, fee) -> None:  # type: ignore[no-untyped-def]
    before = of(exams, fee)
    exams.deliver(BillsPaid(bills=(fee,)))
    credit = fee.model_copy(update={"kind": FeeKind.CREDIT, "source": of_selection(), "exam_round_id": None})
    exams.deliver(BillsPaid(bills=(credit,)))
    assert exams.ask(ListRegistrations()).items == (before,)


def test_five_hundred_paid_fees_in_one_message_register_together(exams, round_) -> None:  # type: ignore[no-untyped-def]
    candidates = [Candidate() for _ in range(500)]
    exams.feed(StudentState, *(c.now() for c in candidates))
    exams.deliver(BillsPaid(bills=tuple(build.paid_fee(c, round_, round_.courses[0]) for c in candidates)))
    assert exams.ask(ListRegistrations(size=1)).total == 500


def test_a_fee_paid_after_registration_closed_registers_but_after_the_arrangement_goes_back(
    exams, candidate, round_, fee
) -> None:  # type: ignore[no-untyped-def]
    exams.clock.set(round_.closes_at + timedelta(days=1))
    late = build.registered(exams, candidate, round_, round_.courses[1])
    assert state(exams, late) == ("registered", None)
    build.arrange(exams, round_)
    too_late = build.registered(exams, Candidate(), round_, round_.courses[0])
    assert state(exams, too_late) == ("lapsed", "arrangement_published")
    assert refunds(exams) == [(too_late.bill_id, "arrangement_published")]


def test_a_fee_of_a_student_not_yet_known_waits_for_the_copy(exams, candidate, round_) -> None:  # type: ignore[no-untyped-def]
    fee = build.paid_fee(candidate, round_, round_.courses[0])
    exams.hear(exams.envelope(BillsPaid(bills=(fee,))))
    assert [(row.state, row.code) for row in exams.parked()] == [("waiting", "student_unknown")]
    exams.hear(exams.envelope(StudentState(items=(candidate.now(),))))
    exams.clock.advance(timedelta(minutes=1))
    exams.inbox.retry_waiting()
    assert state(exams, fee) == ("registered", None)


def test_another_points_registrations_are_not_there_and_a_student_sees_only_their_own(exams, candidate, fee) -> None:  # type: ignore[no-untyped-def]
    stranger = people.of_point(new_id())
    registration = of(exams, fee)
    assert exams.ask(ListRegistrations(), stranger).total == 0
    assert exams.refusal(GetRegistration(registration_id=registration.id), stranger).code == "not_found"
    student = people.in_person(candidate.id)
    assert exams.ask(GetRegistration(registration_id=registration.id), student).student_name == candidate.name
    other = people.in_person(new_id())
    assert exams.refusal(GetRegistration(registration_id=registration.id), other).code == "not_found"


# -- held by a withdrawal ---------------------------------------------------------------------------------------------


def test_a_withdrawal_holds_the_registration_and_its_approval_cancels_it(exams, fee) -> None:  # type: ignore[no-untyped-def]
    withdrawal = build.held(exams, fee)
    assert of(exams, fee).state == "suspended"
    [held] = exams.published(RegistrationsHeld)[-1].held
    assert (held.withdrawal_id, held.registration_id) == (withdrawal.withdrawal_id, of(exams, fee).id)
    exams.deliver(build.approved(withdrawal))
    assert state(exams, fee) == ("cancelled", "withdrawn")
    steps = exams.ask(GetRegistration(registration_id=of(exams, fee).id)).history
    assert [(s.action, s.to_state) for s in steps] == [
        ("register", "registered"),
        ("hold", "suspended"),
        ("withdraw", "cancelled"),
    ]


def test_a_rejected_withdrawal_frees_the_registration_and_a_second_one_holds_it_again(exams, fee) -> None:  # type: ignore[no-untyped-def]
    first = build.held(exams, fee)
    exams.deliver(build.rejected(first))
    assert state(exams, fee) == ("registered", None)
    second = build.held(exams, fee)
    exams.deliver(build.rejected(first))  # once more, late: it no longer holds anything
    assert of(exams, fee).held_by_withdrawal_id == second.withdrawal_id


def test_a_hold_that_comes_before_the_payment_waits_for_it(exams, candidate, round_) -> None:  # type: ignore[no-untyped-def]
    exams.feed(StudentState, candidate.now())
    fee = build.paid_fee(candidate, round_, round_.courses[0])
    withdrawal = build.held(exams, fee)
    assert exams.published(RegistrationsHeld)[-1].held[0].registration_id is None
    exams.deliver(BillsPaid(bills=(fee,)))
    assert of(exams, fee).held_by_withdrawal_id == withdrawal.withdrawal_id
    exams.deliver(build.rejected(withdrawal))
    assert state(exams, fee) == ("registered", None)


def test_a_payment_after_the_withdrawal_was_approved_gives_a_cancelled_registration(exams, candidate, round_) -> None:  # type: ignore[no-untyped-def]
    exams.feed(StudentState, candidate.now())
    fee = build.paid_fee(candidate, round_, round_.courses[0])
    exams.deliver(build.approved(build.held(exams, fee)))
    exams.deliver(BillsPaid(bills=(fee,)))
    assert state(exams, fee) == ("cancelled", "withdrawn")
    assert refunds(exams) == []


def test_holding_many_that_a_suspension_holds_already_costs_no_more_than_holding_one(exams, round_) -> None:  # type: ignore[no-untyped-def]
    costs = []
    for many in (1, 5):
        candidates = [Candidate() for _ in range(many)]
        fees = [build.registered(exams, candidate, round_, round_.courses[0]) for candidate in candidates]
        for candidate in candidates:
            exams.feed(StudentState, candidate.becomes(EnrolmentStatus.SUSPENDED).now())
            exams.deliver(a(StudentSuspended, student_id=candidate.id, student_version=candidate.version))
        sent = tuple(map(build.sent_withdrawal, fees))
        with counted_statements(exams) as count:
            exams.deliver(WithdrawalsSentToFinance(withdrawals=sent))
        costs.append(count.statements)
        held = [of(exams, fee) for fee in fees]
        assert [each.held_by_withdrawal_id for each in held] == [withdrawal.withdrawal_id for withdrawal in sent]
        assert {(each.state, each.held_by_suspension) for each in held} == {("suspended", True)}
    assert costs[0] == costs[1]


def test_a_decision_that_overtakes_the_withdrawal_leaves_nothing_held(exams, fee) -> None:  # type: ignore[no-untyped-def]
    withdrawal = build.sent_withdrawal(fee)
    exams.deliver(build.rejected(withdrawal))
    exams.deliver(WithdrawalsSentToFinance(withdrawals=(withdrawal,)))
    assert state(exams, fee) == ("registered", None)


def test_an_exam_that_has_begun_can_not_be_held(exams, round_, fee) -> None:  # type: ignore[no-untyped-def]
    build.arrange(exams, round_)
    exams.clock.set(round_.session_of(fee.course_id).starts_at)
    withdrawal = build.held(exams, fee)
    [refused] = exams.published(RegistrationHoldRefused)[-1].refused
    assert (refused.withdrawal_id, refused.code) == (withdrawal.withdrawal_id, "exam_already_sat")
    assert of(exams, fee).state == "arranged"
    exams.deliver(build.rejected(withdrawal))
    assert of(exams, fee).state == "arranged"
    assert steps_taken(exams, withdrawal.withdrawal_id) == [("hold", "held"), ("refuse", "refused")]


def test_a_seat_stays_empty_while_held_and_is_taken_again_until_the_session_begins(exams, round_, fee) -> None:  # type: ignore[no-untyped-def]
    build.arrange(exams, round_)
    exams.deliver(build.rejected(build.held(exams, fee)))
    assert state(exams, fee) == ("arranged", None)
    withdrawal = build.held(exams, fee)
    exams.clock.set(round_.session_of(fee.course_id).starts_at)
    exams.deliver(build.rejected(withdrawal))
    assert state(exams, fee) == ("lapsed", "arrangement_published")
    assert refunds(exams) == [(fee.bill_id, "arrangement_published")]


def test_who_was_held_while_the_arrangement_was_published_is_too_late_afterwards(exams, round_, fee) -> None:  # type: ignore[no-untyped-def]
    withdrawal = build.held(exams, fee)
    result = build.arrange(exams, round_)
    assert (result.arranged, result.suspended, result.lapsed) == (0, 1, 0)
    exams.deliver(build.rejected(withdrawal))
    assert state(exams, fee) == ("lapsed", "arrangement_published")
    assert refunds(exams) == [(fee.bill_id, "arrangement_published")]


# -- attendance -------------------------------------------------------------------------------------------------------


def test_after_the_session_the_named_were_absent_and_all_others_sat(exams, round_) -> None:  # type: ignore[no-untyped-def]
    course = round_.courses[0]
    fees = [build.registered(exams, Candidate(), round_, course) for _ in range(3)]
    held = build.registered(exams, Candidate(), round_, course)
    build.arrange(exams, round_)
    build.held(exams, held)
    session = round_.session_of(course)
    absent = of(exams, fees[0])
    record = RecordAttendance(session_id=session.id, course_id=course, absent_ids=(absent.id,))
    exams.clock.set(session.ends_at - timedelta(seconds=1))
    assert exams.refusal(record, build.INVIGILATOR).code == "session_not_over"
    exams.clock.set(session.ends_at)
    wrong = RecordAttendance(session_id=session.id, course_id=course, absent_ids=(of(exams, held).id,))
    assert exams.refusal(wrong, build.INVIGILATOR).code == "some_not_found"
    result = exams.run(record, build.INVIGILATOR)
    assert (result.sat, result.absent) == (2, 1)
    assert [of(exams, fee).state for fee in (*fees, held)] == ["absent", "sat", "sat", "suspended"]
    again = RecordAttendance(session_id=session.id, course_id=course, absent_ids=())
    assert exams.refusal(again, build.INVIGILATOR).code == "attendance_recorded"


# -- reconciliation ---------------------------------------------------------------------------------------------------


def test_reconciliation_walks_through_every_registration_once(exams, round_) -> None:  # type: ignore[no-untyped-def]
    fees = [build.registered(exams, Candidate(), round_, round_.courses[0]) for _ in range(5)]
    seen, after = [], None
    while True:
        stretch = exams.ask(ListRegistrationStatements(after=after, limit=2))
        seen += stretch.items
        if (after := stretch.next_after) is None:
            break
    assert sorted(row.bill_id for row in seen) == sorted(fee.bill_id for fee in fees)
    assert {row.state for row in seen} == {"registered"}


def test_a_student_who_had_left_when_the_payment_came_is_cancelled(exams, round_) -> None:  # type: ignore[no-untyped-def]
    gone = Candidate(status=EnrolmentStatus.LEFT)
    fee = build.registered(exams, gone, round_, round_.courses[0])
    assert state(exams, fee) == ("cancelled", "student_left")
    withdrawal = build.held(exams, fee)  # the one that courses opens for the money
    assert exams.published(RegistrationsHeld)[-1].held[0].registration_id is None
    exams.deliver(build.approved(withdrawal))
    assert state(exams, fee) == ("cancelled", "student_left")
