"""N41 and N42: days are those of the calendar and instants China's, wherever the browser is; long numbers are exact."""

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from chassis.base.clock import SHANGHAI
from contracts.courses.queries import ListTerms
from contracts.finance.queries import ListBills
from contracts.finance.views import BillView
from launcher.made_up import with_check_digit
from tests.browser.conftest import Contexts, Desk
from tests.browser.doing import sign_in
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

ZONES = {
    "America/New_York": ("1986-04-13", "1986-09-14"),
    "UTC": ("1988-04-17", "1988-09-11"),
    "Asia/Shanghai": ("1991-04-14", "1991-09-15"),
}
"""Each with the days on which another summer time of China began and ended."""

Abroad = Callable[[str], Page]
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.fixture(scope="module")
def abroad(lasting: Contexts, premises: Premises) -> Iterator[Abroad]:
    """`abroad("UTC")`: a page of the registrar, whose computer is set to this zone."""
    pages: dict[str, Page] = {}

    def page_in(zone: str) -> Page:
        if zone not in pages:
            pages[zone] = lasting(timezone_id=zone).new_page()
            sign_in(pages[zone], premises.people()["registrar"].username, premises.password("registrar"))
        return pages[zone]

    yield page_in
    for page in pages.values():
        page.context.close()


@pytest.mark.parametrize("zone", ZONES)
def test_instants_are_shown_in_chinas_time_wherever_the_browser_is(
    zone: str, abroad: Abroad, premises: Premises
) -> None:
    bill: BillView = premises.scene.school.staff.registrar.send(ListBills(size=1)).items[0]
    shown = bill.issued_at.astimezone(SHANGHAI)
    page = abroad(zone)
    page.goto(f"/finance/bills/{bill.id}")
    expect(page.get_by_role("definition").filter(has_text=f"{shown:%Y-%m-%d %H:%M}").first).to_be_visible()


@pytest.mark.parametrize(("zone", "days"), ZONES.items())
def test_a_day_that_is_typed_is_the_day_that_is_sent_and_shown(
    zone: str, days: tuple[str, str], abroad: Abroad, premises: Premises
) -> None:
    page = abroad(zone)
    page.goto("/courses/terms")
    name = f"夏令时学期 {zone.rpartition('/')[2]} {premises.scene.stage.run}"
    page.get_by_role("button", name="新增学期").click()
    form = page.get_by_role("form", name="新增学期")
    form.get_by_label("名称").fill(name)
    starts, ends = (form.get_by_label(label, exact=False).first for label in ("开始日期", "结束日期"))
    year, month, day = days[0].split("-")
    starts.fill(f"{year}年{int(month)}月{int(day)}日".translate(FULL_WIDTH))  # as an input method writes digits
    ends.fill(days[1].replace("-", "/"))
    ends.press("Tab")
    expect(starts).to_have_value(days[0])
    expect(ends).to_have_value(days[1])
    form.get_by_role("button", name="提交").click()
    expect(form).to_be_hidden()

    registrar = premises.scene.school.staff.registrar
    term = next(each for each in registrar.client.pages(ListTerms()) if each.name == name)
    assert (term.starts_on, term.ends_on) == tuple(date.fromisoformat(day) for day in days)
    row = page.get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text(days[0])
    expect(row).to_contain_text(days[1])


@pytest.mark.parametrize("born_on", ["1986-04-13", "1991-09-15"])
def test_a_birth_date_of_a_summer_time_stays_what_it_was(born_on: str, abroad: Abroad, premises: Premises) -> None:
    (row,) = premises.rows(1)
    row["出生日期"] = born_on
    row["证件号码"] = with_check_digit(f"320302{born_on.replace('-', '')}{'001' if row['性别'] == '男' else '002'}")
    student = premises.enrolled([row])[0]
    page = abroad("America/New_York")
    page.goto(f"/registry/students/{student.id}")
    expect(page.get_by_role("definition").filter(has_text=born_on)).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text=row["证件号码"])).to_be_visible()


def test_numbers_of_eighteen_digits_keep_their_last_ones_through_forms_filters_addresses_and_tables(
    desk: Desk, premises: Premises
) -> None:
    (row,) = premises.rows(1)
    row["学号"] = "202609123456789017"  # beyond what a number of JavaScript holds
    (student,) = premises.enrolled([row])
    page = desk("registrar")
    page.goto("/registry/students")
    page.get_by_role("textbox", name="学号", exact=True).fill("２０２６ ０９１２ ３４５６ ７８９０ １７")
    page.get_by_role("button", name="查询").click()
    expect(page).to_have_url(re.compile("student_number=202609123456789017"))
    page.get_by_role("link", name="202609123456789017").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("202609123456789017")
    assert page.url.endswith(str(student.id))
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="页面名称、学号或缴费单号").fill("202609123456789017")
    expect(page.get_by_role("option", name="202609123456789017")).to_be_visible()
