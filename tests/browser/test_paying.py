"""Bills are paid by a remittance slip with its receipt, which the school reviews; exams are registered of it."""

import io
from collections.abc import Sequence
from decimal import Decimal

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from contracts.finance.queries import ListBills
from contracts.finance.states import BillStatus
from contracts.finance.views import BillView
from contracts.registry.views import StudentView
from launcher.story.receipt import receipt
from launcher.story.selecting import remit
from launcher.story.stage import wait
from tests.browser.conftest import Desk
from tests.browser.doing import choose_in_menu, confirm, row_of
from tests.browser.premises import Premises
from tests.browser.watching import Watch

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


def tick(page: Page, student: StudentView, bills: Sequence[BillView]) -> None:
    """Look for the student's bills, and tick some."""
    page.goto("/finance/bills")
    page.get_by_label("搜索").fill(student.student_number)
    page.get_by_role("button", name="查询").click()
    for bill in bills:
        page.get_by_role("checkbox", name=f"选择 {bill.number}").check()


def test_a_point_remits_the_bills_that_it_ticks_with_the_banks_receipt(desk: Desk, premises: Premises) -> None:
    (student,) = premises.newcomers(1)
    bills = premises.billed([student], courses=2)
    total = sum(bill.amount for bill in bills)
    page = desk("point's cashier")
    tick(page, student, bills[1:])  # the first one's other half is enough: both are paid together
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


def pdf() -> bytes:
    """A receipt as banks send them by mail."""
    saved = io.BytesIO()
    Image.open(io.BytesIO(receipt("2", Decimal(1)))).save(saved, "PDF")
    return saved.getvalue()


def test_a_slip_gets_another_receipt_which_is_a_pdf_is_looked_at_and_is_revoked(desk: Desk, premises: Premises) -> None:
    (student,) = premises.newcomers(1)
    scene = premises.scene
    slip = remit(scene.stage, scene.here.point, premises.billed([student]))
    page = desk("point's cashier")
    page.goto(f"/finance/remittances/{slip.id}")
    page.get_by_role("button", name="提交汇款凭证").click()
    form = page.get_by_role("form", name="提交汇款凭证")
    file = {"name": "电子回单.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    form.get_by_label("文件").set_input_files(file)  # type: ignore[arg-type]
    expect(form.get_by_role("list", name="已上传的文件")).to_contain_text("电子回单.pdf")
    form.get_by_role("button", name="提交").click()
    expect(form).to_be_hidden()

    page.get_by_role("tab", name="汇款凭证").click()
    expect(page.get_by_text("电子回单.pdf")).to_be_visible()
    page.get_by_role("button", name="查看").click()
    preview = page.get_by_role("dialog", name="汇款凭证")
    expect(preview.get_by_title("汇款凭证")).to_be_visible()
    assert shown_in(preview.get_by_title("汇款凭证")) == "application/pdf"
    preview.get_by_role("button", name="关闭", exact=True).click()

    page.get_by_role("button", name="撤销汇款单").click()
    form = page.get_by_role("form", name="撤销汇款单")
    form.get_by_role("button", name="提交").click()
    confirm(page, "撤销汇款单")
    expect(form).to_be_hidden()
    expect(page.get_by_role("main")).to_contain_text("已撤销")
    expect(page.get_by_role("button", name="撤销汇款单")).to_have_count(0)
    page.get_by_role("tab", name="缴费单").click()
    expect(row_of(page, "未缴费")).to_have_count(2)


def shown_in(frame: Locator) -> str:
    """Of what kind the document in a frame is."""
    inside = frame.element_handle().content_frame()
    assert inside is not None
    kind: str = inside.evaluate("document.contentType")
    return kind


def test_whoever_loads_the_page_anew_before_the_answer_comes_finds_the_one_slip_that_was_made(
    desk: Desk, premises: Premises, watch: Watch
) -> None:
    """N37: and the back button makes no second one."""
    (student,) = premises.newcomers(1)
    bills = premises.billed([student])
    page = desk("point's cashier")

    def lose(route: Route) -> None:
        if (route.request.post_data_json or {}).get("dry_run"):
            route.continue_()
        else:
            route.fetch()
            route.abort("connectionreset")

    page.route("**/api/v1/remittances", lose)
    tick(page, student, bills)
    page.get_by_role("button", name="新增汇款单").click()
    page.get_by_role("form", name="新增汇款单").get_by_role("button", name="核对").click()
    with watch.allowing("ERR_CONNECTION_RESET"):
        page.get_by_role("button", name="确认提交").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    page.reload()
    expect(page.get_by_role("row").filter(has_text="汇款审核中")).to_have_count(len(bills))
    page.get_by_role("link", name=bills[0].number).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(bills[0].number)
    page.go_back()
    expect(page.get_by_role("row").filter(has_text="汇款审核中")).to_have_count(len(bills))
    cashier = premises.scene.here.point.cashier.client
    slips = {bill.remittance_id for bill in cashier.pages(ListBills(student_id=student.id))}
    assert len(slips) == 1
