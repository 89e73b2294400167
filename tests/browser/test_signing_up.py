"""A visitor signs up on a telephone, and the teaching point makes a form of it."""

import pytest
from playwright.sync_api import Page, expect

from contracts.enrollment.signups import ListSignups
from launcher.story.stage import wait
from tests.browser.conftest import Contexts, Desk
from tests.browser.doing import carry_out, row_of
from tests.browser.premises import Premises
from tests.browser.test_enrolling import fill, select, text
from tests.browser.test_phone import PHONE

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

_WIDE = "() => document.documentElement.scrollWidth"


def before_the_point(premises: Premises) -> dict[str, float]:
    """Where the first point is."""
    address = premises.scene.here.point.view.information.address
    assert address.longitude is not None
    assert address.latitude is not None
    return {"longitude": address.longitude, "latitude": address.latitude}


def enter(page: Page, name: str, mobile: str) -> None:
    """Fill in and send what a visitor tells."""
    text(page.get_by_role("main"), "姓名").fill(name)
    text(page.get_by_role("main"), "手机号码").fill(mobile)
    text(page.get_by_role("main"), "意向专业").fill("会计")
    page.get_by_role("button", name="提交报名").tap()


def test_a_visitor_signs_up_where_they_are_and_the_point_makes_a_form_of_it(
    fresh: Contexts, desk: Desk, premises: Premises
) -> None:
    _, person = premises.admission_round, premises.applicant()
    point = premises.scene.here.point
    phone = fresh(**PHONE, geolocation=before_the_point(premises), permissions=["geolocation"]).new_page()
    phone.goto("/signup")
    phone.get_by_role("button", name="按我的位置查找").tap()
    nearest = phone.get_by_role("listitem").first
    expect(nearest).to_contain_text(f"{point.view.name}距离约 0 米")
    expect(nearest.get_by_role("link")).to_have_attribute("href", "tel:025-86265500")
    nearest.get_by_role("radio").check()
    assert phone.evaluate(_WIDE) <= PHONE["viewport"]["width"]  # type: ignore[index]
    enter(phone, person.name, person.mobile)
    expect(phone.get_by_role("heading", name="报名信息已收到")).to_be_visible()
    expect(phone.get_by_role("main")).to_contain_text(f"{point.view.name}的老师会按您留下的手机号码与您联系")
    assert phone.evaluate(_WIDE) <= PHONE["viewport"]["width"]  # type: ignore[index]

    page = desk("point's registrar")
    page.goto("/")
    page.get_by_role("link", name="在线报名").first.click()
    row = row_of(page, person.mobile)
    expect(row).to_contain_text("待处理")
    row.get_by_role("link", name=person.name).click()
    page.get_by_role("button", name="转为报名表").click()
    expect(page.get_by_text("在线报名时填写的意向专业：会计")).to_be_visible()
    form = page.get_by_role("form", name="录入报名表")
    expect(text(form, "姓名")).to_have_value(person.name)
    expect(text(form, "手机号码")).to_have_value(person.mobile)
    fill(form, person, person.id_number)
    expect(select(form, "专业代码")).to_have_value("080901")
    form.get_by_role("button", name="提交").click()
    expect(page.get_by_role("main")).to_contain_text("初审通过")
    page.goto("/enrollment/signups?state=completed")
    expect(row_of(page, person.mobile)).to_contain_text("已转报名表")


def test_a_city_is_chosen_and_what_is_wrong_is_told_at_its_field(
    fresh: Contexts, desk: Desk, premises: Premises
) -> None:
    _, person = premises.admission_round, premises.applicant()
    phone = fresh(**PHONE).new_page()
    phone.goto("/signup")
    phone.get_by_role("combobox", name="或选择城市").select_option(label="江苏省 徐州市（1 个教学点）")
    phone.get_by_role("radio", name=premises.scene.here.point.view.name).check()
    enter(phone, person.name, "12345")
    expect(text(phone.get_by_role("main"), "手机号码")).to_have_attribute("aria-invalid", "true")
    enter(phone, person.name, person.mobile)
    expect(phone.get_by_role("heading", name="报名信息已收到")).to_be_visible()

    page = desk("point's registrar")
    page.goto("/enrollment/signups?state=signed_up")
    page.get_by_role("checkbox", name=f"选择 {person.name}").check()
    page.get_by_role("button", name="标记无效报名").click()
    drawer = page.get_by_role("dialog", name="标记无效报名")
    drawer.get_by_label("原因").fill("电话联系后本人表示不再报名")
    drawer.get_by_role("button", name="试算").click()
    carry_out(drawer, 1, sure="标记无效报名")
    expect(row_of(page, person.mobile)).to_be_hidden()
    registrar, query = premises.scene.here.point.registrar, ListSignups(search=person.mobile)
    wait("the signup", lambda: registrar.send(query).items[0].state, lambda state: state == "discarded")


def test_who_does_not_share_a_position_is_told_what_to_do(fresh: Contexts, premises: Premises) -> None:
    _ = premises.admission_round
    phone = fresh(**PHONE).new_page()
    phone.goto("/signup")
    phone.get_by_role("button", name="按我的位置查找").tap()
    expect(phone.get_by_role("alert")).to_contain_text("请在下面选择城市")
