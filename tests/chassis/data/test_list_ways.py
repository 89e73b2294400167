"""The ways to a page, over so many rows that a way through all of them shows: how many rows are read for a page, by
whatever plan the database makes, and not how long that takes.

An old party's tickets are the last in the list's own order, behind those of all who came later. Of one party there are
more than are sorted, of another fewer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import event, text

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.data import list_totals, list_ways
from chassis.data.list_wanted import PAGED
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import ServiceHarness, acting
from contracts.errors import ServiceError
from tests.chassis.data.fair import Fair, ListTickets, list_tickets
from tests.harnesses import HarnessOf

ALL, OF_OLD_TOWN, OF_SMALL_TOWN, VISITORS = 300_000, 12_000, 4_000, 1_000
STALL = new_id()
IN_ORDER, MOST_READ = PAGED + 4 * VISITORS, 3 * PAGED + 3 * VISITORS
"""Rows that are read for one page: those that are counted, and otherwise what is sorted, in an index and in the table;
and all visitors beside it."""

FILL = f"""
INSERT INTO visitors (id, name, town, age, teaching_point_id)
SELECT gen_random_uuid(), chr(97 + place % 26), town, 'adult', '{STALL}'
FROM unnest(ARRAY['old', 'small', 'new']) town, generate_series(1, {VISITORS}) place;

INSERT INTO tickets (id, visitor_id, teaching_point_id, state, ride, price, party_id, sold_at)
SELECT gen_random_uuid(), theirs.id, '{STALL}', 'used', 'boat', number * 79 % 101, party_id,
    timestamptz '2026-01-01' + number * interval '1 minute'
FROM generate_series(1, {ALL}) number
JOIN (SELECT *, row_number() OVER (PARTITION BY town) - 1 AS place FROM visitors) theirs
    ON theirs.place = number % {VISITORS} AND town = CASE
        WHEN number % 2 = 0 AND number <= {2 * OF_OLD_TOWN} THEN 'old'
        WHEN number <= {2 * OF_SMALL_TOWN} THEN 'small'
        ELSE 'new' END;
"""


@pytest.fixture(scope="module")
def fair(built_of: HarnessOf) -> ServiceHarness:
    """A fair that has been there for long."""
    harness = built_of(Fair)
    with harness.owner_connection() as connection, connection.begin():
        connection.execute(text(FILL))
    with harness.owner_connection() as connection, connection.execution_options(isolation_level="AUTOCOMMIT"):
        connection.execute(text("VACUUM ANALYZE tickets, visitors"))
    return harness


@pytest.fixture(autouse=True)
def however_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (list_ways, list_totals):
        for name in ("_WALKING_MS", "_FURTHER_MS", "_WALKS_MS", "_GATHERING_MS", "_PATIENT_MS", "_COUNTING_MS"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, 60_000)


SCHOOL, POINT = acting("tickets.read", scope="school"), acting("tickets.read", scope="point", ids=(STALL,))


def answer(fair: ServiceHarness, someone: Context, **asked: Any) -> tuple[int | str, int]:
    """How many rows the list has, or the code of the refusal, and how many were read to say so."""

    def listed(uow: UnitOfWork) -> tuple[int | str, int]:
        statements: list[tuple[str, Any]] = []

        def note(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            if statement.startswith(("SELECT", "WITH")) and "FROM" in statement:
                statements.append((statement, parameters))

        event.listen(uow.connection, "before_cursor_execute", note)
        try:
            said: int | str = len(list_tickets(ListTickets(**asked), uow).items)
        except ServiceError as refusal:
            said = refusal.code
        event.remove(uow.connection, "before_cursor_execute", note)
        plans = (explained(uow, *each) for each in statements)
        return said, sum(rows_read(plan) for plan in plans)

    return fair.database.run(someone, listed)


def explained(uow: UnitOfWork, statement: str, parameters: Any) -> Mapping[str, Any]:
    found = uow.connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters)
    return found.scalar_one()[0]["Plan"]  # type: ignore[no-any-return]


def rows_read(plan: Mapping[str, Any]) -> int:
    """Rows that its scans of tables and indexes found or left out, each time that they ran."""
    scanned = "Relation Name" in plan or plan["Node Type"] == "Bitmap Index Scan"
    left_out = sum(plan.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    here = (plan["Actual Rows"] + left_out) * plan["Actual Loops"] if scanned else 0
    return int(here) + sum(rows_read(each) for each in plan.get("Plans", ()))


SORTS = [f"{sign}{key}" for key in ListTickets.sort_keys() for sign in ("", "-")]


@pytest.mark.parametrize("someone", [SCHOOL, POINT], ids=["school", "point"])
@pytest.mark.parametrize("sort", SORTS)
def test_an_old_party_is_answered_or_refused_in_any_order_without_a_way_through_all_rows(
    fair: ServiceHarness, someone: Context, sort: str
) -> None:
    in_its_own_order = sort.removeprefix("-") == "sold_at"
    of_many, read = answer(fair, someone, town="old", sort=sort)
    of_few, read_for_few = answer(fair, someone, town="small", sort=sort)
    assert (of_many, of_few) == (50 if in_its_own_order else "narrow_the_list", 50)
    assert 0 < max(read, read_for_few) <= (IN_ORDER if in_its_own_order else MOST_READ)
