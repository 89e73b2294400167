"""What goes wrong around a page, and what people see of it."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from contracts.people import ContactInput
from contracts.registry.commands import ChangeContact
from contracts.registry.queries import GetStudent
from contracts.registry.views import StudentRecord
from tests.browser.conftest import Contexts, Desk
from tests.browser.doing import sign_in
from tests.browser.premises import Premises
from tests.browser.watching import Watch

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


def contact_form(page: Page, student_id: object) -> None:
    """Open the form of a student's contact."""
    page.goto(f"/registry/students/{student_id}")
    page.get_by_role("button", name="修改联系方式").click()


def test_whoever_was_overtaken_sees_both_values_and_goes_on_with_the_one_they_choose(
    desk: Desk, premises: Premises
) -> None:
    (student,) = premises.newcomers(1)
    registrar = premises.scene.here.point.registrar
    page = desk("point's registrar")
    contact_form(page, student.id)
    form = page.get_by_role("form", name="修改联系方式")
    form.get_by_label("手机号码").fill("13900000001")
    form.get_by_label("电子邮箱").fill("mine@example.com")

    record: StudentRecord = registrar.send(GetStudent(student_id=student.id))
    faster = ContactInput(mobile="13900000002", phone="025-12345678")
    registrar.send(ChangeContact(student_id=student.id, version=record.version, contact=faster))
    form.get_by_role("button", name="提交").click()

    expect(form.get_by_role("heading", name="此记录刚被他人修改")).to_be_visible()
    expect(form.get_by_text("我的：")).to_contain_text("13900000001")
    expect(form.get_by_text("对方的：")).to_contain_text("13900000002")
    form.get_by_role("radio", name="对方的").check()
    form.get_by_role("button", name="按以上选择继续").click()
    expect(form.get_by_label("电子邮箱")).to_have_value("mine@example.com")
    form.get_by_role("button", name="提交").click()
    expect(form).to_be_hidden()
    record = registrar.send(GetStudent(student_id=student.id))
    assert (record.contact.mobile, record.contact.email) == ("13900000002", "mine@example.com")


def test_an_answer_that_was_lost_is_asked_for_again_under_the_same_key(
    desk: Desk, premises: Premises, watch: Watch
) -> None:
    """N37: on a slow net, nothing is done twice."""
    (student,) = premises.newcomers(1)
    page = desk("point's registrar")
    keys: list[str | None] = []

    def lose_the_first(route: Route) -> None:
        keys.append(route.request.header_value("Idempotency-Key"))
        if len(keys) > 1:
            route.continue_()
            return
        route.fetch()  # it was done
        route.abort("connectionreset")

    contact_form(page, student.id)
    page.route("**/contact", lose_the_first)
    form = page.get_by_role("form", name="修改联系方式")
    form.get_by_label("手机号码").fill("13900000003")
    with watch.allowing("ERR_CONNECTION_RESET"):
        form.get_by_role("button", name="提交").click()
        expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_role("button", name="重试").click()
    expect(form).to_be_hidden()
    assert len(keys) == 2
    assert keys[0] == keys[1] is not None


def test_without_a_network_it_says_so_until_there_is_one(desk: Desk) -> None:
    page = desk("registrar")
    page.goto("/registry/students")
    expect(page.get_by_role("navigation", name="分页")).to_be_visible()
    page.context.set_offline(True)
    try:
        expect(page.get_by_text("网络已断开")).to_be_visible()
    finally:
        page.context.set_offline(False)
    expect(page.get_by_text("网络已断开")).to_be_hidden()


def test_a_console_that_is_older_than_the_server_offers_to_load_it_anew(fresh: Contexts, premises: Premises) -> None:
    page = fresh().new_page()
    page.clock.install()
    sign_in(page, premises.people()["registrar"].username, premises.password("registrar"))
    page.route("**/console.json", lambda route: route.fulfill(body=json.dumps({"version": "another"})))
    page.clock.run_for("01:00:00")
    page.get_by_role("button", name="重新加载").click()
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()


def test_leaving_with_something_entered_asks_first(desk: Desk, premises: Premises) -> None:
    page = desk("point's registrar")
    page.goto("/registry/students")
    page.get_by_role("link", name=premises.scene.here.students[0].student_number).click()
    page.get_by_role("button", name="修改联系方式").click()
    form = page.get_by_role("form", name="修改联系方式")
    form.get_by_label("手机号码").fill("13900000004")
    page.go_back()
    question = page.get_by_role("dialog", name="尚未提交")
    question.get_by_role("button", name="继续填写").click()
    expect(form.get_by_label("手机号码")).to_have_value("13900000004")
    page.get_by_role("dialog", name="修改联系方式").get_by_role("button", name="关闭此对话框").click()
    question.get_by_role("button", name="离开").click()
    expect(form).to_be_hidden()
