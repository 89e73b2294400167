"""A test acts as people do: under the permission that the route of what they do demands."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from chassis.base.context import Context
from chassis.testing.harness import ServiceHarness, acting
from tests.chassis.example import AddParcel, Example, build
from tests.harnesses import HarnessOf, harnesses

POINT = UUID(int=1)


@pytest.fixture(scope="module")
def demanding(postgres_admin_url: str, run_prefix: str) -> Iterator[HarnessOf]:
    """Services of which every operation demands `parcels.add`."""
    with harnesses(postgres_admin_url, f"{run_prefix}d", build=build, permission_of=lambda _: "parcels.add") as fresh:
        yield fresh


@pytest.fixture
def example(demanding: HarnessOf) -> ServiceHarness:
    return demanding(Example)


def clerk(permission: str | None) -> Context:
    return acting(permission, scope="point", teaching_point_id=POINT)


def test_who_names_no_permission_acts_under_the_demanded_one(example: ServiceHarness) -> None:
    for label, permission in (("a", None), ("b", "parcels.add")):
        example.run(AddParcel(teaching_point_id=POINT, label=label), clerk(permission))
    assert [row.label for row in example.rows(example.table("parcels").select().order_by("label"))] == ["a", "b"]


def test_under_another_permission_nothing_is_done_and_only_that_is_a_refusal(example: ServiceHarness) -> None:
    parcel = AddParcel(teaching_point_id=POINT, label="a")
    with pytest.raises(AssertionError, match="AddParcel is not carried out"):
        example.run(parcel, clerk("parcels.read"))
    assert example.rows(example.table("parcels").select()) == []
    example.run(parcel, clerk(None))
    with pytest.raises(AssertionError, match="already_exists"):
        example.refusal(parcel, clerk("parcels.read"))
    assert example.refusal(parcel, clerk(None)).code == "already_exists"
