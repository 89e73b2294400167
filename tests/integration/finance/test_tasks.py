"""Bills as a file."""

from decimal import Decimal

import pytest

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.finance.commands import ExportBills
from contracts.registry.events import StudentItem
from tests.builders import finance as build
from tests.builders import people
from tests.exporting import exported

pytestmark = pytest.mark.usefixtures("store")


def test_bills_go_out_with_amounts_as_numbers_and_words_for_codes(
    finance: ServiceHarness, student: StudentItem
) -> None:
    build.select_for(finance, student)
    build.select_for(finance, build.student(finance, new_id()))
    bills = build.bills_of(finance, student_id=student.id)
    staff = people.of_point(student.teaching_point_id)
    rows = exported(finance, ExportBills(sort="number", status="unpaid"), staff)
    assert [(row["缴费单号"], Decimal(str(row["金额"]))) for row in rows] == [(b.number, b.amount) for b in bills]
    assert {(row["学号"], row["状态"]) for row in rows} == {(student.student_number, "未缴费")}
    assert all(row["缴费时间"] is None and row["签发时间"] is not None for row in rows)
