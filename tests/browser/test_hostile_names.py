"""Names that are more than names are shown as text, and nothing else comes of them."""

import re
from secrets import token_hex

import pytest
from playwright.sync_api import expect

from contracts.identity.commands import CreateUser, RoleGrantInput
from contracts.permissions import Role
from tests.browser.conftest import Desk
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(120)]

MARKUP = "<img src=x onerror=alert(1)>"
LONG = ("阿卜杜热合曼·买买提依明·" * 4)[:40]  # as long as a name may be
RARE = "𠮷田𡈽"
DOTTED = "古丽·阿依夏"


def employed(premises: Premises, name: str, username: str) -> None:
    """Somebody of this name has an account."""
    role = RoleGrantInput(role=Role.SCHOOL_EXAMS)
    premises.people()["system administrator"].send(CreateUser(username=username, name=name, roles=(role,)))


@pytest.mark.parametrize("name", [RARE, DOTTED, LONG], ids=["rare", "dotted", "long"])
def test_a_name_of_any_kind_is_shown_whole_in_the_list_and_on_its_page(
    name: str, desk: Desk, premises: Premises
) -> None:
    username = f"name.{token_hex(4)}"
    employed(premises, name, username)
    page = desk("system administrator")
    page.goto("/system/users")
    page.get_by_label("搜索").fill(username)
    page.get_by_role("button", name="查询").click()
    row = page.get_by_role("row").filter(has_text=username)
    expect(row).to_contain_text(name)
    row.get_by_role("link", name=username).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_looks_like_markup_is_text_wherever_it_is_shown(desk: Desk, premises: Premises) -> None:
    page = desk("point's registrar")
    (student,) = premises.newcomers(1)
    page.goto(f"/registry/students/{student.id}")
    page.get_by_role("button", name="修改联系方式").click()
    form = page.get_by_role("form", name="修改联系方式")
    form.get_by_label("家庭住址").fill(MARKUP)
    form.get_by_label("工作单位").fill("名称 \u202egnorts\u202c 公司")
    form.get_by_role("button", name="提交").click()
    expect(form).to_be_hidden()
    expect(page.get_by_text(MARKUP)).to_be_visible()
    expect(page.get_by_text(re.compile("gnorts"))).to_be_visible()
    assert page.evaluate("document.images.length") == 0


def test_a_file_whose_name_is_markup_is_shown_by_it(desk: Desk, premises: Premises) -> None:
    page = desk("point's registrar")
    page.goto("/registry/students/import")
    file = {"name": f"{MARKUP}.xlsx", "mimeType": "application/octet-stream", "buffer": premises.workbook([])}
    page.get_by_label("文件").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_role("list", name="已上传的文件")).to_contain_text("onerror")
    assert page.evaluate("document.images.length") == 0
