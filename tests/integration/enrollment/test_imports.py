"""Forms from a table: good rows come in, bad ones come back with every reason."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.enrollment.commands import AdmitApplications, ImportApplications
from contracts.enrollment.queries import ListApplications
from contracts.registry.events import StudentDocumentItem, StudentDocumentState
from launcher.made_up import with_wrong_check_digit
from services.enrollment.papers.workbook import APPLICATIONS
from tests.builders import enrollment as build
from tests.builders.messages import a
from tests.builders.people import of_point, of_school
from tests.importing import imported, refused_rows, workbook

pytestmark = pytest.mark.usefixtures("store")


def row(at: build.Recruiting, **changes: str) -> dict[str, str]:
    return build.sheet_row(at.round.code, **changes)


def brought_in(
    enrollment: ServiceHarness, at: build.Recruiting, rows: list[dict[str, str]], **more: bool
) -> Mapping[int, str]:
    """What comes back of a table that a point sends: row → reasons."""
    with workbook("application_import", APPLICATIONS, rows) as file:
        task = imported(enrollment, ImportApplications, file, of_point(at.points[0].id), **more)
    return refused_rows(enrollment, task, APPLICATIONS) if task.result else {}


def test_good_rows_are_forms_of_the_point_that_sent_them(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    assert brought_in(enrollment, at, [row(at) for _ in range(3)]) == {}
    here, there = (enrollment.ask(ListApplications(), of_point(point.id)) for point in at.points)
    assert (here.total, there.total) == (3, 0)
    assert {each.state for each in here.items} == {"first_review_passed"}
    assert len({each.number for each in here.items}) == 3


def test_every_bad_row_comes_back_with_its_reasons_and_the_others_come_in(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    good = row(at)
    wrong = row(at, prior_level="高中", ethnicity="火星族")
    rows = [
        good,
        row(at, id_number=with_wrong_check_digit(good["id_number"])),
        wrong,
        row(at, admission_round_code="ZS209901"),
        row(at, major_code="999999"),
        row(at, teaching_point_code=at.points[1].code),
        row(at, mobile=""),
    ]
    back = brought_in(enrollment, at, rows)
    assert set(back) == {3, 4, 5, 6, 7, 8}
    assert "校验位" in back[3]
    assert "民族" in back[4]
    assert "ZS209901" in back[5]
    assert "培养方案" in back[6]
    assert at.points[1].code in back[7]
    assert "手机号码" in back[8]


def test_a_check_enters_nobody(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    assert brought_in(enrollment, at, [row(at)], dry_run=True) == {}
    assert enrollment.ask(ListApplications(), build.ADMISSIONS).total == 0


def test_who_has_a_form_or_studies_already_is_refused_and_not_told_where(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    entered = build.entered(enrollment, at, point=1)
    studies = row(at)
    enrollment.feed(StudentDocumentState, a(StudentDocumentItem, id_number=studies["id_number"]))
    gender = "男" if entered.gender == "male" else "女"
    back = brought_in(enrollment, at, [row(at, id_number=entered.id_number, gender=gender), studies])
    assert "已有报名表" in back[2]
    assert at.points[1].name not in back[2]
    assert "在籍" in back[3]


def test_who_sent_the_table_does_not_decide_about_its_forms(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    me = new_id()
    with workbook("application_import", APPLICATIONS, [row(at)]) as file:
        imported(enrollment, ImportApplications, file, of_point(at.points[0].id, user_id=me))
    [form] = enrollment.rows(select(enrollment.table("applications")))
    decided = enrollment.run(AdmitApplications(application_ids=(form.id,)), of_school(user_id=me))
    assert [item.refusal.code for item in decided.items if item.refusal] == ["decides_own_request"]
