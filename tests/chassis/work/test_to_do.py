"""What waits for somebody is counted by the rule that lets them take the step, among the rows that they reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from chassis.base.context import Context, Scope
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness, acting
from contracts.common import of_service
from contracts.settings import ChangeSetting
from contracts.to_do import GetToDo, ToDoItem
from tests.chassis.work.bureau import Bureau
from tests.chassis.work.test_notices import enter
from tests.harnesses import HarnessOf

HERE, THERE, COURSE = UUID(int=2), UUID(int=3), UUID(int=5)
SCHOOL = Scope("school")
ALL = {"bureau.decide": SCHOOL, "bureau.confirm": SCHOOL, "bureau.pay": SCHOOL, "bureau.ask": SCHOOL}


@pytest.fixture
def bureau(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Bureau)


def holding(held: dict[str, Scope] | None, **who: Any) -> Context:
    """Somebody as the gateway asks for them: on their own account, with what they hold."""
    me = new_id()
    return replace(acting(**{"user_id": me, "scope": "own", "ids": [me], **who}), held=held)


def items(harness: ServiceHarness, who: Context) -> list[ToDoItem]:
    found: list[ToDoItem] = list(harness.ask(of_service(harness.service.name, GetToDo)(), who).items)
    return found


def counts(harness: ServiceHarness, who: Context) -> dict[str, int]:
    return {item.state: item.count for item in items(harness, who)}


def test_rows_are_counted_in_the_states_in_which_somebody_decides(bureau: ServiceHarness) -> None:
    for state, number in (("pending", 3), ("seen", 2), ("approved", 1), ("rejected", 4), ("paid", 5)):
        enter(bureau, number, state=state)
    assert counts(bureau, holding(ALL)) == {"pending": 3, "seen": 2, "approved": 1}


def test_only_steps_whose_permission_is_held_are_waited_for(bureau: ServiceHarness) -> None:
    enter(bureau, 2)
    enter(bureau, state="approved")
    assert counts(bureau, holding({"bureau.pay": SCHOOL})) == {"approved": 1}
    assert counts(bureau, holding({"bureau.ask": SCHOOL})) == {}
    assert counts(bureau, holding(None)) == {}


def test_what_nobody_waits_for_is_told_to_who_could_act_all_the_same(bureau: ServiceHarness) -> None:
    assert counts(bureau, holding(ALL)) == {"pending": 0, "seen": 0, "approved": 0}


def test_what_somebody_entered_or_decided_before_does_not_wait_for_them(bureau: ServiceHarness) -> None:
    me = holding(ALL)
    enter(bureau, 2)
    enter(bureau, entered_by=me.actor.user_id)
    enter(bureau, entered_by=None)
    enter(bureau, state="seen")
    (item,) = (item for item in items(bureau, me) if item.state == "pending")
    assert (item.count, item.actions) == (3, ("approve", "reject"))
    assert counts(bureau, holding(ALL))["pending"] == 4


def test_where_one_step_is_still_open_to_them_the_row_waits(bureau: ServiceHarness) -> None:
    """Who decided first may not approve in the second place, but may hush."""
    me = holding({"bureau.confirm": SCHOOL})
    enter(bureau, state="seen", first_by=me.actor.user_id)
    assert counts(bureau, me) == {"seen": 1}
    mine = holding({"bureau.confirm": SCHOOL})
    enter(bureau, state="seen", first_by=mine.actor.user_id, entered_by=mine.actor.user_id)
    assert counts(bureau, mine) == {"seen": 1}, "the other one alone"


def test_a_row_waits_for_the_steps_that_are_for_it_alone(bureau: ServiceHarness) -> None:
    for number in ("1", "2", "3", None):
        enter(bureau, state="ended", number=number)
    assert counts(bureau, holding({"bureau.file": SCHOOL})) == {"ended": 2}


def test_what_only_the_applicant_may_do_waits_for_them_alone(bureau: ServiceHarness) -> None:
    me = holding({"bureau.answer": SCHOOL})
    enter(bureau, state="hushed", entered_by=me.actor.user_id)
    enter(bureau, 2, state="hushed")
    assert counts(bureau, me) == {"hushed": 1}


def test_each_permission_reaches_the_rows_of_its_own_scope(bureau: ServiceHarness) -> None:
    enter(bureau, 2)
    enter(bureau, teaching_point_id=THERE)
    enter(bureau, 3, state="approved", teaching_point_id=THERE, course_id=COURSE)
    enter(bureau, state="approved")
    here, course = Scope("point", (HERE,)), Scope("course", (COURSE,))
    assert counts(bureau, holding({"bureau.decide": here})) == {"pending": 2}
    assert counts(bureau, holding({"bureau.decide": here, "bureau.pay": course})) == {"pending": 2, "approved": 3}
    assert counts(bureau, holding({"bureau.decide": Scope("student", (HERE,))})) == {"pending": 0}


def test_afterwards_the_actor_sees_what_they_saw_before(bureau: ServiceHarness) -> None:
    enter(bureau)

    def seen(uow: Any) -> list[int]:
        count = "SELECT count(*) FROM petitions"
        before = uow.connection.exec_driver_sql(count).scalar()
        with uow.within(SCHOOL):
            inside = uow.connection.exec_driver_sql(count).scalar()
        with uow.as_system(), uow.within(Scope("point", (THERE,))):
            elsewhere = uow.connection.exec_driver_sql(count).scalar()
        return [before, inside, elsewhere, uow.connection.exec_driver_sql(count).scalar()]

    assert bureau.database.run(acting(scope="point", teaching_point_id=THERE), seen) == [0, 1, 0, 0]
    assert bureau.database.run(acting(scope="point", teaching_point_id=HERE), seen) == [1, 1, 0, 1]


def test_a_step_that_the_school_has_switched_is_waited_for_as_it_is_now(bureau: ServiceHarness) -> None:
    """By either of the two lines: the action is there with the switch on and off."""
    enter(bureau)
    change = of_service("bureau", ChangeSetting)
    bureau.run(change(name="short", value=True, version=1, reason="从简"))
    (item,) = items(bureau, holding({"bureau.decide": SCHOOL}))
    assert (item.actions, item.count) == (("approve", "reject"), 1)


def test_a_line_says_what_it_is_and_where_it_is_listed(bureau: ServiceHarness) -> None:
    enter(bureau)
    (item,) = items(bureau, holding({"bureau.decide": SCHOOL}))
    assert item.model_dump() == {
        "service": "bureau",
        "workflow": "petition",
        "state": "pending",
        "title": "petition：pending",
        "actions": ("approve", "reject"),
        "count": 1,
        "listed_by": "list_petitions",
        "filters": {"state": "pending"},
    }


def test_one_statement_counts_a_workflow_for_each_scope(bureau: ServiceHarness) -> None:
    enter(bureau)
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(bureau.database.engine, "before_cursor_execute", note)
    try:
        counts(bureau, holding(ALL))
    finally:
        event.remove(bureau.database.engine, "before_cursor_execute", note)
    assert sum("FROM petitions" in statement for statement in statements) == 1
