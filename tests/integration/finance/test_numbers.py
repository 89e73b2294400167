"""Slips get their numbers by a template; those from before keep theirs, which a column counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from chassis.base.ids import new_id
from chassis.provisioning.database import migrate
from chassis.testing.harness import ServiceHarness
from contracts.registry.events import StudentItem
from services.finance.service import Finance
from tests.builders import finance as build
from tests.builders import people
from tests.migrating import migrated_to

# As a slip was entered when a column counted them.
_SLIP = text(
    "INSERT INTO remittances (id, teaching_point_id, state, amount, bill_count, payer_name, remitted_on, entered_by)"
    " VALUES (:id, :id, 'pending', 460, 2, '徐州教学点', '2026-09-03', :id) RETURNING number"
)


@pytest.fixture
def before(postgres_admin_url: str, run_prefix: str) -> Iterator[Connection]:
    """A database in which slips are counted by a column."""
    with migrated_to(postgres_admin_url, run_prefix, Finance, "0009") as made:
        yield made


def test_slips_keep_the_number_that_they_have(before: Connection) -> None:
    assert before.scalar(_SLIP, {"id": new_id()}) == "HK0000000001"
    before.commit()
    migrate(before, Finance)
    assert before.scalars(text("SELECT number FROM remittances")).all() == ["HK0000000001"]


def test_a_slip_gets_the_next_number_of_its_month(finance: ServiceHarness, student: StudentItem) -> None:
    for _ in range(2):
        build.select_for(finance, student)
    month = f"HK{build.today(finance):%Y%m}"
    bills = build.bills_of(finance, student_id=student.id, status="unpaid", kind="credit")
    point = people.of_point(student.teaching_point_id)
    slips = [build.slip(finance, [bill.id], point).number for bill in bills]
    assert slips == [f"{month}000001", f"{month}000002"]
