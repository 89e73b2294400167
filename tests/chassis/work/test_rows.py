"""Rows that a command is about: found, locked in one order, changed with an audit entry, told of one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import ServiceHarness, acting
from chassis.work import rows
from chassis.work.rows import Refused
from contracts.errors import ServiceError
from tests.chassis.work.desk import Desk, requests
from tests.harnesses import HarnessOf

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
SYSTEM = system_context()


@pytest.fixture
def desk(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Desk)


def run(desk: ServiceHarness, work: Callable[[UnitOfWork], Any], context: Context = SYSTEM) -> Any:
    return desk.database.run(context, work)


def code_of(desk: ServiceHarness, work: Callable[[UnitOfWork], Any], context: Context = SYSTEM) -> tuple[str, Any]:
    with pytest.raises(ServiceError) as raised:
        run(desk, work, context)
    return raised.value.code, raised.value.params


def add(desk: ServiceHarness, subject: str, point: UUID = HERE, **columns: Any) -> UUID:
    values = {"teaching_point_id": point, "subject": subject, "status": "open", **columns}
    id_: UUID = run(desk, lambda uow: rows.add(uow, requests, values)).id
    return id_


def audited(desk: ServiceHarness, id_: UUID) -> list[tuple[Any, ...]]:
    audit = desk.table("audit_entries")
    wanted = select(audit).where(audit.c.object_id == id_).order_by(audit.c.at, audit.c.id)
    return [(row.action, row.before, row.after) for row in desk.rows(wanted)]


def test_an_edit_is_audited_with_what_it_changed_alone(desk: ServiceHarness) -> None:
    id_ = add(desk, "a")
    after = run(desk, lambda uow: rows.edit(uow, requests, id_, 1, {"subject": "b", "answer": None, "times": 2}))
    assert (after.subject, after.times, after.version) == ("b", 2, 2)
    entered, edited = audited(desk, id_)
    assert (entered[0], entered[2]["subject"]) == ("add", "a")
    assert edited == ("edit", {"subject": "a", "times": 0}, {"subject": "b", "times": 2})


def test_a_row_that_somebody_changed_or_nobody_sees_is_not_edited(desk: ServiceHarness) -> None:
    id_ = add(desk, "a")
    stranger = acting("desk.enter", scope="point", teaching_point_id=ELSEWHERE)
    assert code_of(desk, lambda uow: rows.edit(uow, requests, id_, 7, {"times": 1}))[0] == "stale_version"
    assert code_of(desk, lambda uow: rows.edit(uow, requests, id_, 1, {"times": 1}), stranger)[0] == "not_found"
    assert run(desk, lambda uow: rows.locked(uow, requests, id_)).times == 0


def test_of_many_rows_those_that_are_seen_and_fit_are_locked(desk: ServiceHarness) -> None:
    mine, done, strange = add(desk, "a"), add(desk, "b"), add(desk, "c", ELSEWHERE)
    run(desk, lambda uow: rows.set_each(uow, requests, {done: {"status": "done"}}))
    here = acting("desk.enter", scope="point", teaching_point_id=HERE)
    fits = requests.c.status == "open"
    asked = [strange, done, mine, new_id()]
    assert list(run(desk, lambda uow: rows.lock(uow, requests, asked, fits), here)) == [mine]
    assert run(desk, lambda uow: rows.lock(uow, requests, [])) == {}


def test_rows_are_locked_in_the_order_of_their_ids_however_they_are_asked_for_and_lie(desk: ServiceHarness) -> None:
    """Two who lock the same rows in orders of their own would wait for each other for ever."""
    ids = [new_id() for _ in range(40)]
    shuffled = ids[::2] + ids[1::2][::-1]
    for id_ in shuffled:
        add(desk, str(id_), id=id_)
    assert list(run(desk, lambda uow: rows.lock(uow, requests, shuffled))) == ids
    assert list(run(desk, lambda uow: rows.lock_where(uow, requests, requests.c.status == "open"))) == ids


def test_each_row_gets_values_of_its_own_nothing_and_long_text_included(desk: ServiceHarness) -> None:
    """A list of values that are all empty has no type of its own, and text that doesn't fit is refused, not cut."""
    first, second, other = (add(desk, subject) for subject in "abc")
    own = {first: {"answer": "yes", "times": 1}, second: {"answer": None, "times": 2}}
    run(desk, lambda uow: rows.set_each(uow, requests, own))
    run(desk, lambda uow: rows.set_each(uow, requests, {}))
    run(desk, lambda uow: rows.set_each(uow, requests, {first: {"entered_by": None}, second: {"entered_by": None}}))
    stored = {row.id: (row.answer, row.times, row.version) for row in desk.rows(select(requests))}
    assert stored == {first: ("yes", 1, 3), second: (None, 2, 3), other: (None, 0, 1)}
    too_long = {first: {"subject": "长" * 41}}
    with pytest.raises(Exception, match="too long"):
        run(desk, lambda uow: rows.set_each(uow, requests, too_long))


def test_many_locked_rows_are_changed_each_by_its_own_values_and_audited(
    desk: ServiceHarness,
) -> None:
    first, second = (add(desk, subject) for subject in "ab")

    def work(uow: UnitOfWork) -> Any:
        before = rows.lock(uow, requests, [first, second])
        new = {first: {"answer": "yes", "times": 1}, second: {"answer": None, "times": 2}}
        assert rows.change_each(uow, requests, before, "answer", {}) == {}
        return rows.change_each(uow, requests, before, "answer", new)

    after = run(desk, work)
    assert {id_: (row.answer, row.times, row.version) for id_, row in after.items()} == {
        first: ("yes", 1, 2),
        second: (None, 2, 2),
    }
    assert audited(desk, first)[1:] == [("answer", {"answer": None, "times": 0}, {"answer": "yes", "times": 1})]
    assert audited(desk, second)[1:] == [("answer", {"times": 0}, {"times": 2})]


def test_ids_that_are_no_rows_are_counted(desk: ServiceHarness) -> None:
    id_ = add(desk, "a")
    run(desk, lambda uow: rows.refuse_unknown(uow, requests, [id_]))
    unknown = [id_, new_id(), new_id()]
    assert code_of(desk, lambda uow: rows.refuse_unknown(uow, requests, unknown)) == ("some_not_found", {"count": 2})


def test_one_result_a_row_is_told_in_the_order_asked(desk: ServiceHarness) -> None:
    done, refused, unseen = new_id(), new_id(), new_id()
    why = Refused("open", ServiceError("step_not_allowed", state="open", action="close"))
    told = run(desk, lambda uow: rows.results(uow, [unseen, done, refused], {done: "closed"}, {refused: why}))
    assert [(each.id, each.state, each.refusal and each.refusal.code) for each in told.items] == [
        (unseen, None, "not_found"),
        (done, "closed", None),
        (refused, "open", "step_not_allowed"),
    ]
    assert told.done == 1
    assert told.items[2].refusal.params == {"state": "open", "action": "close"}
