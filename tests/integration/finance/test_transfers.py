"""A transfer waits for payments under way, lets no new one begin, and takes unpaid bills along."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.errors import ServiceError
from contracts.finance.commands import BookLateRemittance, CreateRemittance, RevokeRemittance
from contracts.finance.events import TransferCleared, TransferHeld
from contracts.finance.queries import GetBalance, GetRemittance, ListBills, ListSuspense
from contracts.registry.events import (
    StudentItem,
    StudentState,
    StudentTransferred,
    TransferRequested,
    TransferRevoked,
)
from tests.builders import finance as build
from tests.builders import people
from tests.builders.messages import a
from tests.steps_taken import steps_taken


def wish(student: StudentItem) -> TransferRequested:
    return a(TransferRequested, student_id=student.id, from_teaching_point_id=student.teaching_point_id)


def finish(finance: ServiceHarness, student: StudentItem, wished: TransferRequested) -> StudentTransferred:
    """The registry moves the student."""
    moved = student.model_copy(update={"teaching_point_id": wished.to_teaching_point_id, "version": 2})
    finance.feed(StudentState, moved)
    done = a(
        StudentTransferred,
        change_id=wished.change_id,
        student_id=student.id,
        from_teaching_point_id=wished.from_teaching_point_id,
        to_teaching_point_id=wished.to_teaching_point_id,
    )
    finance.deliver(done)
    return done


def first_bill(finance: ServiceHarness, student: StudentItem) -> CreateRemittance:
    bill, *_ = build.bills_of(finance, student_id=student.id, status="unpaid")
    return CreateRemittance(bill_ids=(bill.id,), payer_name="教学点", remitted_on=date(2026, 9, 15))


def test_a_student_without_a_payment_under_way_may_go(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    finance.deliver(wish(student))
    assert len(finance.published(TransferCleared)) == 1
    assert finance.published(TransferHeld) == []


def test_unpaid_bills_go_along_with_what_is_owed(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    build.pay(finance, student)
    build.select_for(finance, student)
    wished = wish(student)
    finance.deliver(wished)
    finish(finance, student, wished)
    old, new = student.teaching_point_id, wished.to_teaching_point_id
    assert build.statuses(finance, teaching_point_id=old) == {"paid"}
    assert build.statuses(finance, teaching_point_id=new) == {"unpaid"}
    assert finance.ask(GetBalance(teaching_point_id=old), build.READER).receivable == 0
    assert finance.ask(GetBalance(teaching_point_id=new), build.READER).receivable == 460
    assert build.check(finance).clean
    shown = finance.ask(ListBills(), people.of_point(old)).items
    assert {bill.student_number for bill in shown} == {student.student_number}


def test_a_transfer_waits_for_the_slip_and_goes_on_when_it_is_decided(
    finance: ServiceHarness, student: StudentItem
) -> None:
    build.select_for(finance, student)
    staff = people.of_point(student.teaching_point_id)
    slip = finance.run(first_bill(finance, student), staff)
    finance.deliver(wish(student))
    assert [event.bill_count for event in finance.published(TransferHeld)] == [2]
    assert finance.published(TransferCleared) == []
    finance.run(build.approval(slip), build.REVIEWER)
    assert len(finance.published(TransferCleared)) == 1


def test_no_payment_begins_during_a_transfer(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    wished = wish(student)
    finance.deliver(wished)
    staff = people.of_point(student.teaching_point_id)
    error = finance.refusal(first_bill(finance, student), staff)
    assert (error.code, error.params) == ("student_in_transfer", {"count": 2})
    finance.deliver(TransferRevoked(change_id=wished.change_id, student_id=student.id))
    assert finance.run(first_bill(finance, student), staff).bill_count == 2


def test_a_revocation_that_comes_first_makes_the_request_void(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    wished = wish(student)
    finance.deliver(TransferRevoked(change_id=wished.change_id, student_id=student.id))
    finance.deliver(wished)
    assert finance.published(TransferCleared) == []
    assert finance.run(first_bill(finance, student), people.of_point(student.teaching_point_id)).bill_count == 2


def test_a_transfer_takes_each_step_once_and_what_is_told_late_changes_nothing(
    finance: ServiceHarness, student: StudentItem
) -> None:
    build.select_for(finance, student)
    wished, revoked = wish(student), wish(student)
    finance.deliver(wished)
    finance.deliver(TransferRevoked(change_id=revoked.change_id, student_id=student.id), revoked)
    done = finish(finance, student, wished)
    for late in (wished, TransferRevoked(change_id=wished.change_id, student_id=student.id), done):
        finance.deliver(late)
    assert steps_taken(finance, wished.change_id) == [
        ("request", "waiting"),
        ("clear", "cleared"),
        ("finish", "done"),
    ]
    assert steps_taken(finance, revoked.change_id) == [("revoke", "revoked")]
    assert len(finance.published(TransferCleared)) == 1


def test_a_student_who_has_gone_before_finance_heard_of_it_is_not_in_transfer(
    finance: ServiceHarness, student: StudentItem
) -> None:
    """After a restore, finance may hear of the end alone: the wish that follows opens nothing."""
    build.select_for(finance, student)
    wished = wish(student)
    finish(finance, student, wished)
    finance.deliver(wished)
    assert steps_taken(finance, wished.change_id) == [("finish", "done")]
    new_point = people.of_point(wished.to_teaching_point_id)
    assert finance.run(first_bill(finance, student), new_point).bill_count == 2


def test_a_selection_billed_after_the_transfer_goes_to_the_new_point(
    finance: ServiceHarness, student: StudentItem
) -> None:
    wished = wish(student)
    finance.deliver(wished)
    finish(finance, student, wished)
    build.select_for(finance, student)
    assert {bill.teaching_point_id for bill in build.bills_of(finance)} == {wished.to_teaching_point_id}


def test_the_new_point_is_waited_for(finance: ServiceHarness, student: StudentItem) -> None:
    done = a(StudentTransferred, student_id=student.id, student_version=2)
    finance.hear(finance.envelope(done))
    assert [(row.state, row.code) for row in finance.parked()] == [("waiting", "student_not_current")]


def test_late_money_of_the_old_point_for_a_moved_bill_goes_back_to_it(
    finance: ServiceHarness, student: StudentItem
) -> None:
    build.select_for(finance, student)
    staff = people.of_point(student.teaching_point_id)
    slip = finance.run(first_bill(finance, student), staff)
    finance.run(RevokeRemittance(remittance_id=slip.id, version=slip.version), staff)
    wished = wish(student)
    finance.deliver(wished)
    finish(finance, student, wished)
    version = finance.ask(GetRemittance(remittance_id=slip.id), build.REVIEWER).version
    finance.run(
        BookLateRemittance(
            remittance_id=slip.id,
            version=version,
            received_amount=slip.amount,
            received_on=date(2026, 9, 30),
            bank_reference="202609300001",
        ),
        build.REVIEWER,
    )
    items = finance.ask(ListSuspense(), build.CASHIER).items
    assert {(item.reason, item.teaching_point_id) for item in items} == {("bill_moved", student.teaching_point_id)}
    assert [item.refusal and item.refusal.code for item in items] == ["bill_moved"] * 2
    assert build.statuses(finance) == {"unpaid"}
    assert build.check(finance).clean


def test_two_slips_decided_at_once_clear_the_waiting_transfer_once(finance: ServiceHarness) -> None:
    for _ in range(5):
        student = build.student(finance, new_id())
        staff = people.of_point(student.teaching_point_id)
        slips = []
        for _ in range(2):
            build.select_for(finance, student)
            slips.append(finance.run(first_bill(finance, student), staff))
        finance.deliver(wish(student))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda slip: finance.run(build.approval(slip), build.REVIEWER), slips))
    assert len(finance.published(TransferHeld)) == len(finance.published(TransferCleared)) == 5


def test_remitting_and_asking_for_a_transfer_at_once_never_overlook_each_other(finance: ServiceHarness) -> None:
    for _ in range(8):
        student = build.student(finance, new_id())
        build.select_for(finance, student)
        command, staff = first_bill(finance, student), people.of_point(student.teaching_point_id)
        held, cleared = len(finance.published(TransferHeld)), len(finance.published(TransferCleared))

        def remit(command: CreateRemittance = command, staff: object = staff) -> bool:
            try:
                finance.run(command, staff)  # type: ignore[arg-type]
            except ServiceError as error:
                return error.code != "student_in_transfer"
            return True

        with ThreadPoolExecutor(2) as pool:
            remitted = pool.submit(remit)
            pool.submit(finance.deliver, wish(student)).result()
        assert len(finance.published(TransferHeld)) - held == remitted.result()
        assert len(finance.published(TransferCleared)) - cleared == (not remitted.result())
