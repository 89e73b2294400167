"""One transaction: state, events, audit and the idempotent answer together or not at all."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from chassis.base.context import Context, Scope, from_wire, system_context, to_wire
from chassis.base.failures import TooSlow
from chassis.base.ids import new_id
from chassis.data.database import Database
from chassis.data.retention import let_go
from chassis.data.tables import ANSWERS_KEPT
from chassis.data.unit_of_work import UnitOfWork
from chassis.provisioning.database import app_url
from chassis.testing.harness import PASSWORDS, ServiceHarness, acting
from contracts.errors import ServiceError
from tests.chassis.example import (
    AddParcel,
    Example,
    ListParcels,
    ParcelAdded,
    ParcelState,
    ParcelView,
    TouchParcel,
    WeighParcel,
    parcels,
)

POINT = UUID("01900000-0000-7000-8000-000000000001")
OTHER = UUID("01900000-0000-7000-8000-000000000002")


def at_point(point: UUID = POINT, key: str | None = None) -> Context:
    return acting("parcels.add", scope="point", teaching_point_id=point, key=key)


def count(harness: ServiceHarness, table: str) -> int:
    return int(harness.rows(select(func.count()).select_from(harness.table(table)))[0][0])


def test_a_command_leaves_its_row_events_audit_and_answer_together(example: ServiceHarness) -> None:
    answer = example.run(AddParcel(teaching_point_id=POINT, label="a"), at_point(key="one"))
    assert answer.label == "a"
    assert [event.parcel_id for event in example.published(ParcelAdded)] == [answer.id]
    assert [item.id for event in example.published(ParcelState) for item in event.items] == [answer.id]
    assert count(example, "audit_entries") == 1
    assert count(example, "idempotency_keys") == 1


def test_a_failing_command_leaves_nothing_at_all(example: ServiceHarness) -> None:
    def work(uow: UnitOfWork) -> None:
        uow.execute(insert(parcels).values(id=new_id(), teaching_point_id=POINT, label="lost"))
        uow.publish(ParcelAdded(parcel_id=new_id()))
        uow.audit(parcels, new_id(), "add")
        raise ServiceError("validation_failed")

    with pytest.raises(ServiceError):
        example.database.run(system_context(), work)
    assert [count(example, table) for table in ("parcels", "outbox", "audit_entries")] == [0, 0, 0]


def test_a_tried_command_answers_as_if_done_and_leaves_nothing(example: ServiceHarness) -> None:
    context = at_point(key="one")
    tried = example.run(AddParcel(teaching_point_id=POINT, label="a", dry_run=True), context)
    assert (tried.label, tried.version) == ("a", 1)
    left = ("parcels", "outbox", "audit_entries", "idempotency_keys", "state_notes")
    assert {table: count(example, table) for table in left} == dict.fromkeys(left, 0)

    done = example.run(AddParcel(teaching_point_id=POINT, label="a"), context)
    assert [row.id for row in example.rows(select(parcels))] == [done.id], "its key is free for the real one"


def test_a_tried_command_is_refused_as_the_real_one_would_be(example: ServiceHarness) -> None:
    example.run(AddParcel(teaching_point_id=POINT, label="a"), at_point())
    refused = [AddParcel(teaching_point_id=POINT, label="a", dry_run=tried) for tried in (True, False)]
    assert [example.refusal(command, at_point()).code for command in refused] == ["already_exists"] * 2


def test_a_repeated_key_gets_the_first_answer_and_does_nothing_twice(example: ServiceHarness) -> None:
    context = at_point(key="same")
    first = example.run(AddParcel(teaching_point_id=POINT, label="a"), context)
    assert example.run(AddParcel(teaching_point_id=POINT, label="a"), context) == first
    assert count(example, "parcels") == 1
    assert len(example.published(ParcelAdded)) == 1


def test_a_repeated_key_with_another_body_is_refused(example: ServiceHarness) -> None:
    context = at_point(key="same")
    example.run(AddParcel(teaching_point_id=POINT, label="a"), context)
    assert example.refusal(AddParcel(teaching_point_id=POINT, label="b"), context).code == "idempotency_key_reused"


def test_what_a_person_holds_travels_with_the_call_where_it_is_said() -> None:
    context = replace(
        at_point(key="far away"), held={"parcels.add": Scope("point", (POINT,)), "x.read": Scope("school")}
    )
    assert from_wire(to_wire(context)).held == context.held
    assert from_wire(to_wire(at_point())).held is None


def moved(context: Context, *points: UUID, kind: str = "point") -> Context:
    """The same person under the same permission, over other rows."""
    return replace(context, scope=Scope(kind, points))


def test_a_kept_answer_is_not_given_again_once_the_rows_are_out_of_reach(example: ServiceHarness) -> None:
    context = at_point(key="moved away")
    first = example.run(AddParcel(teaching_point_id=POINT, label="a"), context)
    command = AddParcel(teaching_point_id=POINT, label="a")
    assert example.refusal(command, moved(context, OTHER)).code == "not_found"  # as for a new request
    assert example.refusal(command, moved(context)).code == "not_found"
    assert example.run(command, moved(context, OTHER, POINT)) == first
    assert count(example, "parcels") == 1


@pytest.mark.parametrize(
    "changed",
    [
        lambda context: replace(context, permission="parcels.read"),
        lambda context: moved(context, kind="school"),
        lambda context: replace(context, held={"parcels.add": context.scope}),
    ],
    ids=["another permission", "another kind of scope", "judged by all that is held"],
)
def test_under_another_right_the_refusal_just_computed_stands(
    example: ServiceHarness, changed: Callable[[Context], Context]
) -> None:
    context = at_point(key="another right")
    example.run(AddParcel(teaching_point_id=POINT, label="a"), context)
    refused = example.refusal(AddParcel(teaching_point_id=POINT, label="a"), changed(context))
    assert refused.code == "already_exists"
    assert count(example, "parcels") == 1


def test_what_could_be_done_twice_is_not_where_the_answer_may_not_be_repeated(example: ServiceHarness) -> None:
    context = at_point(key="heavier")
    seen = example.run(AddParcel(teaching_point_id=POINT, label="a"), at_point())
    free = moved(context, kind="school")
    example.run(TouchParcel(parcel_id=seen.id), context)
    assert example.refusal(TouchParcel(parcel_id=seen.id), free).code == "answer_not_repeated"
    assert example.rows(select(parcels.c.version))[0].version == 2


def test_an_answer_kept_without_its_right_is_repeated_to_nobody(example: ServiceHarness) -> None:
    context = at_point(key="from before rights were kept")
    example.run(AddParcel(teaching_point_id=POINT, label="a"), context)
    with example.owner_connection() as connection:
        connection.exec_driver_sql("UPDATE idempotency_keys SET rights = NULL")
    assert example.refusal(AddParcel(teaching_point_id=POINT, label="a"), context).code == "already_exists"
    assert example.refusal(AddParcel(teaching_point_id=POINT, label="b"), context).code == "answer_not_repeated"
    assert count(example, "parcels") == 1


def test_the_same_key_of_another_person_is_another_key(example: ServiceHarness) -> None:
    example.run(AddParcel(teaching_point_id=POINT, label="a"), at_point(key="same"))
    example.run(AddParcel(teaching_point_id=POINT, label="b"), at_point(key="same"))
    assert count(example, "parcels") == 2


def test_a_refusal_is_evaluated_again_under_the_same_key(example: ServiceHarness) -> None:
    taken = example.run(AddParcel(teaching_point_id=POINT, label="a"), at_point())
    context = at_point(key="again")
    assert example.refusal(AddParcel(teaching_point_id=POINT, label="a"), context).code == "already_exists"
    example.database.run(
        system_context(),
        lambda uow: uow.execute(update(parcels).where(parcels.c.id == taken.id).values(label="z")),
    )
    assert example.run(AddParcel(teaching_point_id=POINT, label="a"), context).label == "a"


def test_one_key_sent_many_times_at_once_acts_once(example: ServiceHarness) -> None:
    context = at_point(key="at once")
    start = threading.Barrier(8)

    def send(_: int) -> object:
        start.wait()
        return example.run(AddParcel(teaching_point_id=POINT, label="a"), context)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert len(set(answers)) == 1
    assert count(example, "parcels") == 1


def test_a_key_that_is_still_being_worked_on_is_told_so_after_the_lock_timeout(
    example: ServiceHarness,
) -> None:
    context = at_point(key="slow")
    command = AddParcel(teaching_point_id=POINT, label="slow")
    with example.database.unit_of_work(context) as uow:
        uow.execute(insert(parcels).values(id=new_id(), teaching_point_id=POINT, label="slow"))
        assert example.refusal(command, context).code == "command_in_progress"


def test_old_answers_are_forgotten_after_a_week(example: ServiceHarness) -> None:
    example.run(AddParcel(teaching_point_id=POINT, label="a"), at_point(key="old"))
    example.database.run(system_context(), let_go)
    assert count(example, "idempotency_keys") == 1
    example.clock.advance(ANSWERS_KEPT + timedelta(hours=1))
    example.database.run(system_context(), let_go)
    assert count(example, "idempotency_keys") == 0


def test_versions_rise_in_every_update_and_a_stale_edit_is_refused(example: ServiceHarness) -> None:
    seen = example.run(AddParcel(teaching_point_id=POINT, label="a"), at_point())
    heavier = example.run(WeighParcel(parcel_id=seen.id, version=1, weight=5), at_point())
    assert heavier.version == 2
    stale = WeighParcel(parcel_id=seen.id, version=1, weight=6)
    assert example.refusal(stale, at_point()).code == "stale_version"
    example.database.run(system_context(), lambda uow: uow.execute(update(parcels).values(weight=7)))
    assert example.rows(select(parcels.c.version))[0].version == 3


def test_a_point_sees_its_own_rows_and_others_look_missing(example: ServiceHarness) -> None:
    mine = example.run(AddParcel(teaching_point_id=POINT, label="a"), at_point())
    assert example.ask(ListParcels(), at_point()).total == 1
    assert example.ask(ListParcels(), at_point(OTHER)).total == 0
    weigh = WeighParcel(parcel_id=mine.id, version=1, weight=5)
    assert example.refusal(weigh, at_point(OTHER)).code == "not_found"
    assert example.refusal(AddParcel(teaching_point_id=OTHER, label="b"), at_point()).code == "not_found"


@pytest.mark.parametrize("kind", ["course", "tutor", "student", "own"])
def test_a_role_without_a_policy_sees_and_writes_nothing(example: ServiceHarness, kind: str) -> None:
    example.run(AddParcel(teaching_point_id=POINT, label="a"), at_point())
    stranger = acting("parcels.add", scope=kind, ids=[POINT])
    assert example.ask(ListParcels(), stranger).total == 0
    assert example.refusal(AddParcel(teaching_point_id=POINT, label="b"), stranger).code == "not_found"


def test_the_login_role_itself_sees_nothing(example: ServiceHarness) -> None:
    example.run(AddParcel(teaching_point_id=POINT, label="a"), at_point())
    with example.database.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(select(parcels))


def test_scope_ends_with_its_transaction(example: ServiceHarness) -> None:
    example.ask(ListParcels(), at_point())
    with example.database.engine.connect() as connection:
        assert connection.scalar(text("SELECT current_setting('app.scope', true)")) in ("", None)
        assert str(connection.scalar(text("SELECT current_role"))).endswith("_app")


def test_a_block_as_the_system_sees_all_rows_and_what_follows_it_does_not(example: ServiceHarness) -> None:
    example.run(AddParcel(teaching_point_id=OTHER, label="theirs"), at_point(OTHER))
    with example.database.unit_of_work(at_point()) as uow:
        with uow.as_system(), uow.as_system():
            assert len(uow.rows(select(parcels))) == 1
        assert uow.rows(select(parcels)) == []


def test_a_passed_deadline_refuses_before_anything_is_done(example: ServiceHarness) -> None:
    late = Context(deadline=1.0)
    assert example.refusal(AddParcel(teaching_point_id=POINT, label="a"), late).code == "deadline_exceeded"
    assert count(example, "parcels") == 0


def test_the_deadline_ends_a_statement_that_runs_too_long(example: ServiceHarness) -> None:
    import time

    with pytest.raises(ServiceError) as refused:
        example.database.run(Context(deadline=time.time() + 0.3), lambda uow: uow.execute(text("SELECT pg_sleep(30)")))
    assert refused.value.code == "deadline_exceeded"


def test_two_transactions_in_a_deadlock_both_come_through(example: ServiceHarness) -> None:
    a, b = (example.run(AddParcel(teaching_point_id=POINT, label=label), at_point()).id for label in "ab")
    both_hold_one = threading.Barrier(2)
    waited = threading.local()

    def weigh(uow: UnitOfWork, first: UUID, second: UUID) -> None:
        uow.execute(update(parcels).where(parcels.c.id == first).values(weight=parcels.c.weight + 1))
        if not getattr(waited, "done", False):
            waited.done = True
            both_hold_one.wait()
        uow.execute(update(parcels).where(parcels.c.id == second).values(weight=parcels.c.weight + 1))

    def run(order: tuple[UUID, UUID]) -> None:
        example.database.run(system_context(), lambda uow: weigh(uow, *order))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [(a, b), (b, a)]))
    assert [row.weight for row in example.rows(select(parcels.c.weight))] == [2, 2]


def test_a_lost_connection_is_replaced_and_the_work_run_again(example: ServiceHarness, postgres_admin_url: str) -> None:
    url = app_url(postgres_admin_url, example.database.name, PASSWORDS.app)
    database = Database(url, Example, pool_size=1)
    try:
        pid = database.run(system_context(), lambda uow: uow.scalar(text("SELECT pg_backend_pid()")))
        example.database.run(system_context(), lambda uow: None)
        from sqlalchemy import create_engine

        admin = create_engine(postgres_admin_url)
        with admin.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        admin.dispose()
        assert database.run(system_context(), lambda uow: uow.scalar(text("SELECT 1"))) == 1
    finally:
        database.close()


def test_bad_input_is_refused_with_every_path_and_without_the_input(example: ServiceHarness) -> None:
    with pytest.raises(ServiceError) as refused:
        example.dispatcher.carry_out("add_parcel", {"label": 110105199001011234, "extra": 1}, system_context())
    wire = refused.value.to_wire()
    assert wire["code"] == "validation_failed"
    assert {fault["path"] for fault in wire["errors"]} == {"teaching_point_id", "label", "extra"}
    assert "110105199001011234" not in str(wire)


def test_facts_about_many_rows_are_split_into_messages_of_500(example: ServiceHarness) -> None:
    from tests.chassis.example import ParcelsWeighed, Weight

    rows = [Weight(label=str(n), grams=n) for n in range(1_201)]
    example.database.run(system_context(), lambda uow: uow.publish_rows(ParcelsWeighed, rows))
    assert [len(event.weights) for event in example.published(ParcelsWeighed)] == [500, 500, 201]


def test_rows_of_a_fact_that_names_no_field_for_them_are_refused(example: ServiceHarness) -> None:
    with pytest.raises(TypeError, match="ParcelAdded"):
        example.database.run(system_context(), lambda uow: uow.publish_rows(ParcelAdded, [new_id()]))


def test_an_answer_is_stored_only_when_it_was_committed(example: ServiceHarness) -> None:
    context = at_point(key="k")
    assert isinstance(example.run(AddParcel(teaching_point_id=POINT, label="a"), context), ParcelView)
    assert (
        example.refusal(AddParcel(teaching_point_id=POINT, label="a"), at_point(key="other")).code == "already_exists"
    )
    assert count(example, "idempotency_keys") == 1


def test_what_is_read_in_a_given_time_is_given_up_after_it_and_leaves_nothing(example: ServiceHarness) -> None:
    def work(uow: UnitOfWork) -> tuple[str, int]:
        before = uow.scalar(text("SHOW statement_timeout"))
        with pytest.raises(TooSlow), uow.at_most(20):
            uow.scalar(text("SELECT pg_sleep(5)"))
        with uow.at_most(1000):
            uow.execute(insert(parcels).values(id=new_id(), teaching_point_id=POINT, label="a", weight=1))
        assert uow.scalar(text("SHOW statement_timeout")) == before
        return before, uow.scalar(select(func.count()).select_from(parcels))

    assert example.database.run(at_point(), work)[1] == 0


def test_time_that_runs_out_while_what_was_read_is_given_up_fails_nothing(example: ServiceHarness) -> None:
    slow = ["ROLLBACK TO"]

    def slowed(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> tuple[str, Any]:
        if slow and statement.startswith(slow[0]):
            slow.clear()
            statement = f"SELECT pg_sleep(1); {statement}"
        return statement, parameters

    def work(uow: UnitOfWork) -> int:
        event.listen(uow.connection, "before_cursor_execute", slowed, retval=True)
        with uow.at_most(50):
            uow.execute(insert(parcels).values(id=new_id(), teaching_point_id=POINT, label="a", weight=1))
        return int(uow.scalar(select(func.count()).select_from(parcels)))

    assert example.database.run(at_point(), work) == 0
    assert not slow
