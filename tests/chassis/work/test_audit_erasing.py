"""Old entries are erased by the operator alone, whole blocks at a time; the record of it stays and is sealed too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import DBAPIError

from chassis.base.ids import new_id
from chassis.provisioning.database import app_url
from chassis.testing.harness import PASSWORDS, ServiceHarness
from chassis.work import audit_erasing
from chassis.work.audit_erasing import LEAST_AGE, erase_some
from tests.chassis.example import Example
from tests.chassis.work.trails import blocks, chain, damages, enter, entry_ids, seal_one
from tests.erased import let_go_of


@pytest.fixture
def owner(example: ServiceHarness) -> Iterator[Connection]:
    """The owner of the database, as migrations connect."""
    url = example.admin_url.set(username=f"{example.database.name}_owner", password=PASSWORDS.owner)
    engine = create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def later(example: ServiceHarness, days: int = 400) -> datetime:
    """So much later that what is there is old."""
    example.clock.advance(timedelta(days=days))
    return example.clock.now()


def erase(owner: Connection, before: datetime, now: datetime) -> list[int | None]:
    erased: list[int | None] = []
    while not erased or erased[-1] is not None:
        with owner.begin():
            erased.append(erase_some(owner, Example, before, now))
    return erased[:-1]


def test_what_is_older_than_the_day_goes_and_the_rest_stays(
    example: ServiceHarness, owner: Connection, monkeypatch: Any
) -> None:
    monkeypatch.setattr(audit_erasing, "AT_ONCE", 2)
    chain(example, 2, 1, 3)
    [_, _, third] = blocks(example)
    now = later(example)
    assert erase(owner, third.made_at, now) == [3]
    [*kept, record] = entry_ids(example)
    assert kept == third.entry_ids
    entries = example.table("audit_entries")
    [told] = example.rows(select(entries).where(entries.c.id == record))
    assert (told.object_type, told.action, told.actor_name) == ("audit_blocks", "erase", "system")
    assert told.after == {"first": 1, "last": 2}
    assert len(blocks(example)) == 3
    assert erase(owner, third.made_at, now) == [], "it is gone already"


def test_the_record_is_sealed_and_never_erased(example: ServiceHarness, owner: Connection) -> None:
    chain(example, 1)
    now = later(example)
    erase(owner, now - LEAST_AGE, now)
    record = entry_ids(example)
    seal_one(example)
    assert [block.entry_ids for block in blocks(example)][1:] == [record]
    now = later(example)
    assert erase(owner, now - LEAST_AGE, now) == [0]
    assert record[0] in entry_ids(example)


def test_it_is_counted_among_what_was_let_go(example: ServiceHarness, owner: Connection) -> None:
    chain(example, 2)
    now = later(example)
    erase(owner, now - LEAST_AGE, now)
    assert let_go_of(example) == [("audit_entries", False, 2)]


def test_what_is_younger_than_half_a_year_is_kept(example: ServiceHarness, owner: Connection) -> None:
    now = example.clock.now()
    with pytest.raises(ValueError, match="at least 183 days"):
        erase_some(owner, Example, now - LEAST_AGE + timedelta(seconds=1), now)


def test_what_is_not_sealed_yet_stays(example: ServiceHarness, owner: Connection) -> None:
    chain(example, 1)
    waiting = enter(example)
    now = later(example)
    erase(owner, now - LEAST_AGE, now)
    assert waiting[0] in entry_ids(example)


def test_without_its_setting_nothing_is_deleted_and_it_ends_with_the_transaction(
    example: ServiceHarness, owner: Connection
) -> None:
    chain(example, 1)
    now = later(example)
    with owner.begin():
        erase_some(owner, Example, now - LEAST_AGE, now)
    with pytest.raises(DBAPIError, match="can only be added to"):
        owner.exec_driver_sql("DELETE FROM audit_entries")


def test_a_services_own_login_can_not(example: ServiceHarness) -> None:
    chain(example, 1)
    now = later(example)
    admin = example.admin_url.render_as_string(hide_password=False)
    engine = create_engine(app_url(admin, example.database.name, PASSWORDS.app))
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET ROLE {example.database.name}_system")
        with pytest.raises(DBAPIError, match="permission denied"):
            erase_some(connection, Example, now - LEAST_AGE, now)
    engine.dispose()
    assert damages(example) == []


def test_other_rows_of_the_same_kind_are_not_taken_for_records(example: ServiceHarness) -> None:
    with example.owner_connection() as connection:
        connection.exec_driver_sql(
            "INSERT INTO audit_entries (id, actor_name, correlation_id, object_type, object_id, action, after)"
            f" VALUES ('{new_id()}', 'x', '{new_id()}', 'audit_blocks', '{new_id()}', 'look', '{{\"first\": 1}}')"
        )
        assert list(audit_erasing.erasures(connection)) == []
