"""What things cost and what goes back of it: entered, ended, taken away; and what the school sets about money."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.browser.doing import choose_in_menu, confirm, row_of
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


def at(desk: Desk, title: str) -> Page:
    """A page of finance, opened by its cashier."""
    page = desk("cashier")
    page.goto("/")
    choose_in_menu(page, "财务", title)
    return page


def delete(page: Page, action: str, about: str) -> None:
    """Go through with deleting the row whose button was pressed, which the question names."""
    page.get_by_role("form", name=action).get_by_role("button", name="提交").click()
    expect(page.get_by_role("dialog", name=f"确认{action}")).to_contain_text(f"“{about}")
    confirm(page, action)


def test_a_fee_standard_is_entered_given_its_last_day_and_deleted(desk: Desk, premises: Premises) -> None:
    student_type = f"试点{premises.scene.stage.run}"
    page = at(desk, "收费标准")
    page.get_by_role("button", name="新增收费标准").click()
    form = page.get_by_role("form", name="新增收费标准")
    form.get_by_label("学历层次").select_option(label="专科")
    form.get_by_role("combobox", name="类型", exact=True).select_option(label="学分费")
    form.get_by_label("金额").fill("１,２３４.5")
    form.get_by_label("学生类型").fill(student_type)
    form.get_by_label("生效日期").fill("2026年9月1日")
    form.get_by_role("button", name="提交").click()
    expect(form).to_be_hidden()
    row = row_of(page, student_type)
    expect(row).to_contain_text("1,234.50")
    expect(row).to_contain_text("长期")

    row.get_by_role("button", name="终止").click()
    form = page.get_by_role("form", name="终止收费标准")
    last = form.get_by_label("失效日期")
    last.fill("2026-08-31")
    form.get_by_role("button", name="提交").click()
    expect(last).to_have_attribute("aria-invalid", "true")
    last.fill("2027-08-31")
    form.get_by_role("button", name="提交").click()
    expect(form).to_be_hidden()
    expect(row).to_contain_text("2027-08-31")

    row.get_by_role("button", name="删除").click()
    delete(page, "删除收费标准", "专科学分费 1,234.50 元")
    expect(row).to_have_count(0)


def test_a_standard_by_which_bills_were_made_stays(desk: Desk) -> None:
    page = at(desk, "收费标准")
    used = row_of(page, "本科").filter(has_text="学分费").first
    used.get_by_role("button", name="删除").click()
    delete(page, "删除收费标准", "本科学分费")
    form = page.get_by_role("form", name="删除收费标准")
    expect(form.get_by_role("alert")).to_contain_text("仍被使用，不能删除")
    drawer = page.get_by_role("dialog", name="删除收费标准", exact=True)
    drawer.get_by_role("button", name="关闭此对话框").click()
    expect(used).to_be_visible()


def test_a_refund_rule_is_entered_and_deleted(desk: Desk) -> None:
    page = at(desk, "退费规则")
    page.get_by_role("button", name="新增退费规则").click()
    form = page.get_by_role("form", name="新增退费规则")
    form.get_by_role("combobox", name="类型", exact=True).select_option(label="考试费")
    form.get_by_label("退费期限").fill("365")
    form.get_by_label("退费比例").fill("10")
    form.get_by_role("button", name="提交").click()
    expect(form).to_be_hidden()
    row = row_of(page, "缴费后 365 天内")
    expect(row).to_contain_text("10%")
    row.get_by_role("button", name="删除").click()
    delete(page, "删除退费规则", "考试费，缴费后 365 天内")
    expect(row).to_have_count(0)


def test_a_setting_is_changed_for_a_reason_and_what_is_planned_can_be_revoked(desk: Desk) -> None:
    page = at(desk, "财务设置")
    name, action = "汇款驳回后的宽限期", "修改学校设置：财务"

    def change(days: int, why: str, begins: str = "") -> None:
        page.get_by_role("row", name=name).first.get_by_role("button", name="修改").click()
        form = page.get_by_role("form", name=action)
        form.get_by_label(name).fill(str(days))
        form.get_by_label("生效时间").fill(begins)
        form.get_by_label("原因").fill(why)
        form.get_by_role("button", name="提交").click()
        expect(form).to_be_hidden()

    change(5, "国庆期间银行入账较慢")
    expect(page.get_by_role("row", name=name).first).to_contain_text("5 天")
    expect(row_of(page, "国庆期间银行入账较慢")).to_be_visible()

    change(7, "春节期间银行入账较慢", "2099-01-01 08:00")
    plan = page.get_by_role("listitem").filter(has_text="春节期间银行入账较慢")
    expect(plan).to_contain_text("2099-01-01 08:00 起")
    plan.get_by_role("button", name="撤销此计划").click()
    form = page.get_by_role("form", name="撤销计划中的设置：财务")
    form.get_by_label("原因").fill("不再需要")
    form.get_by_role("button", name="提交").click()
    confirm(page, "撤销计划中的设置：财务")
    expect(form).to_be_hidden()
    expect(plan).to_have_count(0)
    expect(row_of(page, "春节期间银行入账较慢")).to_contain_text("不再需要")
