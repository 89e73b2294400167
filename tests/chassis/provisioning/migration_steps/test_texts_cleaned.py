"""Migration steps that every service's own migration calls, on real tables."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, create_engine, text

from chassis.base.ids import new_id
from chassis.provisioning.migration_steps import texts_cleaned
from chassis.testing.harness import ServiceHarness
from contracts.text.cleaning import person_name, title
from tests.chassis.example import AddParcel, ListParcels, ParcelState


@pytest.fixture
def connection(example: ServiceHarness) -> Iterator[Connection]:
    """As migrations have it: alembic's own transaction, and its operations in that."""
    engine = create_engine(example.admin_url)
    with engine.begin() as made:
        made.execute(text("CREATE TABLE people (id uuid PRIMARY KEY, name varchar(8) UNIQUE, told jsonb)"))
    with engine.connect() as made:
        context = MigrationContext.configure(made)
        with context.begin_transaction(), Operations.context(context):
            yield made
    with engine.begin() as made:
        made.execute(text("DROP TABLE people"))
    engine.dispose()


def people(connection: Connection) -> list[str]:
    return sorted(connection.execute(text("SELECT name FROM people")).scalars())


def enter(connection: Connection, *names: str) -> None:
    rows = [{"id": new_id(), "name": name} for name in names]
    connection.execute(text("INSERT INTO people VALUES (:id, :name, NULL)"), rows)


def test_rows_are_cleaned_and_the_clean_ones_are_not_touched(connection: Connection, monkeypatch: Any) -> None:
    monkeypatch.setattr(texts_cleaned, "BATCH", 2)
    enter(connection, "张\u200b三", "李四", "王 五", "赵•六", "钱七", "孙\u3000八")
    before = dict(connection.execute(text("SELECT name, xmin::text FROM people WHERE length(name) = 2")).all())
    texts_cleaned.upgrade({"people": {"name": person_name}})
    assert people(connection) == sorted(["张三", "李四", "王五", "赵·六", "钱七", "孙八"])
    after = dict(connection.execute(text("SELECT name, xmin::text FROM people WHERE name IN ('李四', '钱七')")).all())
    assert after == before


def test_a_batch_is_let_go_before_the_next_begins_and_a_killed_run_is_gone_on_with(
    example: ServiceHarness, connection: Connection, monkeypatch: Any
) -> None:
    monkeypatch.setattr(texts_cleaned, "BATCH", 2)
    enter(connection, "张 三", "李 四", "王 五", "赵 六")
    looked: list[str] = []

    def meanwhile(name: str) -> str:
        looked.append(name)
        if len(looked) > 4 and "赵" in name:  # the second batch, locked
            with other.begin():  # nobody waits for the first one
                other.execute(text("SET LOCAL lock_timeout = '2s'"))
                other.execute(text("UPDATE people SET told = '{}' WHERE name IN ('张三', '李四')"))
            raise KeyboardInterrupt
        return person_name(name)

    engine = create_engine(example.admin_url)
    with engine.connect() as other:
        with pytest.raises(KeyboardInterrupt):
            texts_cleaned.upgrade({"people": {"name": meanwhile}})
        seen = other.execute(text("SELECT name FROM people WHERE told IS NOT NULL")).scalars().all()
    engine.dispose()
    assert sorted(seen) == ["张三", "李四"]
    texts_cleaned.upgrade({"people": {"name": person_name}})
    assert people(connection) == sorted(["张三", "李四", "王五", "赵六"])


def test_a_double_stays_and_is_counted_without_its_name(connection: Connection, caplog: Any) -> None:
    enter(connection, "张三", "张 三", "李\u200b四", "\u200b")
    with caplog.at_level(logging.INFO, logger=texts_cleaned.logger.name):
        texts_cleaned.upgrade({"people": {"name": person_name}})
    assert people(connection) == sorted(["张三", "张 三", "李四", "\u200b"])
    [said] = [record for record in caplog.records if record.message == "texts_cleaned"]
    assert (said.table, said.cleaned, said.left) == ("people", 1, 1)
    assert "张" not in str(said.__dict__)


def test_documents_are_cleaned_as_their_own_function_says(connection: Connection) -> None:
    row = {"id": new_id(), "told": '{"names": ["张 三"], "n": 1}'}
    connection.execute(text("INSERT INTO people VALUES (:id, 'x', :told)"), row)

    def told(document: dict[str, Any]) -> dict[str, Any]:
        return {**document, "names": [person_name(name) for name in document["names"]]}

    texts_cleaned.upgrade({"people": {"told": told}}, documents=["told"])
    assert connection.scalar(text("SELECT told FROM people")) == {"names": ["张三"], "n": 1}


def test_versions_rise_and_the_copies_hear(example: ServiceHarness, connection: Connection) -> None:
    example.run(AddParcel(teaching_point_id=new_id(), label="一\u200b箱"))
    texts_cleaned.upgrade({"parcels": {"label": title}})
    [stored] = example.ask(ListParcels()).items
    assert (stored.label, stored.version) == ("一箱", 2)
    [item] = example.published(ParcelState)[-1].items
    assert (item.label, item.version) == ("一箱", 2)
