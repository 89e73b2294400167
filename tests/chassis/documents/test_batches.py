"""Documents about all rows of a list: as filtered, sorted and scoped; what is killed goes on, what can't be is told."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from chassis.base.context import Context
from chassis.base.ids import new_id
from chassis.documents import batches
from chassis.documents.batches import PART, forget_document_parts
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.running.task_worker import Worker
from chassis.testing.harness import ServiceHarness, acting
from contracts.common import CancelTask, GetTask, TaskState, TaskView
from contracts.documents import BatchForm
from tests.chassis.documents.office import IssueCertificates, Office, PrintCards, in_a_transaction, issued, people
from tests.printed import pages, text_of

EAST, WEST = new_id(), new_id()


def clerk(*points: UUID) -> Context:
    who = acting(scope="point", ids=points or (EAST,), teaching_point_id=(points or (EAST,))[0], name="李老师")
    return replace(who, permission="office.issue", held={"office.issue": who.scope})


def add(office: ServiceHarness, count: int, point: UUID = EAST, **special: str) -> None:
    """People with numbers from 001 on; `special` are names of some: `n3="…"`."""
    rows = [
        {
            "id": new_id(),
            "name": special.get(f"n{n}", f"学生{n:03}"),
            "student_number": f"S{n:03}",
            "teaching_point_id": point,
        }
        for n in range(1, count + 1)
    ]
    in_a_transaction(office, lambda uow: uow.execute(insert(people), rows))


def made(office: ServiceHarness, command: Any, who: Context | None = None) -> TaskView:
    who = who or clerk()
    task = office.run(command, who)
    Worker(office.database, Office).run_until_idle()
    done: TaskView = office.ask(GetTask(task_id=task.id), who)
    assert done.state is TaskState.DONE, done
    return done


def content(task: TaskView, kind: FileKind = FileKind.PDF) -> bytes:
    assert task.result is not None
    return b"".join(files.store().chunks("office", task.result.sha256, kind))


def parts(office: ServiceHarness) -> list[Any]:
    table = office.table("files")
    return office.rows(select(table).where(table.c.purpose == PART))


def test_one_pdf_has_them_all_in_the_lists_order_each_with_pages_of_its_own(office: ServiceHarness) -> None:
    add(office, 23)
    add(office, 3, WEST)
    done = made(office, IssueCertificates(sort="-student_number"))
    leaves = ["".join(leaf.extract_text().split()) for leaf in pages(content(done))]
    assert [leaf.split("兹证明")[1][:5] for leaf in leaves] == [f"学生{n:03}" for n in range(23, 0, -1)]
    assert all("第1页共1页" in leaf for leaf in leaves)
    assert done.result is not None
    assert (done.result.name, done.figures["issued"], done.figures["refused"]) == ("批量在读证明.pdf", 23, 0)
    assert parts(office) == []


def test_each_is_issued_by_itself_and_the_print_says_the_same(office: ServiceHarness) -> None:
    add(office, 12)
    printed = [leaf.extract_text() for leaf in pages(content(made(office, IssueCertificates())))]
    rows = issued(office)
    assert len({row.number for row in rows}) == 12
    for row in rows:
        [file] = office.rows(select(office.table("issued_documents").c.file_id).where(_is(office, row.id)))
        with in_a_transaction(office, lambda uow, id_=file.file_id: files.open_file(uow, id_)) as kept:
            [alone] = [leaf.extract_text() for leaf in pages(kept.read())]
        assert alone in printed


def _is(office: ServiceHarness, id_: UUID) -> Any:
    return office.table("issued_documents").c.id == id_


def test_a_zip_has_a_file_for_each_named_by_its_row(office: ServiceHarness) -> None:
    add(office, 12, n2="\ue123")
    done = made(office, IssueCertificates(form=BatchForm.ZIP))
    with zipfile.ZipFile(io.BytesIO(content(done, FileKind.ZIP))) as archive:
        names = archive.namelist()
        assert len(names) == 12
        assert names[0].startswith("S001 OF")
        assert names[-1] == "未开具名单.pdf"
        assert "学生001" in text_of(archive.read(names[0]))
        assert "S002" in text_of(archive.read(names[-1]))


def test_what_can_not_be_made_stands_at_the_end_with_its_reason_and_the_others_are_made(office: ServiceHarness) -> None:
    add(office, 14, n3="张\ue123", n11="已退学")
    done = made(office, IssueCertificates())
    *certificates, last = pages(content(done))
    assert len(certificates) == 12
    said = "".join(last.extract_text().split())
    assert "未开具名单" in said
    assert "S003" in said
    assert "U+E123" in said
    assert "S011" in said
    assert "只能为在籍或休学的学生开具在读证明" in said
    assert (done.figures["issued"], done.figures["refused"]) == (12, 2)
    assert len(issued(office)) == 12


def test_a_dry_run_tells_of_each_row_why_not_and_makes_nothing(office: ServiceHarness) -> None:
    add(office, 24, n3="张\ue123", n11="已退学", n22="已退学")
    tried = made(office, IssueCertificates(dry_run=True))
    assert (tried.figures["issuable"], tried.figures["refused"]) == (21, 3)
    assert tried.outcome is not None
    assert (tried.outcome.rows, tried.outcome.refused) == (24, 3)
    assert [each.count for each in tried.outcome.reasons] == [2, 1]
    assert [row.row for row in tried.outcome.refused_rows] == [3, 11, 22]
    [leaf] = pages(content(tried))
    said = leaf.extract_text()
    assert "S003" in said
    assert "S022" in said
    assert issued(office) == []
    done = made(office, IssueCertificates())
    assert (done.figures["issued"], done.figures["refused"]) == (21, 3)


def test_a_dry_run_of_what_can_all_be_made_has_no_file(office: ServiceHarness) -> None:
    add(office, 2)
    tried = made(office, IssueCertificates(dry_run=True))
    assert tried.outcome is not None
    assert (tried.outcome.rows, tried.outcome.refused, tried.result) == (2, 0, None)
    assert issued(office) == []


def test_where_nothing_can_be_made_the_file_is_the_reasons(office: ServiceHarness) -> None:
    add(office, 1, n1="已退学")
    [leaf] = pages(content(made(office, IssueCertificates())))
    assert "未开具名单" in "".join(leaf.extract_text().split())


def test_what_is_not_official_is_drawn_and_not_issued(office: ServiceHarness) -> None:
    add(office, 11, n5="张\U00030000")
    done = made(office, PrintCards())
    assert "张[U+30000]" in text_of(content(done)), "whoever is known by what can't be drawn is told of all the same"
    assert len(pages(content(done))) == 11
    assert "核验码" not in text_of(content(done))
    assert issued(office) == []
    assert done.figures["refused"] == 1


def test_only_rows_that_fit_the_filters_are_meant_and_none_is_said_at_once(office: ServiceHarness) -> None:
    add(office, 5)
    assert made(office, IssueCertificates(name="学生004")).figures["issued"] == 1
    assert office.refusal(IssueCertificates(name="没有"), clerk()).code == "documents_none"
    assert office.refusal(IssueCertificates(), clerk(WEST)).code == "documents_none"


def test_too_many_are_refused_at_once(office: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MAX_DOCUMENTS", 3)
    add(office, 4)
    refused = office.refusal(IssueCertificates(), clerk())
    assert (refused.code, refused.params) == ("documents_too_many", {"limit": 3})


def test_who_dies_in_the_middle_goes_on_and_issues_nothing_twice(
    office: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(office, 25)
    who = clerk()
    task = office.run(IssueCertificates(), who)
    worker = Worker(office.database, Office)
    drawing, calls = batches.draw_together, []

    def dying(*given: Any, **named: Any) -> bytes:
        calls.append(1)
        if len(calls) == 2:
            raise MemoryError
        return drawing(*given, **named)

    monkeypatch.setattr(batches, "draw_together", dying)
    worker.run_until_idle()
    assert office.ask(GetTask(task_id=task.id), who).state is TaskState.RUNNING
    assert len(issued(office)) == 15, "the block that failed is taken back"
    office.clock.advance(timedelta(minutes=1))
    worker.run_until_idle()
    done = office.ask(GetTask(task_id=task.id), who)
    assert done.state is TaskState.DONE
    assert len(issued(office)) == 25
    numbers = [row.number for row in issued(office)]
    said = text_of(content(done))
    assert all(said.count(number) == 2 for number in numbers), "at the foot and in the code's text"


def test_who_cancels_keeps_what_was_issued_and_the_parts_are_let_go(office: ServiceHarness) -> None:
    add(office, 25)
    who = clerk()
    task = office.run(IssueCertificates(), who)
    worker = Worker(office.database, Office)
    for _ in range(2):
        claim = worker.claim()
        assert claim is not None
        worker.carry_out(claim)
    office.run(CancelTask(task_id=task.id), who)
    worker.run_until_idle()
    assert office.ask(GetTask(task_id=task.id), who).state is TaskState.CANCELLED
    assert len(issued(office)) == 10
    assert in_a_transaction(office, forget_document_parts) == 0, "a task may still want them"
    office.clock.advance(timedelta(days=2))
    assert in_a_transaction(office, forget_document_parts) == 1
    assert parts(office) == []


def test_who_cancels_while_all_is_put_together_is_heard(office: ServiceHarness) -> None:
    add(office, 3)
    who = clerk()
    task = office.run(IssueCertificates(), who)
    worker = Worker(office.database, Office)
    for _ in range(2):  # plan and block
        claim = worker.claim()
        assert claim is not None
        worker.carry_out(claim)
    last = worker.claim()
    assert last is not None
    office.run(CancelTask(task_id=task.id), who)
    worker.carry_out(last)
    done = office.ask(GetTask(task_id=task.id), who)
    assert (done.state, done.result) == (TaskState.CANCELLED, None)
