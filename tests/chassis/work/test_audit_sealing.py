"""Every entry gets into one block, in the order in which it is seen committed, whoever wrote it and whatever is killed;
what is written stays, and no role of a service can do anything about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError

from chassis.base.context import SCOPE_KINDS, system_context
from chassis.base.ids import new_id
from chassis.data.audit_chain import LOCK
from chassis.data.row_scope import role_name
from chassis.data.unit_of_work import UnitOfWork
from chassis.running import background
from chassis.testing.harness import ServiceHarness
from chassis.work import audit_sealing
from chassis.work.audit_sealing import seal
from contracts.errors import ServiceError
from tests.chassis.example import AddParcel, WeighParcel, parcels
from tests.chassis.work.trails import blocks, chain, damages, enter, entry_ids, seal_one
from tests.waiting import eventually

ENTRY = text(
    "INSERT INTO audit_entries (id, actor_name, correlation_id, object_type, object_id, action)"
    " VALUES (:id, '张三', gen_random_uuid(), 'parcels', gen_random_uuid(), 'edit')"
)


def marked(example: ServiceHarness) -> list[Any]:
    table = example.table("audit_marks")
    return [row.entry_id for row in example.rows(select(table.c.entry_id).order_by(table.c.entry_id))]


def test_a_command_leaves_its_entry_and_the_mark_or_neither(example: ServiceHarness) -> None:
    ids = enter(example, 2)
    assert marked(example) == ids
    example.refusal(WeighParcel(parcel_id=new_id(), version=1, weight=1))
    example.run(AddParcel(teaching_point_id=new_id(), label="tried", dry_run=True))
    assert marked(example) == entry_ids(example) == ids


def test_what_waits_becomes_one_block_and_nothing_becomes_none(example: ServiceHarness) -> None:
    assert seal_one(example) is False
    assert blocks(example) == []
    ids = enter(example, 3)
    assert seal_one(example) is False
    assert seal_one(example) is False
    [block] = blocks(example)
    assert (block.sequence, block.entry_ids) == (1, ids)
    assert marked(example) == []


def test_more_than_fits_goes_on_at_once_in_the_next_block(example: ServiceHarness, monkeypatch: Any) -> None:
    monkeypatch.setattr(audit_sealing, "MOST", 2)
    ids = enter(example, 5)
    assert [seal_one(example) for _ in range(3)] == [True, True, False]
    assert [block.entry_ids for block in blocks(example)] == [ids[:2], ids[2:4], ids[4:]]
    assert damages(example) == []


def test_an_entry_that_is_committed_late_is_in_a_later_block(example: ServiceHarness) -> None:
    slow = new_id()
    engine = create_engine(example.admin_url)
    with engine.begin() as late:
        late.execute(ENTRY, {"id": slow})
        [[early]] = chain(example, 1)
        assert slow < early
    engine.dispose()
    seal_one(example)
    assert [block.entry_ids for block in blocks(example)] == [[early], [slow]]
    assert damages(example) == []


def test_of_two_followers_one_works_and_the_other_does_not_wait(example: ServiceHarness) -> None:
    ids = enter(example, 2)
    with example.database.unit_of_work(system_context()) as first:
        assert seal(first) is False
        more = enter(example)
        assert seal_one(example) is False
        assert blocks(example) == []
    assert marked(example) == more
    seal_one(example)
    assert [block.entry_ids for block in blocks(example)] == [ids, more]
    assert damages(example) == []


def test_a_follower_that_dies_leaves_everything_to_the_next(example: ServiceHarness) -> None:
    ids = enter(example, 2)

    def killed(uow: UnitOfWork) -> None:
        seal(uow)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        example.database.run(system_context(), killed)
    assert (marked(example), blocks(example)) == (ids, [])
    seal_one(example)
    assert [block.entry_ids for block in blocks(example)] == [ids]


def test_who_enters_without_marking_is_marked_by_the_database(example: ServiceHarness) -> None:
    """People with psql."""
    engine = create_engine(example.database.engine.url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SET LOCAL ROLE {role_name(example.database.name, 'point')}")
        connection.execute(ENTRY, [{"id": new_id()} for _ in range(3)])
    engine.dispose()
    assert marked(example) == entry_ids(example)
    assert len(entry_ids(example)) == 3
    seal_one(example)
    assert damages(example) == []


def test_each_entry_has_a_salt_of_its_own(example: ServiceHarness) -> None:
    enter(example, 5)
    assert len({row.salt for row in example.rows(select(example.table("audit_entries").c.salt))}) == 5


FORBIDDEN = (
    "UPDATE audit_entries SET action = 'x'",
    "DELETE FROM audit_entries",
    "DELETE FROM audit_marks",
    "UPDATE audit_marks SET marked_at = now()",
    "INSERT INTO audit_blocks (sequence, made_at, previous_hash, entry_ids, digests, hash)"
    " VALUES (9, now(), '', '{}', '{}', '')",
    "UPDATE audit_blocks SET hash = ''",
    "DELETE FROM audit_blocks",
    "UPDATE audit_heads SET hash = ''",
    "DELETE FROM audit_heads",
    *(f"TRUNCATE {table}" for table in ("audit_entries", "audit_marks", "audit_blocks", "audit_heads")),
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_no_role_of_a_service_can_alter_what_was_written(example: ServiceHarness, statement: str) -> None:
    chain(example, 1)
    for kind in SCOPE_KINDS:
        engine = create_engine(example.database.engine.url)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET ROLE {role_name(example.database.name, kind)}")
            connection.exec_driver_sql("SELECT set_config('app.erasing', 'yes', false)")
            with pytest.raises(DBAPIError, match="permission denied"):
                connection.exec_driver_sql(statement)
        engine.dispose()


@pytest.mark.parametrize("table", ["audit_entries", "audit_blocks", "audit_heads"])
def test_the_owner_is_stopped_too_unless_old_entries_are_erased(example: ServiceHarness, table: str) -> None:
    chain(example, 1)
    with example.owner_connection() as connection:
        column = "at" if table == "audit_entries" else "made_at"
        for statement in (f"UPDATE {table} SET {column} = now()", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(DBAPIError, match=f"{table} can only be added to"):
                connection.exec_driver_sql(statement)


def test_only_the_system_makes_blocks(example: ServiceHarness) -> None:
    engine = create_engine(example.database.engine.url)
    for kind in set(SCOPE_KINDS) - {"system"}:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET ROLE {role_name(example.database.name, kind)}")
            with pytest.raises(DBAPIError, match="permission denied"):
                connection.exec_driver_sql("SELECT chain_audit_entries(1)")
    engine.dispose()


@pytest.mark.parametrize("most", ["NULL", "1000000"])
def test_a_block_has_an_end_whatever_is_asked_for(example: ServiceHarness, most: str) -> None:
    with example.owner_connection() as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit_marks (entry_id) SELECT gen_random_uuid() FROM generate_series(1, 1001)"
        )
        assert connection.exec_driver_sql(f"SELECT chain_audit_entries({most})").scalar() == audit_sealing.MOST


def test_task_processes_seal_by_themselves_and_at_once_what_fills_blocks(
    example: ServiceHarness, monkeypatch: Any
) -> None:
    monkeypatch.setattr(audit_sealing, "MOST", 2)
    enter(example, 7)
    loops = [loop for _ in range(2) for loop in background.housekeeping(example.database) if loop.name == "audit_chain"]
    assert [loop.interval for loop in loops] == [audit_sealing.SEALED_EVERY] * 2
    for loop in loops:
        loop.start()
    try:
        eventually(lambda: marked(example) == [], "all is sealed")
    finally:
        for loop in loops:
            loop.stop()
    assert [len(block.entry_ids) for block in blocks(example)] == [2, 2, 2, 1]
    assert damages(example) == []


def test_the_age_of_what_is_not_sealed_is_measured(example: ServiceHarness, monkeypatch: Any) -> None:
    told: list[float] = []
    monkeypatch.setattr(audit_sealing.metrics, "audit_unsealed", told.append)
    enter(example)
    seal_one(example)
    enter(example)
    with example.owner_connection() as connection:
        connection.exec_driver_sql("UPDATE audit_marks SET marked_at = now() - interval '10 min'")
    engine = create_engine(example.admin_url)
    with engine.begin() as holding:  # somebody else has the lock and does nothing
        holding.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        seal_one(example)
    engine.dispose()
    assert told[0] == 0
    assert timedelta(minutes=10) <= timedelta(seconds=told[1]) < timedelta(minutes=15)


def test_a_transaction_that_breaks_off_leaves_no_mark(example: ServiceHarness) -> None:
    def work(uow: UnitOfWork) -> None:
        uow.audit(parcels, new_id(), "edit")
        uow.finish()
        raise ServiceError("not_found")

    with pytest.raises(ServiceError):
        example.database.run(system_context(), work)
    assert marked(example) == []
