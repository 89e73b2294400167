"""What every list gives, at two of them."""

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.browser.doing import choose_in_menu
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(120)]


def found(page: Page) -> str:
    """How many rows the list says it has."""
    return page.get_by_role("navigation", name="分页").get_by_role("status").inner_text()


def test_what_a_list_is_filtered_by_survives_a_reload_the_back_button_and_a_colleague(
    desk: Desk, premises: Premises
) -> None:
    page = desk("cashier")
    page.goto("/")
    choose_in_menu(page, "财务", "缴费单")
    all_ = found(page)
    page.get_by_label("状态").select_option(label="已缴费")
    page.get_by_role("button", name="查询").click()
    expect(page).to_have_url(re.compile(r"status=paid"))
    expect(page.get_by_role("navigation", name="分页").get_by_role("status")).not_to_have_text(all_)
    paid = found(page)
    page.get_by_role("columnheader", name="金额").get_by_role("button").click()
    expect(page).to_have_url(re.compile(r"sort=amount"))
    address = page.url

    page.reload()
    expect(page.get_by_label("状态")).to_have_value("paid")
    expect(page.get_by_role("columnheader", name="金额")).to_have_attribute("aria-sort", "ascending")
    assert found(page) == paid
    bill = page.get_by_role("row").nth(1).get_by_role("link").first
    number = bill.inner_text()
    bill.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    page.go_back()
    expect(page.get_by_label("状态")).to_have_value("paid")
    assert page.url == address

    colleague = desk("refunds officer")
    colleague.goto(address)
    expect(colleague.get_by_label("状态")).to_have_value("paid")
    assert found(colleague) == paid


def test_a_name_that_is_looked_for_never_stands_in_the_address(desk: Desk, premises: Premises) -> None:
    name = premises.scene.here.students[0].name
    page = desk("registrar")
    page.goto("/registry/students")
    page.get_by_label("姓名").fill(name)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("row").filter(has_text=name)).not_to_have_count(0)
    assert name not in unquote(page.url)
    page.reload()
    expect(page.get_by_label("姓名")).to_have_value(name)
    expect(page.get_by_role("row").filter(has_text=name)).not_to_have_count(0)


def test_nothing_found_says_so_and_offers_to_look_without_conditions(desk: Desk) -> None:
    page = desk("registrar")
    page.goto("/registry/students?intake=200109")
    expect(page.get_by_role("heading", name="没有符合条件的记录")).to_be_visible()
    page.get_by_role("button", name="清除筛选条件").click()
    expect(page.get_by_role("navigation", name="分页")).to_be_visible()


def test_columns_that_were_hidden_stay_hidden_until_everything_is_as_at_first(desk: Desk) -> None:
    page = desk("registrar")
    page.goto("/registry/students")
    gender = page.get_by_role("columnheader", name="性别")
    expect(gender).to_be_visible()
    page.get_by_role("button", name="列设置").click()
    page.get_by_role("dialog", name="列设置").get_by_role("checkbox", name="性别").uncheck()
    page.get_by_role("button", name="完成").click()
    expect(gender).to_be_hidden()
    page.reload()
    expect(page.get_by_role("columnheader", name="学号")).to_be_visible()
    expect(gender).to_be_hidden()
    page.get_by_role("button", name="列设置").click()
    page.get_by_role("button", name="恢复默认").click()
    expect(gender).to_be_visible()


def test_somebody_without_the_right_is_told_so(desk: Desk) -> None:
    page = desk("cashier")
    page.goto("/system/users")
    expect(page.get_by_role("alert")).to_contain_text("您没有打开此页面的权限")


def test_a_list_goes_out_as_a_file_of_exactly_what_is_filtered(desk: Desk, premises: Premises) -> None:
    number = premises.scene.here.students[0].student_number
    page = desk("registrar")
    page.goto(f"/registry/students?student_number={number}")
    page.get_by_role("button", name="导出学生").click()
    page.get_by_role("dialog", name="导出学生").get_by_role("radio", name="CSV").check()
    page.get_by_role("button", name="开始导出").click()
    task = page.get_by_role("dialog", name="任务中心").get_by_role("article").first
    with page.expect_download() as download:
        task.get_by_role("button", name="下载").click()
    rows = download.value.path().read_text("utf-8-sig").splitlines()
    assert [number in row for row in rows] == [False, True]
