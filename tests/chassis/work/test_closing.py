"""Unpaid rows that are to end: asked about, kept on refusal, asked about again when it is time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, ForeignKey, Row, Table, Text, Uuid, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.columns import id_column, instant, stamps
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table, service_metadata
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Service
from chassis.messages.copies import locked
from chassis.testing.harness import ServiceHarness
from chassis.work import reasons
from chassis.work.closing import Closing, closing_columns
from chassis.work.workflow import FOLLOWS, Step, Workflow
from contracts.base import MAX_EVENT_ROWS, Contract, Fact
from contracts.common import ClosingReason as Reason
from tests.harnesses import HarnessOf

metadata = service_metadata("counter")
rounds = Table("rounds", metadata, id_column(), instant("deadline"))
scope(rounds, read_by_all=True)
orders = Table(
    "orders",
    metadata,
    id_column(),
    Column("round_id", Uuid, ForeignKey("rounds.id"), nullable=False),
    Column("student_id", Uuid, nullable=False),
    Column("state", Text, nullable=False),
    *closing_columns(),
    *stamps(),
)
scope(orders, read_by_all=True)
students = copy_table("students", metadata, Column("status", Text, nullable=False))
scope(students, read_by_all=True)


class ClosingOrder(Contract):
    order_id: UUID
    attempt: int
    reason: str


class OrdersClosing(Fact, owner="counter", version=1, rows="orders", unheard=True):
    orders: tuple[ClosingOrder, ...]


ORDER = Workflow(
    "order",
    "pending_payment",
    (
        Step("pending_payment", "cancel", FOLLOWS, "closing", OrdersClosing),
        Step("pending_payment", "close", FOLLOWS, "closing", OrdersClosing),
        Step("closing", "stand", FOLLOWS, "pending_payment"),
        Step("pending_payment", "pay", FOLLOWS, "paid"),
    ),
)
CLOSING = Closing(
    ORDER,
    orders,
    OrdersClosing,
    lambda id_, attempt, reason: ClosingOrder(order_id=id_, attempt=attempt, reason=reason),
)


class Counter(Service):
    name = "counter"
    metadata = metadata


class Shop:
    """Orders of one round, and finance's side of what is asked."""

    def __init__(self, harness: ServiceHarness) -> None:
        self.harness = harness
        self.round_id, self.student_id = new_id(), new_id()
        self.deadline = harness.clock.now() + timedelta(days=1)
        self.write(insert(rounds).values(id=self.round_id, deadline=self.deadline))

    def run(self, work: Callable[[UnitOfWork], Any]) -> Any:
        return self.harness.database.run(system_context(), work)

    def write(self, statement: Any) -> None:
        self.run(lambda uow: uow.execute(statement))

    def order(self, state: str = "pending_payment", **columns: Any) -> UUID:
        id_ = new_id()
        row = {"id": id_, "round_id": self.round_id, "student_id": self.student_id, "state": state, **columns}
        self.write(insert(orders).values(row))
        return id_

    def ask(self, *ids: UUID, action: str = "cancel", reason: Reason = Reason.CANCELLED, **more: Any) -> Any:
        return self.run(lambda uow: CLOSING.ask(uow, ids, action, reason, **more))

    def ask_due(self) -> int:
        count: int = self.run(lambda uow: CLOSING.ask_due(uow, rounds.c.deadline, rounds.c.id == orders.c.round_id))
        return count

    def refuse(self, id_: UUID, attempt: int, again: timedelta | None, status: str = "suspended") -> None:
        at = None if again is None else self.harness.clock.now() + again
        answers: dict[tuple[UUID, int], datetime | None] = {(id_, attempt): at}
        student = insert(students).values(
            id=self.student_id, version=1, seen_at=self.harness.clock.now(), status=status
        )

        def hear(uow: UnitOfWork) -> None:
            uow.execute(student.on_conflict_do_nothing())
            CLOSING.let_stand(uow, answers, locked(uow, students, CLOSING.students_of(uow, [id_])))

        self.run(hear)

    def now(self, id_: UUID) -> Row[Any]:
        [row] = self.harness.rows(select(orders).where(orders.c.id == id_))
        return row

    @property
    def asked(self) -> list[tuple[UUID, int, str]]:
        events = self.harness.published(OrdersClosing)
        return [(row.order_id, row.attempt, row.reason) for event in events for row in event.orders]


