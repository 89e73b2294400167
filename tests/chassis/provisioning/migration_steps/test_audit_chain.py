"""Entries from before the chain get their salt and their mark, batch by batch, while the version before goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, create_engine, text

from chassis.base.ids import new_id
from chassis.provisioning.database import Patience, bring_in_line
from chassis.provisioning.migration_steps import audit_chain
from chassis.testing.harness import PASSWORDS, ServiceHarness
from tests.chassis.example import Example, build
from tests.chassis.work.trails import blocks, damages, enter, seal_one
from tests.harnesses import harnesses

ENTRY = text(
    "INSERT INTO audit_entries (id, actor_name, correlation_id, object_type, object_id, action)"
    " VALUES (:id, '张三', gen_random_uuid(), 'parcels', gen_random_uuid(), 'edit')"
)


@pytest.fixture
def before(postgres_admin_url: str, run_prefix: str) -> Iterator[ServiceHarness]:
    """A service as it was before there was a chain."""
    with harnesses(postgres_admin_url, f"{run_prefix}b", build=build) as fresh:
        example = fresh(Example)
        with example.owner_connection() as connection:
            connection.exec_driver_sql(
                "DROP TABLE audit_marks, audit_blocks, audit_heads;"
                "DROP TRIGGER mark_entry ON audit_entries; DROP TRIGGER refuse_change ON audit_entries;"
                "DROP FUNCTION mark_audit_entry, refuse_change, chain_audit_entries;"
                "ALTER TABLE audit_entries DROP COLUMN salt"
            )
        yield example


def old_entries(example: ServiceHarness, count: int) -> list[Any]:
    ids = [new_id() for _ in range(count)]
    with example.owner_connection() as connection:
        connection.execute(ENTRY, [{"id": id_} for id_ in ids])
    return ids


def migrate(example: ServiceHarness) -> None:
    """As provisioning does: the step in alembic's own transaction, then what is declared."""
    name = example.database.name
    url = example.admin_url.set(username=f"{name}_owner", password=PASSWORDS.owner)
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            with context.begin_transaction(), Operations.context(context):
                audit_chain.upgrade()
            connection.commit()
        bring_in_line(engine, name, Example, Patience())
    finally:
        engine.dispose()


def salts(example: ServiceHarness) -> list[Any]:
    with example.owner_connection() as connection:
        return list(connection.execute(text("SELECT salt FROM audit_entries")).scalars())


def test_what_is_there_is_chained_and_what_comes_after_it_too(before: ServiceHarness, monkeypatch: Any) -> None:
    monkeypatch.setattr(audit_chain, "BATCH", 2)
    ids = old_entries(before, 5)
    migrate(before)
    assert len(set(salts(before))) == 5
    more = enter(before, 2)
    seal_one(before)
    assert [block.entry_ids for block in blocks(before)] == [[*ids, *more]]
    assert damages(before) == []


def test_what_the_version_before_enters_meanwhile_is_marked_once(before: ServiceHarness, monkeypatch: Any) -> None:
    monkeypatch.setattr(audit_chain, "BATCH", 2)
    ids = old_entries(before, 4)

    def meanwhile() -> None:
        if not ids[4:]:
            ids.extend(old_entries(before, 1))

    before_each_batch(monkeypatch, meanwhile)
    migrate(before)
    seal_one(before)
    assert [block.entry_ids for block in blocks(before)] == [sorted(ids)]
    assert damages(before) == []


def before_each_batch(monkeypatch: Any, work: Callable[[], None]) -> None:
    real = Connection.scalar

    def scalar(self: Connection, statement: Any, *rest: Any, **more: Any) -> Any:
        if statement is audit_chain._MARK_OLD:
            work()
        return real(self, statement, *rest, **more)

    monkeypatch.setattr(Connection, "scalar", scalar)


def test_a_run_that_was_killed_is_gone_on_with(before: ServiceHarness, monkeypatch: Any) -> None:
    monkeypatch.setattr(audit_chain, "BATCH", 2)
    ids = old_entries(before, 5)
    looks: list[int] = []

    def killed() -> None:
        looks.append(1)
        if len(looks) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        before_each_batch(patch, killed)
        with pytest.raises(KeyboardInterrupt):
            migrate(before)
    assert sum(salt is not None for salt in salts(before)) == 2, "the first batch stays"
    migrate(before)
    seal_one(before)
    assert [block.entry_ids for block in blocks(before)] == [ids]
    assert damages(before) == []
