"""Tables that come in: checked first, entered in blocks, given back to be corrected, and cleared up."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, update

from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.papers import files
from chassis.papers.file_kinds import TABLES
from chassis.papers.outcomes import ROWS_TOLD
from chassis.papers.store import FileStore
from chassis.running import imports, task_queue, task_worker, tasks
from chassis.running.task_worker import Worker
from chassis.testing.harness import ServiceHarness, acting
from contracts.common import CancelTask, GetTask, ListTasks, TaskState, TaskView, of_service
from contracts.types import FileReference
from tests.chassis import club as made_up
from tests.chassis.club import (
    MEMBERS_IN,
    Club,
    ExportMembers,
    GetMemberTemplate,
    ImportMembers,
    PrintCard,
    members,
)
from tests.chassis.papers.tables import saved, xlsx
from tests.counting import lines_of
from tests.harnesses import HarnessOf
from tests.printed import text_of

POINT = new_id()
HEADER = ["学号", "姓名", "性别", "出生日期"]
MOST = 20_000_000


@pytest.fixture
def club(built_of: HarnessOf, store: FileStore) -> ServiceHarness:
    return built_of(Club)


def clerk(*points: UUID) -> Context:
    points = points or (POINT,)
    who = acting(scope="point", ids=points, teaching_point_id=points[0])
    return replace(who, permission="club.import", held={"club.import": who.scope})


def number(count: int) -> str:
    return f"2632033{count:07}"


def people(count: int, first: int = 0) -> list[list[Any]]:
    return [[number(n), f"李{'一二三四五'[n % 5]}", "女", "1998-05-20"] for n in range(first, first + count)]


def table(*rows: Sequence[Any], header: Sequence[str] = HEADER) -> io.BytesIO:
    return xlsx(header, *rows)


def uploaded(file: io.BytesIO, by: Context) -> FileReference:
    file.seek(0)
    return files.store().upload(
        file, uploader=by.actor, name="名单.xlsx", announced=MOST, max_bytes=MOST, allowed=TABLES
    )


def started(club: ServiceHarness, file: io.BytesIO, by: Context, *, dry_run: bool = False) -> TaskView:
    view: TaskView = club.run(ImportMembers(file=uploaded(file, by), dry_run=dry_run), by)
    return view


def ended(club: ServiceHarness, file: io.BytesIO, by: Context | None = None, *, dry_run: bool = False) -> TaskView:
    by = by or clerk()
    task = started(club, file, by, dry_run=dry_run)
    Worker(club.database, club.service).run_until_idle()
    return seen(club, task, by)


def seen(club: ServiceHarness, task: TaskView, by: Context) -> TaskView:
    view: TaskView = club.ask(GetTask(task_id=task.id), by)
    return view


def given_back(task: TaskView) -> io.BytesIO:
    assert task.result is not None
    with files.store().read("club", task.result) as file:
        return io.BytesIO(file.read())


def count(club: ServiceHarness) -> int:
    [[found]] = club.rows(select(func.count()).select_from(members))
    return int(found)


def reasons(task: TaskView) -> dict[int, set[tuple[str | None, str]]]:
    assert task.outcome is not None
    return {row.row: {(each.column, each.code) for each in row.refusals} for row in task.outcome.refused_rows}


SPOILT = [
    [number(1), "李一", "女", "1998-05-20"],
    [number(1), "李二", "甲", "1998-02-30"],
    ["", "李三", "", ""],
]


@pytest.mark.parametrize("dry_run", [True, False], ids=["checked", "entered"])
def test_every_bad_row_is_told_with_every_reason_whether_the_others_are_entered_or_not(
    club: ServiceHarness, dry_run: bool
) -> None:
    ended(club, table(*people(1, 7)))
    task = ended(club, table(*SPOILT, *people(2, 7)), dry_run=dry_run)
    assert task.outcome is not None
    assert (task.state, task.outcome.rows, task.outcome.refused) == (TaskState.DONE, 5, 3)
    assert reasons(task) == {
        3: {("学号", "twice_in_workbook"), ("性别", "field_not_a_choice"), ("出生日期", "field_bad_format")},
        4: {("学号", "field_required")},
        5: {("学号", "student_number_taken")},
    }
    assert {reason.count for reason in task.outcome.reasons} == {1}
    assert count(club) == (1 if dry_run else 3)
    titles, *rows = load_workbook(given_back(task)).worksheets[0].iter_rows(values_only=True)
    assert titles == (*HEADER, "原行号", "错误原因")
    assert [row[-2] for row in rows] == [3, 4, 5]


def test_reasons_are_counted_by_column_and_rows_that_are_too_many_stand_in_the_file_alone(
    club: ServiceHarness,
) -> None:
    rows = [[number(n), "李一", "甲" if n % 2 else "", "明天"] for n in range(ROWS_TOLD + 20)]
    task = ended(club, table(*rows), dry_run=True)
    assert task.outcome is not None
    assert [(r.code, r.count) for r in task.outcome.reasons] == [
        ("field_bad_format", ROWS_TOLD + 20),
        ("field_not_a_choice", ROWS_TOLD // 2 + 10),
    ]
    assert task.outcome.reasons[0].message.startswith("出生日期：")
    assert len(task.outcome.refused_rows) == ROWS_TOLD
    [listed] = club.ask(of_service("club", ListTasks)(), clerk()).items
    assert listed.outcome == task.outcome.model_copy(update={"refused_rows": ()}), "in a list they would be too many"
    assert load_workbook(given_back(task)).worksheets[0].max_row == ROWS_TOLD + 21


def test_a_workbook_that_came_back_is_corrected_and_taken(club: ServiceHarness) -> None:
    book = load_workbook(given_back(ended(club, table(*SPOILT))))
    for row, value in ((2, number(2)), (3, number(3))):
        book.worksheets[0].cell(row, 1).value = value
    book.worksheets[0].cell(2, 3).value, book.worksheets[0].cell(2, 4).value = "男", "1998-03-30"
    task = ended(club, saved(book))
    assert (task.figures, task.result, count(club)) == ({"imported": 2, "refused": 0}, None, 3)


def test_a_row_with_a_character_that_no_database_keeps_comes_in_without_it(club: ServiceHarness) -> None:
    task = ended(club, table([number(1), "李_x0000_一", "女", ""], [number(2), "李_x0000_二", "甲", ""]))
    assert (task.state, task.figures) == (TaskState.DONE, {"imported": 1, "refused": 1})
    assert club.rows(select(members.c.name)) == [("李一",)]


def test_a_number_that_lost_its_end_is_refused_again_when_its_workbook_comes_back_untouched(
    club: ServiceHarness,
) -> None:
    file = table([2632033191816060123, "李一", "女", ""])
    for _ in range(2):
        task = ended(club, file)
        assert reasons(task) == {2: {("学号", "cell_number_too_long")}}
        file = given_back(task)
    assert count(club) == 0


def test_who_enters_the_same_at_the_same_moment_is_told(club: ServiceHarness) -> None:
    both = [clerk(), clerk()]
    tasks_ = [started(club, table(*people(3)), each) for each in both]
    workers = [Worker(club.database, Club) for _ in tasks_]
    claims = [worker.claim() for worker in workers]  # both plan before either enters
    for worker, claim in zip(workers, claims, strict=True):
        assert claim is not None
        worker.carry_out(claim)
    workers[0].run_until_idle()
    done = [seen(club, task, each).figures for task, each in zip(tasks_, both, strict=True)]
    assert [figures["imported"] for figures in done] in ([3, 0], [0, 3])
    assert count(club) == 3


def test_a_constraint_that_keeps_a_row_out_is_a_reason(club: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(uow: UnitOfWork, lines: Any, importer: Any) -> None:
        made_up.judge(uow, lines, importer)
        for line in lines:
            line.errors.clear()  # as if nobody had been there when it looked

    judged_by(blind, monkeypatch)
    ended(club, table(*people(2)))
    task = ended(club, table(*people(3)))
    assert reasons(task) == {2: {(None, "already_exists")}, 3: {(None, "already_exists")}}
    assert count(club) == 3


def test_blocks_are_entered_one_by_one_and_their_sum_is_shown(
    club: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "BLOCK", 10)
    me = clerk()
    task = started(club, table(*people(25)), me)
    worker = Worker(club.database, Club)
    figures = []
    while (claim := worker.claim()) is not None:
        worker.carry_out(claim)
        view = seen(club, task, me)
        figures.append((view.steps_done, view.steps_total, view.figures.get("imported"), count(club)))
    assert figures == [(0, 3, None, 0), (1, 3, 10, 10), (2, 3, 20, 20), (3, 3, 25, 25), (3, 3, 25, 25)]


@pytest.mark.parametrize("dry_run", [True, False], ids=["checked", "entered"])
def test_who_cancels_is_heard_and_what_was_entered_stays(
    club: ServiceHarness, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    monkeypatch.setattr(imports, "BLOCK", 10)
    monkeypatch.setattr(imports, "CHECKED_AT_ONCE", 10)
    judged = []

    def judge(uow: UnitOfWork, lines: Any, importer: Any) -> None:
        made_up.judge(uow, lines, importer)
        judged.append(len(lines))
        if len(judged) == 2:
            club.run(CancelTask(task_id=task.id), me)

    judged_by(judge, monkeypatch)
    me = clerk()
    task = started(club, table(*people(50)), me, dry_run=dry_run)
    Worker(club.database, club.service).run_until_idle()
    view = seen(club, task, me)
    assert (view.state, view.outcome, len(judged)) == (TaskState.CANCELLED, None, 2)
    assert count(club) == (0 if dry_run else 20)


def test_who_cancels_while_the_table_is_read_is_heard_and_nothing_is_entered(
    club: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, value in (
        (imports, "BLOCK", 2),
        (imports, "_READ_BETWEEN", 10),
        (task_queue, "_WRITTEN_AT_ONCE", 1),
    ):
        monkeypatch.setattr(module, name, value)
    real = tasks.report

    def report(uow: UnitOfWork, task: Any, figures: dict[str, int]) -> None:
        club.run(CancelTask(task_id=started_one.id), me)  # while the transaction of the plan has written steps
        real(uow, task, figures)

    monkeypatch.setattr(imports, "report", report)
    me = clerk()
    started_one = started(club, table(*people(30)), me)
    Worker(club.database, Club).run_until_idle()
    assert (seen(club, started_one, me).state, count(club)) == (TaskState.CANCELLED, 0)
    assert club.rows(select(club.table("task_steps"))) == []


def judged_by(judge: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The club's rules are others."""
    monkeypatch.setattr(Club, "tasks", replace(MEMBERS_IN, judge=judge).lines().tasks)


