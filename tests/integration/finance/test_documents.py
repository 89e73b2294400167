"""Slips on paper: with all their bills, the same each time, for whose slips they are."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chassis.base.context import Context
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.running.task_worker import Worker
from chassis.testing.harness import ServiceHarness
from contracts.common import GetTask, TaskState, TaskView
from contracts.finance.commands import PrintRemittanceSlip
from contracts.finance.views import RemittanceDetails
from contracts.identity.events import SchoolSettingItem, SchoolSettingState
from contracts.registry.events import StudentItem
from services.finance.documents import remittance_slip
from tests.builders import finance as build
from tests.builders import people
from tests.builders.messages import a
from tests.permissions import demanded
from tests.printed import boxes, pages, text_of

pytestmark = pytest.mark.usefixtures("store")


def cashier(student: StudentItem) -> Context:
    who = people.of_point(student.teaching_point_id)
    return replace(who, held={str(demanded(PrintRemittanceSlip)): who.scope})


def slip_of(finance: ServiceHarness, student: StudentItem, selections: int) -> RemittanceDetails:
    for _ in range(selections):
        build.select_for(finance, student)
    bills = build.bills_of(finance, student_id=student.id)
    return build.slip(finance, [bill.id for bill in bills], people.of_point(student.teaching_point_id))


def printed(finance: ServiceHarness, slip: RemittanceDetails, who: Context) -> bytes:
    task = finance.run(PrintRemittanceSlip(remittance_id=slip.id), who)
    Worker(finance.database, finance.service).run_until_idle()
    done: TaskView = finance.ask(GetTask(task_id=task.id), who)
    assert (done.state, done.refusal) == (TaskState.DONE, None)
    assert done.result is not None
    return b"".join(files.store().chunks("finance", done.result.sha256, FileKind.PDF))


def test_a_slip_says_who_pays_what_and_names_each_bill(finance: ServiceHarness, student: StudentItem) -> None:
    finance.feed(SchoolSettingState, a(SchoolSettingItem))
    slip = slip_of(finance, student, 2)
    pdf = printed(finance, slip, cashier(student))
    said = text_of(pdf)
    for part in ("江淮开放大学", "汇款单", slip.number, slip.payer_name, "待审核", "合计（元）：920.00"):
        assert part in said, part
    for bill in slip.bills:
        assert bill.number in said
        assert str(bill.student_name) in said
    assert said.count("学分费") == said.count("考试费") == 2
    assert boxes(pdf) == 0


def test_the_same_slip_at_the_same_instant_is_the_same_file(finance: ServiceHarness, student: StudentItem) -> None:
    slip = slip_of(finance, student, 1)
    assert printed(finance, slip, cashier(student)) == printed(finance, slip, cashier(student))


def test_a_slip_of_many_bills_repeats_its_head_on_every_page(finance: ServiceHarness, student: StudentItem) -> None:
    slip = slip_of(finance, student, 40)
    leaves = pages(printed(finance, slip, cashier(student)))
    assert len(leaves) > 2
    assert all("金额" in leaf.extract_text() for leaf in leaves)
    assert slip.amount == Decimal("9200.00") * 2
    numbers = [number for leaf in leaves for number in leaf.extract_text().split() if number.startswith("JF")]
    assert len(numbers) == len(set(numbers)) == slip.bill_count


def test_a_slip_of_very_many_bills_names_the_first_and_says_how_many_it_does_not(
    finance: ServiceHarness, student: StudentItem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remittance_slip, "LISTED", 3)
    slip = slip_of(finance, student, 4)
    said = text_of(printed(finance, slip, cashier(student)))
    assert said.count("JF") == 3
    assert "另有5张缴费单未列出" in said
    assert f"合计（元）：{slip.amount:,}" in said


def test_another_point_prints_it_not(finance: ServiceHarness, student: StudentItem) -> None:
    slip = slip_of(finance, student, 1)
    elsewhere = people.of_point(a(StudentItem).teaching_point_id)
    assert finance.refusal(PrintRemittanceSlip(remittance_id=slip.id), elsewhere).code == "not_found"
