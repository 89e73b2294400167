"""A kind of reviewed request has all that its declaration promises; `leaves.py` is such a declaration."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, select

from chassis.base.context import Scope
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import ServiceHarness, acting
from chassis.work.reasons import Reason
from chassis.work.rows import lock
from chassis.work.workflow import Step, Workflow, decider
from contracts.common import of_service
from contracts.errors import ServiceError
from contracts.settings import ChangeSetting
from contracts.to_do import GetToDo
from tests.chassis.requests.desk import (
    ANN,
    BOB,
    CLERK,
    MONK,
    NEIGHBOUR,
    STRANGER,
    ask,
    asked,
    librarian,
    states,
)
from tests.chassis.requests.leaves import (
    LEAVES,
    AskForLeaves,
    GetLeave,
    GrantLeaves,
    LeavesGranted,
    LibraryDecided,
    RefuseLeaves,
    RevokeLeaves,
    leaves,
    readers,
)
from tests.waiting import eventually


def test_each_thing_is_asked_about_with_a_result_of_its_own(library: ServiceHarness) -> None:
    asked(library, BOB)
    answer = ask(library, ANN, BOB, MONK, STRANGER)
    assert [item.state for item in answer.items] == ["pending", None, None, None]
    refused = [[refusal.code for refusal in item.refusals] for item in answer.items]
    assert refused == [[], ["request_already_open"], ["not_found"], ["not_found"]]
    assert answer.done == 1
    assert [(reason.code, reason.count) for reason in answer.reasons] == [("not_found", 2), ("request_already_open", 1)]


def test_a_request_keeps_what_was_asked_who_asked_and_where_its_thing_belongs(library: ServiceHarness) -> None:
    (id_,) = asked(library, ANN, days=7)
    view = library.ask(GetLeave(leave_id=id_), CLERK)
    assert (view.reader_id, view.days, view.state, view.reason) == (ANN, 7, "pending", "探亲")
    assert (view.entered_by, view.entered_by_name) == (CLERK.actor.user_id, CLERK.actor.name)
    assert [(step.from_state, step.action, step.to_state, step.note) for step in view.history] == [
        (None, "request", "pending", "探亲")
    ]
    assert library.refusal(GetLeave(leave_id=id_), NEIGHBOUR).code == "not_found"


def test_each_request_has_a_number_of_its_own_where_the_kind_has_a_template(library: ServiceHarness) -> None:
    year = f"{library.clock.now():%Y}"
    numbers = [library.ask(GetLeave(leave_id=id_), CLERK).number for id_ in asked(library, ANN, BOB)]
    assert numbers == [f"QJ{year}00001", f"QJ{year}00002"]
    ask(library, ANN, BOB)
    (third,) = asked(library, STRANGER, as_=NEIGHBOUR)
    assert library.ask(GetLeave(leave_id=third), NEIGHBOUR).number == f"QJ{year}00003", "what is refused takes none"


def test_of_many_who_ask_about_one_thing_at_once_one_gets_a_request(library: ServiceHarness) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(library, ANN), range(8)))
    assert sum(answer.done for answer in answers) == 1
    assert {answer.reasons[0].code for answer in answers if answer.reasons} == {"request_already_open"}


def test_the_constraint_holds_where_nobody_looked(library: ServiceHarness) -> None:
    asked(library, ANN)

    def work(uow: Any) -> None:
        LEAVES.open(uow, uow.rows(select(readers).where(readers.c.id == ANN)), "又一次", days=1)

    with pytest.raises(ServiceError, match="request_already_open"):
        library.database.run(CLERK, work)


def test_decisions_are_taken_row_by_row_and_others_hear_of_them(library: ServiceHarness) -> None:
    first, second = asked(library, ANN, BOB)
    who = librarian()
    answer = library.run(GrantLeaves(leave_ids=(first, new_id()), note="同意"), who)
    assert [(item.state, item.refusal and item.refusal.code) for item in answer.items] == [
        ("granted", None),
        (None, "not_found"),
    ]
    [told] = library.published(LeavesGranted)
    assert [(leave.reader_id, leave.days) for leave in told.leaves] == [(ANN, 3)]
    again = library.run(GrantLeaves(leave_ids=(first,)), who)
    assert [item.refusal.code for item in again.items] == ["step_not_allowed"]

    assert library.run(RefuseLeaves(leave_ids=(second,), note="人手不足"), who).done == 1
    kept = library.rows(select(leaves.c.decided_by).order_by(leaves.c.id))
    assert [row.decided_by for row in kept] == [who.actor.user_id] * 2
    assert library.ask(GetLeave(leave_id=second), CLERK).history[-1].note == "人手不足"


def test_nobody_decides_what_they_entered_and_only_who_may_decide_does(library: ServiceHarness) -> None:
    both = new_id()
    (id_,) = asked(library, ANN, as_=acting("library.ask", user_id=both))
    own = library.run(GrantLeaves(leave_ids=(id_,)), librarian(user_id=both))
    other_right = library.run(GrantLeaves(leave_ids=(id_,)), acting("library.ask"))
    assert [each.items[0].refusal.code for each in (own, other_right)] == ["decides_own_request", "forbidden"]
    assert states(library) == ["pending"]


def test_a_request_is_revoked_until_it_is_decided_and_then_asked_anew(library: ServiceHarness) -> None:
    (id_,) = asked(library, ANN)
    assert library.run(RevokeLeaves(leave_ids=(id_,)), NEIGHBOUR).items[0].refusal.code == "not_found"
    assert library.run(RevokeLeaves(leave_ids=(id_,)), CLERK).done == 1
    (again,) = asked(library, ANN)
    colleague = acting("library.ask", scope="point", teaching_point_id=CLERK.actor.teaching_point_id)
    assert library.run(RevokeLeaves(leave_ids=(again,)), colleague).items[0].refusal.code == "not_own_request"
    library.run(GrantLeaves(leave_ids=(again,)), librarian())
    assert library.run(RevokeLeaves(leave_ids=(again,)), CLERK).items[0].refusal.code == "step_not_allowed"
    assert states(library) == ["revoked", "granted"]


def test_what_is_granted_takes_the_place_of_the_earlier_and_what_is_refused_does_not(library: ServiceHarness) -> None:
    (first,) = asked(library, ANN)
    library.run(GrantLeaves(leave_ids=(first,)), librarian())
    me = new_id()
    (second,) = asked(library, ANN, as_=acting("library.ask", user_id=me))
    library.run(GrantLeaves(leave_ids=(second,)), librarian(user_id=me))
    assert states(library) == ["granted", "pending"], "a decision that is refused moves nothing"
    library.run(GrantLeaves(leave_ids=(second,)), librarian())
    assert states(library) == ["superseded", "granted"]
    assert library.ask(GetLeave(leave_id=first), CLERK).history[-1].action == "supersede"


@pytest.mark.parametrize("command", [AskForLeaves, GrantLeaves])
def test_what_is_only_tried_tells_all_and_leaves_nothing(library: ServiceHarness, command: type) -> None:
    ids = asked(library, BOB) if command is GrantLeaves else ()
    before, said = states(library), len(library.published(LeavesGranted))
    if command is AskForLeaves:
        tried: Any = ask(library, ANN, MONK, dry_run=True)
        assert [item.state for item in tried.items] == ["pending", None]
    else:
        tried = library.run(GrantLeaves(leave_ids=(*ids, new_id()), dry_run=True), librarian())
        assert [item.state for item in tried.items] == ["granted", None]
    assert tried.done == 1
    assert [(reason.code, reason.count) for reason in tried.reasons] == [("not_found", 1)]
    assert states(library) == before
    assert len(library.published(LeavesGranted)) == said


def test_a_rule_that_says_nothing_of_a_thing_has_nothing_against_it(library: ServiceHarness) -> None:
    def work(uow: Any) -> Any:
        command = AskForLeaves(reader_ids=(ANN, BOB), days=1, reason="探亲")
        return LEAVES.enter(uow, (ANN, BOB), command, lambda uow, things, command: {BOB: Reason("forbidden")})

    entered = library.database.run(CLERK, work)
    assert (set(entered.made), set(entered.refused)) == ({ANN}, {BOB})


def test_who_asks_about_the_same_thing_a_moment_later_waits_and_has_a_result_for_each(library: ServiceHarness) -> None:
    entered, leave = threading.Event(), threading.Event()

    def first(uow: UnitOfWork) -> None:
        LEAVES.enter(uow, (ANN,), AskForLeaves(reader_ids=(ANN,), days=1, reason="探亲"), lambda *_: {})
        entered.set()
        assert leave.wait(30)

    with ThreadPoolExecutor(2) as pool:
        holding = pool.submit(library.database.run, CLERK, first)
        assert entered.wait(30)
        asking = pool.submit(ask, library, ANN, BOB)
        eventually(lambda: waiting(library), "the second one waits for a lock")
        leave.set()
        holding.result(30)
        answer = asking.result(30)
    assert [item.state for item in answer.items] == [None, "pending"]
    assert answer.reasons[0].code == "request_already_open"


def test_who_decides_holds_what_a_request_is_about_before_the_request(library: ServiceHarness) -> None:
    """One order for all: whoever holds the thing reaches its requests, however many decide about them."""
    (id_,) = asked(library, ANN)
    holding, deciding = threading.Event(), threading.Event()

    def hold(uow: UnitOfWork) -> None:
        lock(uow, readers, [ANN])
        holding.set()
        assert deciding.wait(30)
        uow.rows(select(leaves).where(leaves.c.id == id_).with_for_update(nowait=True))

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(library.database.run, CLERK, hold)
        assert holding.wait(30)
        decision = pool.submit(library.run, GrantLeaves(leave_ids=(id_,)), librarian())
        eventually(lambda: waiting(library), "the decision waits for the reader")
        deciding.set()
        first.result(30)
        assert decision.result(30).done == 1


def waiting(library: ServiceHarness) -> bool:
    database = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with library.owner_connection() as connection:
        return bool(connection.exec_driver_sql(database).scalar())


def test_what_follows_from_asking_happens_in_the_same_transaction(library: ServiceHarness) -> None:
    def fail(uow: UnitOfWork, made: Sequence[Row[Any]]) -> None:
        assert [row.reader_id for row in made] == [ANN]
        raise ServiceError("forbidden")

    strict = replace(LEAVES, effects={LEAVES.flow.initial: fail})

    def work(uow: UnitOfWork) -> None:
        strict.enter(uow, (ANN,), AskForLeaves(reader_ids=(ANN,), days=1, reason="探亲"), lambda *_: {})

    with pytest.raises(ServiceError, match="forbidden"):
        library.database.run(CLERK, work)
    assert states(library) == []


def test_what_speaks_against_a_step_keeps_a_request_and_what_it_would_have_taken_the_place_of(
    library: ServiceHarness,
) -> None:
    (earlier,) = asked(library, ANN)
    library.run(GrantLeaves(leave_ids=(earlier,)), librarian())
    ids = asked(library, ANN, BOB)

    def against(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> dict[UUID, Reason]:
        return {row.id: Reason("payment_in_review") for row in rows if row.reader_id == ANN}

    strict = replace(LEAVES, against={"grant": against})
    taken = library.database.run(librarian(), lambda uow: strict.decide(uow, ids, "grant"))
    assert (taken.ids, [each.reason.code for each in taken.refused.values()]) == ([ids[1]], ["payment_in_review"])
    assert states(library) == ["granted", "pending", "granted"]


def test_what_is_decided_already_is_not_judged_beside_an_open_one_about_the_same(library: ServiceHarness) -> None:
    (old,) = asked(library, ANN)
    library.run(RevokeLeaves(leave_ids=(old,)), CLERK)
    (new,) = asked(library, ANN)
    judged: list[UUID] = []

    def against(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> dict[UUID, Reason]:
        judged.extend(row.id for row in rows)
        return {}

    strict = replace(LEAVES, against={"grant": against})
    taken = library.database.run(librarian(), lambda uow: strict.decide(uow, [old, new, new, old], "grant"))
    assert (judged, taken.ids, list(taken.refused)) == ([new], [new], [old])


def test_what_makes_way_has_its_effects_too(library: ServiceHarness) -> None:
    (first,) = asked(library, ANN)
    library.run(GrantLeaves(leave_ids=(first,)), librarian())
    (second,) = asked(library, ANN)
    followed: list[tuple[str, UUID]] = []

    def noting(state: str) -> Any:
        return lambda uow, rows: followed.extend((state, row.id) for row in rows)

    effects = {**LEAVES.effects, "superseded": noting("superseded")}
    library.database.run(librarian(), lambda uow: replace(LEAVES, effects=effects).decide(uow, [second], "grant"))
    assert followed == [("superseded", first)]


def test_columns_with_a_value_for_each_request_are_set_with_the_step(library: ServiceHarness) -> None:
    ids = asked(library, ANN, BOB)
    days = {id_: {"days": 7 + place} for place, id_ in enumerate(ids)}
    who = librarian()
    library.database.run(who, lambda uow: LEAVES.decide(uow, ids, "grant", each=days))
    kept = library.rows(select(leaves.c.days, leaves.c.decided_by).order_by(leaves.c.id))
    assert [tuple(row) for row in kept] == [(7, who.actor.user_id), (8, who.actor.user_id)]


def test_a_kind_whose_steps_name_a_column_that_the_table_has_not_is_refused() -> None:
    second = decider("library.decide", besides=("first_by",), decided_by="second_by")
    flow = Workflow("leave", "pending", (Step("pending", "grant", second, "granted"),), open=("pending",))
    with pytest.raises(LookupError, match="leaves has no column first_by, second_by: leave names it"):
        replace(LEAVES, flow=flow)
    with pytest.raises(LookupError, match="leaves has no column asked_by"):
        replace(LEAVES, entered_by="asked_by")


def test_who_decided_before_stays_on_record_where_several_decide_about_rows_at_once(library: ServiceHarness) -> None:
    first = decider("library.decide", entered_by="reader_id", decided_by="entered_by")
    second = decider("library.decide", entered_by="reader_id")
    steps = (Step("pending", "grant", first, "seen"), Step("seen", "grant", second, "granted"))
    kind = replace(LEAVES, flow=Workflow("leave", "pending", steps, open=("pending", "seen")), effects={})
    ids = asked(library, ANN, BOB)
    who, then = librarian(), librarian()
    library.database.run(who, lambda uow: kind.decide(uow, ids[:1], "grant"))
    library.database.run(then, lambda uow: kind.decide(uow, ids, "grant"))
    kept = library.rows(select(leaves.c.entered_by, leaves.c.decided_by).order_by(leaves.c.id))
    me, before = then.actor.user_id, who.actor.user_id
    assert [tuple(row) for row in kept] == [(before, me), (me, None)]


def test_a_step_that_the_school_switches_on_is_there_from_then_on_for_another_person(
    library: ServiceHarness,
) -> None:
    (before,) = asked(library, ANN)
    assert library.run(GrantLeaves(leave_ids=(before,)), librarian()).items[0].state == "granted"
    switch_on = ChangeSetting(name="two_looks", value=True, version=1, reason="新规定")
    library.run(switch_on, acting())
    first, second = librarian(), librarian()
    ids = asked(library, ANN, BOB)

    seen = library.run(GrantLeaves(leave_ids=ids), first)
    assert [item.state for item in seen.items] == ["seen", "seen"]
    assert states(library) == ["granted", "seen", "seen"], "nothing makes way yet"
    assert len(library.published(LeavesGranted)) == 1, "and nobody hears"
    again = library.run(GrantLeaves(leave_ids=ids), first)
    assert {item.refusal.code for item in again.items} == {"same_reviewer"}

    assert library.run(GrantLeaves(leave_ids=ids), second).done == 2
    assert states(library) == ["superseded", "granted", "granted"]
    assert len(library.published(LeavesGranted)) == 2


def test_a_decision_is_told_once_however_often_its_command_comes(library: ServiceHarness) -> None:
    """Without a line of the kind's own; and not when it is tried or refused."""
    (leave,) = asked(library, ANN)
    ask(library, MONK)
    who = librarian()
    library.run(GrantLeaves(leave_ids=(leave,), dry_run=True), who)
    for _ in range(2):
        library.run(GrantLeaves(leave_ids=(leave,)), who, key="the-same-key")
    library.run(GrantLeaves(leave_ids=(leave,)), who)
    (step,) = [step for event in library.published(LibraryDecided) for step in event.steps]
    assert (step.workflow, step.action, step.state, step.subject_id) == ("leave", "grant", "granted", leave)
    assert (step.teaching_point_id, step.applicant_id) == (CLERK.actor.teaching_point_id, CLERK.actor.user_id)


def test_open_requests_wait_for_whoever_may_decide_them(library: ServiceHarness) -> None:
    asked(library, ANN, BOB)
    who, applicant = (replace(each, held={"library.decide": Scope("school")}) for each in (librarian(), CLERK))
    to_do = of_service("library", GetToDo)()
    assert [(item.state, item.count) for item in library.ask(to_do, who).items] == [("pending", 2), ("seen", 0)]
    assert [(item.state, item.count) for item in library.ask(to_do, applicant).items] == [("pending", 0), ("seen", 0)]
