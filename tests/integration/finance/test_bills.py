"""The list from which bills are chosen (FIN-3): by what they are, and by whose student."""

from collections.abc import Callable
from typing import Any

import pytest

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.courses.events import CourseItem, CourseState
from contracts.finance.commands import RevokeRemittance
from contracts.finance.queries import GetBill, ListBills
from contracts.registry.events import StudentItem
from contracts.types import Level
from services.finance.service import Finance
from tests.builders import finance as build
from tests.builders import people
from tests.builders.messages import a

POINT = new_id()
COURSE = new_id()


@pytest.fixture
def finance(harness_of: Callable[..., ServiceHarness]) -> ServiceHarness:
    harness = harness_of(Finance)
    build.standards(harness)
    harness.feed(CourseState, a(CourseItem, id=COURSE, name="数据结构"))
    return harness


@pytest.fixture
def wanted(finance: ServiceHarness) -> StudentItem:
    """A student unlike the other one, who has the same bills."""
    wanted = build.student(
        finance,
        POINT,
        name="李小雨",
        student_number="99000000000001",
        intake="202603",
        level=Level.BACHELOR,
        student_type="成人教育",
        major_code="120203",
        schooling_length="5",
    )
    build.select_for(finance, wanted, course_id=COURSE)
    build.select_for(finance, build.student(finance, student_number="10000000000001"))
    return wanted


@pytest.mark.parametrize(
    "wish",
    [
        {"teaching_point_id": POINT},
        {"course_id": COURSE},
        {"intake": "202603"},
        {"level": "bachelor"},
        {"student_type": "成人教育"},
        {"major_code": "120203"},
        {"schooling_length": "5"},
        {"search": "小雨"},
        {"search": "99000000000001"},
        {"intake": "202603", "status": "unpaid"},
    ],
    ids=",".join,
)
def test_a_filter_shows_what_fits_and_nothing_else(
    finance: ServiceHarness, wanted: StudentItem, wish: dict[str, Any]
) -> None:
    page = finance.ask(ListBills(**wish), build.READER)
    assert (page.total, {bill.student_id for bill in page.items}) == (2, {wanted.id})


@pytest.mark.parametrize(
    "wish", [{"intake": "202509"}, {"status": "paid"}, {"search": "%"}, {"remittance_id": new_id()}]
)
def test_a_filter_that_fits_nothing_shows_nothing(
    finance: ServiceHarness, wanted: StudentItem, wish: dict[str, Any]
) -> None:
    assert finance.ask(ListBills(**wish), build.READER).total == 0


def test_a_bill_is_found_by_its_number_and_shows_its_course(finance: ServiceHarness, wanted: StudentItem) -> None:
    bill, *_ = build.bills_of(finance, student_id=wanted.id)
    (found,) = finance.ask(ListBills(search=bill.number), build.READER).items
    assert (found.id, found.course_name, found.level) == (bill.id, "数据结构", Level.BACHELOR)


def test_bills_are_found_by_the_beginning_of_their_numbers_or_of_the_students_and_by_no_middle(
    finance: ServiceHarness, wanted: StudentItem
) -> None:
    bill, *_ = build.bills_of(finance, student_id=wanted.id)

    def found(text: str) -> set[Any]:
        return {each.id for each in finance.ask(ListBills(search=text), build.READER).items}

    every = {each.id for each in finance.ask(ListBills(), build.READER).items}
    assert found("JF") == found("jf0") == every
    assert found(bill.number.lower()) == {bill.id}
    assert found(bill.number.removeprefix("JF")) == found(wanted.student_number[1:]) == set()
    assert found(wanted.student_number[:3]) == {each.id for each in build.bills_of(finance, student_id=wanted.id)}


@pytest.mark.parametrize(("sort", "first"), [("student_number", "1000"), ("-student_number", "9900")])
def test_bills_can_be_sorted_by_student(finance: ServiceHarness, wanted: StudentItem, sort: str, first: str) -> None:
    items = finance.ask(ListBills(sort=sort), build.READER).items
    assert items[0].student_number is not None
    assert items[0].student_number.startswith(first)


def test_bills_of_a_slip_are_found_also_when_they_left_it(finance: ServiceHarness, wanted: StudentItem) -> None:
    staff = people.of_point(POINT)
    slip = build.slip(finance, [build.bills_of(finance, student_id=wanted.id)[0].id], staff)
    finance.run(RevokeRemittance(remittance_id=slip.id, version=slip.version), staff)
    assert finance.ask(ListBills(remittance_id=slip.id), build.READER).total == 2


def test_a_bill_tells_its_history(finance: ServiceHarness, wanted: StudentItem) -> None:
    build.pay(finance, wanted)
    bill, *_ = build.bills_of(finance, student_id=wanted.id)
    history = finance.ask(GetBill(bill_id=bill.id), build.READER).history
    assert [(step.action, step.from_state, step.to_state) for step in history] == [
        ("issue", None, "unpaid"),
        ("remit", "unpaid", "remitting"),
        ("settle", "remitting", "paid"),
    ]
