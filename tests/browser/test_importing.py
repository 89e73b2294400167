"""A teaching point brings in its students from a workbook."""

import pytest
from playwright.sync_api import expect

from contracts.registry.queries import ListStudents
from launcher.made_up import with_wrong_check_digit
from launcher.story.workbooks import REASONS, ROW_NUMBER, rows_of
from tests.browser.conftest import Desk
from tests.browser.doing import choose_in_menu, row_of, workbook
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


def test_a_workbook_is_checked_its_bad_rows_are_shown_and_the_good_ones_come_in(desk: Desk, premises: Premises) -> None:
    rows = premises.rows(3)
    good, no_name, wrong_id = rows
    no_name["姓名"] = ""
    wrong_id["证件号码"] = with_wrong_check_digit(wrong_id["证件号码"])
    page = desk("point's registrar")
    page.goto("/")
    choose_in_menu(page, "学籍", "学生")
    page.get_by_role("button", name="导入学生").click()
    expect(page.get_by_role("heading", level=1, name="导入学生")).to_be_visible()

    with page.expect_download() as template:
        page.get_by_role("button", name="下载学生导入模板").click()
    assert template.value.suggested_filename.endswith(".xlsx")

    page.get_by_label("文件").set_input_files(workbook("九月新生.xlsx", premises.workbook(rows)))
    expect(page.get_by_text("共 3 行，可以导入 1 行，有问题 2 行。")).to_be_visible()
    expect(row_of(page, "姓名")).to_contain_text("3")
    expect(row_of(page, "证件号码")).to_contain_text("4")
    registrar = premises.scene.here.point.registrar.client
    assert registrar.count(ListStudents(student_number=good["学号"])) == 0, "a check enters nobody"

    page.get_by_role("button", name="导入 1 行").click()
    expect(page.get_by_text("共 3 行，已导入 1 行，有问题 2 行。")).to_be_visible()
    assert registrar.count(ListStudents(student_number=good["学号"])) == 1
    with page.expect_download() as returned:
        page.get_by_role("button", name="下载有问题的行").last.click()
    assert returned.value.suggested_filename.endswith(".xlsx")
    bad = rows_of(returned.value.path().read_bytes())
    assert [row[ROW_NUMBER] for row in bad] == ["3", "4"]
    assert all(row[REASONS] for row in bad)
