"""Coming in, staying in, going out."""

import re
import time
from secrets import token_hex

import pytest
from playwright.sync_api import Page, Request, expect
from pyotp import TOTP
from sqlalchemy import text

from chassis.base.context import system_context
from contracts.identity.commands import CreateUser, EndSessions, RoleGrantInput
from contracts.identity.queries import ListSessions
from contracts.identity.views import CreatedUser, OneTimePassword
from contracts.permissions import Role
from contracts.registry.queries import GetStudent
from contracts.registry.views import StudentRecord
from launcher.story.people import come_in, complete_profile
from tests.browser.conftest import Contexts
from tests.browser.doing import choose_in_menu, give_credentials, sign_in
from tests.browser.premises import Premises
from tests.browser.watching import Watch

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

PASSWORD = "made-up-mule-43"


def new_employee(premises: Premises, name: str = "新来的") -> OneTimePassword:
    """Somebody of the school whose account was made just now."""
    role = RoleGrantInput(role=Role.SCHOOL_REGISTRAR)
    command = CreateUser(username=f"new.{token_hex(4)}", name=name, roles=(role,))
    made: CreatedUser = premises.people()["system administrator"].send(command)
    return made.one_time_password


def employee(premises: Premises) -> str:
    """Somebody who has been in before; their username."""
    first = new_employee(premises)
    complete_profile(come_in(premises.url, first, PASSWORD))
    return first.username


def test_the_first_sign_in_leads_through_password_and_profile_to_the_page_that_was_wanted(
    stranger: Page, premises: Premises
) -> None:
    first = new_employee(premises)
    stranger.goto("/registry/students")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("登录")
    give_credentials(stranger, first.username, first.password)

    expect(stranger.get_by_role("heading", name="修改密码")).to_be_visible()
    stranger.get_by_label("当前密码").fill(first.password)
    stranger.get_by_role("textbox", name="新密码", exact=True).fill("12345678")
    stranger.get_by_label("确认新密码").fill("12345678")
    stranger.get_by_role("button", name="修改密码").click()
    expect(stranger.get_by_text("新密码过于常见")).to_be_visible()
    stranger.get_by_role("textbox", name="新密码", exact=True).fill(PASSWORD)
    stranger.get_by_label("确认新密码").fill(PASSWORD)
    stranger.get_by_role("button", name="修改密码").click()

    expect(stranger.get_by_role("heading", name="完善个人信息")).to_be_visible()
    stranger.get_by_text("女", exact=True).click()
    stranger.get_by_label("手机号").fill("13900001111")
    stranger.get_by_role("button", name="保存").click()

    expect(stranger.get_by_role("heading", level=1, name="学生")).to_be_visible()
    assert stranger.url.endswith("/registry/students")
    expect(stranger.get_by_role("button", name="新来的")).to_be_visible()


def test_a_wrong_password_says_so_and_lets_one_try_again_at_once(stranger: Page, premises: Premises) -> None:
    username = employee(premises)
    stranger.goto("/")
    give_credentials(stranger, username, "not-my-password")
    expect(stranger.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    expect(stranger.get_by_label("用户名")).to_have_value(username)
    expect(stranger.get_by_role("textbox", name="密码", exact=True)).to_be_focused()
    stranger.keyboard.type(PASSWORD)  # instead of the wrong one, which is marked
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("navigation", name="主菜单")).to_be_visible()


def test_whoever_guessed_too_often_is_told_how_long_to_wait(stranger: Page, premises: Premises) -> None:
    username = employee(premises)
    stranger.goto("/")
    for _ in range(5):
        give_credentials(stranger, username, token_hex(8))
        expect(stranger.get_by_role("button", name="登录")).to_be_enabled()
        expect(stranger.get_by_role("alert")).to_be_visible()
    give_credentials(stranger, username, PASSWORD)
    expect(stranger.get_by_role("alert")).to_contain_text(re.compile(r"请在 \d+ 秒后重试，或联系管理员"))
    expect(stranger.get_by_role("button", name=re.compile(r"\d+ 秒后可以重试"))).to_be_disabled()


def test_a_reload_keeps_the_session_and_no_script_can_read_it(fresh: Contexts, premises: Premises) -> None:
    context = fresh()
    page = context.new_page()
    sign_in(page, employee(premises), PASSWORD)
    choose_in_menu(page, "学籍", "学生")
    page.reload()
    expect(page.get_by_role("heading", level=1, name="学生")).to_be_visible()
    assert page.evaluate("document.cookie") == ""
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    assert cookies["jiaowu_session"]["httpOnly"]
    assert cookies["jiaowu_session"]["sameSite"] == "Strict"
    assert not any(cookie["value"] in stored for cookie in cookies.values())
    assert "eyJ" not in stored, "no token is kept"


