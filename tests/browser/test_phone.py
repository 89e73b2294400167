"""A student with a phone: 360 pixels wide."""

import pytest
from playwright.sync_api import Page, expect

from contracts.courses.queries import ListSelections
from launcher.story.stage import wait
from tests.browser.conftest import Contexts
from tests.browser.doing import sign_in
from tests.browser.premises import Premises
from tests.end_to_end.scenery import PASSWORD, student_account

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def phone(fresh: Contexts) -> Page:
    return fresh(**PHONE).new_page()


def test_a_student_selects_from_the_plan_sees_what_is_to_be_paid_and_the_exam(phone: Page, premises: Premises) -> None:
    (student,) = premises.newcomers(1)
    scene = premises.scene
    account = student_account(scene.stage, scene.here.point, student.student_number)
    sign_in(phone, account.username, PASSWORD)
    ways = phone.get_by_role("navigation", name="主菜单")
    ways.get_by_role("link", name="选课").tap()
    phone.get_by_role("checkbox", name="计算机网络").check()
    phone.get_by_role("button", name="选课", exact=True).tap()
    sheet = phone.get_by_role("dialog", name="确认选课")
    sheet.get_by_role("button", name="确认选 1 门").tap()
    expect(sheet.get_by_text("已选 1 门")).to_be_visible()
    mine = ListSelections(student_id=student.id)
    wait("the selection", lambda: account.client.count(mine), lambda number: number == 1)

    ways_ = phone.get_by_role("navigation", name="主菜单")
    phone.goto("/my/bills")
    expect(phone.get_by_role("heading", level=1, name="缴费")).to_be_visible()
    expect(phone.get_by_text("未缴费").first).to_be_visible()
    ways_.get_by_role("link", name="考试").tap()
    expect(phone.get_by_role("heading", level=1, name="考试")).to_be_visible()
    wide = phone.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["viewport"]["width"]  # type: ignore[index]


def test_a_student_has_nothing_of_the_staffs(phone: Page, premises: Premises) -> None:
    student = premises.people()["student"]
    sign_in(phone, student.username, PASSWORD)
    phone.goto("/registry/students")
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    other = premises.scene.here.students[0].name
    expect(phone.get_by_text(other)).to_have_count(0)