def test_how_many_rows_are_read_is_shown_while_they_are(club: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "_READ_BETWEEN", 10)
    told: list[dict[str, int]] = []
    real = tasks.report
    monkeypatch.setattr(imports, "report", lambda uow, task, figures: (told.append(figures), real(uow, task, figures)))
    task = ended(club, table(*people(25)))
    assert told == [{"read": 10}, {"read": 20}]
    assert task.figures == {"read": 20, "imported": 25, "refused": 0}


def test_the_same_file_is_said_to_have_come_before(club: ServiceHarness) -> None:
    file = table(*people(2))
    first = ended(club, file)
    assert first.outcome is not None
    assert first.outcome.imported_before_at is None
    for dry_run in (True, False):
        again = started(club, file, clerk(), dry_run=dry_run)
        assert again.outcome is not None
        assert again.outcome.imported_before_at == first.finished_at
    assert started(club, file, clerk(new_id())).outcome is None
    assert started(club, table(*people(3)), clerk()).outcome is None


def test_what_was_only_checked_has_not_come_before(club: ServiceHarness) -> None:
    file = table(*people(2))
    ended(club, file, dry_run=True)
    assert started(club, file, clerk()).outcome is None


def test_an_unreadable_table_fails_with_its_reason(club: ServiceHarness) -> None:
    for dry_run in (True, False):
        task = ended(club, table(*people(1), header=["学号", "名字", "性别", "出生日期"]), dry_run=dry_run)
        assert task.refusal is not None
        assert (task.state, task.refusal.code, task.outcome) == (TaskState.FAILED, "workbook_columns_missing", None)
    assert count(club) == 0


