"""The shadow that watches every harness: what changed without a note, no copy would hear of, and it says which row."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness, acting
from tests.chassis.example import AddParcel, ParcelState, ParcelView

POINT = new_id()


@pytest.fixture
def parcel(example: ServiceHarness) -> ParcelView:
    command = AddParcel(teaching_point_id=POINT, label="a")
    view: ParcelView = example.run(command, acting(scope="point", teaching_point_id=POINT))
    return view


def unnoticed(example: ServiceHarness, statement: str) -> None:
    """Change rows as nobody can: beside all triggers."""
    engine = create_engine(example.admin_url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))
    engine.dispose()


def test_what_is_noted_is_as_its_owner_would_show_it(example: ServiceHarness, parcel: ParcelView) -> None:
    example.shadow.check()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE parcels SET label = 'b', version = version + 1, updated_at = now()",
        "UPDATE parcels SET label = 'b', updated_at = now()",
        "DELETE FROM parcels",
    ],
    ids=["changed", "changed without another version", "gone"],
)
def test_a_change_without_a_note_is_found(example: ServiceHarness, parcel: ParcelView, statement: str) -> None:
    assert example.published(ParcelState), "its own note is sent: until then it would show the newest"
    unnoticed(example, statement)
    with pytest.raises(AssertionError, match=str(parcel.id)):
        example.shadow.check()
    example.shadow.trust()
    example.shadow.check()


def test_a_new_row_without_a_note_is_found(example: ServiceHarness) -> None:
    id_ = new_id()
    unnoticed(example, f"INSERT INTO parcels (id, teaching_point_id, label) VALUES ('{id_}', '{POINT}', 'b')")
    with pytest.raises(AssertionError, match=str(id_)):
        example.shadow.check()
    example.shadow.trust()
