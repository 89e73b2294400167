"""From an admission round to a student's record: rounds, forms of a teaching point, the school's decision."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from contracts.enrollment.queries import GetApplication, GetApplicationImportTemplate, ListApplications
from contracts.enrollment.states import ApplicationState
from contracts.words import member_word
from launcher.made_up import MadeUpStudent, with_wrong_check_digit
from launcher.story.school import elements
from launcher.story.stage import wait
from launcher.story.workbooks import filled
from tests.browser.conftest import Desk
from tests.browser.doing import carry_out, choose_in_menu, decide, row_of, workbook
from tests.browser.premises import Premises
from tests.browser.watching import Watch

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
CHECK_DIGIT = "身份证号校验位不对"


def select(form: Locator, label: str) -> Locator:
    """A field with words to choose from."""
    return form.get_by_role("combobox", name=label, exact=True)


def text(form: Locator, label: str) -> Locator:
    """A field that is typed into."""
    return form.get_by_role("textbox", name=label, exact=True)


def new_form(page: Page) -> Locator:
    """An empty form, for whose elements the choices are there."""
    page.goto("/enrollment/applications/new")
    form = page.get_by_role("form", name="录入报名表")
    expect(form.get_by_text("还有 2 个培养方案可选")).to_be_visible()
    return form


def fill(form: Locator, person: MadeUpStudent, id_number: str) -> None:
    """Enter all that the clerk has to enter by hand."""
    select(form, "层次").select_option(label="专升本（1）")
    text(form, "姓名").fill(person.name)
    text(form, "证件号码").fill(id_number)
    select(form, "民族").select_option(label="汉族")
    text(form, "手机号码").fill(person.mobile)
    select(form, "前置学历层次").select_option(label="专科")
    text(form, "毕业院校").fill("江苏某某职业技术学院")
    text(form, "毕业日期").fill("2025-06-30")
    text(form, "证书编号").fill(f"12345120250600{person.serial:04d}")


def sheet_row(premises: Premises, person: MadeUpStudent) -> dict[str, str]:
    """A row of a workbook of forms, by its titles."""
    return {
        "招生批次代码": premises.admission_round.code,
        "姓名": person.name,
        "性别": member_word(person.gender).zh,
        "证件号码": person.id_number,
        "民族": "汉族",
        "层次": "专升本",
        "学生来源": elements(premises.scene.stage).student_source,
        "专业代码": "080901",
        "学制": "2.5",
        "手机号码": person.mobile,
        "前置学历层次": "专科",
        "前置学历毕业院校": "江苏某某职业技术学院",
        "前置学历毕业日期": "2018-06-30",
        "前置学历证书编号": f"12345120180600{person.serial:04d}",
    }


def test_the_admissions_officer_creates_a_round_for_one_point_and_publishes_it(desk: Desk, premises: Premises) -> None:
    stage, point = premises.scene.stage, premises.scene.here.point
    page = desk("admissions")
    page.goto("/")
    choose_in_menu(page, "招生", "招生批次")
    page.get_by_role("button", name="新增招生批次").click()
    form = page.get_by_role("form", name="新增招生批次")
    code = f"ZS{stage.run}N"
    form.get_by_label("代码").fill(code)
    form.get_by_label("名称").fill("明年春季招生")
    form.get_by_label("学习批次").fill("203003")
    for label, days in (("开放时间", 300), ("截止时间", 320), ("复审截止时间", 330)):
        text(form, label).fill(f"{stage.day(days):%Y-%m-%d %H:%M}")
    form.get_by_role("checkbox", name="专升本").check()
    form.get_by_role("combobox", name="教学点").fill(point.view.code)
    form.get_by_role("option", name=point.view.name).click()
    form.get_by_role("button", name="提交").click()
    expect(form).to_be_hidden()

    page.get_by_role("link", name=code).click()
    page.get_by_role("tab", name="参加的教学点").click()
    expect(page.get_by_role("list", name="参加的教学点").get_by_role("listitem")).to_have_text(
        [f"{point.view.code} {point.view.name}"]
    )
    page.get_by_role("button", name="发布招生批次").click()
    page.get_by_role("form", name="发布招生批次").get_by_role("button", name="提交").click()
    expect(page.get_by_role("main")).to_contain_text("已发布")
    expect(page.get_by_role("button", name="发布招生批次")).to_be_hidden()

    clerk = desk("point's registrar")
    clerk.goto("/enrollment/rounds")
    expect(row_of(clerk, code)).to_contain_text("已发布")
    expect(clerk.get_by_role("button", name="新增招生批次")).to_be_hidden()


def test_a_clerk_enters_a_form_whose_elements_narrow_and_whose_number_tells_birth_and_gender(
    desk: Desk, premises: Premises
) -> None:
    round_, person = premises.admission_round, premises.applicant()
    page = desk("point's registrar")
    page.goto("/")
    choose_in_menu(page, "招生", "录入报名表")
    form = new_form(page)
    expect(select(form, "招生批次")).to_have_value(str(round_.id))
    expect(form.get_by_label("教学点")).to_have_count(0)
    expect(select(form, "学制")).to_have_value("2.5")
    expect(select(form, "专业代码")).to_have_value("")
    expect(select(form, "民族").get_by_role("option").nth(1)).to_have_text("汉族")

    wrong = with_wrong_check_digit(person.id_number)
    fill(form, person, wrong)
    expect(select(form, "专业代码")).to_have_value("080901")
    expect(select(form, "专业代码").get_by_role("option", selected=True)).to_have_text("080901 计算机科学与技术")
    expect(form.get_by_text("✓ 已确定培养方案")).to_be_visible()
    expect(text(form, "证件号码")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_text(CHECK_DIGIT)).to_be_visible()
    form.get_by_role("button", name="提交").click()
    expect(form.get_by_text("有 2 处需要修改")).to_be_visible()  # it tells no gender as it is
    expect(text(form, "证件号码")).to_be_focused()

    pasted = f" {person.id_number[:6]} {person.id_number[6:]} ".translate(FULL_WIDTH)
    text(form, "证件号码").fill(pasted)
    expect(text(form, "证件号码")).to_have_value(person.id_number)
    expect(form.get_by_text(CHECK_DIGIT)).to_be_hidden()
    expect(text(form, "出生日期")).to_have_value(person.born_on.isoformat())
    expect(select(form, "性别")).to_have_value(person.gender.value)
    expect(form.get_by_text("请选择。")).to_be_hidden()
    form.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.name)
    expect(page.get_by_role("main")).to_contain_text("初审通过")
    page.get_by_role("tab", name="报名人").click()
    expect(page.get_by_role("main")).to_contain_text("汉族")


def test_another_choice_of_an_element_stays_possible(desk: Desk, premises: Premises) -> None:
    _ = premises.admission_round
    form = new_form(desk("point's registrar"))
    select(form, "层次").select_option(label="专升本（1）")
    expect(select(form, "专业代码")).to_have_value("080901")
    select(form, "层次").select_option(label="高起专（1）")
    expect(select(form, "专业代码")).to_have_value("530302")
    form.get_by_role("button", name="重选五要素").click()
    expect(select(form, "层次")).to_have_value("")
    expect(select(form, "专业代码")).to_have_value("")


def test_who_leaves_is_asked_once_something_was_entered(desk: Desk, premises: Premises) -> None:
    _ = premises.admission_round
    page = desk("point's registrar")
    form = new_form(page)
    choose_in_menu(page, "招生", "报名表")  # what filled in by itself is nothing that anybody entered
    form = new_form(page)
    text(form, "姓名").fill("张晓明")
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="报名表", exact=True).click()
    question = page.get_by_role("dialog", name="尚未提交")
    question.get_by_role("button", name="继续填写").click()
    expect(text(form, "姓名")).to_have_value("张晓明")


def test_the_same_person_is_refused_a_second_form_and_told_why(desk: Desk, premises: Premises) -> None:
    person = premises.applicant()
    premises.applied(person)
    form = new_form(desk("point's registrar"))
    fill(form, person, person.id_number)
    form.get_by_role("button", name="提交").click()
    expect(form.get_by_role("alert").first).to_contain_text("该证件号码在本学习批次已有报名表，不能重复报名。")


def test_a_form_whose_answer_is_lost_is_sent_again_and_entered_once(
    desk: Desk, premises: Premises, watch: Watch
) -> None:
    _, person = premises.admission_round, premises.applicant()
    page = desk("point's registrar")
    form = new_form(page)
    fill(form, person, person.id_number)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/api/v1/applications", lose, times=1)
    with watch.allowing("ERR_CONNECTION_RESET"):
        form.get_by_role("button", name="提交").click()
        form.get_by_role("button", name="重试").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.name)


def test_a_workbook_of_forms_comes_in_and_is_seen_in_the_figures(desk: Desk, premises: Premises) -> None:
    page = desk("point's registrar")
    forms = [sheet_row(premises, premises.applicant()) for _ in range(2)]
    forms[1]["证件号码"] = with_wrong_check_digit(forms[1]["证件号码"])
    registrar = premises.scene.here.point.registrar.client
    template = registrar.download(GetApplicationImportTemplate())
    page.goto("/enrollment/applications")
    page.get_by_role("button", name="导入报名表").click()
    page.get_by_label("文件").set_input_files(workbook("报名表.xlsx", filled(template, forms)))
    expect(page.get_by_text("共 2 行，可以导入 1 行，有问题 1 行。")).to_be_visible()
    expect(row_of(page, "证件号码")).to_contain_text(CHECK_DIGIT)
    page.get_by_role("button", name="导入 1 行").click()
    expect(page.get_by_text("共 2 行，已导入 1 行，有问题 1 行。")).to_be_visible()

    choose_in_menu(page, "招生", "报名统计")
    entered = registrar.count(ListApplications(state=ApplicationState.FIRST_REVIEW_PASSED))
    figures = page.get_by_role("table", name="报名统计")
    passed = figures.get_by_role("columnheader", name="初审通过")
    expect(passed).to_be_visible()
    by_day = page.get_by_role("combobox", name="统计方式")
    by_day.select_option(label="按日期")
    page.get_by_role("button", name="查询").click()
    today = figures.get_by_role("row").filter(has=page.get_by_role("rowheader", name=f"{premises.scene.stage.today}"))
    expect(today).to_contain_text(str(entered))


def test_the_officer_tries_and_admits_and_number_and_record_are_there_until_it_is_taken_back(
    desk: Desk, premises: Premises
) -> None:
    person = premises.applicant()
    form = premises.applied(person)
    page = desk("admissions")
    page.goto("/")
    expect(page.get_by_text("报名截止")).to_be_visible()
    page.get_by_role("link", name="报名表").first.click()
    expect(page).to_have_url(re.compile(r"/enrollment/applications\?state=first_review_passed"))
    page.get_by_role("checkbox", name=f"选择 {form.number}").check()
    decide(page, "录取")
    expect(row_of(page, form.number)).to_be_hidden()

    page.goto(f"/enrollment/applications/{form.id}")
    expect(page.get_by_role("main")).to_contain_text("已录取")
    page.get_by_role("tab", name="录取与学籍").click()
    expect(page.get_by_text("✓ 学籍已建立")).to_be_visible()
    officer = premises.people()["admissions"]
    number = officer.send(GetApplication(application_id=form.id)).student_number
    page.get_by_role("tabpanel").get_by_role("link", name=number).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{number} {person.name}")

    page.goto(f"/enrollment/applications/{form.id}")
    page.get_by_role("button", name="取消入学资格", exact=True).click()
    drawer = page.get_by_role("dialog", name="取消入学资格")
    drawer.get_by_label("备注").fill("入学资格审查不合格")
    drawer.get_by_role("button", name="试算").click()
    carry_out(drawer, 1, sure="取消入学资格")
    page.get_by_role("tab", name="录取与学籍").click()
    expect(page.get_by_role("main")).to_contain_text("已取消入学资格，学号不再使用。")
    page.get_by_role("tab", name="疑似重复").click()
    expect(page.get_by_role("main")).to_contain_text("没有姓名和出生日期相同")
    page.get_by_role("tab", name="办理记录").click()
    expect(page.get_by_role("main")).to_contain_text("入学资格审查不合格")


def test_what_speaks_against_an_admission_is_told_with_its_reason(desk: Desk, premises: Premises) -> None:
    form = premises.applied(premises.applicant())
    page = desk("admissions")
    page.goto(f"/enrollment/applications/{form.id}")
    page.get_by_role("button", name="登记前置学历验证结果").click()
    check = page.get_by_role("form", name="登记前置学历验证结果")
    check.get_by_role("combobox").select_option(label="虚假学历")
    check.get_by_role("button", name="提交").click()
    expect(check).to_be_hidden()
    page.get_by_role("tab", name="机器预审").click()
    found = page.get_by_role("listitem").filter(has_text="前置学历验证")
    expect(found).to_contain_text("✗")
    expect(found).to_contain_text("前置学历经验证不属实，不能录取。")

    page.get_by_role("button", name="录取", exact=True).click()
    drawer = page.get_by_role("dialog", name="录取")
    drawer.get_by_role("button", name="试算").click()
    expect(drawer.get_by_role("status").first).to_contain_text("将办理 0 条，1 条不能办理")
    expect(drawer).to_contain_text("前置学历经验证不属实，不能录取。")


def test_a_form_that_the_school_rejects_is_corrected_and_sent_again(desk: Desk, premises: Premises) -> None:
    form = premises.applied(premises.applicant())
    officer = desk("admissions")
    officer.goto(f"/enrollment/applications/{form.id}")
    officer.get_by_role("button", name="复审不通过").click()
    drawer = officer.get_by_role("dialog", name="复审不通过")
    drawer.get_by_label("备注").fill("证书编号不清晰，请核对")
    drawer.get_by_role("button", name="试算").click()
    drawer.get_by_role("button", name="办理 1 条").click()
    drawer.get_by_role("button", name="完成").click()
    expect(officer.get_by_role("main")).to_contain_text("复审不通过")

    page = desk("point's registrar")
    page.goto(f"/enrollment/applications/{form.id}")
    page.get_by_role("tab", name="办理记录").click()
    expect(page.get_by_role("main")).to_contain_text("证书编号不清晰，请核对")
    page.get_by_role("button", name="修改").click()
    again = page.get_by_role("form", name="修改报名表")
    expect(select(again, "前置学历层次")).to_have_value("junior_college")
    expect(select(again, "专业代码")).to_have_value("080901")
    text(again, "证书编号").fill("123451202506009999")
    again.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(form.number)
    decide(page, "重新提交", note=None)
    expect(page.get_by_role("main")).to_contain_text("初审通过")
    registrar, look = premises.scene.here.point.registrar, GetApplication(application_id=form.id)
    corrected = wait("the form", lambda: registrar.send(look), lambda seen: seen.state == "first_review_passed")
    assert corrected.prior_education.certificate_number == "123451202506009999"
