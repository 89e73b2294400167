"""What people do on pages, by what they see: roles and labels."""

import re

from playwright.sync_api import FilePayload, Locator, Page, expect

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sign_in(page: Page, username: str, password: str) -> None:
    """Sign in from the first page, and wait until the console is there."""
    page.goto("/")
    give_credentials(page, username, password)
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()


def give_credentials(page: Page | Locator, username: str, password: str) -> None:
    """Fill in the form and send it."""
    page.get_by_label("用户名").fill(username)
    page.get_by_role("textbox", name="密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()


def choose_in_menu(page: Page, group: str, title: str) -> None:
    """Go to a page by the menu, and wait until it is there."""
    menu = page.get_by_role("navigation", name="主菜单")
    opener = menu.get_by_role("button", name=group, exact=True)
    if opener.get_attribute("aria-expanded") == "false":
        opener.click()
    menu.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def row_of(page: Page | Locator, text: str) -> Locator:
    """The row of a table that has this text in it."""
    return page.get_by_role("row").filter(has_text=text)


def carry_out(drawer: Locator, count: int, *, sure: str | None = None) -> None:
    """Do what was tried in a drawer, for so many rows. What can't be taken back asks whether one is `sure`, which is
    the answer."""
    expect(drawer.get_by_role("status").first).to_contain_text(f"将办理 {count} 条")
    drawer.get_by_role("button", name=f"办理 {count} 条").click()
    if sure:
        confirm(drawer.page, sure)
    expect(drawer.get_by_role("status").first).to_contain_text(f"已办理 {count} 条")
    drawer.get_by_role("button", name="完成").click()
    expect(drawer).to_be_hidden()


def confirm(page: Page, action: str) -> None:
    """Say that one is sure."""
    page.get_by_role("dialog", name=f"确认{action}").get_by_role("button", name=action).click()


def decide(page: Page, action: str, *, note: str | None = "", sure: str | None = None) -> None:
    """Try a decision about one row, which is chosen or shown, and carry it out. Where no `note` is asked for (None) it
    is tried at once."""
    page.get_by_role("button", name=action, exact=True).click()
    drawer = page.get_by_role("dialog").first
    if note:
        drawer.get_by_label("驳回理由").fill(note)
    if note is not None:
        drawer.get_by_role("button", name="试算").click()
    carry_out(drawer, 1, sure=sure)


def settled(page: Page) -> None:
    """Wait until nothing is being loaded."""
    expect(page.get_by_text(re.compile("加载中"))).to_have_count(0)


def workbook(name: str, content: bytes) -> FilePayload:
    """A workbook as somebody picks it from their disk."""
    return {"name": name, "mimeType": _XLSX, "buffer": content}
