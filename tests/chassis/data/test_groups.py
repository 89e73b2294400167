"""Groups of rows that are alike: the database keeps their numbers, whoever writes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Column, MetaData, Table, Text, Uuid, delete, insert, select, update

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.groups import grouped
from chassis.testing.harness import ServiceHarness, acting
from contracts.errors import ServiceError
from tests.chassis.data.fair import Fair, parties, tickets, visitors
from tests.harnesses import HarnessOf

STALL = new_id()


@pytest.fixture
def fair(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Fair)


def come(fair: ServiceHarness, town: str = "Anshun", age: str = "adult", id_: UUID | None = None) -> UUID:
    id_ = id_ or new_id()
    row = {"id": id_, "name": "a", "town": town, "age": age, "teaching_point_id": STALL}
    fair.database.run(system_context(), lambda uow: uow.execute(insert(visitors).values(row)))
    return id_


def buy(fair: ServiceHarness, visitor: UUID) -> UUID:
    row = {
        "id": new_id(), "visitor_id": visitor, "teaching_point_id": STALL, "state": "open", "ride": "boat",
        "sold_at": datetime(2026, 9, 1, tzinfo=UTC),
    }  # fmt: skip
    fair.database.run(system_context(), lambda uow: uow.execute(insert(tickets).values(row)))
    return row["id"]  # type: ignore[return-value]


def party_of(fair: ServiceHarness, table: Table, id_: UUID) -> tuple[str, str] | None:
    """The town and age of a row's group; None for the group of what is not known."""
    wanted = (
        select(parties.c.town, parties.c.age)
        .select_from(table.outerjoin(parties, parties.c.id == table.c.party_id))
        .where(table.c.id == id_)
    )
    row = fair.database.run(system_context(), lambda uow: uow.one(wanted))
    return None if row.town is None else tuple(row)


def write(fair: ServiceHarness, statement: Any) -> None:
    fair.database.run(system_context(), lambda uow: uow.execute(statement))


def version_of(fair: ServiceHarness, ticket: UUID) -> int:
    return int(
        fair.database.run(
            system_context(), lambda uow: uow.scalar(select(tickets.c.version).where(tickets.c.id == ticket))
        )
    )


def test_rows_that_are_alike_are_one_group(fair: ServiceHarness) -> None:
    first, second, other = come(fair), come(fair), come(fair, age="child")
    assert party_of(fair, visitors, first) == party_of(fair, visitors, second) == ("Anshun", "adult")
    assert party_of(fair, visitors, other) == ("Anshun", "child")
    count = fair.database.run(system_context(), lambda uow: len(uow.rows(select(parties))))
    assert count == 2


def test_what_belongs_to_a_row_is_in_its_group_and_moves_with_it_without_becoming_newer(fair: ServiceHarness) -> None:
    visitor = come(fair)
    ticket = buy(fair, visitor)
    assert party_of(fair, tickets, ticket) == ("Anshun", "adult")
    write(fair, update(visitors).where(visitors.c.id == visitor).values(town="Benxi"))
    assert party_of(fair, tickets, ticket) == ("Benxi", "adult")
    assert version_of(fair, ticket) == 1
    write(fair, update(tickets).where(tickets.c.id == ticket).values(state="used"))
    assert version_of(fair, ticket) == 2


def test_what_comes_before_the_row_that_it_belongs_to_gets_its_group_with_it(fair: ServiceHarness) -> None:
    visitor = new_id()
    ticket = buy(fair, visitor)
    assert party_of(fair, tickets, ticket) is None
    come(fair, id_=visitor)
    assert party_of(fair, tickets, ticket) == ("Anshun", "adult")


def test_what_stays_when_its_row_goes_keeps_its_group(fair: ServiceHarness) -> None:
    visitor = come(fair)
    ticket = buy(fair, visitor)
    write(fair, delete(visitors).where(visitors.c.id == visitor))
    assert party_of(fair, tickets, ticket) == ("Anshun", "adult")


def test_nobody_gives_a_row_another_number_than_its_columns_say(fair: ServiceHarness) -> None:
    visitor, other = come(fair), come(fair, age="child")
    write(fair, update(visitors).where(visitors.c.id == visitor).values(party_id=0))
    assert party_of(fair, visitors, visitor) == ("Anshun", "adult")
    assert party_of(fair, visitors, other) == ("Anshun", "child")


def test_a_new_group_that_two_make_at_once_is_one(fair: ServiceHarness) -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow() -> None:
        def work(uow: Any) -> None:
            row = {"id": new_id(), "name": "a", "town": "Dali", "age": "adult", "teaching_point_id": STALL}
            uow.execute(insert(visitors).values(row))
            begun.set()
            ended.wait(10)

        fair.database.run(system_context(), work)

    first = threading.Thread(target=slow)
    first.start()
    assert begun.wait(10)
    found: list[UUID] = []
    second = threading.Thread(target=lambda: found.append(come(fair, town="Dali")))
    second.start()
    ended.set()
    first.join(10)
    second.join(10)
    assert party_of(fair, visitors, found[0]) == ("Dali", "adult")
    assert fair.database.run(system_context(), lambda uow: len(uow.rows(select(parties)))) == 1


def test_no_role_writes_groups(fair: ServiceHarness) -> None:
    values = {"town": "Dali", "age": "adult"}
    for someone in (system_context(), acting("tickets.read", scope="point", ids=(STALL,))):
        with pytest.raises(ServiceError, match="not_found"):
            fair.database.run(someone, lambda uow: uow.execute(insert(parties).values(values)))


def test_a_table_without_a_column_for_the_number_can_not_be_grouped() -> None:
    plain = Table("plain", MetaData(), Column("id", Uuid, primary_key=True), Column("town", Text))
    with pytest.raises(ValueError, match="plain has no column party_id"):
        grouped(plain, "parties", ("town",), key="party_id")
