"""States that others copy: whoever changes a row by whatever statement, they hear of it, and before the facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import Field
from sqlalchemy import Column, ForeignKey, Numeric, String, Table, delete, event, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.columns import id_column, stamps
from chassis.data.prepared import Prepared
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.declaring.entries import PublishesEntry
from chassis.declaring.service import Service, feeder, load, publishes
from chassis.messages.relay import RETRY_FAILED, Relay
from chassis.messages.state_notes import note_triggers, reannounce
from chassis.messages.tombstones import tombstone
from chassis.provisioning.database import provision_database
from chassis.testing.harness import PASSWORDS, ServiceHarness, acting
from contracts.base import Envelope, State, StateItem
from contracts.types import Money
from launcher.paths import service_names
from tests.chassis.example import AddParcel, ParcelAdded, ParcelState, build, parcels
from tests.harnesses import HarnessOf

POINT = UUID("01900000-0000-7000-8000-000000000001")

FACT = Envelope.of(
    ParcelAdded(parcel_id=new_id()), event_id=new_id(), occurred_at=datetime.now(UTC), correlation_id=new_id()
).model_dump_json()

shelf_metadata = service_metadata("library")
shelves = Table(
    "shelves",
    shelf_metadata,
    id_column(),
    Column("name", String(40), nullable=False),
    Column("price", Numeric(8, 2), nullable=False, server_default="12.50"),
    *stamps(),
)
scope(shelves, read_by_all=True)
books = Table(
    "books",
    shelf_metadata,
    id_column(),
    Column("shelf_id", ForeignKey(shelves.c.id), nullable=False),
    Column("title", String(40), nullable=False),
    Column("remark", String(40)),
)
scope(books, read_by_all=True)


class ShelfItem(StateItem):
    name: str = Field(min_length=1)
    price: Money
    titles: tuple[str, ...]


class ShelfState(State[ShelfItem], owner="library", version=1):
    pass


def shelf_items(ids: Sequence[UUID], uow: Any) -> list[ShelfItem]:
    titles = select(func.coalesce(func.array_agg(books.c.title), [])).where(books.c.shelf_id == shelves.c.id)
    statement = select(shelves, titles.scalar_subquery().label("titles")).where(shelves.c.id.in_(ids))
    return [ShelfItem.model_validate(row._mapping) for row in uow.rows(statement)]


class Library(Service):
    name = "library"
    metadata = shelf_metadata
    shelf_state = publishes(ShelfState, shelf_items, shelves, fed_by=(feeder(books.c.shelf_id, "title"),))


@pytest.fixture
def library(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Library)


def add(example: ServiceHarness, label: str) -> UUID:
    id_: UUID = example.run(AddParcel(teaching_point_id=POINT, label=label), acting("parcels.add")).id
    return id_


def told(harness: ServiceHarness, state: type[State[Any]] = ParcelState) -> list[tuple[Any, ...]]:
    """(id, version, deleted) of every item that goes out now."""
    harness.sent.clear()
    items = [item for message in harness.published(state) for item in message.items]
    return sorted((item.id, item.version, item.deleted) for item in items)


def carry_out(harness: ServiceHarness, statement: Any, values: Any = None) -> None:
    harness.database.run(system_context(), lambda uow: uow.execute(statement, values))


def test_a_bulk_update_and_one_by_a_prepared_statement_are_told(example: ServiceHarness) -> None:
    ids = sorted(add(example, f"p{n}") for n in range(3))
    told(example)
    carry_out(example, update(parcels).values(weight=5))
    assert told(example) == [(id_, 2, False) for id_ in ids]
    heavier = Prepared("heavier", "UPDATE parcels SET weight = %(weight)s", weight="integer")
    example.database.run(system_context(), lambda uow: heavier.run(uow.connection, {"weight": 6}))
    assert told(example) == [(id_, 3, False) for id_ in ids]


def test_a_repair_by_the_administrator_is_told(example: ServiceHarness) -> None:
    id_ = add(example, "a")
    told(example)
    with example.owner_connection() as connection:
        connection.exec_driver_sql("UPDATE parcels SET label = 'repaired'")
    assert told(example) == [(id_, 2, False)]


def test_the_rows_that_others_copy_cannot_go_without_their_hearing_of_it(example: ServiceHarness) -> None:
    id_ = add(example, "a")
    with example.owner_connection() as connection, pytest.raises(DBAPIError, match="delete its rows"):
        connection.exec_driver_sql("TRUNCATE parcels CASCADE")
    assert told(example) == [(id_, 1, False)]


def test_a_row_deleted_by_hand_leaves_a_tombstone_of_a_higher_version(example: ServiceHarness) -> None:
    id_ = add(example, "a")
    told(example)
    carry_out(example, delete(parcels))
    assert told(example) == [(id_, 2, True)]
    example.check_states()


def test_a_statement_that_changes_nothing_and_a_transaction_rolled_back_tell_nothing(example: ServiceHarness) -> None:
    carry_out(example, update(parcels).values(weight=5))

    def fails(uow: Any) -> None:
        uow.execute(insert(parcels).values(id=new_id(), teaching_point_id=POINT, label="x"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        example.database.run(system_context(), fails)
    assert told(example) == []


def test_a_change_bears_the_correlation_of_its_unit_of_work(example: ServiceHarness) -> None:
    context = system_context(new_id(), new_id())
    row = insert(parcels).values(id=new_id(), teaching_point_id=POINT, label="x")
    example.database.run(context, lambda uow: uow.execute(row))
    ((_, _, envelope),) = example.take_outbox()
    assert (envelope.correlation_id, envelope.causation_id) == (context.correlation_id, context.causation_id)


def test_the_committer_knows_that_it_left_notes_though_it_published_nothing(example: ServiceHarness) -> None:
    woken: list[bool] = []
    example.database.wake_relay = lambda: woken.append(True)

    def work(uow: Any) -> None:
        uow.execute(insert(parcels).values(id=new_id(), teaching_point_id=POINT, label="x"))
        uow.audit(parcels, new_id(), "add")

    try:
        example.database.run(system_context(), work)
    finally:
        example.database.wake_relay = lambda: None
    assert woken == [True]


def test_a_changed_feeder_raises_its_parents_version_and_only_when_the_view_differs(library: ServiceHarness) -> None:
    one, other = sorted((new_id(), new_id()))
    carry_out(library, insert(shelves), [{"id": id_, "name": "s"} for id_ in (one, other)])
    told(library, ShelfState)
    book = new_id()
    carry_out(library, insert(books).values(id=book, shelf_id=one, title="t"))
    assert told(library, ShelfState) == [(one, 2, False)]
    carry_out(library, update(books).values(remark="torn"))
    assert told(library, ShelfState) == []
    carry_out(library, update(books).values(shelf_id=other))
    assert told(library, ShelfState) == [(one, 3, False), (other, 2, False)]
    with library.owner_connection() as connection:
        connection.exec_driver_sql("DELETE FROM books")
    assert told(library, ShelfState) == [(other, 3, False)]
    library.check_states()


def test_a_row_written_by_the_same_transaction_is_not_raised_twice(library: ServiceHarness) -> None:
    shelf = new_id()

    def work(uow: Any) -> None:
        uow.execute(insert(shelves).values(id=shelf, name="s"))
        uow.execute(insert(books).values(id=new_id(), shelf_id=shelf, title="t"))

    library.database.run(system_context(), work)
    assert told(library, ShelfState) == [(shelf, 1, False)]


def test_a_deleted_row_with_an_amount_becomes_a_tombstone(library: ServiceHarness) -> None:
    shelf = new_id()
    carry_out(library, insert(shelves).values(id=shelf, name="s", price=Decimal("200.00")))
    told(library, ShelfState)
    with library.owner_connection() as connection:
        connection.exec_driver_sql("DELETE FROM shelves")
    assert told(library, ShelfState) == [(shelf, 2, True)]


def test_a_row_that_its_contract_refuses_holds_up_no_other_and_goes_out_when_it_is_mended(
    library: ServiceHarness,
) -> None:
    """As after a repair by hand: who sent it could not know that it can't be shown."""
    ids = sorted(new_id() for _ in range(5))
    carry_out(library, insert(shelves), [{"id": id_, "name": "" if id_ == ids[2] else "s"} for id_ in ids])
    carry_out(library, library.table("outbox").insert(), {"exchange": "x", "routing_key": "x.v1", "message": FACT})
    assert [id_ for id_, _, _ in told(library, ShelfState)] == [*ids[:2], *ids[3:]]
    assert library.rows(select(func.count()).select_from(library.table("outbox")))[0][0] == 0, "facts go on"
    relay = Relay(library.database, library)
    library.clock.advance(2 * RETRY_FAILED)
    relay.retry_returned()
    assert told(library, ShelfState) == [], "it can't be shown yet"
    carry_out(library, update(shelves).where(shelves.c.id == ids[2]).values(name="mended"))
    library.clock.advance(2 * RETRY_FAILED)
    relay.retry_returned()
    assert (ids[2], 2, False) in told(library, ShelfState)
    assert library.rows(select(func.count()).select_from(library.table("state_notes")))[0][0] == 0


