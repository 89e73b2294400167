"""Takes the pictures of `docs/console.md` and of the README: `python -m tests.browser.pictures FOLDER`.

On a system of its own, for which `./jiaowu pictures` brings the servers. The chapters are those of the guide.
"""

import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from contracts.enrollment.commands import AdmitApplications, RejectApplications
from contracts.enrollment.queries import GetProgrammeChoices
from contracts.enrollment.views import ApplicationDetails
from contracts.finance.queries import ListBills
from contracts.finance.states import BillStatus
from contracts.identity.commands import CreateUser, RoleGrantInput
from contracts.identity.views import CreatedUser
from contracts.permissions import Module, Role
from launcher import console_build, needs
from launcher.made_up import with_wrong_check_digit
from launcher.story.admitting import application_form, open_round
from launcher.story.receipt import receipt
from launcher.story.selecting import pay
from launcher.story.signing_up import discard, sign_up
from launcher.story.stage import wait
from tests.browser.chromium import chromium
from tests.browser.doing import give_credentials, workbook
from tests.browser.gallery import PASSWORD, PHONE, Gallery, at, open_gallery
from tests.end_to_end.scenery import student_account
from tests.whole_system import Servers, whole_system


def signing_in(gallery: Gallery) -> None:
    """登录."""
    role = RoleGrantInput(role=Role.TEACHING_POINT_STAFF, modules=(Module.REGISTRY,))
    made: CreatedUser = gallery.point.administrator.send(
        CreateUser(username="xz.li", name="李梅", roles=(role,), teaching_point_id=gallery.point.view.id)
    )
    page = at(gallery.stranger(), "/")
    gallery.take(page, "sign-in")
    give_credentials(page, made.one_time_password.username, made.one_time_password.password)
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    gallery.take(page, "first-steps")


def bringing_in(gallery: Gallery) -> None:
    """学生."""
    page = at(gallery.page_of(gallery.point.registrar), "/registry/students")
    gallery.take(page, "students")
    at(page, "/registry/students/import")
    page.get_by_label("文件").set_input_files(workbook("九月新生.xlsx", gallery.workbook_with_mistakes()))
    expect(page.get_by_text("有问题 2 行")).to_be_visible()
    gallery.take(page, "import-check")
    at(page, f"/registry/students/{gallery.students()[0].id}")
    expect(page.get_by_role("link", name="查看")).to_have_count(0)  # until the programme's name is there
    gallery.take(page, "student")


def enrolling(gallery: Gallery) -> None:
    """招生."""
    officer, registrar = gallery.school.staff.admissions, gallery.point.registrar
    round_ = open_round(gallery.stage, officer)
    left = GetProgrammeChoices(admission_round_id=round_.id)
    wait("the programme", lambda: registrar.send(left).programme_id, lambda known: known is not None)
    person = next(gallery.applicants)
    _signing_up(gallery)
    page = at(gallery.page_of(registrar), "/enrollment/applications/new")
    form = page.get_by_role("form", name="录入报名表")
    expect(form.get_by_text("✓ 已确定培养方案")).to_be_visible()
    form.get_by_role("textbox", name="姓名", exact=True).fill(person.name)
    number = form.get_by_role("textbox", name="证件号码", exact=True)
    number.fill(with_wrong_check_digit(person.id_number))
    expect(form.get_by_text("身份证号校验位不对")).to_be_visible()
    gallery.take(page, "application-form")
    entered: list[ApplicationDetails] = [
        registrar.send(application_form(gallery.stage, round_, each)) for each in islice(gallery.applicants, 6)
    ]
    number.fill("")
    page.get_by_role("textbox", name="姓名", exact=True).fill("")
    officer.send(RejectApplications(application_ids=(entered[0].id,), note="证书编号不清晰，请核对"))
    officer.send(AdmitApplications(application_ids=tuple(each.id for each in entered[1:3])))
    at(page, "/enrollment/applications")
    expect(page.get_by_role("combobox", name="学制")).to_be_visible()
    gallery.take(page, "applications")
    at(page, f"/enrollment/applications/{entered[3].id}?tab=2")
    gallery.take(page, "application-checks")
    at(page, f"/enrollment/applications/{entered[1].id}?tab=3")
    expect(page.get_by_text("✓ 学籍已建立")).to_be_visible()
    gallery.take(page, "application-admitted")


def _signing_up(gallery: Gallery) -> None:
    """在线报名."""
    address = gallery.point.view.information.address
    where = {"longitude": address.longitude, "latitude": address.latitude}
    shared = {"geolocation": where, "permissions": ["geolocation"]}
    page = at(gallery.stranger(viewport=PHONE, is_mobile=True, has_touch=True, **shared), "/signup")
    page.get_by_role("button", name="按我的位置查找").tap()
    page.get_by_role("radio").first.check()
    gallery.take(page, "phone-signup")
    signups = [sign_up(gallery.stage, gallery.point, each) for each in islice(gallery.applicants, 3)]
    discard(gallery.stage, gallery.point, signups[1])
    gallery.take(at(gallery.page_of(gallery.point.registrar), "/enrollment/signups"), "signups")


def selecting_for_one(gallery: Gallery) -> None:
    """代学生选课."""
    page = at(gallery.page_of(gallery.point.registrar), f"/courses/select/{gallery.students()[0].id}")
    page.get_by_role("checkbox", name="勾选 计算机网络").check()
    page.get_by_role("row").filter(has_text="大学英语").get_by_role("button", name="不可选").click()
    gallery.take(page, "plan")


