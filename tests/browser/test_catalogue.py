"""The registrar looks after what can be selected: requirements of courses, where a programme is offered, a round."""

import pytest
from playwright.sync_api import expect

from contracts.courses.catalogue_commands import AddAssessmentRequirement
from contracts.courses.commands import AddCoursesToRound, CreateSelectionRound
from contracts.courses.queries import GetProgramme, GetSelectionRound
from contracts.courses.views import SelectionRoundDetails
from contracts.types import ExamKind, Level
from launcher import school
from tests.browser.conftest import Desk
from tests.browser.doing import confirm, decide, row_of
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


def test_a_second_person_agrees_to_a_requirement_and_rejects_another_with_the_reason(
    desk: Desk, premises: Premises
) -> None:
    registrar, run = premises.scene.school.staff.registrar, premises.scene.stage.run
    draft = school.enter_course(registrar, f"{run}91", "编译原理", 60)
    too_hard = {"coursework_percent": 10, "final_percent": 90, "exam_kind": ExamKind.PAPER}
    registrar.send(AddAssessmentRequirement(course_version_id=draft.version.id, **too_hard))
    page = desk("second registrar")
    page.goto(f"/courses/courses/{draft.course.id}")
    page.get_by_role("tab", name="版本与考核要求").click()
    good, bad = row_of(page, "形考 40% · 终考 60%（纸考）"), row_of(page, "形考 10% · 终考 90%（纸考）")

    bad.get_by_role("button", name="驳回").click()
    form = page.get_by_role("form", name="驳回考核要求")
    form.get_by_role("button", name="提交").click()
    reason = form.get_by_label("驳回理由")
    expect(reason).to_be_focused()
    reason.fill("终考比例过高")
    form.get_by_role("button", name="提交").click()
    confirm(page, "驳回考核要求")
    expect(bad).to_contain_text("已驳回")
    expect(bad).to_contain_text("终考比例过高")

    good.get_by_role("button", name="通过").click()
    page.get_by_role("form", name="通过考核要求").get_by_role("button", name="提交").click()
    expect(good).to_contain_text("已通过")


def test_the_points_that_offer_a_programme_are_ticked_and_saved(desk: Desk, premises: Premises) -> None:
    scene = premises.scene
    registrar, here, there = scene.school.staff.registrar, scene.here.point.view, scene.there.point.view
    courses = {"专业核心课": [course.details.id for course in scene.school.courses[:2]]}
    command = school.programme(
        f"{scene.stage.run}-GQB", "软件工程(高起本)", scene.stage.intake, courses, level=Level.BACHELOR
    )
    made = school.publish_programme(registrar, command, [here.id, there.id])
    page = desk("registrar")
    page.goto(f"/courses/programmes/{made.id}")
    page.get_by_role("tab", name="开设教学点").click()
    box = page.get_by_role("checkbox", name=there.name)
    expect(box).to_be_checked()
    box.uncheck()
    expect(page.get_by_text("在 1 个教学点开设")).to_be_visible()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("开设教学点已保存")).to_be_visible()
    expect(page.get_by_role("button", name="保存")).to_be_disabled()
    expect(box).not_to_be_checked()
    assert registrar.send(GetProgramme(programme_id=made.id)).teaching_point_ids == (here.id,)


def test_a_course_is_taken_out_of_a_round_after_one_is_sure(desk: Desk, premises: Premises) -> None:
    scene = premises.scene
    registrar, (first, second) = scene.school.staff.registrar, scene.school.courses[:2]
    command = CreateSelectionRound(
        code=f"BX{scene.stage.run}",
        name="补选",
        opens_at=scene.stage.day(30),
        closes_at=scene.stage.day(40),
        payment_deadline=scene.stage.day(45),
    )
    round_: SelectionRoundDetails = registrar.send(command)
    both = (first.details.id, second.details.id)
    registrar.send(AddCoursesToRound(selection_round_id=round_.id, course_ids=both))
    page = desk("registrar")
    page.goto(f"/courses/rounds/{round_.id}")
    page.get_by_role("tab", name="批次课程").click()
    page.get_by_role("checkbox", name=f"选择 {first.details.code}").check()
    decide(page, "移除所选课程", note=None, sure="批次移除课程")
    expect(row_of(page, first.details.code)).to_have_count(0)
    expect(row_of(page, second.details.code)).to_be_visible()
    left = registrar.send(GetSelectionRound(selection_round_id=round_.id)).courses
    assert [course.id for course in left] == [second.details.id]
