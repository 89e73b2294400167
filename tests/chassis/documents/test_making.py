"""Documents that are asked for one at a time: what is read when it is asked for is what is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.running import tasks
from chassis.running.task_worker import Worker
from chassis.testing.harness import ServiceHarness, acting
from contracts.common import GetTask, TaskState, TaskView
from contracts.documents import DocumentStatus
from tests.chassis.documents.office import IssueCertificate, Office, PrintList, in_a_transaction, issued
from tests.printed import text_of

POINT, STUDENT = new_id(), new_id()


def clerk() -> Context:
    who = acting(scope="point", teaching_point_id=POINT, name="李老师")
    return replace(who, permission="office.issue", held={"office.issue": who.scope})


def certificate(name: str = "张晓明", student: UUID = STUDENT, replaces: UUID | None = None) -> IssueCertificate:
    return IssueCertificate(student_id=student, teaching_point_id=POINT, name=name, replaces_id=replaces)


def made(office: ServiceHarness, command: Any, who: Context) -> TaskView:
    task = office.run(command, who)
    Worker(office.database, Office).run_until_idle()
    done: TaskView = office.ask(GetTask(task_id=task.id), who)
    return done


def content(task: TaskView) -> bytes:
    assert task.result is not None, task.refusal
    return b"".join(files.store().chunks("office", task.result.sha256, FileKind.PDF))


def test_what_is_asked_for_is_drawn_and_its_file_is_the_tasks(office: ServiceHarness) -> None:
    done = made(office, PrintList(rows=2), clerk())
    assert (done.state, done.result and done.result.name) == (TaskState.DONE, "汇款单.pdf")
    assert "JF000001" in text_of(content(done))
    assert issued(office) == []


def test_an_official_document_is_numbered_and_kept_with_its_digest(office: ServiceHarness) -> None:
    who = clerk()
    done = made(office, certificate(), who)
    [row] = issued(office)
    said = text_of(content(done))
    assert f"编号：{row.number}核验码：{row.code}" in said
    assert (row.number, row.holder_name, row.status) == ("OF000001", "张晓明", DocumentStatus.VALID)
    assert (row.student_id, row.teaching_point_id, row.issued_by) == (STUDENT, POINT, who.actor.user_id)
    [kept] = office.rows(select(office.table("issued_documents").c.sha256))
    assert done.result is not None
    assert kept.sha256 == done.result.sha256
    entries = office.table("audit_entries")
    [entry] = office.rows(select(entries).where(entries.c.action == "issue"))
    assert (entry.object_id, entry.actor_name) == (row.id, "李老师")


def test_the_document_stays_when_its_task_is_forgotten(office: ServiceHarness) -> None:
    made(office, certificate(), clerk())
    office.clock.advance(tasks.KEPT_FOR + timedelta(days=1))
    in_a_transaction(office, tasks.forget_old_tasks)
    assert office.rows(select(office.table("tasks"))) == []
    [row] = office.rows(select(office.table("issued_documents").c.file_id))
    with in_a_transaction(office, lambda uow: files.open_file(uow, row.file_id)) as file:
        assert "张晓明" in text_of(file.read())


def test_what_can_not_be_printed_fails_with_its_reason_and_issues_nothing(office: ServiceHarness) -> None:
    done = made(office, certificate("张\ue123"), clerk())
    assert done.state is TaskState.FAILED
    assert done.refusal is not None
    assert (done.refusal.code, done.refusal.params) == ("document_private_characters", {"characters": "U+E123"})
    assert issued(office) == []
    assert office.rows(select(func.count()).select_from(office.table("files")))[0][0] == 0


def test_the_new_one_takes_the_place_of_the_old_one_when_it_is_issued(office: ServiceHarness) -> None:
    made(office, certificate(), clerk())
    [old] = issued(office)
    office.clock.advance(timedelta(days=1))
    made(office, certificate("张小明", replaces=old.id), clerk())
    old, new = issued(office)
    assert (old.status, old.replaced_by_id, old.ended_at) == (DocumentStatus.REPLACED, new.id, new.issued_at)
    assert (new.status, new.number, new.holder_name) == (DocumentStatus.VALID, "OF000002", "张小明")
    assert office.refusal(certificate(replaces=old.id), clerk()).code == "document_not_valid"


@pytest.mark.parametrize("student", [STUDENT, new_id()])
def test_only_a_document_of_the_same_person_is_replaced(office: ServiceHarness, student: UUID) -> None:
    made(office, certificate(), clerk())
    [old] = issued(office)
    if student == STUDENT:
        assert made(office, certificate(student=student, replaces=old.id), clerk()).state is TaskState.DONE
    else:
        assert office.refusal(certificate(student=student, replaces=old.id), clerk()).code == "not_found"


def test_another_points_document_is_replaced_by_nobody(office: ServiceHarness) -> None:
    made(office, certificate(), clerk())
    [old] = issued(office)
    elsewhere = acting("office.issue", scope="point", teaching_point_id=new_id())
    assert office.refusal(certificate(replaces=old.id), elsewhere).code == "not_found"


def test_of_two_who_replace_the_same_document_one_fails(office: ServiceHarness) -> None:
    made(office, certificate(), clerk())
    [old] = issued(office)
    first, second = (office.run(certificate(replaces=old.id), clerk()) for _ in range(2))
    Worker(office.database, Office).run_until_idle()
    rows = office.rows(select(office.table("tasks")).order_by("created_at", "id"))
    states = {row.state: row.error for row in rows if str(row.id) in first.id + second.id}
    assert states.keys() == {TaskState.DONE, TaskState.FAILED}
    assert states[TaskState.FAILED]["code"] == "document_not_valid"
    assert len(issued(office)) == 2, "the first and the one in its place"
