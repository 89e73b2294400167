"""Exam rounds are arranged, and exams that were missed are sat once more."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from contracts.exams.commands import AddSession, CreateExamRound, PlaceCourses, Placement
from contracts.exams.views import ExamRoundDetails
from tests.browser.conftest import Desk
from tests.browser.doing import carry_out, choose_in_menu, row_of
from tests.browser.premises import Premises
from tests.browser.sittings import missed_exam

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


def draft_round(premises: Premises) -> ExamRoundDetails:
    """A round that nobody may register in yet: two courses in its first session, none in its second."""
    stage, officer = premises.scene.stage, premises.scene.school.staff.exams
    window = {"registration_opens_at": stage.day(1), "registration_closes_at": stage.day(10)}
    round_: ExamRoundDetails = officer.send(CreateExamRound(code=f"CG{stage.run}", name="春季考试", **window))
    for number in (1, 2):
        starts_at = stage.day(20, hour=8 * number)
        times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
        round_ = officer.send(AddSession(exam_round_id=round_.id, name=f"第{number}场", **times))
    first = min(round_.sessions, key=lambda session: session.starts_at)
    courses = [course.details.id for course in premises.scene.school.courses[:2]]
    placements = tuple(Placement(course_id=course, session_id=first.id) for course in courses)
    placed: ExamRoundDetails = officer.send(PlaceCourses(exam_round_id=round_.id, placements=placements))
    return placed


def test_courses_and_empty_sessions_are_taken_out_of_a_round_that_is_a_draft(desk: Desk, premises: Premises) -> None:
    round_ = draft_round(premises)
    page = desk("exams officer")
    page.goto("/")
    choose_in_menu(page, "考务", "考试批次")
    page.get_by_role("link", name=round_.code).click()
    first, second = (row_of(page, f"第{number}场") for number in (1, 2))
    courses = first.get_by_role("list", name="第1场的考试科目")
    expect(courses.get_by_role("listitem")).to_have_count(2)
    expect(first.get_by_role("button", name="删除")).to_have_count(0)  # there are exams in it

    courses.get_by_role("button", name="移除").first.click()
    question = page.get_by_role("dialog", name="移除考试科目")
    expect(question).to_contain_text("从本批次移除")
    question.get_by_role("button", name="移除").click()
    expect(courses.get_by_role("listitem")).to_have_count(1)

    second.get_by_role("button", name="删除").click()
    page.get_by_role("form", name="删除场次").get_by_role("button", name="提交").click()
    question = page.get_by_role("dialog", name="确认删除场次")
    expect(question).to_contain_text("第2场")
    question.get_by_role("button", name="删除场次").click()
    expect(second).to_have_count(0)
    expect(first).to_be_visible()


def look_for(page: Page, student_number: str) -> None:
    """The registrations of a student."""
    page.goto("/exams/registrations")
    page.get_by_label("搜索").fill(student_number)
    page.get_by_role("button", name="查询").click()


def test_a_missed_exam_is_registered_once_more_and_that_is_cancelled(desk: Desk, premises: Premises) -> None:
    (student,) = premises.newcomers(1)
    missed_exam(premises, student)
    page = desk("point's registrar")
    look_for(page, student.student_number)
    row_of(page, "缺考").get_by_role("link", name=student.student_number).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(student.student_number)
    page.get_by_role("button", name="补考报考", exact=True).click()
    drawer = page.get_by_role("dialog", name="补考报考")
    drawer.get_by_role("combobox", name="考试批次").fill(premises.scene.school.exam_round.code)
    page.get_by_role("option", name=premises.scene.school.exam_round.code).click()
    drawer.get_by_role("button", name="试算").click()
    carry_out(drawer, 1)

    look_for(page, student.student_number)
    resit = row_of(page, "（补考）")
    expect(resit).to_contain_text("待缴费")
    resit.get_by_role("checkbox").check()
    page.get_by_role("button", name="取消补考报考").click()
    carry_out(page.get_by_role("dialog", name="取消补考报考"), 1, sure="取消补考报考")
    expect(resit).to_contain_text("已取消")  # as soon as finance has cancelled the bill
