"""A paid course is given up: asked for by the point, reviewed twice, refunded; or revoked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from contracts.courses.queries import GetWithdrawal
from contracts.courses.states import WithdrawalState
from contracts.finance.commands import ApproveWithdrawalReviews
from contracts.finance.queries import ListRefunds
from contracts.finance.states import ReviewState
from launcher.story.stage import wait
from tests.browser.conftest import Desk
from tests.browser.doing import carry_out, choose_in_menu, confirm, decide, row_of
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


def test_a_point_asks_to_withdraw_for_one_student_and_revokes_it(desk: Desk, premises: Premises) -> None:
    (student,) = premises.newcomers(1)
    premises.paid([student])
    page = desk("point's registrar")
    page.goto("/courses/withdrawals")
    page.get_by_role("button", name="添加退课申请").click()
    expect(page.get_by_role("heading", level=1, name="添加退课申请")).to_be_visible()
    page.get_by_role("combobox", name="学生").fill(student.student_number)
    page.get_by_role("option", name=student.name).click()
    page.get_by_role("checkbox", name="选择本页全部").check()
    page.get_by_role("button", name="提交退课申请").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("原因").fill("学生工作调动，无法继续学习")
    drawer.get_by_role("button", name="试算").click()
    carry_out(drawer, 1)

    page.goto("/courses/withdrawals")
    page.get_by_label("搜索").fill(student.student_number)
    page.get_by_role("button", name="查询").click()
    row = page.get_by_role("row").filter(has_text=student.student_number)
    expect(row).to_contain_text("待教务审核")
    row.get_by_role("link", name=student.student_number).click()
    decide(page, "撤销申请", note=None, sure="撤销退课申请")
    expect(page.get_by_role("main")).to_contain_text("已撤销")


def test_the_registrar_agrees_and_then_the_other_officer_for_finance(desk: Desk, premises: Premises) -> None:
    (student,) = premises.newcomers(1)
    premises.paid([student])
    (withdrawal,) = premises.withdrawing([student])
    page = desk("registrar")
    page.goto(f"/courses/withdrawals/{withdrawal}")
    decide(page, "审核通过")
    expect(page.get_by_role("main")).to_contain_text("待财务审核")

    premises.wait_for_reviews([withdrawal])
    finance = desk("refunds officer")
    finance.route(f"**/api/v1/withdrawal-reviews/{withdrawal}", too_early())
    finance.goto(f"/finance/withdrawal-reviews/{withdrawal}")
    expect(finance.get_by_text("等待考务暂停").first).to_be_visible()
    expect(finance.get_by_text("待审核").first).to_be_visible()  # by itself, as soon as exams have answered
    decide(finance, "退课财务审核通过")
    expect(finance.get_by_role("main")).to_contain_text("已通过")
    point, look = premises.scene.here.point.registrar, GetWithdrawal(withdrawal_id=withdrawal)
    wait("courses hear of it", lambda: point.send(look).state, lambda state: state is WithdrawalState.FINANCE_APPROVED)
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("财务审核通过（待退费）")


def test_the_registrar_does_not_agree_and_the_point_reads_why(desk: Desk, premises: Premises) -> None:
    (student,) = premises.newcomers(1)
    premises.paid([student])
    (withdrawal,) = premises.withdrawing([student])
    page = desk("registrar")
    page.goto(f"/courses/withdrawals/{withdrawal}")
    decide(page, "审核驳回", note="课程已开始考核，不能退课", sure="退课教务审核驳回")
    expect(page.get_by_role("main")).to_contain_text("教务审核驳回")

    point = desk("point's registrar")
    point.goto(f"/courses/withdrawals/{withdrawal}")
    point.get_by_role("tab", name="办理记录").click()
    expect(point.get_by_role("tabpanel", name="办理记录")).to_contain_text("课程已开始考核，不能退课")


def too_early() -> Callable[[Route], None]:
    """Finance as it answers at first: exams have not put the registration on hold yet."""
    asked: list[Route] = []

    def answer(route: Route) -> None:
        asked.append(route)
        if len(asked) > 1:
            route.continue_()
            return
        said = route.fetch()
        route.fulfill(response=said, json={**said.json(), "state": ReviewState.WAITING_FOR_HOLD})

    return answer


def fail_and_retry(page: Page) -> None:
    """One of two refunds does not arrive, and is paid out anew."""
    waiting = row_of(page, "待退费")
    expect(waiting).to_have_count(2)
    waiting.first.get_by_role("button", name="退费失败").click()
    form = page.get_by_role("form", name="退费失败")
    form.get_by_label("退费失败原因").fill("收款账号已注销")
    form.get_by_role("button", name="提交").click()
    confirm(page, "退费失败")
    expect(form).to_be_hidden()
    expect(waiting).to_have_count(1)
    page.get_by_role("button", name="重新退费").click()
    page.get_by_role("form", name="重新退费").get_by_role("button", name="提交").click()
    expect(waiting).to_have_count(2)


def test_refunds_are_confirmed_together_also_one_that_failed_and_the_withdrawal_is_over(
    desk: Desk, premises: Premises
) -> None:
    (student,) = premises.newcomers(1)
    premises.paid([student])
    (withdrawal,) = premises.withdrawing_in_finance([student])
    officer = premises.scene.school.staff.refunds
    officer.send(ApproveWithdrawalReviews(withdrawal_ids=(withdrawal,)))
    pending = ListRefunds(withdrawal_id=withdrawal)
    wait("the refunds", lambda: officer.client.count(pending), lambda number: number == 2)

    page = desk("cashier")
    page.goto(f"/finance/refunds?withdrawal_id={withdrawal}")
    fail_and_retry(page)
    page.get_by_role("checkbox", name="选择本页全部").check()
    page.get_by_role("button", name="确认已退费").click()
    drawer = page.get_by_role("dialog", name="确认已退费")
    drawer.get_by_label("付款日期").fill(premises.scene.stage.today.isoformat())
    drawer.get_by_label("银行流水号").fill("20260901000087654321")
    drawer.get_by_role("button", name="试算").click()
    carry_out(drawer, 2)
    expect(page.get_by_role("row").filter(has_text="已退费")).to_have_count(2)

    registrar, look = premises.scene.here.point.registrar, GetWithdrawal(withdrawal_id=withdrawal)
    wait("the end", lambda: registrar.send(look).state, lambda state: state is WithdrawalState.REFUNDED)
    point = desk("point's registrar")
    point.goto("/")
    choose_in_menu(point, "教务", "退课申请")
    point.get_by_label("搜索").fill(student.student_number)
    point.get_by_role("button", name="查询").click()
    expect(point.get_by_role("row").filter(has_text=student.student_number)).to_contain_text("已处理退费")