@pytest.fixture
def shop(built_of: HarnessOf) -> Shop:
    return Shop(built_of(Counter))


def test_each_row_that_may_go_is_asked_about_and_the_others_say_why_not(shop: Shop) -> None:
    good, paid, refused, unknown = shop.order(), shop.order("paid"), shop.order(), new_id()
    taken = shop.ask(good, paid, refused, unknown, against={refused: reasons.Reason("payment_in_review")})
    assert taken.ids == [good]
    assert {id_: each.reason.code for id_, each in taken.refused.items()} == {
        unknown: "not_found",
        paid: "step_not_allowed",
        refused: "payment_in_review",
    }
    assert shop.asked == [(good, 1, "cancelled")]
    assert (shop.now(good).state, shop.now(good).closing_attempt, shop.now(good).closing_reason) == (
        "closing",
        1,
        "cancelled",
    )


def test_what_people_wished_is_forgotten_when_the_bill_stands_and_may_be_wished_again(shop: Shop) -> None:
    id_ = shop.order()
    shop.ask(id_)
    shop.refuse(id_, 1, timedelta(hours=1))
    row = shop.now(id_)
    assert (row.state, row.closing_reason, row.ask_again_at) == ("pending_payment", None, None)
    shop.ask(id_)
    assert shop.asked == [(id_, 1, "cancelled"), (id_, 2, "cancelled")]


def test_any_other_reason_stays_and_is_asked_about_again_when_finance_said(shop: Shop) -> None:
    id_ = shop.order()
    shop.ask(id_, action="close", reason=Reason.STUDENT_LEFT)
    shop.refuse(id_, 1, timedelta(hours=1))
    assert shop.ask_due() == 0
    shop.harness.clock.advance(timedelta(hours=1))
    assert shop.ask_due() == 1, "before the deadline too"
    assert shop.asked == [(id_, 1, "student_left"), (id_, 2, "student_left")]


def test_a_reason_that_is_over_by_the_time_of_the_refusal_is_forgotten(shop: Shop) -> None:
    id_ = shop.order()
    shop.ask(id_, action="close", reason=Reason.STUDENT_SUSPENDED)
    shop.refuse(id_, 1, timedelta(hours=1), status="active")
    assert (shop.now(id_).state, shop.now(id_).closing_reason) == ("pending_payment", None)
    shop.harness.clock.advance(timedelta(hours=2))
    assert shop.ask_due() == 0


def test_what_is_paid_already_is_not_asked_about_again(shop: Shop) -> None:
    id_ = shop.order()
    shop.harness.clock.set(shop.deadline)
    assert shop.ask_due() == 1
    shop.refuse(id_, 1, None)
    assert (shop.now(id_).state, shop.now(id_).closing_reason) == ("pending_payment", "lapsed")
    shop.harness.clock.advance(timedelta(days=30))
    assert shop.ask_due() == 0


@pytest.mark.parametrize("attempt", [1, 3])
def test_an_answer_to_another_asking_is_left_alone(shop: Shop, attempt: int) -> None:
    id_ = shop.order()
    shop.ask(id_)
    shop.refuse(id_, 1, timedelta(hours=1))
    shop.ask(id_)
    before = shop.now(id_)
    shop.refuse(id_, attempt, timedelta(hours=1))
    assert shop.now(id_) == before


