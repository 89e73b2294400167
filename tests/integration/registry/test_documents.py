"""Certificates of enrolment: issued for a point's own students, and read by the students themselves."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from chassis.base.context import Context, system_context
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.running.task_worker import Worker
from chassis.testing.harness import ServiceHarness
from contracts.common import GetTask, of_service
from contracts.documents import (
    CheckDocument,
    DocumentStatus,
    GetIssuedDocumentFile,
    IssuedDocumentView,
    ListIssuedDocuments,
    WithdrawIssuedDocument,
)
from contracts.finance.events import TransferCleared
from contracts.identity.events import SchoolSettingItem, SchoolSettingState, TeachingPointItem
from contracts.registry.commands import (
    ApproveStatusChanges,
    IssueEnrolmentCertificate,
    IssueEnrolmentCertificates,
    TransferStudent,
)
from contracts.registry.views import StudentView
from contracts.school import SCHOOL_NAME
from contracts.types import EnrolmentStatus
from services.registry.tables import students
from tests.builders import registry as build
from tests.builders.identity import from_address
from tests.builders.messages import a
from tests.builders.people import in_person, of_point, of_school
from tests.permissions import demanded
from tests.printed import boxes, text_of

List, File, Withdraw, Check = (
    of_service("registry", contract)
    for contract in (ListIssuedDocuments, GetIssuedDocumentFile, WithdrawIssuedDocument, CheckDocument)
)


def issue(registry: ServiceHarness, student: StudentView, who: Context | None = None) -> IssuedDocumentView:
    """The newest certificate of a student."""
    clerk = who or of_point(student.teaching_point_id)
    registry.run(IssueEnrolmentCertificate(student_id=student.id), clerk)
    Worker(registry.database, registry.service).run_until_idle()
    found: tuple[IssuedDocumentView, ...] = registry.ask(List(student_id=student.id), of_school()).items
    return found[0]


def printed(registry: ServiceHarness, document: IssuedDocumentView, who: Context) -> bytes:
    reference = registry.ask(File(document_id=document.id), who)
    return b"".join(files.store().chunks("registry", reference.sha256, FileKind.PDF))


def change(registry: ServiceHarness, student: StudentView, **values: Any) -> None:
    statement = update(students).where(students.c.id == student.id).values(**values)
    registry.database.run(system_context(), lambda uow: uow.execute(statement))


def test_a_certificate_says_who_studies_what_since_when(registry: ServiceHarness, student: StudentView) -> None:
    change(registry, student, name="欧阳誥㛃䶮𠮷𫍽·买买提")
    registry.feed(SchoolSettingState, a(SchoolSettingItem, name=SCHOOL_NAME.name))
    document = issue(registry, student)
    pdf = printed(registry, document, of_point(student.teaching_point_id))
    said = text_of(pdf)
    for part in (
        "江淮开放大学",
        "在读证明",
        "欧阳誥㛃䶮𠮷𫍽·买买提",
        student.student_number,
        student.major_name,
        "专升本",
    ):
        assert part in said, part
    for part in (student.id_number_masked, document.number, document.code, "第1教学点", "学籍状态为“在籍”"):
        assert part in said, part
    assert boxes(pdf) == 0
    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1


def test_a_document_number_is_never_whole_on_it(registry: ServiceHarness, student: StudentView) -> None:
    [row] = registry.rows(select(students.c.id_number).where(students.c.id == student.id))
    assert row.id_number not in text_of(printed(registry, issue(registry, student), of_school()))


def test_a_student_reads_their_own_and_nobody_elses(
    registry: ServiceHarness, student: StudentView, points: list[TeachingPointItem]
) -> None:
    document = issue(registry, student)
    me, other = in_person(student.id), in_person(points[0].id)
    assert [each.id for each in registry.ask(List(), me).items] == [document.id]
    assert printed(registry, document, me) == printed(registry, document, of_school())
    assert registry.ask(List(), other).items == ()
    assert registry.refusal(File(document_id=document.id), other).code == "not_found"


def test_a_point_issues_for_its_own_students_alone(
    registry: ServiceHarness, student: StudentView, points: list[TeachingPointItem]
) -> None:
    elsewhere = of_point(points[1].id)
    assert registry.refusal(IssueEnrolmentCertificate(student_id=student.id), elsewhere).code == "not_found"
    document = issue(registry, student)
    assert registry.refusal(File(document_id=document.id), elsewhere).code == "not_found"


@pytest.mark.parametrize("status", [EnrolmentStatus.GRADUATED, EnrolmentStatus.LEFT])
def test_who_does_not_study_here_any_more_gets_none(
    registry: ServiceHarness, student: StudentView, status: EnrolmentStatus
) -> None:
    change(registry, student, status=status)
    refused = registry.refusal(IssueEnrolmentCertificate(student_id=student.id), of_point(student.teaching_point_id))
    assert (refused.code, refused.params) == ("student_not_enrolled", {"status": status})


def test_what_was_issued_stays_as_it_was_when_the_record_changes(
    registry: ServiceHarness, student: StudentView
) -> None:
    before = issue(registry, student)
    first = printed(registry, before, of_school())
    change(registry, student, name="改名后")
    registry.clock.advance(timedelta(days=30))
    assert printed(registry, before, of_school()) == first
    assert issue(registry, student).holder_name == "改名后"


def transfer(registry: ServiceHarness, student: StudentView, to: TeachingPointItem) -> None:
    move = {"version": student.version, "to_teaching_point_id": to.id, "reason": "工作变动"}
    change_id = registry.run(TransferStudent(student_id=student.id, **move), of_school()).id
    registry.run(ApproveStatusChanges(status_change_ids=(change_id,)), of_school())
    registry.deliver(TransferCleared(change_id=change_id, student_id=student.id))


def test_who_moves_while_a_document_waits_to_be_made_has_it_at_the_new_point(
    registry: ServiceHarness, student: StudentView, points: list[TeachingPointItem]
) -> None:
    registry.run(IssueEnrolmentCertificate(student_id=student.id), of_point(points[0].id))
    transfer(registry, student, points[1])
    Worker(registry.database, registry.service).run_until_idle()
    assert registry.ask(List(), of_point(points[0].id)).items == ()
    assert [each.student_id for each in registry.ask(List(), of_point(points[1].id)).items] == [student.id]


def test_documents_go_with_a_student_who_moves(
    registry: ServiceHarness, student: StudentView, points: list[TeachingPointItem]
) -> None:
    document = issue(registry, student)
    transfer(registry, student, points[1])
    assert [each.id for each in registry.ask(List(), of_point(points[1].id)).items] == [document.id]
    assert registry.ask(List(), of_point(points[0].id)).items == ()
    assert document.number in text_of(printed(registry, document, of_point(points[1].id)))


def test_anybody_checks_it_and_hears_when_the_school_withdraws_it(
    registry: ServiceHarness, student: StudentView
) -> None:
    document = issue(registry, student)
    question, anybody = Check(number=document.number, code=document.code), from_address("203.0.113.7")
    told = registry.ask(question, anybody)
    assert told.status is DocumentStatus.VALID
    assert [(fact.label, fact.value) for fact in told.facts][:2] == [
        ("层次", "专升本"),
        ("专业名称", student.major_name),
    ]
    assert student.name not in told.model_dump_json()
    assert student.student_number not in told.model_dump_json()
    registry.run(Withdraw(document_id=document.id, version=document.version, reason="学籍信息有误"), of_school())
    assert registry.ask(question, anybody).status is DocumentStatus.WITHDRAWN


def test_a_point_issues_for_all_of_a_cohort_and_hears_of_whom_it_could_not(
    registry: ServiceHarness, points: list[TeachingPointItem]
) -> None:
    mine, _ = build.enrolled(registry, points[0].id, 3), build.enrolled(registry, points[1].id)
    change(registry, mine[1], status=EnrolmentStatus.LEFT)
    who = of_point(points[0].id)
    task = registry.run(IssueEnrolmentCertificates(intake="202609"), who)
    Worker(registry.database, registry.service).run_until_idle()
    seeing = replace(who, held={str(demanded(IssueEnrolmentCertificates)): who.scope})
    done = registry.ask(GetTask(task_id=task.id), seeing)
    assert (done.figures["issued"], done.figures["refused"]) == (2, 1)
    said = text_of(b"".join(files.store().chunks("registry", done.result.sha256, FileKind.PDF)))
    assert mine[0].student_number in said
    assert mine[2].student_number in said
    assert f"{mine[1].student_number}学生当前学籍状态为" in said
    assert len(registry.ask(List(), of_school()).items) == 2
