"""Steps that rows take: each by its own line of the table, with its own refusal, and nothing half done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, select

from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import ServiceHarness, acting
from chassis.work import rows, steps
from chassis.work.reasons import Reason
from chassis.work.steps import Taken
from contracts.errors import ServiceError
from tests.chassis.work.desk import REQUEST, Desk, RequestsApproved, requests
from tests.harnesses import HarnessOf

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
DECIDER = acting("desk.decide")
CLERK = acting("desk.enter", scope="point", teaching_point_id=HERE)
SYSTEM = system_context()


@pytest.fixture
def desk(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Desk)


def run(desk: ServiceHarness, context: Context, work: Callable[[UnitOfWork], Any]) -> Any:
    return desk.database.run(context, work)


def enter(desk: ServiceHarness, *subjects: str, point: UUID = HERE, **columns: Any) -> list[UUID]:
    entered = [{"id": new_id(), "teaching_point_id": point, "subject": subject, **columns} for subject in subjects]
    made = run(desk, SYSTEM, lambda uow: steps.enter(uow, REQUEST, requests, entered, "enter", audited=("subject",)))
    assert {row.id for row in made} == {row["id"] for row in entered}
    return [row["id"] for row in entered]


def take(desk: ServiceHarness, context: Context, ids: Sequence[UUID], action: str, **more: Any) -> Taken:
    def work(uow: UnitOfWork) -> Taken:
        taken = steps.take(uow, REQUEST, requests, ids, action, **more)
        if action == "approve":
            for id_ in taken.ids:
                uow.publish(RequestsApproved(request_id=id_))
        return taken

    result: Taken = run(desk, context, work)
    return result


def stored(desk: ServiceHarness, id_: UUID) -> Row[Any]:
    (row,) = desk.rows(select(requests).where(requests.c.id == id_))
    return row


def audited(desk: ServiceHarness, id_: UUID) -> list[tuple[Any, ...]]:
    audit = desk.table("audit_entries")
    wanted = select(audit).where(audit.c.object_id == id_).order_by(audit.c.at, audit.c.id)
    return [(row.object_type, row.action, row.before, row.after) for row in desk.rows(wanted)]


def test_rows_are_entered_in_the_first_state_with_history_and_audit(desk: ServiceHarness) -> None:
    (id_,) = enter(desk, "a")
    assert stored(desk, id_).status == "open"
    assert audited(desk, id_) == [("requests", "enter", None, {"status": "open", "subject": "a"})]
    (step,) = run(desk, SYSTEM, lambda uow: steps.history_of(uow, id_))
    assert (step.from_state, step.action, step.to_state) == (None, "enter", "open")


def test_one_row_is_entered_with_a_new_id(desk: ServiceHarness) -> None:
    given = {"teaching_point_id": HERE, "subject": "one"}
    row = run(desk, SYSTEM, lambda uow: steps.enter_one(uow, REQUEST, requests, given, "enter", note="why"))
    assert (row.status, row.version) == ("open", 1)
    ((_, _, _, after),) = audited(desk, row.id)
    assert after == {"status": "open", "teaching_point_id": str(HERE), "subject": "one", "note": "why"}


def test_who_was_quicker_with_a_unique_value_keeps_it_and_the_others_are_entered(desk: ServiceHarness) -> None:
    enter(desk, "taken")
    entered = [{"id": new_id(), "teaching_point_id": HERE, "subject": subject} for subject in ("taken", "free")]
    made = run(
        desk,
        SYSTEM,
        lambda uow: steps.enter(uow, REQUEST, requests, entered, "enter", unless="uq_requests_subject"),
    )
    assert [row.subject for row in made] == ["free"]


def test_each_row_moves_by_its_own_line_and_the_others_say_why_not(desk: ServiceHarness) -> None:
    rejected, revoked, untouched = enter(desk, "a", "b", "c")
    take(desk, DECIDER, [rejected], "reject")
    take(desk, CLERK, [revoked], "revoke")
    missing = new_id()
    taken = take(desk, SYSTEM, [revoked, missing, untouched, rejected], "close")
    assert [(each.row.id, each.step.next) for each in taken.done] == [(revoked, "gone"), (rejected, "closed")]
    assert (stored(desk, revoked).status, stored(desk, rejected).status) == ("gone", "closed")
    assert stored(desk, untouched).status == "open"
    assert {id_: each.reason.code for id_, each in taken.refused.items()} == {
        missing: "not_found",
        untouched: "step_not_allowed",
    }


def test_results_come_in_the_order_asked_with_the_state_now_and_the_reason(desk: ServiceHarness) -> None:
    first, second = enter(desk, "a", "b")
    take(desk, DECIDER, [second], "reject")
    asked = [second, new_id(), first]
    results = run(desk, CLERK, lambda uow: steps.take(uow, REQUEST, requests, asked, "revoke").results(uow, asked))
    assert [(r.id, r.state, r.refusal.code if r.refusal else None) for r in results.items] == [
        (second, "rejected", "step_not_allowed"),
        (asked[1], None, "not_found"),
        (first, "revoked", None),
    ]
    assert results.done == 1


def test_a_row_asked_for_twice_moves_once(desk: ServiceHarness) -> None:
    (id_,) = enter(desk, "a")
    assert len(take(desk, CLERK, [id_, id_], "revoke").done) == 1
    assert [action for _, action, _, _ in audited(desk, id_)] == ["enter", "revoke"]


def test_rows_of_another_point_look_as_if_they_were_not_there(desk: ServiceHarness) -> None:
    (id_,) = enter(desk, "a", point=ELSEWHERE)
    taken = take(desk, CLERK, [id_], "revoke")
    assert taken.refused[id_].reason.code == "not_found"
    assert taken.unknown
    assert stored(desk, id_).status == "open"


def test_nobody_decides_what_they_entered_and_the_rest_is_decided(desk: ServiceHarness) -> None:
    me = new_id()
    (mine,), (theirs,) = enter(desk, "a", entered_by=me), enter(desk, "b", entered_by=new_id())
    taken = take(desk, acting("desk.decide", user_id=me), [mine, theirs], "reject")
    assert taken.ids == [theirs]
    assert taken.refused[mine].reason.code == "decides_own_request"


def test_what_the_caller_has_against_a_row_refuses_it_alone(desk: ServiceHarness) -> None:
    one, other = enter(desk, "a", "b")
    taken = take(desk, CLERK, [one, other], "revoke", against={one: Reason("still_in_use")})
    assert (taken.ids, taken.refused[one].reason.code) == ([other], "still_in_use")


def test_values_for_all_and_values_of_each_are_set_with_the_state(desk: ServiceHarness) -> None:
    one, other = enter(desk, "a", "b")
    each = {one: {"answer": "eins"}, other: {"answer": None}}
    take(desk, DECIDER, [one, other], "reject", note="no", values={"times": requests.c.times + 1}, each=each)
    assert [(row.answer, row.times, row.version) for row in (stored(desk, one), stored(desk, other))] == [
        ("eins", 1, 2),
        (None, 1, 2),
    ]
    assert audited(desk, one)[-1] == ("requests", "reject", {"status": "open"}, {"status": "rejected", "note": "no"})


def test_all_or_none_raises_the_first_refusal_and_undoes_the_rest(desk: ServiceHarness) -> None:
    one, other = enter(desk, "a", "b")
    take(desk, DECIDER, [other], "reject")
    with pytest.raises(ServiceError) as refused:
        run(desk, CLERK, lambda uow: steps.take(uow, REQUEST, requests, [one, other], "revoke").whole())
    assert refused.value.code == "step_not_allowed"
    assert stored(desk, one).status == "open"


def test_a_step_whose_fact_nobody_published_is_not_committed(desk: ServiceHarness) -> None:
    (id_,) = enter(desk, "a")
    with pytest.raises(LookupError, match="RequestsApproved"):
        run(desk, DECIDER, lambda uow: steps.take(uow, REQUEST, requests, [id_], "approve"))
    assert stored(desk, id_).status == "open"
    assert take(desk, DECIDER, [id_], "approve").ids == [id_]


def test_who_loses_a_race_hears_of_the_step_and_after_an_edit_of_the_version(desk: ServiceHarness) -> None:
    edited, moved = enter(desk, "a", "b")
    run(desk, SYSTEM, lambda uow: rows.edit(uow, requests, edited, 1, {"answer": "x"}))
    take(desk, DECIDER, [moved], "reject")
    for id_, code in ((edited, "stale_version"), (moved, "step_not_allowed"), (new_id(), "not_found")):
        with pytest.raises(ServiceError) as refused:
            run(desk, CLERK, lambda uow, id_=id_: steps.take_one(uow, REQUEST, requests, id_, 1, "revoke"))
        assert refused.value.code == code
    run(desk, CLERK, lambda uow: steps.take_one(uow, REQUEST, requests, edited, 2, "revoke"))


def test_of_many_who_take_steps_with_the_same_rows_each_row_moves_once_and_nobody_deadlocks(
    desk: ServiceHarness,
) -> None:
    ids = enter(desk, *(f"r{number}" for number in range(20)))
    orders = [ids if number % 2 else list(reversed(ids)) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda order: len(take(desk, CLERK, order, "revoke").done), orders))
    assert sum(done) == len(ids)
    assert {stored(desk, id_).status for id_ in ids} == {"revoked"}


def test_history_follows_its_rows_to_another_point(desk: ServiceHarness) -> None:
    (id_,) = enter(desk, "a")
    run(desk, SYSTEM, lambda uow: steps.move_history(uow, [id_], ELSEWHERE))
    assert run(desk, CLERK, lambda uow: steps.history_of(uow, id_)) == ()
    there = acting("desk.enter", scope="point", teaching_point_id=ELSEWHERE)
    assert len(run(desk, there, lambda uow: steps.history_of(uow, id_, REQUEST))) == 1