def test_two_tabs_whose_token_ends_refresh_once_and_a_sign_out_ends_both(fresh: Contexts, premises: Premises) -> None:
    context = fresh()
    refreshed: list[Request] = []
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.clock.install()
    sign_in(tabs[0], employee(premises), PASSWORD)
    tabs[1].goto("/registry/students")
    expect(tabs[1].get_by_role("heading", level=1, name="学生")).to_be_visible()

    context.on("request", lambda sent: refreshed.append(sent) if sent.url.endswith("/sessions/refresh") else None)
    for tab in tabs:
        tab.clock.fast_forward("06:00")
    tabs[0].get_by_role("button", name="学籍").click()
    tabs[0].get_by_role("navigation", name="主菜单").get_by_role("link", name="学生", exact=True).click()
    tabs[1].get_by_role("button", name="查询").click()
    for tab in tabs:
        expect(tab.get_by_role("navigation", name="分页")).to_be_visible()
    assert len(refreshed) == 1

    tabs[0].get_by_role("button", name=re.compile("^账号")).click()
    tabs[0].get_by_role("menuitem", name="退出登录").click()
    for tab in tabs:
        expect(tab.get_by_role("heading", level=1, name="登录")).to_be_visible()
        tab.goto("/registry/students")
        expect(tab.get_by_role("heading", level=1, name="登录")).to_be_visible()


def test_a_session_that_was_ended_asks_for_the_password_and_sends_what_was_typed(
    stranger: Page, premises: Premises
) -> None:
    first = new_employee(premises)
    elsewhere = come_in(premises.url, first, PASSWORD)
    complete_profile(elsewhere)
    (student,) = premises.newcomers(1)
    sign_in(stranger, first.username, PASSWORD)
    stranger.goto(f"/registry/students/{student.id}")
    stranger.get_by_role("button", name="修改联系方式").click()
    form = stranger.get_by_role("form", name="修改联系方式")
    form.get_by_label("手机号码").fill("13900002222")

    sessions = elsewhere.send(ListSessions())
    elsewhere.send(EndSessions(session_ids=tuple(each.id for each in sessions.items if not each.current)))
    form.get_by_role("button", name="提交").click()

    again = stranger.get_by_role("dialog", name="登录已过期")
    expect(again.get_by_label("用户名")).to_have_value(first.username)
    expect(form.get_by_label("手机号码")).to_have_value("13900002222")
    again.get_by_role("textbox", name="密码", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="登录").click()
    expect(again).to_be_hidden()
    expect(form).to_be_hidden()
    record: StudentRecord = elsewhere.send(GetStudent(student_id=student.id))
    assert record.contact.mobile == "13900002222"


def test_a_second_factor_is_set_up_asked_for_at_the_sign_in_and_again_before_what_wants_it(
    stranger: Page, premises: Premises, watch: Watch
) -> None:
    username = employee(premises)
    sign_in(stranger, username, PASSWORD)
    stranger.goto("/account/second-factor")
    stranger.get_by_role("button", name="设置两步验证").click()
    expect(stranger.get_by_role("img", name="两步验证二维码")).to_be_visible()
    stranger.get_by_text("无法扫描？").click()
    app = TOTP(stranger.locator(".secret").inner_text().replace(" ", ""))
    stranger.get_by_label("验证码").fill(app.now())
    stranger.get_by_role("button", name="确认设置").click()
    recovery = shown_recovery_codes(stranger)
    stranger.get_by_role("button", name="我已保存，继续").click()
    expect(stranger.get_by_role("button", name="更换手机")).to_be_visible()

    stranger.get_by_role("button", name=re.compile("^账号")).click()
    stranger.get_by_role("menuitem", name="退出登录").click()
    give_credentials(stranger, username, PASSWORD)
    expect(stranger.get_by_role("heading", name="输入验证码")).to_be_visible()
    stranger.get_by_label("验证码或恢复码").fill(app.at(int(time.time()) + 30))  # the one before was taken
    stranger.get_by_role("button", name="验证", exact=True).click()
    expect(stranger.get_by_role("navigation", name="主菜单")).to_be_visible()

    let_codes_be_old(premises)
    stranger.goto("/account/second-factor")
    with watch.allowing("403"):
        stranger.get_by_role("button", name="重新生成恢复码").click()
        stranger.get_by_role("button", name="重新生成", exact=True).click()
        dialog = stranger.get_by_role("dialog", name="验证身份")
        dialog.get_by_label("验证码或恢复码").fill(recovery[0])
        dialog.get_by_role("button", name="验证", exact=True).click()
        renewed = shown_recovery_codes(stranger)
    assert not set(renewed) & set(recovery)


def shown_recovery_codes(page: Page) -> list[str]:
    """The ten that are shown once."""
    codes = page.get_by_role("list", name="恢复码").get_by_role("listitem")
    expect(codes).to_have_count(10)
    return codes.all_inner_texts()


def let_codes_be_old(premises: Premises) -> None:
    """As if everybody had given theirs an hour ago."""
    older = text("UPDATE sessions SET second_factor_at = second_factor_at - interval '1 hour'")
    with premises.scene.system.databases() as databases:
        databases["identity"].run(system_context(), lambda uow: uow.execute(older))
