"""Slips: bills are paid together, by one open payment each, and every race has one winner."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest

from chassis.base.ids import new_id
from chassis.papers.file_kinds import FileKind
from chassis.papers.store import FileStore
from chassis.testing.harness import ServiceHarness, acting
from contracts.common import ClosingReason, of_service
from contracts.courses.events import ClosingSelection, SelectedCourse, SelectionsClosing
from contracts.finance.commands import (
    AttachReceipt,
    BookLateRemittance,
    CreateRemittance,
    RejectRemittance,
    RevokeRemittance,
)
from contracts.finance.events import BillCancellationRefused, BillsCancelled, BillsPaid
from contracts.finance.queries import GetBill, GetRemittance, ListBills, ListRefunds, ListRemittances, ListSuspense
from contracts.finance.views import RemittanceDetails
from contracts.registry.events import StudentItem
from contracts.settings import ChangeSetting
from contracts.types import FileReference
from tests.builders import finance as build
from tests.builders import people
from tests.builders.messages import a
from tests.racing import codes, race

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def slip_of(finance: ServiceHarness, student: StudentItem) -> RemittanceDetails:
    """A slip with the first bill of the student, and so with all of its selection."""
    first, *_ = build.bills_of(finance, student_id=student.id, status="unpaid")
    return build.slip(finance, [first.id], people.of_point(student.teaching_point_id))


def revoke(slip: RemittanceDetails) -> RevokeRemittance:
    return RevokeRemittance(remittance_id=slip.id, version=slip.version)


def reject(slip: RemittanceDetails) -> RejectRemittance:
    return RejectRemittance(remittance_id=slip.id, version=slip.version, note="没有到账")


def book_late(finance: ServiceHarness, slip: RemittanceDetails) -> BookLateRemittance:
    now = finance.ask(GetRemittance(remittance_id=slip.id), build.REVIEWER)
    return BookLateRemittance(
        remittance_id=slip.id,
        version=now.version,
        received_amount=slip.amount,
        received_on=build.today(finance),
        bank_reference="202609300009",
    )


def closing(selected: SelectedCourse, reason: ClosingReason = ClosingReason.LAPSED) -> SelectionsClosing:
    return SelectionsClosing(selections=(a(ClosingSelection, selection_id=selected.selection_id, reason=reason),))


def refusals(outcomes: Sequence[Any]) -> list[str]:
    return sorted(code for code in codes(outcomes) if code != "done")


def test_choosing_one_bill_of_a_selection_chooses_all_its_bills(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    build.select_for(finance, student)
    slip = slip_of(finance, student)
    assert (slip.bill_count, slip.amount) == (2, Decimal("460.00"))
    assert {str(bill.status) for bill in slip.bills} == {"remitting"}
    assert [step.action for step in slip.history] == ["create"]
    assert build.statuses(finance) == {"remitting", "unpaid"}


def test_an_approved_slip_pays_its_bills_and_tells_everybody(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    approved = build.pay(finance, student)
    assert str(approved.state) == "approved"
    assert build.statuses(finance) == {"paid"}
    (paid,) = finance.published(BillsPaid)
    assert {(str(b.kind), b.source.id, b.exam_round_id) for b in paid.bills} == {
        ("credit", selected.selection_id, None),
        ("exam", selected.selection_id, selected.exam_round_id),
    }
    assert build.check(finance).clean


def test_an_amount_that_differs_is_refused_and_nothing_is_paid(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    slip = slip_of(finance, student)
    error = finance.refusal(build.approval(slip, received_amount=Decimal("459.99")), build.REVIEWER)
    assert (error.code, error.params) == ("received_amount_differs", {"received": "459.99", "expected": "460.00"})
    assert build.statuses(finance) == {"remitting"}


NOT_TODAY = {date(2199, 12, 31): "money_day_in_future", date(1999, 1, 1): "money_day_too_long_ago"}


@pytest.mark.parametrize(("day", "code"), NOT_TODAY.items())
def test_money_moves_neither_in_the_future_nor_long_ago(
    finance: ServiceHarness, student: StudentItem, day: date, code: str
) -> None:
    build.select_for(finance, student)
    bill, *_ = build.bills_of(finance)
    staff = people.of_point(student.teaching_point_id)
    command = CreateRemittance(bill_ids=(bill.id,), payer_name="教学点", remitted_on=day)
    assert finance.refusal(command, staff).code == code
    slip = slip_of(finance, student)
    assert finance.refusal(build.approval(slip, received_on=day), build.REVIEWER).code == code
    finance.run(reject(slip), build.REVIEWER)
    late = book_late(finance, slip).model_copy(update={"received_on": day})
    assert finance.refusal(late, build.REVIEWER).code == code
    assert build.statuses(finance) == {"unpaid"}


def test_today_is_shanghais_day(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    bill, *_ = build.bills_of(finance)
    today = build.today(finance) + timedelta(days=2)
    finance.clock.set(datetime.combine(today - timedelta(days=1), time(16), UTC))  # it has just begun in Shanghai
    command = CreateRemittance(bill_ids=(bill.id,), payer_name="教学点", remitted_on=today)
    slip = finance.run(command, people.of_point(student.teaching_point_id))
    tomorrow = build.approval(slip, received_on=today + timedelta(days=1))
    assert finance.refusal(tomorrow, build.REVIEWER).params == {"today": today.isoformat()}
    assert finance.run(build.approval(slip), build.REVIEWER).received_on == today


def test_nobody_approves_a_slip_that_they_entered(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    both = new_id()
    bill, _ = build.bills_of(finance)
    slip = build.slip(finance, [bill.id], acting(user_id=both))
    reviewer = acting(user_id=both)
    assert finance.refusal(build.approval(slip), reviewer).code == "decides_own_request"


def test_a_point_may_not_approve(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    slip = slip_of(finance, student)
    staff = acting("finance.remit", scope="point", teaching_point_id=student.teaching_point_id)
    assert finance.refusal(build.approval(slip), staff).code == "forbidden"


def test_a_revoked_slip_frees_its_bills_for_another_one(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    staff = people.of_point(student.teaching_point_id)
    first = slip_of(finance, student)
    finance.run(revoke(first), staff)
    assert build.statuses(finance) == {"unpaid"}
    second = slip_of(finance, student)
    assert second.number != first.number
    assert finance.refusal(revoke(first), staff).code == "step_not_allowed"


def test_a_rejected_slip_gives_some_days_before_the_lapse(finance: ServiceHarness, student: StudentItem) -> None:
    change = of_service("finance", ChangeSetting)(name="grace_days", version=1, value=5, reason="年终银行延迟入账")
    finance.run(change, build.STANDARDS)
    selected = build.select_for(finance, student)
    finance.run(reject(slip_of(finance, student)), build.REVIEWER)
    finance.deliver(closing(selected))
    (refused,) = finance.published(BillCancellationRefused)
    assert refused.refused[0].code == "grace_period_running"
    assert refused.refused[0].ask_again_at == finance.clock.now() + timedelta(days=5)
    finance.clock.advance(timedelta(days=5))
    finance.deliver(closing(selected))
    assert build.statuses(finance) == {"cancelled"}


def test_who_cancels_need_not_wait_for_the_grace_to_end(finance: ServiceHarness, student: StudentItem) -> None:
    selected = build.select_for(finance, student)
    finance.run(reject(slip_of(finance, student)), build.REVIEWER)
    finance.deliver(closing(selected, ClosingReason.CANCELLED))
    assert build.statuses(finance) == {"cancelled"}


def test_late_money_pays_what_is_still_unpaid(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    slip = slip_of(finance, student)
    finance.run(reject(slip), build.REVIEWER)
    booked = finance.run(book_late(finance, slip), build.REVIEWER)
    assert str(booked.state) == "booked_late"
    assert build.statuses(finance) == {"paid"}
    assert build.check(finance).clean


def test_late_money_for_cancelled_bills_goes_to_suspense_and_back(
    finance: ServiceHarness, student: StudentItem
) -> None:
    selected = build.select_for(finance, student)
    slip = slip_of(finance, student)
    finance.run(revoke(slip), people.of_point(student.teaching_point_id))
    finance.deliver(closing(selected))
    finance.run(book_late(finance, slip), build.REVIEWER)
    assert build.statuses(finance) == {"cancelled"}
    assert finance.published(BillsPaid) == []
    items = finance.ask(ListSuspense(), build.CASHIER).items
    assert {(item.reason, str(item.refund_state)) for item in items} == {("bill_cancelled", "pending")}
    refunds = finance.ask(ListRefunds(), build.CASHIER).items
    assert sum(refund.amount for refund in refunds) == slip.amount
    assert {refund.teaching_point_id for refund in refunds} == {student.teaching_point_id}
    assert build.check(finance).clean


def test_late_money_for_bills_on_another_slip_goes_to_suspense(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    first = slip_of(finance, student)
    finance.run(reject(first), build.REVIEWER)
    second = slip_of(finance, student)
    finance.run(book_late(finance, first), build.REVIEWER)
    assert {item.reason for item in finance.ask(ListSuspense(), build.CASHIER).items} == {"bill_in_payment"}
    finance.run(build.approval(second), build.REVIEWER)
    assert build.statuses(finance) == {"paid"}
    assert build.check(finance).clean


def test_bills_of_two_points_do_not_fit_on_one_slip(finance: ServiceHarness) -> None:
    for _ in range(2):
        build.select_for(finance, build.student(finance))
    ids = tuple(bill.id for bill in build.bills_of(finance))
    command = CreateRemittance(bill_ids=ids, payer_name="学校", remitted_on=build.today(finance))
    assert finance.refusal(command, people.of_school()).code == "bills_of_several_points"


def test_bills_that_are_not_unpaid_are_refused_with_their_number(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    slip_of(finance, student)
    ids = tuple(bill.id for bill in build.bills_of(finance))
    command = CreateRemittance(bill_ids=ids, payer_name="教学点", remitted_on=build.today(finance))
    error = finance.refusal(command, people.of_point(student.teaching_point_id))
    assert (error.code, error.params) == ("bills_not_unpaid", {"count": 2})


def test_another_points_bills_and_slips_are_not_there(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    bill, _ = build.bills_of(finance)
    stranger = people.of_point(new_id())
    command = CreateRemittance(bill_ids=(bill.id,), payer_name="教学点", remitted_on=build.today(finance))
    assert finance.refusal(command, stranger).code == "some_not_found"
    assert finance.refusal(GetBill(bill_id=bill.id), stranger).code == "not_found"
    slip = slip_of(finance, student)
    assert finance.refusal(GetRemittance(remittance_id=slip.id), stranger).code == "not_found"
    assert finance.refusal(revoke(slip), stranger).code == "not_found"
    assert finance.ask(ListRemittances(), stranger).total == finance.ask(ListBills(), stranger).total == 0


def test_a_student_sees_the_own_bills_only(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    build.select_for(finance, build.student(finance))
    me = people.in_person(student.id)
    assert {bill.student_id for bill in finance.ask(ListBills(), me).items} == {student.id}


def test_a_slip_edited_meanwhile_is_stale(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    slip = slip_of(finance, student)
    assert finance.refusal(build.approval(slip, version=slip.version + 1), build.REVIEWER).code == "stale_version"


# -- races --


def test_revoking_and_approving_at_once_has_one_winner(finance: ServiceHarness, student: StudentItem) -> None:
    for _ in range(5):
        build.select_for(finance, student)
        slip = slip_of(finance, student)
        staff = people.of_point(student.teaching_point_id)
        outcomes = race(
            lambda slip=slip, staff=staff: finance.run(revoke(slip), staff),
            lambda slip=slip: finance.run(build.approval(slip), build.REVIEWER),
        )
        assert refusals(outcomes) == ["step_not_allowed"]
        build.pay(finance, student) if build.bills_of(finance, status="unpaid") else None
    assert build.statuses(finance) == {"paid"}
    assert build.check(finance).clean


def test_two_people_approving_at_once_pay_once(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    slip = slip_of(finance, student)
    outcomes = race(*[lambda: finance.run(build.approval(slip), build.REVIEWER)] * 4)
    assert refusals(outcomes) == ["step_not_allowed"] * 3
    assert len(finance.published(BillsPaid)) == 1
    assert build.check(finance).clean


def test_two_slips_for_one_bill_at_once_leave_it_on_one(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    staff = people.of_point(student.teaching_point_id)
    credit, exam = (bill.id for bill in build.bills_of(finance))
    outcomes = race(
        lambda: build.slip(finance, [credit], staff),
        lambda: build.slip(finance, [exam], staff),
        lambda: build.slip(finance, [exam, credit], staff),
    )
    assert refusals(outcomes) == ["bills_not_unpaid"] * 2


def test_cancelling_and_remitting_at_once_has_one_winner(finance: ServiceHarness, student: StudentItem) -> None:
    for _ in range(5):
        selected = build.select_for(finance, student)
        ids = [bill.id for bill in build.bills_of(finance, selection_id=selected.selection_id)]
        staff = people.of_point(student.teaching_point_id)
        asked = finance.envelope(closing(selected))
        outcomes = race(
            lambda ids=ids, staff=staff: build.slip(finance, ids, staff),
            lambda asked=asked: finance.hear(asked),
        )
        states = build.statuses(finance, selection_id=selected.selection_id)
        assert states == ({"cancelled"} if refusals(outcomes) else {"remitting"})
    finance.expect_nothing_parked()
    answers = len(finance.published(BillsCancelled)) + len(finance.published(BillCancellationRefused))
    assert answers == 5
    assert build.check(finance).clean


# -- receipts --


def test_a_receipt_is_attached_until_the_slip_is_reviewed(
    finance: ServiceHarness, student: StudentItem, store: FileStore
) -> None:
    build.select_for(finance, student)
    slip, staff = slip_of(finance, student), people.of_point(student.teaching_point_id)
    kinds = (FileKind.PDF,)
    receipt = store.upload(
        BytesIO(PDF), uploader=staff.actor, name="回单.pdf", announced=1000, max_bytes=1000, allowed=kinds
    )
    stolen = AttachReceipt(remittance_id=slip.id, version=slip.version, file=receipt)
    colleague = people.of_point(student.teaching_point_id)
    assert finance.refusal(stolen, colleague).code == "file_missing"
    attached = finance.run(AttachReceipt(remittance_id=slip.id, version=slip.version, file=receipt), staff)
    assert attached.receipt == receipt
    (listed,) = finance.ask(ListRemittances(search="徐州"), staff).items
    assert listed.receipt == receipt
    assert finance.refusal(build.approval(slip), build.REVIEWER).code == "stale_version"
    finance.run(build.approval(attached), build.REVIEWER)
    late = AttachReceipt(remittance_id=slip.id, version=attached.version + 1, file=receipt)
    assert finance.refusal(late, staff).code == "step_not_allowed"


def test_a_receipt_keeps_its_chinese_name_for_the_school_and_does_not_exist_for_another_point(
    finance: ServiceHarness, student: StudentItem, store: FileStore
) -> None:
    build.select_for(finance, student)
    slip, staff = slip_of(finance, student), people.of_point(student.teaching_point_id)
    kinds = (FileKind.PDF,)
    receipt = store.upload(
        BytesIO(PDF), uploader=staff.actor, name="汇款凭证（九月）.pdf", announced=1000, max_bytes=1000, allowed=kinds
    )
    forged = receipt.model_copy(update={"media_type": FileKind.PNG.content_type})
    attach = AttachReceipt(remittance_id=slip.id, version=slip.version, file=forged)
    assert finance.refusal(attach, staff).code == "file_missing"
    finance.run(AttachReceipt(remittance_id=slip.id, version=slip.version, file=receipt), staff)
    seen = finance.ask(GetRemittance(remittance_id=slip.id), build.REVIEWER).receipt
    assert (seen.name, seen.sha256) == ("汇款凭证（九月）.pdf", receipt.sha256)
    stranger = people.of_point(new_id())
    assert finance.refusal(GetRemittance(remittance_id=slip.id), stranger).code == "not_found"


def test_a_receipt_may_have_five_megabytes(finance: ServiceHarness, student: StudentItem) -> None:
    build.select_for(finance, student)
    slip, staff = slip_of(finance, student), people.of_point(student.teaching_point_id)
    huge = FileReference(sha256="0" * 64, name="a.pdf", size=5 * 1024 * 1024 + 1, media_type="application/pdf")
    command = AttachReceipt(remittance_id=slip.id, version=slip.version, file=huge)
    assert finance.refusal(command, staff).code == "file_too_large"
