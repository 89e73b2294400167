"""Bills are paid by a remittance slip with its receipt, which the school reviews; exams are registered of it."""

import pytest
from playwright.sync_api import expect

from contracts.finance.queries import ListBills
from contracts.finance.states import BillStatus
from launcher.story.receipt import receipt
from launcher.story.selecting import remit
from launcher.story.stage import wait
from tests.browser.conftest import Desk
from tests.browser.doing import choose_in_menu
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


def test_a_point_remits_the_bills_that_it_ticks_with_the_banks_receipt(desk: Desk, premises: Premises) -> None:
    (student,) = premises.newcomers(1)
    bills = premises.billed([student], courses=2)
    total = sum(bill.amount for bill in bills)
    page = desk("point's cashier")
    page.goto("/")
    choose_in_menu(page, "财务", "缴费单")
    page.get_by_label("搜索").fill(student.student_number)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("navigation", name="分页")).to_contain_text("共 4 条")
    for bill in bills[1:]:  # the first one's other half is enough: both are paid together
        page.get_by_role("checkbox", name=f"选择 {bill.number}").check()
    page.get_by_role("button", name="新增汇款单").click()

    form = page.get_by_role("form", name="新增汇款单")
    expect(form.get_by_label("付款人")).to_have_value(premises.scene.here.point.view.name)
    form.get_by_label("汇款凭证").set_input_files(
        {"name": "回单.png", "mimeType": "image/png", "buffer": receipt("1", total)}
    )
    expect(form.get_by_role("list", name="已上传的文件")).to_contain_text("回单.png")
    form.get_by_role("button", name="核对").click()
    drawer = page.get_by_role("dialog", name="新增汇款单")
    expect(drawer.get_by_text(f"本汇款单共 4 笔缴费单，合计 {total:,.2f} 元")).to_be_visible()
    expect(drawer.get_by_text("已自动列入 1 笔")).to_be_visible()
    drawer.get_by_role("button", name="确认提交").click()

    drawer.get_by_role("link", name="查看汇款单").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("汇款单")
    expect(page.get_by_role("main")).to_contain_text("待审核")
    page.get_by_role("tab", name="汇款凭证").click()
    expect(page.get_by_text("回单.png")).to_be_visible()


def test_the_school_looks_at_the_receipt_and_approves_and_the_exams_are_registered(
    desk: Desk, premises: Premises
) -> None:
    (student,) = premises.newcomers(1)
    scene = premises.scene
    slip = remit(scene.stage, scene.here.point, premises.billed([student]))
    page = desk("cashier")
    page.goto("/")
    choose_in_menu(page, "财务", "汇款单")
    page.get_by_role("link", name=slip.number).click()
    page.get_by_role("tab", name="汇款凭证").click()
    page.get_by_role("button", name="查看").click()
    picture = page.get_by_role("dialog", name="汇款凭证").get_by_role("img", name="汇款凭证")
    expect(picture).to_be_visible()
    assert picture.evaluate("img => img.naturalWidth") > 0
    page.keyboard.press("Escape")

    page.get_by_role("button", name="汇款审核通过").click()
    form = page.get_by_role("form", name="汇款审核通过")
    form.get_by_label("到账金额").fill(str(slip.amount))
    form.get_by_label("到账日期").fill(scene.stage.today.isoformat())
    form.get_by_label("银行流水号").fill("20260901000012345678")
    form.get_by_role("button", name="提交").click()
    expect(form).to_be_hidden()
    expect(page.get_by_role("main")).to_contain_text("已通过")
    paid = ListBills(student_id=student.id, status=BillStatus.PAID)
    wait("the bills are paid", lambda: scene.here.point.cashier.client.count(paid), lambda number: number == 2)

    exams = desk("exams officer")
    exams.goto("/")
    choose_in_menu(exams, "考务", "报考")
    exams.get_by_label("搜索").fill(student.student_number)
    exams.get_by_role("button", name="查询").click()
    row = exams.get_by_role("row").filter(has_text=student.student_number)
    expect(row).to_contain_text("计算机网络")
    expect(row).to_contain_text("已报考")
