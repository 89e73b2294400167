"""Everything by the keyboard alone, an input method among it."""

import re

import pytest
from playwright.sync_api import CDPSession, Page, Request, expect

from tests.browser.conftest import Desk
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(120)]


def test_the_first_key_leads_past_the_menu_and_the_menu_opens_by_the_keyboard(desk: Desk) -> None:
    page = desk("registrar")
    page.goto("/")
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到主要内容")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()

    group = page.get_by_role("button", name="学籍", exact=True)
    group.focus()
    page.keyboard.press("Enter")
    expect(group).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="学生", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="学生")).to_be_visible()


def test_the_palette_finds_pages_students_and_bills_by_the_keyboard(desk: Desk, premises: Premises) -> None:
    student = premises.scene.here.students[0]
    page = desk("registrar")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("Control+k")
    text = page.get_by_role("combobox", name="页面名称、学号或缴费单号")
    expect(text).to_be_focused()
    page.keyboard.type("缴费单")
    expect(page.get_by_role("option", name="缴费单", selected=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="缴费单")).to_be_visible()

    page.keyboard.press("Control+k")
    expect(text).to_be_focused()
    page.keyboard.type(student.student_number)
    expect(page.get_by_role("option", name=student.name).first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(student.student_number)

    page.keyboard.press("Control+k")
    expect(text).to_be_focused()
    page.keyboard.press("Escape")
    expect(text).to_be_hidden()


def test_a_drawer_takes_the_focus_keeps_it_and_gives_it_back(desk: Desk, premises: Premises) -> None:
    page = desk("point's registrar")
    page.goto(f"/registry/students/{premises.scene.here.students[0].id}")
    opener = page.get_by_role("button", name="修改联系方式")
    opener.focus()
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog", name="修改联系方式")
    expect(drawer).to_be_visible()
    for _ in range(25):
        page.keyboard.press("Tab")
        inside = drawer.evaluate("drawer => drawer.contains(document.activeElement)")
        assert inside, "the focus has left the drawer"
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()


def test_what_is_wrong_with_a_form_is_focused(desk: Desk) -> None:
    page = desk("system administrator")
    page.goto("/system/users")
    page.get_by_role("button", name="新增用户").click()
    form = page.get_by_role("form", name="新增用户")
    form.get_by_label("用户名").fill("someone.new")
    form.get_by_role("button", name="提交").click()
    expect(form.get_by_label("姓名")).to_be_focused()
    expect(form.get_by_label("姓名")).to_have_attribute("aria-invalid", "true")


# --- N40: Enter that only confirms a candidate ---


def compose(page: Page, letters: str, word: str) -> None:
    """Type as somebody with a pinyin input method: letters, then Enter takes what they stand for."""
    session: CDPSession = page.context.new_cdp_session(page)
    for number in range(1, len(letters) + 1):
        session.send(
            "Input.imeSetComposition", {"text": letters[:number], "selectionStart": number, "selectionEnd": number}
        )
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    session.send("Input.insertText", {"text": word})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    session.detach()
    # The next Enter is nobody's but the person's, who is slower than this.
    page.wait_for_function("since => performance.now() > since + 200", arg=page.evaluate("performance.now()"))


def test_enter_that_confirms_a_candidate_looks_for_nothing_in_a_list(desk: Desk) -> None:
    page = desk("registrar")
    page.goto("/registry/students")
    expect(page.get_by_role("navigation", name="分页")).to_be_visible()
    asked: list[Request] = []
    page.on("request", lambda sent: asked.append(sent) if "/students?" in sent.url else None)
    name = page.get_by_label("姓名")
    name.focus()
    compose(page, "zhang", "张")
    expect(name).to_have_value("张")
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="分页").or_(page.get_by_text("没有符合条件的记录"))).to_be_visible()
    assert len(asked) == 1, "only the second Enter looks"


def test_enter_that_confirms_a_candidate_sends_no_form_and_takes_nothing_from_the_palette(desk: Desk) -> None:
    page = desk("system administrator")
    page.goto("/system/users")
    page.get_by_role("button", name="新增用户").click()
    form = page.get_by_role("form", name="新增用户")
    form.get_by_label("姓名").focus()
    compose(page, "li", "李")
    expect(form.get_by_label("姓名")).to_have_value("李")
    expect(form.get_by_text(re.compile("处需要修改"))).to_be_hidden()
    page.keyboard.press("Enter")
    expect(form.get_by_text(re.compile("处需要修改"))).to_be_visible()

    page.goto("/system/users")
    expect(page.get_by_role("heading", level=1, name="用户")).to_be_visible()
    page.keyboard.press("Control+k")
    text = page.get_by_role("combobox", name="页面名称、学号或缴费单号")
    expect(text).to_be_focused()
    compose(page, "yong", "用户")
    expect(text).to_have_value("用户")
    expect(page.get_by_role("option", name="用户").first).to_be_visible()
