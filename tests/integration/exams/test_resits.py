"""Resits: registered for a missed exam, billed, paid, cancelled, lapsed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.common import ClosingReason
from contracts.exams.commands import CancelResits, RecordAttendance, RegisterResits
from contracts.exams.events import RegistrationRefused, ResitsClosing, ResitsRegistered
from contracts.exams.queries import ListRegistrations
from contracts.exams.views import RegistrationView
from contracts.finance.events import (
    BillCancellationRefused,
    BillingRefused,
    BillsCancelled,
    BillsPaid,
    CancelledBills,
    RefusedBilling,
    RefusedCancellation,
)
from contracts.finance.source import Source
from contracts.registry.events import StudentLeft, StudentResumed, StudentState, StudentSuspended
from contracts.types import EnrolmentStatus
from services.exams.service import Exams
from tests.builders import exams as build
from tests.builders import people
from tests.builders.exams import Candidate, Round
from tests.builders.messages import a, of_resit


@dataclass
class Missed:
    """A student who missed an exam, and an open round in which it can be repeated."""

    exams: ServiceHarness
    candidate: Candidate
    course_id: UUID
    missed: RegistrationView
    round: Round

    def register(self, **other: object) -> RegistrationView:
        """Register the resit; the new registration."""
        results = self.ask_for(**other)
        assert results.results[0].refusals == ()
        return self.resit()

    def ask_for(self, *, round_id: UUID | None = None, registration_id: UUID | None = None, by=None):  # type: ignore[no-untyped-def]
        command = RegisterResits(
            exam_round_id=round_id or self.round.id, registration_ids=(registration_id or self.missed.id,)
        )
        return self.exams.run(command, by or people.of_point(self.candidate.point_id))

    def resit(self) -> RegistrationView:
        view: RegistrationView = self.exams.ask(ListRegistrations(resits=True)).items[0]
        return view

    def cancel(self):  # type: ignore[no-untyped-def]
        [result] = self.exams.run(
            CancelResits(registration_ids=(self.resit().id,)), people.of_point(self.candidate.point_id)
        ).items
        return result

    def pay(self) -> None:
        fee = build.paid_fee(self.candidate, self.round, self.course_id, source=of_resit(self.resit().id))
        self.exams.deliver(BillsPaid(bills=(fee,)))

    def refuse_cancellation(self, *, attempt: int, reason: ClosingReason, paid: bool = False) -> None:
        row = RefusedCancellation(
            source=of_resit(self.resit().id),
            attempt=attempt,
            reason=reason,
            code="already_paid" if paid else "payment_in_review",
            ask_again_at=None if paid else self.exams.clock.now() + timedelta(hours=1),
        )
        self.exams.deliver(BillCancellationRefused(refused=(row,)))

    def cancel_bill(self, reason: ClosingReason) -> None:
        row = CancelledBills(source=of_resit(self.resit().id), attempt=1, reason=reason)
        self.exams.deliver(BillsCancelled(cancelled=(row,)))

    def asked(self) -> list[tuple[int, str]]:
        return [(r.attempt, r.reason) for event in self.exams.published(ResitsClosing) for r in event.resits]


@pytest.fixture
def missed(harness_of: Callable[..., ServiceHarness]) -> Missed:
    exams = harness_of(Exams)
    candidate, first = Candidate(), build.published_round(exams)
    [course] = first.courses
    build.registered(exams, candidate, first, course)
    build.arrange(exams, first)
    session = first.session_of(course)
    exams.clock.set(session.ends_at)
    [registration] = exams.ask(ListRegistrations()).items
    absent = RecordAttendance(session_id=session.id, course_id=course, absent_ids=(registration.id,))
    exams.run(absent, build.INVIGILATOR)
    [registration] = exams.ask(ListRegistrations()).items
    second = build.published_round(exams, courses=1, known=[course], code="KS2")
    return Missed(exams, candidate, course, registration, second)


def test_a_missed_exam_is_repeated_and_finance_hears_all_that_its_bill_needs(missed: Missed) -> None:
    resit = missed.register()
    assert (resit.state, resit.resit_of, resit.selection_id) == ("pending_payment", missed.missed.id, None)
    [told] = missed.exams.published(ResitsRegistered)[-1].resits
    assert (told.registration_id, told.education_levels, told.student_type) == (
        resit.id,
        ("undergraduate",),
        "开放教育",
    )
    missed.pay()
    assert missed.resit().state == "registered"
    assert build.arrange(missed.exams, missed.round).arranged == 1


def test_the_student_registers_a_resit_alone_and_nobody_elses(missed: Missed) -> None:
    stranger = people.in_person(new_id())
    assert missed.ask_for(by=stranger).results[0].refusals[0].code == "not_found"
    student = people.in_person(missed.candidate.id)
    assert missed.register(by=student).state == "pending_payment"


def test_a_resit_is_refused_with_every_reason(missed: Missed) -> None:
    draft_like = build.published_round(missed.exams, code="KS3")
    missed.exams.clock.set(draft_like.closes_at)
    missed.exams.feed(StudentState, missed.candidate.becomes(EnrolmentStatus.SUSPENDED).now())
    [result] = missed.ask_for(round_id=draft_like.id).results
    assert [refusal.code for refusal in result.refusals] == [
        "student_not_active",
        "exam_registration_not_open",
        "course_not_in_exam_round",
    ]
    assert "KS3" in result.refusals[1].message


def test_a_resit_is_registered_once_and_what_was_sat_is_not_repeated(missed: Missed) -> None:
    resit = missed.register()
    assert [r.code for r in missed.ask_for().results[0].refusals] == ["already_registered"]
    third = build.published_round(missed.exams, courses=1, known=[missed.course_id], code="KS3")
    assert [r.code for r in missed.ask_for(round_id=third.id).results[0].refusals] == ["resit_not_needed"]
    assert [r.code for r in missed.ask_for(registration_id=resit.id).results[0].refusals] == ["already_registered"]


def test_a_round_that_does_not_exist_is_not_found(missed: Missed) -> None:
    command = RegisterResits(exam_round_id=new_id(), registration_ids=(missed.missed.id,))
    assert missed.exams.refusal(command, people.of_point(missed.candidate.point_id)).code == "not_found"


def test_an_unpaid_resit_is_cancelled_once_finance_has_cancelled_its_bill(missed: Missed) -> None:
    missed.register()
    assert missed.cancel().state == "closing"
    assert missed.cancel().refusal.code == "step_not_allowed"
    assert missed.asked() == [(1, "cancelled")]
    missed.cancel_bill(ClosingReason.CANCELLED)
    resit = missed.resit()
    assert (resit.state, resit.ended_by) == ("cancelled", "cancelled")
    missed.register()


def test_resits_that_are_not_there_or_anothers_are_refused_alone(missed: Missed) -> None:
    mine, unknown = missed.register().id, new_id()
    stranger = people.of_point(new_id())
    assert [r.refusal.code for r in missed.exams.run(CancelResits(registration_ids=(mine,)), stranger).items] == [
        "not_found"
    ]
    results = missed.exams.run(
        CancelResits(registration_ids=(unknown, mine)), people.of_point(missed.candidate.point_id)
    )
    assert [(r.id, r.state, r.refusal and r.refusal.code) for r in results.items] == [
        (unknown, None, "not_found"),
        (mine, "closing", None),
    ]


def test_a_resit_of_a_student_who_is_elsewhere_already_is_refused_though_the_registration_is_still_here(
    missed: Missed,
) -> None:
    """The copy of the record is ahead of the fact of the transfer."""
    here = people.of_point(missed.candidate.point_id)
    missed.exams.feed(StudentState, replace(missed.candidate, point_id=new_id(), version=2).now())
    [result] = missed.ask_for(by=here).results
    assert [refusal.code for refusal in result.refusals] == ["not_found"]


def test_a_cancellation_that_finance_refuses_is_forgotten_and_may_be_tried_again(missed: Missed) -> None:
    missed.register()
    missed.cancel()
    missed.refuse_cancellation(attempt=1, reason=ClosingReason.CANCELLED)
    assert missed.resit().state == "pending_payment"
    missed.cancel()
    missed.refuse_cancellation(attempt=1, reason=ClosingReason.CANCELLED)  # an old answer, late
    assert missed.resit().state == "closing"
    assert missed.asked() == [(1, "cancelled"), (2, "cancelled")]


def test_a_payment_beats_the_cancellation_whichever_answer_comes_first(missed: Missed) -> None:
    missed.register()
    missed.cancel()
    missed.refuse_cancellation(attempt=1, reason=ClosingReason.CANCELLED, paid=True)
    assert missed.resit().state == "pending_payment"
    missed.pay()
    assert missed.resit().state == "registered"
    assert missed.cancel().refusal.code == "step_not_allowed"


def test_an_unpaid_resit_lapses_when_registration_closes_and_is_asked_for_again_after_a_refusal(missed: Missed) -> None:
    missed.register()
    missed.exams.run_due_jobs()
    assert missed.resit().state == "pending_payment"
    missed.exams.clock.set(missed.round.closes_at)
    missed.exams.run_due_jobs()
    assert missed.resit().state == "closing"
    missed.refuse_cancellation(attempt=1, reason=ClosingReason.LAPSED)
    missed.exams.clock.advance(timedelta(minutes=59))
    missed.exams.run_due_jobs()
    assert missed.resit().state == "pending_payment"
    missed.exams.clock.advance(timedelta(minutes=2))
    missed.exams.run_due_jobs()
    assert missed.asked() == [(1, "lapsed"), (2, "lapsed")]
    missed.cancel_bill(ClosingReason.LAPSED)
    resit = missed.resit()
    assert (resit.state, resit.ended_by) == ("lapsed", "unpaid")


def test_a_resit_that_can_not_be_billed_is_cancelled(missed: Missed) -> None:
    resit = missed.register()
    refused = RefusedBilling(source=of_resit(resit.id), code="fee_standard_missing")
    missed.exams.deliver(BillingRefused(refused=(refused,)))
    assert (missed.resit().state, missed.resit().ended_by) == ("cancelled", "billing_refused")


def test_leaving_closes_an_unpaid_resit_and_one_paid_meanwhile_is_refunded(missed: Missed) -> None:
    missed.register()
    missed.exams.feed(StudentState, missed.candidate.becomes(EnrolmentStatus.LEFT).now())
    left = StudentLeft(
        change_id=new_id(),
        student_id=missed.candidate.id,
        student_version=missed.candidate.version,
        voluntary=True,
        left_at=missed.exams.clock.now(),
    )
    missed.exams.deliver(left)
    assert missed.asked() == [(1, "student_left")]
    missed.refuse_cancellation(attempt=1, reason=ClosingReason.STUDENT_LEFT)
    missed.exams.clock.advance(timedelta(hours=2))
    missed.exams.run_due_jobs()
    assert missed.asked() == [(1, "student_left"), (2, "student_left")]
    missed.pay()
    assert (missed.resit().state, missed.resit().ended_by) == ("cancelled", "student_left")
    assert missed.exams.published(RegistrationRefused)[-1].refused[0].code == "student_not_active"


def test_who_leaves_while_a_cancellation_is_asked_for_is_asked_about_again(missed: Missed) -> None:
    """It is no wish any more, that might be forgotten when finance refuses."""
    missed.register()
    missed.cancel()
    missed.exams.feed(StudentState, missed.candidate.becomes(EnrolmentStatus.LEFT).now())
    left = a(StudentLeft, student_id=missed.candidate.id, student_version=missed.candidate.version)
    missed.exams.deliver(left)
    assert missed.asked() == [(1, "cancelled")]
    missed.refuse_cancellation(attempt=1, reason=ClosingReason.CANCELLED)
    missed.exams.clock.advance(timedelta(hours=2))
    missed.exams.run_due_jobs()
    assert missed.asked() == [(1, "cancelled"), (2, "student_left")]
    missed.cancel_bill(ClosingReason.STUDENT_LEFT)
    assert (missed.resit().state, missed.resit().ended_by) == ("cancelled", "student_left")


def test_suspension_closes_an_unpaid_resit(missed: Missed) -> None:
    missed.register()
    missed.exams.feed(StudentState, missed.candidate.becomes(EnrolmentStatus.SUSPENDED).now())
    suspended = StudentSuspended(
        change_id=new_id(),
        student_id=missed.candidate.id,
        student_version=missed.candidate.version,
        suspended_at=missed.exams.clock.now(),
    )
    missed.exams.deliver(suspended)
    assert missed.asked() == [(1, "student_suspended")]
    missed.cancel_bill(ClosingReason.STUDENT_SUSPENDED)
    assert (missed.resit().state, missed.resit().ended_by) == ("cancelled", "student_suspended")


def test_a_student_who_is_back_when_finance_refuses_keeps_the_unpaid_resit(missed: Missed) -> None:
    missed.register()
    missed.exams.feed(StudentState, missed.candidate.becomes(EnrolmentStatus.SUSPENDED).now())
    change = {"change_id": new_id(), "student_id": missed.candidate.id}
    at = missed.exams.clock.now()
    missed.exams.deliver(StudentSuspended(**change, student_version=missed.candidate.version, suspended_at=at))
    missed.exams.feed(StudentState, missed.candidate.becomes(EnrolmentStatus.ACTIVE).now())
    missed.exams.deliver(StudentResumed(**change, student_version=missed.candidate.version, resumed_at=at))
    assert missed.resit().state == "closing", "left to finance's answer"
    missed.refuse_cancellation(attempt=1, reason=ClosingReason.STUDENT_SUSPENDED)
    assert missed.resit().state == "pending_payment"
    missed.exams.clock.advance(timedelta(hours=2))
    missed.exams.run_due_jobs()
    assert missed.asked() == [(1, "student_suspended")]


def test_bills_for_what_exams_does_not_know_are_not_its_business(missed: Missed) -> None:
    missed.register()
    other = Source(kind="certificate", id=missed.resit().id)
    fee = build.paid_fee(missed.candidate, missed.round, missed.course_id, source=other)
    cancelled = CancelledBills(source=other, attempt=1, reason=ClosingReason.CANCELLED)
    missed.exams.deliver(BillsPaid(bills=(fee,)), BillsCancelled(cancelled=(cancelled,)))
    assert missed.resit().state == "pending_payment"