def test_a_step_of_a_killed_worker_is_done_by_another_one_once(club: ServiceHarness) -> None:
    me = clerk()
    task = started(club, table(*people(4)), me)
    first = Worker(club.database, Club)
    for _ in range(2):  # it plans, takes a block and dies
        claim = first.claim()
        assert claim is not None
        if claim.phase == "plan":
            first.carry_out(claim)
    steps = club.table("task_steps")
    overdue = update(steps).where(steps.c.state == "leased").values(due_at=club.clock.now() - timedelta(minutes=1))
    club.database.run(system_context(), lambda uow: uow.execute(overdue))
    task_worker.Worker(club.database, Club).run_until_idle()
    assert (seen(club, task, me).figures, count(club)) == ({"imported": 4, "refused": 0}, 4)


def test_a_point_names_no_other_point(club: ServiceHarness) -> None:
    mine, other = new_id(), new_id()
    assert imports.Importer(mine, frozenset({mine})).may_enter(mine)
    assert not imports.Importer(mine, frozenset({mine})).may_enter(other)
    assert imports.Importer(None, None).may_enter(other)


def test_the_template_is_made_once_by_the_clock_and_is_everybodys(club: ServiceHarness) -> None:
    club.run_due_jobs()
    template = club.ask(GetMemberTemplate(), clerk())
    assert club.ask(GetMemberTemplate(), clerk(new_id())) == template
    book = load_workbook(files.store().read("club", template))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["学号*", "姓名*", "性别", "出生日期"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["C2:C5000"].formula1 == '"男,女"'
    assert rules["A2:A5000"].prompt == "示例：2632030906100001"
    assert rules["D2:D5000"].prompt == "年-月-日。"
    sheet.append(people(1)[0])
    assert ended(club, saved(book)).figures == {"imported": 1, "refused": 0}


def test_a_table_goes_when_its_task_is_forgotten_and_the_template_stays(club: ServiceHarness) -> None:
    club.run_due_jobs()
    ended(club, table(*people(1)))
    ended(club, table(*people(2)), dry_run=True)
    kept = club.table("files")

    def left() -> list[str]:
        return sorted(row.purpose for row in club.rows(select(kept.c.purpose)))

    told = ["student_import", "student_import", "student_import_refused", "student_import_template"]
    assert [name.partition("/")[0] for name in left()] == told
    club.clock.advance(timedelta(days=91))
    club.database.run(system_context(), tasks.forget_old_tasks)
    assert club.database.run(system_context(), MEMBERS_IN.forget_files) == 2
    assert [name.partition("/")[0] for name in left()] == ["student_import_template"]


# -- all that papers take ---------------------------------------------------------------------------------------------

MOST_LINES = 80


def test_an_import_an_export_and_a_document_together_take_less_than_a_page(club: ServiceHarness) -> None:
    assert lines_of(made_up, after="class ImportMembers") < MOST_LINES

    me = clerk()
    assert ended(club, table(*people(3)), me).figures["imported"] == 3
    reader = replace(me, permission="club.read", held={"club.read": me.scope})
    done = []
    for command in (ExportMembers(gender="female"), PrintCard(student_number=number(1))):
        started = club.run(command, reader)
        Worker(club.database, club.service).run_until_idle()
        done.append(seen(club, started, reader))
    exported, printed = done
    rows = list(load_workbook(given_back(exported)).worksheets[0].values)
    assert rows[0] == ("学号", "名称", "性别", "出生日期")
    assert [row[0] for row in rows[1:]] == [number(n) for n in range(3)]
    assert "李二" in text_of(given_back(printed).read())