def selecting_for_many(gallery: Gallery) -> None:
    """批量选课."""
    page = at(gallery.page_of(gallery.point.registrar), "/courses/batch-selection")
    filters = page.get_by_role("search", name="筛选")
    filters.get_by_label("学习批次").fill(gallery.stage.intake)
    filters.get_by_label("层次").select_option(label="专升本")
    expect(filters.get_by_role("combobox", name="学制")).to_be_visible()  # as soon as programmes are known
    for label in ("学生来源", "专业代码", "学制"):
        filters.get_by_role("combobox", name=label).select_option(index=1)  # a list once programmes are known
    filters.get_by_role("button", name="查询").click()
    page.get_by_role("checkbox", name="选择本页全部").check()
    gallery.take(page, "batch-students")
    page.get_by_role("button", name="去培养方案中选课").click()
    for course in ("计算机网络", "数据库原理与应用"):
        page.get_by_role("checkbox", name=f"勾选 {course}").check()
    gallery.take(page, "batch-courses")
    page.get_by_role("button", name="为选中的学生选课").click()
    expect(page.get_by_role("status").filter(has_text="将选课")).to_be_visible()
    gallery.take(page, "batch-trial")
    page.get_by_role("button", name="确认选课").click()
    expect(page.get_by_role("status").filter(has_text="已选课")).to_be_visible()


def paying(gallery: Gallery) -> None:
    """缴费."""
    cashier = gallery.point.cashier
    wait("bills", lambda: cashier.client.count(ListBills()), lambda number: number >= 96)
    page = at(gallery.page_of(cashier), "/finance/bills")
    for box in page.get_by_role("checkbox", name="选择 ").all()[1:7]:
        box.check()
    gallery.take(page, "bills")
    page.get_by_role("button", name="新增汇款单").click()
    form = page.get_by_role("form", name="新增汇款单")
    file = {"name": "回单.png", "mimeType": "image/png", "buffer": receipt("1", 1)}  # type: ignore[arg-type]
    form.get_by_label("汇款凭证").set_input_files(file)  # type: ignore[arg-type]
    expect(form.get_by_role("list", name="已上传的文件")).to_be_visible()
    gallery.take(page, "slip-form")
    form.get_by_role("button", name="核对").click()
    drawer = page.get_by_role("dialog", name="新增汇款单")
    drawer.get_by_role("button", name="确认提交").click()
    drawer.get_by_role("link", name="查看汇款单").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("汇款单")
    gallery.take(page, "slip")


def withdrawing(gallery: Gallery) -> None:
    """退课."""
    unpaid = list(gallery.point.cashier.client.pages(ListBills(status=BillStatus.UNPAID)))
    owing = Counter(bill.student_id for bill in unpaid)
    student = max(owing, key=lambda student: owing[student])
    pay(gallery.stage, gallery.school, gallery.point, [bill for bill in unpaid if bill.student_id == student])
    page = gallery.page_of(gallery.point.registrar)

    def shown() -> int:
        at(page, f"/courses/withdrawals/request?student={student}")
        return page.get_by_role("checkbox", name="选择本页全部").count()

    wait("courses that are paid", shown, lambda number: number == 1)
    page.get_by_role("checkbox", name="选择本页全部").check()
    gallery.take(page, "withdrawal-request")
    page.get_by_role("button", name="提交退课申请").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_label("原因").fill("学生工作调动，无法继续学习")
    drawer.get_by_role("button", name="试算").click()
    drawer.get_by_role("button", name="办理 2 条").click()
    drawer.get_by_role("button", name="完成").click()
    at(page, "/courses/withdrawals")
    gallery.take(page, "withdrawals")
    at(page, "/exams/registrations")
    gallery.take(page, "registrations")


def looking_round(gallery: Gallery) -> None:
    """界面, when there is something to be seen."""
    for person, name in ((gallery.school.staff.registrar, "home-school"), (gallery.point.administrator, "home")):
        page = at(gallery.page_of(person), "/")
        expect(page.get_by_role("heading", name=re.compile("^选课："))).to_be_visible()
        gallery.take(page, name)
    page.keyboard.press("Control+k")
    palette = page.get_by_role("combobox", name="页面名称、学号或缴费单号")
    palette.fill(gallery.students()[0].student_number[:8])
    expect(page.get_by_role("option").first).to_be_visible()
    gallery.take(page, "palette")
    page.keyboard.press("Escape")
    tasks = at(gallery.page_of(gallery.point.registrar), "/registry/students")
    tasks.get_by_role("button", name="任务中心").click()
    expect(tasks.get_by_role("dialog", name="任务中心").get_by_role("article").first).to_be_visible()
    gallery.take(tasks, "tasks")


def on_a_phone(gallery: Gallery) -> None:
    """学生."""
    person = student_account(gallery.stage, gallery.point, gallery.students()[1].student_number, PASSWORD)
    page: Page = gallery.page_of(person, viewport=PHONE, is_mobile=True, has_touch=True)
    for path, name in (("/my", "phone-home"), ("/my/plan", "phone-plan"), ("/my/bills", "phone-bills")):
        gallery.take(at(page, path), name)


CHAPTERS: tuple[Callable[[Gallery], None], ...] = (
    signing_in,
    bringing_in,
    enrolling,
    selecting_for_one,
    selecting_for_many,
    paying,
    withdrawing,
    looking_round,
    on_a_phone,
)


def main(folder: Path) -> None:
    """All of them, into this folder."""
    console_build.ensure_built()
    servers = Servers(*(os.environ[name] for name in needs.OWN_TEST_SERVERS))
    with (
        tempfile.TemporaryDirectory() as state,
        whole_system(Path(state), servers, "pictures", console_build.SITE) as system,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        gallery = open_gallery(system, browser, folder)
        for chapter in CHAPTERS:
            chapter(gallery)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
