"""A teaching point selects courses: for one student from the plan, and for a cohort as the manual has it."""

from collections.abc import Sequence

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from contracts.common import TaskView
from contracts.courses.commands import ExportSelections
from contracts.courses.queries import ListSelections
from contracts.courses.views import BatchSelectionResult
from contracts.registry.views import StudentView
from tests.browser.conftest import Desk
from tests.browser.doing import choose_in_menu
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


def selected(premises: Premises, student: StudentView) -> Sequence[str]:
    """The names of the courses that the student has."""
    registrar = premises.scene.here.point.registrar.client
    return sorted(str(each.course_name) for each in registrar.pages(ListSelections(student_id=student.id)))


def look_for(page: Page, student: StudentView) -> None:
    """Filter a list of students by a number."""
    page.get_by_role("textbox", name="学号", exact=True).fill(student.student_number)
    page.get_by_role("button", name="查询").click()


def look_for_cohort(page: Page, premises: Premises) -> Locator:
    """Go to batch selection and look for the cohort there is; where that was entered."""
    page.goto("/")
    choose_in_menu(page, "教务", "批量选课")
    filters = page.get_by_role("search", name="筛选")
    filters.get_by_label("层次").select_option(label="专升本")
    filters.get_by_role("button", name="查询").click()
    expect(page.get_by_role("alert")).to_contain_text("请先填写：学习批次")
    filters.get_by_label("学习批次").fill(premises.scene.stage.intake)
    filters.get_by_role("button", name="查询").click()
    return filters


def test_courses_of_a_plan_are_ticked_and_selected_for_one_student(desk: Desk, premises: Premises) -> None:
    (student,) = premises.newcomers(1)
    page = desk("point's registrar")
    page.goto("/")
    choose_in_menu(page, "教务", "代学生选课")
    look_for(page, student)
    page.get_by_role("link", name=student.student_number).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(student.name)

    page.get_by_role("checkbox", name="勾选 计算机网络").check()
    page.get_by_role("checkbox", name="勾选 操作系统").check()
    page.get_by_role("button", name="为选中学生选课（2 门）").click()
    form = page.get_by_role("dialog")
    expect(form.get_by_role("status").first).to_contain_text("将办理 2 条，0 条不能办理")
    assert selected(premises, student) == [], "a trial selects nothing"
    form.get_by_role("button", name="办理 2 条").click()
    expect(form.get_by_role("status").first).to_contain_text("已办理 2 条")
    form.get_by_role("button", name="完成").click()
    expect(page.get_by_role("checkbox", name="勾选 计算机网络")).to_be_disabled()
    assert selected(premises, student) == ["操作系统", "计算机网络"]


def test_a_course_that_cannot_be_selected_says_which_condition_is_not_met(desk: Desk, premises: Premises) -> None:
    (student,) = premises.newcomers(1)
    page = desk("point's registrar")
    page.goto(f"/registry/students/{student.id}")
    page.get_by_role("button", name="培养方案与选课").click()
    row = page.get_by_role("row").filter(has_text="大学英语")
    expect(row.get_by_role("checkbox")).to_be_disabled()
    row.get_by_role("button", name="不可选").click()
    expect(page.get_by_text("课程已添加到选课批次，且正处选课期")).to_be_visible()


def test_a_cohort_is_found_by_its_elements_ticked_tried_and_selected(desk: Desk, premises: Premises) -> None:
    students = premises.newcomers(2)
    premises.billed(students[:1])  # who has one of the courses already
    page = desk("point's registrar")
    filters = look_for_cohort(page, premises)
    programme = premises.scene.school.programme  # the only one of its level, so that what was left open is known
    expect(filters.get_by_label("学生来源")).to_have_value(str(programme.student_source))
    expect(filters.get_by_label("专业代码")).to_have_value(programme.major_code)
    for student in students:
        page.get_by_role("checkbox", name=f"选择 {student.student_number}").check()
    page.get_by_role("button", name="去培养方案中选课").click()

    page.get_by_role("checkbox", name="勾选 计算机网络").check()
    page.get_by_role("checkbox", name="勾选 数据库原理与应用").check()
    page.get_by_role("button", name="为选中的学生选课").click()
    expect(page.get_by_role("status").filter(has_text="将选课 3 门次")).to_contain_text("跳过 1 门次")
    page.get_by_role("button", name="确认选课").click()
    expect(page.get_by_role("status").filter(has_text="已选课 3 门次")).to_be_visible()
    assert [selected(premises, each) for each in students] == [["数据库原理与应用", "计算机网络"]] * 2


def test_a_batch_that_is_too_large_for_one_answer_is_followed_as_the_task_that_it_is(
    desk: Desk, premises: Premises
) -> None:
    """More than 5,000 pairs would be. What the service answers then is given here, with a task that is really there."""
    registrar = premises.scene.here.point.registrar
    task: TaskView = registrar.send(ExportSelections())
    answer = BatchSelectionResult(
        task=task, dry_run=True, selected=0, skipped=0, refused=0, skipped_pairs=(), refused_pairs=()
    )

    def as_a_task(route: Route) -> None:
        dry_run = route.request.post_data_json["dry_run"]
        route.fulfill(status=202, json={**answer.model_dump(mode="json"), "dry_run": dry_run})

    page = desk("point's registrar")
    page.route("**/selections/batch", as_a_task)
    look_for_cohort(page, premises)
    page.get_by_role("checkbox", name="选择本页全部").check()
    page.get_by_role("button", name="去培养方案中选课").click()
    page.get_by_role("checkbox", name="勾选所列全部课程").check()
    page.get_by_role("button", name="为选中的学生选课").click()
    expect(page.get_by_text("门次较多，试算作为任务办理")).to_be_visible()
    page.get_by_role("button", name="确认选课").click()
    expect(page.get_by_text("门次较多，选课作为任务办理")).to_be_visible()
    expect(page.get_by_role("button", name="下载未选的学生和课程")).to_be_visible()
    page.get_by_role("button", name="任务中心").click()
    expect(page.get_by_role("dialog", name="任务中心").get_by_role("article").first).to_contain_text("导出选课")
