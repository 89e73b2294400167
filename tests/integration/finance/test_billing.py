"""Selections and resits become bills, or are refused, exactly once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.common import ClosingReason
from contracts.courses.events import ClosingSelection, CoursesSelected, SelectedCourse, SelectionsClosing
from contracts.exams.events import RegisteredResit, ResitsRegistered
from contracts.finance.events import BillCancellationRefused, BillingRefused, BillsCancelled, BillState
from contracts.finance.states import BillStatus
from contracts.registry.events import StudentItem, StudentState
from contracts.types import EducationLevel, FeeKind
from tests.builders import finance as build
from tests.builders import people
from tests.builders.messages import a, of_selection


def close(
    selected: SelectedCourse, reason: ClosingReason = ClosingReason.CANCELLED, attempt: int = 1
) -> SelectionsClosing:
    row = a(ClosingSelection, selection_id=selected.selection_id, reason=reason, attempt=attempt)
    return SelectionsClosing(selections=(row,))


def test_a_selection_with_a_final_gets_a_credit_and_an_exam_bill(finance: ServiceHarness) -> None:
    student = build.student(finance)
    build.select_for(finance, student, credits=Decimal("4.5"))
    bills = build.bills_of(finance)
    assert {(bill.kind, bill.amount) for bill in bills} == {
        (FeeKind.CREDIT, Decimal("450.00")),
        (FeeKind.EXAM, Decimal("60.00")),
    }
    assert {bill.status for bill in bills} == {BillStatus.UNPAID}
    assert {bill.student_number for bill in bills} == {student.student_number}
    assert len({bill.number for bill in bills}) == 2
    assert build.check(finance).clean


def test_a_selection_without_a_final_gets_no_exam_bill(finance: ServiceHarness) -> None:
    build.select_for(finance, build.student(finance), exam_round_id=None, exam_kind=None)
    assert [bill.kind for bill in build.bills_of(finance)] == [FeeKind.CREDIT]


def test_bills_are_told_to_the_others(finance: ServiceHarness) -> None:
    build.select_for(finance, build.student(finance))
    (state,) = finance.published(BillState)
    assert {(item.kind, item.status) for item in state.items} == {
        (FeeKind.CREDIT, BillStatus.UNPAID),
        (FeeKind.EXAM, BillStatus.UNPAID),
    }


def test_the_price_is_the_one_in_force_when_selecting_not_when_billing(finance: ServiceHarness) -> None:
    for level in EducationLevel:
        build.standard(
            finance,
            FeeKind.CREDIT,
            Decimal("90.00"),
            education_level=level,
            valid_from=date(2025, 9, 1),
            valid_until=date(2025, 12, 31),
        )
    # The last second of the old year in Shanghai is still 2025 there, and so is 15:59:59 UTC.
    last_second = datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC)
    student = build.student(finance)
    build.select_for(finance, student, exam_round_id=None, selected_at=last_second)
    build.select_for(finance, student, exam_round_id=None, selected_at=last_second + timedelta(seconds=1))
    assert [bill.amount for bill in build.bills_of(finance)] == [Decimal("360.00"), Decimal("400.00")]


def test_a_missing_standard_refuses_the_selection_whole_and_for_good(finance: ServiceHarness) -> None:
    student = build.student(finance)
    early = build.select_for(finance, student, selected_at=datetime(2025, 6, 1, tzinfo=UTC))
    good = build.select_for(finance, student)
    (refused,) = finance.published(BillingRefused)
    (row,) = refused.refused
    assert (row.source, row.code) == (of_selection(early.selection_id), "fee_standard_missing")
    build.standard(
        finance, FeeKind.CREDIT, Decimal("80.00"), valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31)
    )
    build.standard(finance, FeeKind.EXAM, Decimal("50.00"), valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31))
    finance.deliver(CoursesSelected(selections=(early,)))
    assert {bill.selection_id for bill in build.bills_of(finance)} == {good.selection_id}


def test_the_same_selection_in_two_events_is_billed_once(finance: ServiceHarness) -> None:
    selected = build.select_for(finance, build.student(finance))
    finance.deliver(CoursesSelected(selections=(selected,)), CoursesSelected(selections=(selected,)))
    assert len(build.bills_of(finance)) == 2


def test_an_unknown_student_is_waited_for(finance: ServiceHarness) -> None:
    stranger = a(StudentItem)
    finance.hear(finance.envelope(CoursesSelected(selections=(build.selection(stranger),))))
    (waiting,) = finance.parked()
    assert (waiting.state, waiting.code) == ("waiting", "student_unknown")
    finance.hear(finance.envelope(StudentState(items=(stranger,))))
    finance.clock.advance(timedelta(minutes=1))
    finance.inbox.retry_waiting()
    finance.expect_nothing_parked()
    assert len(build.bills_of(finance)) == 2


def test_a_resit_gets_one_exam_bill(finance: ServiceHarness) -> None:
    student = build.student(finance)
    resit = a(RegisteredResit, student_id=student.id)
    finance.deliver(ResitsRegistered(resits=(resit,)))
    (bill,) = build.bills_of(finance)
    assert (bill.registration_id, bill.kind, bill.amount) == (resit.registration_id, FeeKind.EXAM, build.EXAM_FEE)


def test_unpaid_bills_are_cancelled_and_their_postings_reversed(finance: ServiceHarness) -> None:
    selected = build.select_for(finance, build.student(finance))
    finance.deliver(close(selected, attempt=3))
    assert build.statuses(finance) == {"cancelled"}
    (answer,) = finance.published(BillsCancelled)
    assert [(row.source, row.attempt) for row in answer.cancelled] == [(of_selection(selected.selection_id), 3)]
    assert build.check(finance).clean


def test_a_cancellation_that_comes_first_leaves_no_bill_afterwards(finance: ServiceHarness) -> None:
    selected = build.selection(build.student(finance))
    finance.deliver(close(selected))
    finance.deliver(CoursesSelected(selections=(selected,)))
    assert build.bills_of(finance) == ()
    assert len(finance.published(BillsCancelled)) == 1


def test_a_second_asking_is_answered_like_the_first(finance: ServiceHarness) -> None:
    selected = build.select_for(finance, build.student(finance))
    finance.deliver(close(selected, attempt=1))
    finance.deliver(close(selected, attempt=2))
    assert [row.attempt for event in finance.published(BillsCancelled) for row in event.cancelled] == [1, 2]


def test_bills_on_a_slip_are_not_cancelled(finance: ServiceHarness) -> None:
    student = build.student(finance)
    selected = build.select_for(finance, student)
    build.slip(finance, [build.bills_of(finance)[0].id], people.of_point(student.teaching_point_id))
    finance.deliver(close(selected))
    (refusal,) = finance.published(BillCancellationRefused)
    assert refusal.refused[0].code == "payment_in_review"
    assert refusal.refused[0].ask_again_at is not None
    assert build.statuses(finance) == {"remitting"}


def test_paid_bills_are_not_cancelled_and_nobody_need_ask_again(finance: ServiceHarness) -> None:
    student = build.student(finance)
    selected = build.select_for(finance, student)
    build.pay(finance, student)
    finance.deliver(close(selected))
    (refusal,) = finance.published(BillCancellationRefused)
    assert (refusal.refused[0].code, refusal.refused[0].ask_again_at) == ("already_paid", None)


def test_five_thousand_selections_in_ten_messages_are_billed_in_one_go(finance: ServiceHarness) -> None:
    point = new_id()
    students = [a(StudentItem, teaching_point_id=point) for _ in range(500)]
    finance.feed(StudentState, *students)
    rows = [build.selection(student) for student in students for _ in range(10)]
    events = [CoursesSelected(selections=tuple(rows[start : start + 500])) for start in range(0, 5000, 500)]
    finance.deliver(*events)
    assert build.bills_of(finance, teaching_point_id=point)
    told = [item for state in finance.published(BillState) for item in state.items]
    assert len({item.id for item in told}) == 10_000
    assert build.check(finance).clean


def test_bills_come_with_their_students_cohort_and_ask_no_trigger_for_it(finance: ServiceHarness) -> None:
    with finance.owner_connection() as connection:
        connection.exec_driver_sql("ALTER TABLE bills DISABLE TRIGGER take_group")
        build.select_for(finance, build.student(finance))
        connection.exec_driver_sql("ALTER TABLE bills ENABLE TRIGGER take_group")
        theirs = connection.exec_driver_sql(
            "SELECT bool_and(b.cohort_id = s.cohort_id AND b.cohort_id > 0)"
            " FROM bills b JOIN students s ON s.id = b.student_id"
        )
        assert theirs.scalar()