class Collected:
    """What a relay published, a list for each transaction."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def publish(self, messages: Sequence[Any]) -> Sequence[Any]:
        self.batches.append([Envelope.model_validate_json(message.message).type for message in messages])
        return ()


def test_facts_wait_until_the_states_of_their_moment_are_out_and_repairs_wait_for_both(
    example: ServiceHarness,
) -> None:
    with example.owner_connection() as connection:
        connection.exec_driver_sql(
            "INSERT INTO state_notes (kind, row_id)"
            " SELECT 'parcel_state', gen_random_uuid() FROM generate_series(1, 600)"
        )

    def work(uow: Any) -> None:
        rows = [{"id": new_id(), "teaching_point_id": POINT, "label": f"{n}"} for n in range(700)]
        uow.execute(insert(parcels), rows)
        uow.publish(ParcelAdded(parcel_id=rows[0]["id"]))

    example.database.run(system_context(), work)
    collected = Collected()
    relay = Relay(example.database, collected)
    assert [relay.run_once() for _ in range(5)] == [500, 201, 500, 100, 0]
    assert collected.batches == [["parcel_state"], ["parcel_state", "parcel_added"]]


def test_a_fact_waits_for_states_that_another_relay_has_in_hand(example: ServiceHarness) -> None:
    add(example, "a")
    collected = Collected()
    with example.database.unit_of_work() as other:
        notes = example.table("state_notes")
        other.rows(select(notes).with_for_update())
        assert Relay(example.database, collected).run_once() == 0
    Relay(example.database, collected).drain()
    assert collected.batches == [["parcel_state", "parcel_added"]]


def test_what_could_not_be_published_is_noted_still(example: ServiceHarness) -> None:
    class Away:
        def publish(self, messages: Sequence[Any]) -> Sequence[Any]:
            raise OSError("away")

    id_ = add(example, "a")
    with pytest.raises(OSError, match="away"):
        Relay(example.database, Away()).run_once()
    assert told(example) == [(id_, 1, False)]


def test_rows_are_announced_again_all_or_some(example: ServiceHarness) -> None:
    ids = sorted(add(example, f"p{n}") for n in range(3))
    told(example)
    assert example.database.run(system_context(), lambda uow: reannounce(uow, "parcel_state", ids[:1])) == 1
    assert told(example) == [(ids[0], 1, False)]
    assert example.database.run(system_context(), lambda uow: reannounce(uow, "parcel_state")) == 3
    assert told(example) == [(id_, 1, False) for id_ in ids]


def test_a_lost_trigger_is_noticed_by_the_next_command_of_any_test(
    example: ServiceHarness, postgres_admin_url: str
) -> None:
    with example.owner_connection() as connection:
        connection.exec_driver_sql("DROP TRIGGER note_parcel_state_insert ON parcels")
    try:
        with pytest.raises(AssertionError, match="parcel_state"):
            add(example, "a")
    finally:
        provision_database(postgres_admin_url, example.service, example.database.name, PASSWORDS, build=build)


SERVICES = [load(f"services.{name}.service") for name in service_names()]
PUBLISHED = [(service, entry) for service in SERVICES for entry in service.publications.values()]


@pytest.mark.parametrize(("service", "entry"), PUBLISHED, ids=lambda each: getattr(each, "kind", None) or each.name)
def test_a_builder_reads_no_table_but_the_published_one_and_its_declared_feeders(
    service: type[Service], entry: PublishesEntry, harness_of: Any
) -> None:
    harness = harness_of(service)
    read: set[str] = set()

    def look(_connection: Any, statement: Any, *_: Any) -> None:
        if hasattr(statement, "get_children"):
            read.update(part.name for part in visitors.iterate(statement) if isinstance(part, Table))

    event.listen(harness.database.engine, "before_execute", look)
    try:
        harness.database.run(system_context(), lambda uow: entry.builder([new_id()], uow))
    finally:
        event.remove(harness.database.engine, "before_execute", look)
    assert read == {entry.table.name, *(feeder.table.name for feeder in entry.fed_by)}


@pytest.mark.parametrize(("service", "entry"), PUBLISHED, ids=lambda each: getattr(each, "kind", None) or each.name)
def test_every_kind_has_its_triggers(service: type[Service], entry: PublishesEntry) -> None:
    tables = [entry.table.name, *(feeder.table.name for feeder in entry.fed_by)]
    made = [trigger.table for trigger in note_triggers(service) if f"_{entry.kind}_" in trigger.name]
    assert sorted(made) == sorted(tables * 3)


def test_a_tombstone_is_a_valid_item_whatever_the_row_did_not_hold() -> None:
    item = tombstone(ShelfState, new_id(), 4, {"name": "s", "price": "1.00"})
    assert (item.version, item.deleted, item.titles) == (5, True, ())  # type: ignore[attr-defined]
