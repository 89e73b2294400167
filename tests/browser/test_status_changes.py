"""Students are suspended, come back, move and leave: one registrar of the school asks, another decides."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from contracts.registry.commands import ApproveStatusChanges
from contracts.registry.queries import GetStudent, ListStatusChanges
from contracts.registry.states import StatusChangeState
from contracts.registry.views import StudentView
from contracts.types import EnrolmentStatus
from launcher.story.receipt import receipt
from launcher.story.stage import wait
from tests.browser.conftest import Desk
from tests.browser.doing import confirm, decide, row_of
from tests.browser.premises import Premises

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]

PROOF = {"name": "诊断证明.png", "mimeType": "image/png", "buffer": receipt("1", Decimal(1))}


@pytest.fixture(scope="module")
def students(premises: Premises) -> Sequence[StudentView]:
    """One to suspend, one to move, one to let go."""
    return premises.newcomers(3)


def begin(page: Page, student: StudentView, action: str, form: str) -> Locator:
    """The form of a request, on the page of a student."""
    page.goto(f"/registry/students/{student.id}")
    page.get_by_role("button", name=action, exact=True).click()
    return page.get_by_role("form", name=form)


def submit(form: Locator) -> None:
    form.get_by_role("button", name="提交").click()
    expect(form).to_be_hidden()


def open_request(page: Page, student: StudentView) -> None:
    """The page of the request of a student that waits for a decision, by the list."""
    page.goto(f"/registry/status-changes?state={StatusChangeState.FIRST_REVIEW_PASSED}")
    row_of(page, student.student_number).get_by_role("link", name=student.student_number).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(student.name)


def status_of(premises: Premises, student: StudentView) -> EnrolmentStatus:
    status: EnrolmentStatus = premises.scene.school.staff.registrar.send(GetStudent(student_id=student.id)).status
    return status


def test_a_student_is_suspended_for_a_reason_that_the_other_looks_at_and_comes_back(
    desk: Desk, premises: Premises, students: Sequence[StudentView]
) -> None:
    student, today = students[0], premises.scene.stage.today
    page, second = desk("registrar"), desk("second registrar")
    form = begin(page, student, "申请休学", "休学")
    form.get_by_label("起始日期").fill((today - timedelta(days=1)).isoformat())
    form.get_by_label("原因").fill("因病休养")
    form.get_by_label("附件").set_input_files(PROOF)  # type: ignore[arg-type]
    expect(form.get_by_role("list", name="已上传的文件")).to_contain_text("诊断证明.png")
    submit(form)
    assert status_of(premises, student) is EnrolmentStatus.ACTIVE, "nobody has decided yet"

    open_request(second, student)
    second.get_by_role("tab", name="附件").click()
    second.get_by_role("button", name="查看 诊断证明.png").click()
    preview = second.get_by_role("dialog", name="诊断证明.png")
    expect(preview.get_by_role("img", name="诊断证明.png")).to_be_visible()
    preview.get_by_role("button", name="关闭", exact=True).click()
    expect(preview).to_be_hidden()
    decide(second, "审核通过")
    assert status_of(premises, student) is EnrolmentStatus.SUSPENDED

    form = begin(page, student, "申请复学", "复学")
    form.get_by_label("复学日期").fill(today.isoformat())
    form.get_by_label("原因").fill("康复")
    submit(form)
    open_request(second, student)
    decide(second, "审核通过")
    assert status_of(premises, student) is EnrolmentStatus.ACTIVE


def test_a_student_moves_to_another_point(desk: Desk, premises: Premises, students: Sequence[StudentView]) -> None:
    student, there = students[1], premises.scene.there.point.view
    page = desk("registrar")
    form = begin(page, student, "申请转教学点", "转教学点")
    form.get_by_role("combobox", name="转入教学点").fill(there.code)
    form.get_by_role("option", name=there.name).click()
    form.get_by_label("原因").fill("工作地点变动")
    submit(form)
    approve(premises, student.id)
    registrar = premises.scene.school.staff.registrar
    moved = GetStudent(student_id=student.id)
    wait("the move", lambda: registrar.send(moved).teaching_point_id, lambda point: point == there.id)
    page.reload()
    expect(page.get_by_role("link", name=there.name)).to_be_visible()


def approve(premises: Premises, student: UUID) -> None:
    """The other registrar agrees to what is asked for."""
    second = premises.scene.school.staff.reviewing_registrar
    asked = ListStatusChanges(student_id=student, state=StatusChangeState.FIRST_REVIEW_PASSED)
    second.send(ApproveStatusChanges(status_change_ids=tuple(each.id for each in second.client.pages(asked))))


def test_a_student_leaves_after_one_is_sure(desk: Desk, premises: Premises, students: Sequence[StudentView]) -> None:
    student = students[2]
    page = desk("registrar")
    form = begin(page, student, "申请退学", "退学")
    form.get_by_label("自愿").check()
    form.get_by_label("原因").fill("个人原因")
    form.get_by_role("button", name="提交").click()
    confirm(page, "退学")
    expect(form).to_be_hidden()
    approve(premises, student.id)
    assert status_of(premises, student) is EnrolmentStatus.LEFT
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text(student.name)
    expect(page.get_by_role("button", name="申请退学")).to_be_hidden()
