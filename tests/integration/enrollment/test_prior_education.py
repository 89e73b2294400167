"""What the national verification said of prior education: for one form, or from a table; and what it ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Row, Table

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.running import imports
from chassis.testing.harness import ServiceHarness
from chassis.work.rows import lock
from contracts.common import RowResults, TaskView
from contracts.enrollment.commands import (
    AdmitApplications,
    ImportPriorEducationChecks,
    RecordPriorEducationCheck,
    WithdrawApplications,
)
from contracts.enrollment.events import AdmissionsCancelled
from contracts.enrollment.views import ApplicationDetails
from contracts.types import IdKind, PriorEducationCheck
from contracts.words import member_word
from services.enrollment.papers.prior_checks import PRIOR_CHECKS
from services.enrollment.steps import prior_checks
from tests.builders import enrollment as build
from tests.builders.people import of_point, of_school
from tests.importing import imported, refused_rows, workbook

pytestmark = pytest.mark.usefixtures("store")

FALSE, VERIFIED = PriorEducationCheck.FALSE, PriorEducationCheck.VERIFIED


def refused(results: RowResults) -> list[str | None]:
    return [item.refusal.code if item.refusal else None for item in results.items]


def check_of(view: ApplicationDetails, check: PriorEducationCheck) -> RecordPriorEducationCheck:
    return RecordPriorEducationCheck(application_id=view.id, version=view.version, check=check)


def row(view: ApplicationDetails, check: PriorEducationCheck = VERIFIED, **changes: str) -> dict[str, str]:
    return {"id_number": view.id_number, "name": view.name, "check": member_word(check).zh, **changes}


def sent(enrollment: ServiceHarness, rows: list[dict[str, str]], **more: bool) -> TaskView:
    """A table that the school sends."""
    with workbook("prior_education_check_import", PRIOR_CHECKS, rows) as file:
        return imported(enrollment, ImportPriorEducationChecks, file, build.ADMISSIONS, **more)


def brought_in(enrollment: ServiceHarness, rows: list[dict[str, str]], **more: bool) -> Mapping[int, str]:
    """What comes back of such a table: row → reasons."""
    task = sent(enrollment, rows, **more)
    return refused_rows(enrollment, task, PRIOR_CHECKS) if task.result else {}


def found(enrollment: ServiceHarness, *views: ApplicationDetails) -> list[tuple[str, str]]:
    seen = [build.seen(enrollment, view.id) for view in views]
    return [(str(each.state), str(each.prior_check)) for each in seen]


def test_a_false_prior_education_keeps_the_school_from_admitting_and_an_unchecked_one_does_not(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    false, unchecked = build.entered(enrollment, at), build.entered(enrollment, at)
    check = RecordPriorEducationCheck(application_id=false.id, version=false.version, check=PriorEducationCheck.FALSE)
    seen = enrollment.run(check, build.ADMISSIONS)
    assert [(each.check, each.met) for each in seen.checks if each.blocking and not each.met] == [
        ("prior_education_verified", False)
    ]
    both = enrollment.run(AdmitApplications(application_ids=(false.id, unchecked.id)), build.ADMISSIONS)
    assert refused(both) == ["prior_education_false", None]


def test_nobody_verifies_what_they_sent(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    me = new_id()
    view = enrollment.run(build.form(at.round.id), of_point(at.points[0].id, user_id=me))
    check = RecordPriorEducationCheck(application_id=view.id, version=view.version, check=PriorEducationCheck.VERIFIED)
    assert enrollment.refusal(check, of_school(user_id=me)).code == "decides_own_request"


def test_who_was_admitted_by_what_is_false_is_admitted_no_more(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    view = build.admitted(enrollment, at)
    after = enrollment.run(check_of(view, FALSE), of_school())
    assert (after.state, after.prior_check) == ("admission_cancelled", "false")
    assert [step.action for step in after.history][-1] == "find_untrue"
    [event] = enrollment.published(AdmissionsCancelled)
    assert [each.student_id for each in event.cancelled] == [view.student_id]
    assert enrollment.refusal(check_of(after, VERIFIED), of_school()).code == "application_decided"


def test_any_other_result_leaves_an_admission_as_it_is(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    view = build.admitted(enrollment, at)
    enrollment.run(check_of(view, PriorEducationCheck.MISMATCH), of_school())
    assert found(enrollment, view) == [("admitted", "mismatch")]
    assert enrollment.published(AdmissionsCancelled) == []


def test_results_come_in_from_a_table_for_whatever_state_a_form_is_in_and_once_more_change_nothing(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    waiting, true, false = build.entered(enrollment, at), build.admitted(enrollment, at), build.admitted(enrollment, at)
    rows = [row(waiting, PriorEducationCheck.MISMATCH), row(true), row(false, FALSE)]
    expected = [("first_review_passed", "mismatch"), ("admitted", "verified"), ("admission_cancelled", "false")]
    assert brought_in(enrollment, rows, dry_run=True) == {}
    assert found(enrollment, waiting, true, false)[2] == ("admitted", "unchecked")
    assert brought_in(enrollment, rows) == {}
    assert found(enrollment, waiting, true, false) == expected
    versions = [build.seen(enrollment, view.id).version for view in (waiting, true, false)]
    rows[0]["name"] = f" {rows[0]['name']} "  # another file, the same results
    assert brought_in(enrollment, rows) == {}
    assert [build.seen(enrollment, view.id).version for view in (waiting, true, false)] == versions
    assert len(enrollment.published(AdmissionsCancelled)) == 1


def test_check_and_import_tell_how_many_admissions_end_each_counted_once(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    one, other, waiting = build.admitted(enrollment, at), build.admitted(enrollment, at), build.entered(enrollment, at)
    certificate = one.prior_education.certificate_number or ""
    rows = [row(view, FALSE) for view in (one, other, waiting)]
    rows += [row(one, FALSE, prior_certificate_number=certificate), {**row(other, FALSE), "name": "王小明"}]
    told = [sent(enrollment, rows, dry_run=dry_run).figures for dry_run in (True, False)]
    assert told == [
        {"checked": 5, "refused": 1, "admissions_cancelled": 2},
        {"imported": 4, "refused": 1, "admissions_cancelled": 2},
    ]
    assert sent(enrollment, [*rows, rows[0]]).figures["admissions_cancelled"] == 0


def test_each_row_that_fits_no_form_comes_back_with_its_reason_and_the_others_come_in(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    good, gone = build.entered(enrollment, at), build.entered(enrollment, at)
    enrollment.run(WithdrawApplications(application_ids=(gone.id,)), of_point(at.points[0].id))
    cancelled = build.admitted(enrollment, at)
    enrollment.run(check_of(cancelled, FALSE), of_school())
    certificate = good.prior_education.certificate_number or ""
    rows = [
        row(good, prior_certificate_number=certificate, id_kind=member_word(IdKind.RESIDENT).zh),
        row(good, name="王小明", prior_certificate_number="1"),
        row(good, prior_certificate_number="999999201806000001"),
        row(good, id_kind=member_word(IdKind.PASSPORT).zh),
        row(gone),
        row(cancelled, VERIFIED),
        {**row(good), "name": "李四", "check": "未验证"},
    ]
    back = brought_in(enrollment, rows)
    assert set(back) == {3, 4, 5, 6, 7, 8}
    assert "姓名不一致" in back[3]
    assert "证书编号不一致" in back[4]
    assert "没有该证件号码" in back[5]
    assert "没有该证件号码" in back[6]
    assert "已取消入学资格" in back[7]
    assert "验证结果" in back[8]
    assert found(enrollment, good) == [("first_review_passed", "verified")]


def test_rows_that_contradict_each_other_about_a_form_come_back_whatever_they_call_it_by(
    enrollment: ServiceHarness, at: build.Recruiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = build.prior_education(id_number_then="320311800520001")
    mine, other, agreed = (
        build.admitted(enrollment, at),
        build.entered(enrollment, at, prior_education=then),
        build.entered(enrollment, at),
    )
    kind = {"id_kind": member_word(IdKind.RESIDENT).zh}
    rows = [
        row(mine, FALSE),
        row(other),
        row(agreed),
        row(mine, **kind),
        row(agreed, **kind),
        {**row(other, FALSE), "id_number": "320311800520001"},
    ]
    monkeypatch.setattr(imports, "BLOCK", 2)  # they stand far from each other
    monkeypatch.setattr(imports, "CHECKED_AT_ONCE", 2)
    for dry_run in (True, False):
        back = brought_in(enrollment, rows, dry_run=dry_run)
        assert {number: "第 " in reasons for number, reasons in back.items()} == dict.fromkeys((2, 3, 5, 7), True)
        assert "第 5 行" in back[2]
        assert "第 3 行" in back[7]
    assert [check for _, check in found(enrollment, mine, other, agreed)] == ["unchecked", "unchecked", "verified"]


def test_a_row_whose_form_was_erased_while_the_table_came_in_is_refused_and_the_others_come_in(
    enrollment: ServiceHarness, at: build.Recruiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, good = build.entered(enrollment, at), build.entered(enrollment, at)

    def lock_of_the_rest(uow: UnitOfWork, table: Table, ids: Collection[UUID]) -> dict[UUID, Row[Any]]:
        return lock(uow, table, set(ids) - {gone.id})

    monkeypatch.setattr(prior_checks, "lock", lock_of_the_rest)
    back = brought_in(enrollment, [row(gone), row(good)])
    assert ["没有该证件号码" in reasons for reasons in back.values()] == [True]
    assert found(enrollment, good) == [("first_review_passed", "verified")]


def test_forms_are_known_by_the_name_and_number_on_the_certificate_too(
    enrollment: ServiceHarness, at: build.Recruiting
) -> None:
    then = build.prior_education(name_then="张旧名", id_number_then="320311800520001")
    view = build.entered(enrollment, at, prior_education=then)
    named_then = {"id_number": "320311800520001", "name": "张旧名", "check": member_word(VERIFIED).zh}
    assert brought_in(enrollment, [named_then]) == {}
    assert found(enrollment, view) == [("first_review_passed", "verified")]


def test_nobody_brings_in_results_about_what_they_sent(enrollment: ServiceHarness, at: build.Recruiting) -> None:
    me = new_id()
    view = enrollment.run(build.form(at.round.id), of_point(at.points[0].id, user_id=me))
    with workbook("prior_education_check_import", PRIOR_CHECKS, [row(view)]) as file:
        task = imported(enrollment, ImportPriorEducationChecks, file, of_school(user_id=me))
    [reasons] = refused_rows(enrollment, task, PRIOR_CHECKS).values()
    assert "自己" in reasons or "本人" in reasons
    assert found(enrollment, view) == [("first_review_passed", "unchecked")]
