"""Statistics keep up with growth, and with them the plans that connections keep."""

import pytest
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import DBAPIError

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.data.bulk import insert_rows
from chassis.data.prepared import Prepared
from chassis.data.statistics import FEW_ROWS, analyse_grown
from chassis.running.background import housekeeping
from chassis.testing.harness import ServiceHarness, acting
from tests.chassis.example import parcels
from tests.waiting import eventually

PREPARED = Prepared("parcel", "SELECT count(*) FROM parcels WHERE id = %(id)s", id="uuid")


def grow(example: ServiceHarness, count: int) -> None:
    """Add parcels, and let PostgreSQL know of it, which counts when a connection ends at the latest."""
    rows = [{"id": new_id(), "teaching_point_id": new_id(), "label": str(new_id())} for _ in range(count)]
    example.database.run(system_context(), lambda uow: uow.execute(insert_rows(parcels, rows)))
    _let_count(example)


def _let_count(example: ServiceHarness) -> None:
    example.close()
    there = "SELECT (SELECT count(*) FROM parcels), n_live_tup FROM pg_stat_user_tables WHERE relname = 'parcels'"

    def counted() -> bool:
        with example.owner_connection() as connection:
            rows, known = connection.exec_driver_sql(there).one()
        return bool(known >= rows)

    eventually(counted, "the rows are counted")


@pytest.fixture
def example(example: ServiceHarness) -> ServiceHarness:
    """The example service, and PostgreSQL knows that it is empty."""
    _let_count(example)
    return example


def known_rows(example: ServiceHarness) -> int:
    """Rows of parcels as the planner knows them; -1 where it was never told."""
    with example.owner_connection() as connection:
        return int(connection.exec_driver_sql("SELECT reltuples FROM pg_class WHERE relname = 'parcels'").scalar_one())


def analyse(example: ServiceHarness) -> None:
    example.database.run(system_context(), analyse_grown)


def test_a_table_that_grew_is_analysed_by_a_due_job(example: ServiceHarness) -> None:
    grow(example, FEW_ROWS)
    assert known_rows(example) == -1
    scheduler, *_ = housekeeping(example.database)
    scheduler.step()
    assert known_rows(example) == FEW_ROWS


def test_a_small_table_is_left_to_the_plans_that_will_still_be_right_when_it_is_large(example: ServiceHarness) -> None:
    grow(example, FEW_ROWS - 1)
    analyse(example)
    assert known_rows(example) == -1


def test_a_table_is_analysed_again_when_a_fifth_of_it_has_changed(example: ServiceHarness) -> None:
    for count, known in ((6_000, 6_000), (1_000, 6_000), (600, 7_600)):
        grow(example, count)
        analyse(example)
        assert known_rows(example) == known


def test_the_plans_that_connections_keep_are_renewed(example: ServiceHarness) -> None:
    one = insert(parcels).values(id=new_id(), teaching_point_id=new_id(), label="the first")
    example.database.run(system_context(), lambda uow: uow.execute(one))
    with example.owner_connection() as connection:
        connection.exec_driver_sql("ANALYZE parcels")  # the worst that may happen: known to be tiny
    with example.database.engine.connect() as old:
        assert "Seq Scan" in plan(example, old)
        grow(example, 2 * FEW_ROWS)
        assert "Seq Scan" in plan(example, old)
        analyse(example)
        assert "Index" in plan(example, old)


def plan(example: ServiceHarness, connection: Connection) -> str:
    """How this connection executes its prepared statement."""
    with connection.begin():
        connection.exec_driver_sql("SELECT set_config('role', %s, true)", (f"{example.database.name}_system",))
        PREPARED.run(connection, {"id": new_id()})
        shown = connection.execute(text(f"EXPLAIN EXECUTE parcel ('{new_id()}')"))
        return "\n".join(row[0] for row in shown)


def test_a_connection_that_never_knew_a_table_to_be_tiny_looks_rows_up_by_index(example: ServiceHarness) -> None:
    with example.database.engine.connect() as fresh:
        assert "Index" in plan(example, fresh)


def test_nobody_but_the_system_may_have_tables_analysed(example: ServiceHarness) -> None:

    with pytest.raises(DBAPIError, match="permission denied"), example.database.unit_of_work(acting()) as uow:
        analyse_grown(uow)
