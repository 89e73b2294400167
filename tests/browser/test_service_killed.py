"""A service is killed, with all who would stand in for it: what people see who need it, and who don't."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from contracts.finance.queries import ListBills
from launcher.system import System
from tests.browser.conftest import Desk
from tests.browser.premises import Premises
from tests.browser.watching import Watch

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

AWAY = r"^50[34] "
"""How the watch writes down an answer of the gateway that a service is missing."""
PATIENCE = 60_000
"""Milliseconds until a page has asked often enough to say so."""


@pytest.fixture(scope="module")
def killed(system: System, premises: Premises) -> Iterator[None]:
    """Both processes of finance are gone for a while. At the end the gateway asks finance again: it lets some seconds
    pass after what failed, even where the service is there already."""
    names = ["finance", "finance-tasks"]
    for name in names:
        system.kill(name)
    yield
    for name in names:
        system.start(name)
    system.wait_ready(names)
    premises.people()["cashier"].send(ListBills(size=1))  # a client of the story waits until it is answered


@pytest.fixture(autouse=True)
def known(killed: None, watch: Watch, nothing_wrong: None) -> Iterator[None]:
    """Here it is meant that something is missing."""
    with watch.allowing(AWAY):
        yield


def test_a_service_that_was_killed_takes_its_own_pages_with_it_and_no_others(desk: Desk) -> None:
    page = desk("registrar")
    page.goto("/finance/bills")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("服务暂时不可用", timeout=PATIENCE)
    expect(alert).to_contain_text(re.compile(r"\d+ 秒后自动重试"))
    menu = page.get_by_role("navigation", name="主菜单")
    expect(menu.get_by_role("link", name="缴费单", disabled=True)).to_contain_text("暂不可用")
    menu.get_by_role("button", name="学籍", exact=True).click()
    menu.get_by_role("link", name="学生", exact=True).click()
    expect(page.get_by_role("navigation", name="分页")).to_be_visible()


def test_a_student_is_not_told_that_nothing_is_to_be_paid_while_nobody_knows(desk: Desk) -> None:
    page = desk("student")
    page.goto("/my")
    expect(page.get_by_role("alert")).to_contain_text("服务暂时不可用", timeout=PATIENCE)
    expect(page.get_by_text("没有待缴的缴费单")).to_have_count(0)
