"""What leaving, suspension, return and transfer do to registrations, in whichever order the events arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations

import pytest

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.base import Fact
from contracts.exams.events import RegistrationRefused
from contracts.exams.queries import GetRegistration, ListRegistrations
from contracts.finance.events import PaidBill
from contracts.registry.events import (
    StudentLeft,
    StudentResumed,
    StudentState,
    StudentSuspended,
    StudentTransferred,
)
from contracts.types import EnrolmentStatus
from tests.builders import exams as build
from tests.builders import people
from tests.builders.exams import Candidate, Round

ACTIVE, SUSPENDED, LEFT = EnrolmentStatus.ACTIVE, EnrolmentStatus.SUSPENDED, EnrolmentStatus.LEFT


@pytest.fixture
def round_(exams: ServiceHarness) -> Round:
    return build.published_round(exams)


@pytest.fixture
def candidate() -> Candidate:
    return Candidate()


@pytest.fixture
def fee(exams: ServiceHarness, candidate: Candidate, round_: Round) -> PaidBill:
    return build.registered(exams, candidate, round_, round_.courses[0])


def state(exams: ServiceHarness, fee: PaidBill) -> tuple[str, str | None]:
    [view] = exams.ask(ListRegistrations(selection_id=fee.source.id)).items
    return view.state, view.ended_by


def fact(exams: ServiceHarness, candidate: Candidate) -> Fact:
    """The fact that made the candidate's present status."""
    now = exams.clock.now()
    common = {"change_id": new_id(), "student_id": candidate.id, "student_version": candidate.version}
    match candidate.status:
        case EnrolmentStatus.LEFT:
            return StudentLeft(**common, voluntary=True, left_at=now)
        case EnrolmentStatus.SUSPENDED:
            return StudentSuspended(**common, suspended_at=now)
        case _:
            return StudentResumed(**common, resumed_at=now)


def becomes(exams: ServiceHarness, candidate: Candidate, status: EnrolmentStatus) -> None:
    candidate.becomes(status)
    exams.feed(StudentState, candidate.now())
    exams.deliver(fact(exams, candidate))


def refunds(exams: ServiceHarness) -> list[str]:
    return [row.code for event in exams.published(RegistrationRefused) for row in event.refused]


def test_leaving_cancels_what_is_not_sat_also_what_a_withdrawal_holds(exams, candidate, round_, fee) -> None:  # type: ignore[no-untyped-def]
    withdrawal = build.held(exams, fee)
    becomes(exams, candidate, LEFT)
    assert state(exams, fee) == ("cancelled", "student_left")
    exams.deliver(build.approved(withdrawal))
    assert state(exams, fee) == ("cancelled", "student_left")
    assert refunds(exams) == []


def test_suspension_holds_and_return_frees(exams, candidate, fee) -> None:  # type: ignore[no-untyped-def]
    becomes(exams, candidate, SUSPENDED)
    assert state(exams, fee) == ("suspended", None)
    becomes(exams, candidate, ACTIVE)
    assert state(exams, fee) == ("registered", None)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_suspend_resume_suspend_in_any_order_ends_as_the_newest_status_says(
    exams, candidate, fee, order: Sequence[int]
) -> None:  # type: ignore[no-untyped-def]
    facts = []
    for status in (SUSPENDED, ACTIVE, SUSPENDED):
        candidate.becomes(status)
        facts.append(fact(exams, candidate))
    exams.feed(StudentState, candidate.now())
    exams.deliver(*(facts[n] for n in order))
    assert state(exams, fee) == ("suspended", None)


def test_a_fact_waits_until_the_copy_has_the_version_that_it_names(exams, candidate, fee) -> None:  # type: ignore[no-untyped-def]
    candidate.becomes(LEFT)
    exams.hear(exams.envelope(fact(exams, candidate)))
    assert [row.code for row in exams.parked()] == ["student_not_current"]
    assert state(exams, fee) == ("registered", None)


def test_who_returns_while_a_withdrawal_holds_stays_held_until_it_is_decided(exams, candidate, fee) -> None:  # type: ignore[no-untyped-def]
    becomes(exams, candidate, SUSPENDED)
    withdrawal = build.held(exams, fee)
    becomes(exams, candidate, ACTIVE)
    assert state(exams, fee) == ("suspended", None)
    exams.deliver(build.rejected(withdrawal))
    assert state(exams, fee) == ("registered", None)


def test_a_suspended_candidate_is_not_arranged_and_the_fee_goes_back(exams, candidate, round_, fee) -> None:  # type: ignore[no-untyped-def]
    becomes(exams, candidate, SUSPENDED)
    result = build.arrange(exams, round_)
    assert (result.arranged, result.suspended, result.lapsed) == (0, 0, 1)
    assert state(exams, fee) == ("lapsed", "student_suspended")
    assert refunds(exams) == ["student_suspended"]


def test_doubly_held_through_the_arrangement_lapses_when_only_the_suspension_is_left(
    exams, candidate, round_, fee
) -> None:  # type: ignore[no-untyped-def]
    withdrawal = build.held(exams, fee)
    becomes(exams, candidate, SUSPENDED)
    assert build.arrange(exams, round_).suspended == 1
    exams.deliver(build.rejected(withdrawal))
    assert state(exams, fee) == ("lapsed", "student_suspended")
    assert refunds(exams) == ["student_suspended"]


def test_a_seat_waits_for_who_returns_in_time(exams, candidate, round_, fee) -> None:  # type: ignore[no-untyped-def]
    build.arrange(exams, round_)
    becomes(exams, candidate, SUSPENDED)
    becomes(exams, candidate, ACTIVE)
    assert state(exams, fee) == ("arranged", None)


def test_a_status_change_after_the_session_has_begun_changes_nothing(exams, candidate, round_, fee) -> None:  # type: ignore[no-untyped-def]
    build.arrange(exams, round_)
    exams.clock.set(round_.session_of(fee.course_id).starts_at + timedelta(minutes=1))
    becomes(exams, candidate, LEFT)
    assert state(exams, fee) == ("arranged", None)


def test_after_a_transfer_the_new_point_sees_the_registration_and_its_history(exams, candidate, fee) -> None:  # type: ignore[no-untyped-def]
    old, candidate.point_id = candidate.point_id, new_id()
    candidate.becomes(ACTIVE)
    exams.feed(StudentState, candidate.now())
    moved = StudentTransferred(
        change_id=new_id(),
        student_id=candidate.id,
        student_version=candidate.version,
        from_teaching_point_id=old,
        to_teaching_point_id=candidate.point_id,
        transferred_at=exams.clock.now(),
    )
    exams.deliver(moved)
    [seen] = exams.ask(ListRegistrations(), people.of_point(candidate.point_id)).items
    details = exams.ask(GetRegistration(registration_id=seen.id), people.of_point(candidate.point_id))
    assert [step.action for step in details.history] == ["register"]
    assert exams.ask(ListRegistrations(), people.of_point(old)).items == ()