def test_a_refusal_that_a_payment_has_overtaken_is_left_alone(shop: Shop) -> None:
    id_ = shop.order()
    shop.ask(id_)
    shop.write(update(orders).values(state="paid"))
    shop.refuse(id_, 1, timedelta(hours=1))
    assert shop.now(id_).state == "paid"


def test_what_lapses_waits_for_the_deadline_wherever_it_is_moved(shop: Shop) -> None:
    id_, paid = shop.order(), shop.order("paid")
    assert shop.ask_due() == 0
    shop.harness.clock.set(shop.deadline)
    assert shop.ask_due() == 1
    assert shop.asked == [(id_, 1, "lapsed")]
    shop.refuse(id_, 1, timedelta(hours=1))
    later = shop.deadline + timedelta(days=2)
    shop.write(update(rounds).values(deadline=later))
    shop.harness.clock.advance(timedelta(hours=2))
    assert shop.ask_due() == 0
    shop.harness.clock.set(later)
    assert shop.ask_due() == 1
    assert shop.asked[1:] == [(id_, 2, "lapsed")]
    assert shop.now(paid).closing_attempt == 0


def test_what_is_more_than_one_event_holds_lapses_in_several_goes_of_all_rounds_that_are_over(shop: Shop) -> None:
    others = new_id()
    shop.write(insert(rounds).values(id=others, deadline=shop.deadline + timedelta(days=1)))
    for _ in range(MAX_EVENT_ROWS // 2):
        shop.order(), shop.order(round_id=others)
    shop.order()
    shop.harness.clock.advance(timedelta(days=1))
    assert [shop.ask_due(), shop.ask_due()] == [MAX_EVENT_ROWS // 2 + 1, 0]
    shop.order()
    shop.harness.clock.advance(timedelta(days=1))
    for _ in range(MAX_EVENT_ROWS // 2):
        shop.order()
    assert [shop.ask_due(), shop.ask_due(), shop.ask_due()] == [MAX_EVENT_ROWS, 1, 0]
    assert len({id_ for id_, _, _ in shop.asked}) == len(shop.asked) == 3 * (MAX_EVENT_ROWS // 2) + 2


def test_all_that_is_unpaid_of_a_student_is_asked_about_and_what_is_closing_takes_over_the_reason(shop: Shop) -> None:
    unpaid, wished, paid = shop.order(), shop.order(), shop.order("paid")
    same = shop.order(closing_reason="student_left", ask_again_at=shop.deadline)
    others = shop.order(student_id=new_id())
    shop.ask(wished)
    shop.run(lambda uow: CLOSING.close_of(uow, [shop.student_id], Reason.STUDENT_LEFT))
    assert shop.asked == [(wished, 1, "cancelled"), (unpaid, 1, "student_left")]
    assert [(shop.now(id_).state, shop.now(id_).closing_reason) for id_ in (unpaid, wished, paid, same, others)] == [
        ("closing", "student_left"),
        ("closing", "student_left"),
        ("paid", None),
        ("pending_payment", "student_left"),  # was asked about for this reason, and waits for the time that was named
        ("pending_payment", None),
    ]
    shop.refuse(wished, 1, timedelta(hours=1))
    assert shop.now(wished).closing_reason == "student_left", "it is no wish any more"


def test_who_is_back_may_pay_what_was_to_end_for_the_suspension_alone(shop: Shop) -> None:
    again = {"ask_again_at": shop.deadline}
    suspended = shop.order(closing_reason="student_suspended", **again)
    lapsing = shop.order(closing_reason="lapsed", **again)
    asked = shop.order("closing", closing_reason="student_suspended")
    others = shop.order(student_id=new_id(), closing_reason="student_suspended")
    shop.run(lambda uow: CLOSING.resume(uow, [shop.student_id]))
    assert (shop.now(suspended).closing_reason, shop.now(suspended).ask_again_at) == (None, None)
    assert [shop.now(id_).closing_reason for id_ in (lapsing, asked, others)] == [
        "lapsed",
        "student_suspended",
        "student_suspended",
    ]
