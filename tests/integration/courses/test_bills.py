"""From `pending_payment` on: paid, refused, cancelled, lapsed, and asked again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.common import ClosingReason
from contracts.courses.commands import CancelSelections, SelectCourses, UpdateSelectionRound
from contracts.courses.events import ClosingSelection, SelectionsClosing
from contracts.courses.queries import GetSelection
from contracts.courses.views import SelectionView
from contracts.exams.events import RefusedRegistration, RegistrationRefused
from contracts.finance.events import (
    BillCancellationRefused,
    BillingRefused,
    BillsCancelled,
    BillsPaid,
    BillState,
    CancelledBills,
    RefusedBilling,
    RefusedCancellation,
)
from contracts.finance.source import Source
from contracts.types import FeeKind
from tests.builders import courses as build
from tests.builders import people
from tests.builders.courses import School
from tests.builders.messages import of_selection


@pytest.fixture
def selections(school: School) -> list[UUID]:
    return build.selected(school)


def now_is(school: School, selection_id: UUID) -> SelectionView:
    query = GetSelection(selection_id=selection_id)
    return school.harness.ask(query, people.of_point(school.point))


def asked(school: School) -> list[ClosingSelection]:
    return [row for event in school.harness.published(SelectionsClosing) for row in event.selections]


def cancel(school: School, *ids: UUID) -> Any:
    staff = people.of_point(school.point)
    return school.harness.run(CancelSelections(selection_ids=ids), staff)


def bills_cancelled(id_: UUID, attempt: int = 1, reason: ClosingReason = ClosingReason.CANCELLED) -> BillsCancelled:
    row = CancelledBills(source=of_selection(id_), attempt=attempt, reason=reason)
    return BillsCancelled(cancelled=(row,))


def refused(school: School, id_: UUID, attempt: int = 1, **fields: Any) -> BillCancellationRefused:
    values: dict[str, Any] = {
        "source": of_selection(id_),
        "attempt": attempt,
        "reason": ClosingReason.LAPSED,
        "code": "payment_in_review",
        "ask_again_at": school.harness.clock.now() + timedelta(hours=1),
        **fields,
    }
    return BillCancellationRefused(refused=(RefusedCancellation(**values),))


def test_a_paid_credit_fee_opens_learning(school: School, selections: list[UUID]) -> None:
    first, second = selections
    school.harness.deliver(build.paid(school, first), build.paid(school, second, kind=FeeKind.EXAM))
    paid, unpaid = now_is(school, first), now_is(school, second)
    assert (paid.state, paid.learning_open) == ("selected", True)
    assert (unpaid.state, unpaid.learning_open) == ("pending_payment", False)


def test_being_told_twice_of_a_payment_changes_nothing(school: School, selections: list[UUID]) -> None:
    school.harness.deliver(build.paid(school, selections[0]))
    version = now_is(school, selections[0]).version
    school.harness.deliver(build.paid(school, selections[0]), build.paid(school, selections[0]))
    assert now_is(school, selections[0]).version == version


def test_the_payment_of_a_selection_that_is_not_there_yet_waits(school: School, selections: list[UUID]) -> None:
    unknown = build.paid(school, new_id())
    school.harness.hear(*(school.harness.envelope(e) for e in (unknown, build.paid(school, selections[0]))))
    assert [(row.state, row.code) for row in school.harness.parked()] == [("waiting", "selection_unknown")]
    assert now_is(school, selections[0]).state == "selected"


def test_refused_billing_cancels_the_selection_with_finances_reason(school: School, selections: list[UUID]) -> None:
    row = RefusedBilling(source=of_selection(selections[0]), code="fee_standard_missing")
    school.harness.deliver(BillingRefused(refused=(row,)))
    selection = now_is(school, selections[0])
    assert (selection.state, selection.closing_reason) == ("cancelled", None)
    assert selection.refusal is not None
    assert selection.refusal.code == "fee_standard_missing"
    again = SelectCourses(
        student_id=school.students[0].id, selection_round_id=school.round.id, course_ids=(selection.course_id,)
    )
    [result] = school.harness.run(again, people.of_point(school.point)).results
    assert result.state == "pending_payment"


def test_a_refused_registration_is_shown_and_learning_goes_on(school: School, selections: list[UUID]) -> None:
    school.harness.deliver(build.paid(school, selections[0]))
    row = RefusedRegistration(
        registration_id=new_id(), selection_id=selections[0], bill_id=new_id(), code="arrangement_published"
    )
    school.harness.deliver(RegistrationRefused(refused=(row,)))
    selection = now_is(school, selections[0])
    assert (selection.state, selection.learning_open) == ("selected", True)
    assert selection.refusal is not None
    assert selection.refusal.code == "arrangement_published"


def test_bills_for_what_courses_does_not_know_are_not_its_business(school: School, selections: list[UUID]) -> None:
    other = Source(kind="certificate", id=selections[0])
    [bill] = build.paid(school, selections[0]).bills
    copied = build.bill(school, selections[0], source=other, kind="certificate")
    school.harness.deliver(BillsPaid(bills=(bill.model_copy(update={"source": other}),)), BillState(items=(copied,)))
    selection = now_is(school, selections[0])
    assert (selection.state, selection.bills) == ("pending_payment", ())


# -- cancelling -------------------------------------------------------------------------------------


def test_a_cancelled_selection_waits_for_finance_and_ends(school: School, selections: list[UUID]) -> None:
    results = cancel(school, *selections)
    assert (results.done, [r.state for r in results.items]) == (2, ["closing", "closing"])
    assert [(a.selection_id, a.attempt, a.reason) for a in asked(school)] == [
        (id_, 1, "cancelled") for id_ in selections
    ]
    school.harness.deliver(bills_cancelled(selections[0]))
    assert (now_is(school, selections[0]).state, now_is(school, selections[1]).state) == ("cancelled", "closing")


def test_what_is_being_paid_or_is_paid_or_is_not_mine_is_not_cancelled(school: School, selections: list[UUID]) -> None:
    school.harness.feed(BillState, build.bill(school, selections[0], status="remitting"))
    school.harness.deliver(build.paid(school, selections[1]))
    stranger = new_id()
    results = cancel(school, *selections, stranger)
    assert results.done == 0
    assert [(r.state, r.refusal.code) for r in results.items] == [
        ("pending_payment", "payment_in_review"),
        ("selected", "step_not_allowed"),
        (None, "not_found"),
    ]
    assert asked(school) == []


def test_another_point_cannot_cancel(school: School, selections: list[UUID]) -> None:
    elsewhere = people.of_point(new_id())
    [result] = school.harness.run(CancelSelections(selection_ids=(selections[0],)), elsewhere).items
    assert result.refusal.code == "not_found"


def test_finance_refuses_and_the_applicant_may_try_again(school: School, selections: list[UUID]) -> None:
    cancel(school, selections[0])
    school.harness.deliver(refused(school, selections[0], reason=ClosingReason.CANCELLED))
    selection = now_is(school, selections[0])
    assert (selection.state, selection.closing_reason) == ("pending_payment", None)
    assert cancel(school, selections[0]).done == 1
    assert [a.attempt for a in asked(school)] == [1, 2]


def test_an_answer_to_an_earlier_asking_is_ignored(school: School, selections: list[UUID]) -> None:
    cancel(school, selections[0])
    school.harness.deliver(refused(school, selections[0], reason=ClosingReason.CANCELLED))
    cancel(school, selections[0])
    school.harness.deliver(refused(school, selections[0], attempt=1))
    assert now_is(school, selections[0]).state == "closing"


def test_a_payment_that_was_quicker_wins(school: School, selections: list[UUID]) -> None:
    cancel(school, selections[0])
    school.harness.deliver(build.paid(school, selections[0]))
    school.harness.deliver(refused(school, selections[0], code="already_paid", ask_again_at=None))
    selection = now_is(school, selections[0])
    assert (selection.state, selection.closing_reason) == ("selected", None)


def test_a_closed_selection_never_comes_back(school: School, selections: list[UUID]) -> None:
    cancel(school, selections[0])
    school.harness.deliver(bills_cancelled(selections[0]))
    school.harness.deliver(refused(school, selections[0]), build.paid(school, selections[0]))
    assert now_is(school, selections[0]).state == "cancelled"


# -- lapsing ----------------------------------------------------------------------------------------


def test_what_is_not_paid_by_the_deadline_lapses(school: School, selections: list[UUID]) -> None:
    school.harness.deliver(build.paid(school, selections[1]))
    school.harness.clock.set(school.round.payment_deadline - timedelta(seconds=1))
    school.harness.run_due_jobs()
    assert asked(school) == []
    school.harness.clock.advance(timedelta(seconds=31))
    school.harness.run_due_jobs()
    assert [(a.selection_id, a.reason) for a in asked(school)] == [(selections[0], "lapsed")]
    school.harness.deliver(bills_cancelled(selections[0], reason=ClosingReason.LAPSED))
    assert now_is(school, selections[0]).state == "lapsed"


def test_while_a_payment_is_in_review_courses_asks_again_and_again(school: School, selections: list[UUID]) -> None:
    school.harness.clock.set(school.round.payment_deadline)
    school.harness.run_due_jobs()
    again_at = school.harness.clock.now() + timedelta(hours=1)
    school.harness.deliver(refused(school, selections[0]))
    selection = now_is(school, selections[0])
    assert (selection.state, selection.closing_reason, selection.due_at) == ("pending_payment", "lapsed", again_at)
    school.harness.clock.advance(timedelta(minutes=59))
    school.harness.run_due_jobs()
    assert [a.attempt for a in asked(school) if a.selection_id == selections[0]] == [1]
    school.harness.clock.advance(timedelta(minutes=2))
    school.harness.run_due_jobs()
    assert [a.attempt for a in asked(school) if a.selection_id == selections[0]] == [1, 2]


def test_what_is_paid_is_not_asked_about_again(school: School, selections: list[UUID]) -> None:
    school.harness.clock.set(school.round.payment_deadline)
    school.harness.run_due_jobs()
    school.harness.deliver(refused(school, selections[0], code="already_paid", ask_again_at=None))
    school.harness.clock.advance(timedelta(days=30))
    school.harness.run_due_jobs()
    assert [a.attempt for a in asked(school) if a.selection_id == selections[0]] == [1]
    school.harness.deliver(build.paid(school, selections[0]))
    assert now_is(school, selections[0]).state == "selected"


def test_a_deadline_put_off_spares_what_was_to_lapse(school: School, selections: list[UUID]) -> None:
    school.harness.clock.set(school.round.payment_deadline)
    school.harness.run_due_jobs()
    school.harness.deliver(refused(school, selections[0]))
    later = school.round.payment_deadline + timedelta(days=5)
    put_off = UpdateSelectionRound(
        selection_round_id=school.round.id,
        version=school.round.version,
        name=school.round.name,
        opens_at=school.round.opens_at,
        closes_at=school.round.closes_at,
        payment_deadline=later,
    )
    school.harness.run(put_off, people.of_school())
    selection = now_is(school, selections[0])
    assert (selection.closing_reason, selection.due_at) == (None, later)
    school.harness.clock.advance(timedelta(days=1))
    school.harness.run_due_jobs()
    assert [a.attempt for a in asked(school) if a.selection_id == selections[0]] == [1]


def test_selections_lapse_by_the_hundred(courses: ServiceHarness) -> None:
    school = build.school(courses, courses=3, students=200)
    build.selected(school)
    school.harness.clock.set(school.round.payment_deadline)
    assert school.harness.run_due_jobs() >= 2
    assert len(asked(school)) == 600
    assert {len(event.selections) for event in school.harness.published(SelectionsClosing)} == {500, 100}
    table = school.harness.table("selections")
    assert {row.state for row in school.harness.rows(select(table.c.state))} == {"closing"}


def test_bills_are_shown_with_the_selection(school: School, selections: list[UUID]) -> None:
    school.harness.feed(BillState, build.bill(school, selections[0]))
    [bill] = now_is(school, selections[0]).bills
    assert (bill.kind, bill.amount, bill.status) == ("credit", Decimal("400.00"), "unpaid")
