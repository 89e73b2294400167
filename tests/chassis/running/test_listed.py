"""What tasks about all rows of a list are made of: the list's query with a command's filters, and whose they are."""

from __future__ import annotations

from uuid import UUID

import pytest

from chassis.base.ids import new_id
from chassis.running.listed import as_asked, owner_of, query_of
from chassis.testing.harness import ServiceHarness, acting
from contracts.types import Gender
from tests.chassis.shop import ORDERS, ExportOrders, ListOrders, Shop, list_orders
from tests.harnesses import HarnessOf

EAST, WEST = new_id(), new_id()


@pytest.fixture
def shop(built_of: HarnessOf) -> ServiceHarness:
    return built_of(Shop)


def test_the_query_is_the_handlers_and_has_the_filters_that_the_command_shares_with_it() -> None:
    assert query_of(list_orders) is ORDERS.query is ListOrders
    assert as_asked(list_orders, ExportOrders(gender=Gender.MALE, columns=("name",))) == ListOrders(gender=Gender.MALE)


@pytest.mark.parametrize(
    ("own", "ids", "owner"),
    [(EAST, (EAST,), EAST), (EAST, (WEST, EAST), EAST), (EAST, (WEST,), WEST), (None, (WEST,), WEST), (EAST, (), EAST)],
)
def test_a_task_is_the_actors_points_or_that_whose_rows_it_reads(
    shop: ServiceHarness, own: UUID | None, ids: tuple[UUID, ...], owner: UUID
) -> None:
    who = acting(scope="point", ids=ids, teaching_point_id=own)
    assert shop.database.run(who, owner_of) == (owner if ids or own else None)
