"""The audit trail as people read it: the newest first, found by who, what and when, ID numbers masked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness, acting
from contracts.common import ListAuditEntries, of_service
from tests.chassis.example import AddParcel, ParcelView, WeighParcel

POINT = new_id()
ID_NUMBER = "110105199001011234"


@pytest.fixture
def parcel(example: ServiceHarness) -> ParcelView:
    view: ParcelView = example.run(AddParcel(teaching_point_id=POINT, label="a"), clerk())
    return view


def clerk(user_id: UUID | None = None) -> Context:
    return acting("example.add", scope="point", teaching_point_id=POINT, **({"user_id": user_id} if user_id else {}))


def found(example: ServiceHarness, **filters: Any) -> list[Any]:
    return list(example.ask(of_service("example", ListAuditEntries)(**filters), acting("audit.read")).items)


def test_id_numbers_are_masked(example: ServiceHarness, parcel: ParcelView) -> None:
    [entry] = found(example)
    assert entry.after == {"label": "a", "id_number": "110105**********34"}
    assert ID_NUMBER not in entry.model_dump_json()


def test_entries_are_found_by_who_what_which_and_when(example: ServiceHarness, parcel: ParcelView) -> None:
    weigher = clerk(new_id())
    example.run(WeighParcel(parcel_id=parcel.id, version=1, weight=7), weigher)
    added, weighed = found(example, sort="at")
    assert [entry.action for entry in found(example)] == [weighed.action, added.action] == ["edit", "add"]
    for filters, expected in (
        ({"actor_id": weigher.actor.user_id}, [weighed]),
        ({"object_id": parcel.id}, [weighed, added]),
        ({"object_id": new_id()}, []),
        ({"object_type": "parcels"}, [weighed, added]),
        ({"object_type": "learners"}, []),
        ({"action": "add"}, [added]),
        ({"correlation_id": weighed.correlation_id}, [weighed]),
        ({"since": weighed.at}, [weighed]),
        ({"until": weighed.at}, [added]),
        ({"since": weighed.at, "until": weighed.at}, []),
    ):
        assert found(example, **filters) == expected, filters
