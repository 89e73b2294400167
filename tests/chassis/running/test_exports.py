"""Lists that go out as files: what the screen shows is what the file holds, and nobody gets more than their rows."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select

from chassis.base.context import Context, Scope, system_context
from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.data.whole_lists import whole_list
from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.papers.store import FileStore
from chassis.running import exports, tasks
from chassis.running.exports import ListExport
from chassis.running.task_worker import Worker
from chassis.testing.harness import ServiceHarness, acting
from contracts.common import CancelTask, GetTask, TaskState, TaskView
from contracts.types import Gender
from tests.chassis.shop import ORDERS, ExportOrders, ListOrders, Shop, list_orders, orders, points
from tests.harnesses import HarnessOf

EAST, WEST = new_id(), new_id()


@pytest.fixture
def shop(built_of: HarnessOf, store: FileStore) -> ServiceHarness:
    return built_of(Shop)


def add(shop: ServiceHarness, count: int, point: UUID = EAST) -> None:
    rows = [
        {
            "id": new_id(),
            "name": f"=李{number:05}",
            "gender": Gender.FEMALE if number % 2 else Gender.MALE,
            "amount": Decimal(number) / 4,
            "birth_on": date(2000, 1, 1) if number % 3 else None,
            "teaching_point_id": point,
        }
        for number in range(count)
    ]
    shop.database.run(system_context(), lambda uow: uow.execute(insert(orders), rows))


def of(*points: UUID, permission: str = "shop.read") -> Context:
    who = acting(scope="point", ids=points, teaching_point_id=points[0], name="王会计")
    return replace(who, permission=permission)


def looking(who: Context) -> Context:
    """The same person, as the gateway has them look for tasks."""
    return replace(who, held={str(who.permission): who.scope})


def exported(shop: ServiceHarness, who: Context, **wish: Any) -> TaskView:
    task = shop.run(ExportOrders(**wish), who)
    Worker(shop.database, Shop).run_until_idle()
    done: TaskView = shop.ask(GetTask(task_id=task.id), looking(who))
    assert done.state is TaskState.DONE, done
    return done


def content(task: TaskView, kind: FileKind = FileKind.XLSX) -> io.BytesIO:
    assert task.result is not None
    return io.BytesIO(b"".join(files.store().chunks("shop", task.result.sha256, kind)))


def sheet(task: TaskView, number: int = 0) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in load_workbook(content(task)).worksheets[number]]


def audited(shop: ServiceHarness) -> list[Any]:
    entries = shop.table("audit_entries")
    return shop.rows(select(entries).where(entries.c.action == "export"))


def all_pages(shop: ServiceHarness, who: Context, **wish: Any) -> list[str]:
    first = shop.ask(ListOrders(size=50, **wish), who)
    others = [shop.ask(ListOrders(page=page, size=50, **wish), who) for page in range(2, first.total // 50 + 2)]
    return [item.name for page in (first, *others) for item in page.items]


@pytest.mark.parametrize(
    "wish", [{}, {"sort": "-amount"}, {"gender": Gender.FEMALE}, {"gender": Gender.MALE, "sort": "-name"}]
)
def test_the_file_has_the_rows_of_all_pages_as_filtered_sorted_and_scoped(
    shop: ServiceHarness, wish: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "BLOCK", 30)  # several blocks
    add(shop, 130)
    add(shop, 7, WEST)
    me = of(EAST)
    task = exported(shop, me, **wish)
    [titles, *rows] = sheet(task)
    assert titles == ["名称", "性别", "金额", "出生日期"]
    assert [row[0] for row in rows] == all_pages(shop, me, **wish)
    assert task.figures == {"exported": len(rows), "to_export": len(rows)}
    assert task.result is not None
    assert task.result.name == "学生名单.xlsx"


def test_cells_are_what_they_are_and_codes_are_words(shop: ServiceHarness) -> None:
    add(shop, 2)
    [_, first, second] = sheet(exported(shop, of(EAST)))
    assert first == ["=李00000", "男", 0, None]
    assert [*second[:3], second[3].date()] == ["=李00001", "女", 0.25, date(2000, 1, 1)]


def test_columns_are_chosen_and_those_that_are_none_are_refused(shop: ServiceHarness) -> None:
    add(shop, 1)
    assert sheet(exported(shop, of(EAST), columns=("amount", "name"))) == [["金额", "名称"], [0, "=李00000"]]
    refused = shop.refusal(ExportOrders(columns=("name", "teaching_point_id")), of(EAST))
    assert refused.code == "export_column_unknown"
    assert refused.params["columns"] == "teaching_point_id"


def test_a_sheet_says_who_made_it_when_by_which_filters_and_how_many_rows_there_are(shop: ServiceHarness) -> None:
    add(shop, 4)
    about = dict(map(tuple, sheet(exported(shop, of(EAST), gender=Gender.FEMALE, sort="-name"), 1)[1:]))
    assert (about["名单"], about["导出人"], about["行数"]) == ("学生名单", "王会计", 2)
    assert (about["筛选：性别"], about["筛选：排序"]) == ("女", "名称（降序）")
    assert about["导出时间"] is not None


def test_what_a_filter_names_by_its_id_is_told_as_people_know_it(shop: ServiceHarness) -> None:
    add(shop, 1)
    named = [{"id": EAST, "name": "东校区"}, {"id": WEST, "name": "西校区"}]
    shop.database.run(system_context(), lambda uow: uow.execute(insert(points), named))
    about = dict(map(tuple, sheet(exported(shop, of(EAST), teaching_point_id=EAST), 1)[1:]))
    assert about["筛选：教学点"] == "东校区"
    elsewhere = dict(map(tuple, sheet(exported(shop, of(EAST), teaching_point_id=WEST), 1)[1:]))
    assert elsewhere["筛选：教学点"] == str(WEST), "what they don't see is not named either"


def test_an_export_says_by_what_people_know_each_id_that_it_can_be_filtered_by() -> None:
    with pytest.raises(TypeError, match="student_export has to say by what people know teaching_point_id"):
        replace(ORDERS, known_by={})


def test_whoever_reads_english_gets_an_english_file(shop: ServiceHarness) -> None:
    add(shop, 2)
    task = exported(shop, replace(of(EAST), language="en"), gender=Gender.FEMALE, sort="-name")
    [titles, row] = sheet(task)
    assert (titles, row[1]) == (["Name", "Gender", "Amount", "Birth date"], "Female")
    about = dict(map(tuple, sheet(task, 1)[1:]))
    assert (about["Filter: Gender"], about["Filter: Sort"]) == ("Female", "Name (descending)")


def test_a_csv_is_one_that_excel_opens(shop: ServiceHarness) -> None:
    add(shop, 2)
    task = exported(shop, of(EAST), format="csv")
    assert task.result is not None
    assert (task.result.name, task.result.media_type) == ("学生名单.csv", "text/csv")
    read = content(task, FileKind.CSV).read()
    assert read.startswith("\ufeff".encode())
    table = list(csv.reader(read.decode("utf-8-sig").splitlines()))
    assert table[1:] == [["'=李00000", "男", "0.00", ""], ["'=李00001", "女", "0.25", "2000-01-01"]]


def test_what_left_the_system_is_in_the_audit_trail_with_filters_and_count(shop: ServiceHarness) -> None:
    add(shop, 4)
    me = of(EAST)
    task = exported(shop, me, gender=Gender.FEMALE, columns=("name",))
    [entry] = audited(shop)
    assert (entry.actor_id, str(entry.object_id)) == (me.actor.user_id, task.id.partition(".")[2])
    assert entry.after == {"gender": "female", "columns": ["name"], "rows": 2}


def test_too_many_rows_are_refused_at_once(shop: ServiceHarness) -> None:
    add(shop, 5000)
    shop.run(ExportOrders(), of(EAST))
    add(shop, 1)
    refused = shop.refusal(ExportOrders(), of(EAST))
    assert (refused.code, refused.params) == ("export_too_large", {"limit": 5000})
    shop.run(ExportOrders(gender=Gender.FEMALE), of(EAST))


def test_what_the_list_refuses_its_export_refuses_too(shop: ServiceHarness) -> None:
    assert shop.refusal(ExportOrders(sort="birth_on"), of(EAST)).code == "sort_not_supported"


@pytest.mark.parametrize(
    ("colleague", "sees"),
    [
        (of(EAST, WEST), True),
        (of(WEST, EAST), True),
        (of(EAST), False),
        (of(WEST), False),
        (of(EAST, WEST, permission="shop.other"), False),
        (replace(acting(scope="school"), permission="shop.read"), True),
        (replace(acting(scope="student"), permission="shop.read"), False),
    ],
)
def test_a_file_is_seen_by_whose_scope_has_all_of_its_rows(
    shop: ServiceHarness, colleague: Context, sees: bool
) -> None:
    add(shop, 1)
    add(shop, 1, WEST)
    task = exported(shop, of(EAST, WEST))
    if sees:
        assert shop.ask(GetTask(task_id=task.id), looking(colleague)).result is not None
    else:
        assert shop.refusal(GetTask(task_id=task.id), looking(colleague)).code == "not_found"


def test_a_point_does_not_see_what_its_colleague_exported_of_the_whole_school(shop: ServiceHarness) -> None:
    add(shop, 1)
    head = replace(acting(scope="school", teaching_point_id=EAST), permission="shop.read")
    task = exported(shop, head)
    assert shop.refusal(GetTask(task_id=task.id), looking(of(EAST))).code == "not_found"


def test_rows_are_read_in_the_scope_of_who_asked_even_where_names_are_read_by_the_system(
    shop: ServiceHarness,
) -> None:
    add(shop, 2)
    add(shop, 2, WEST)

    def counted(uow: UnitOfWork) -> tuple[int, int, int]:
        with uow.within(Scope("point", (EAST,))):
            own = len(uow.rows(select(orders)))
            with uow.as_system():
                every = len(uow.rows(select(orders)))
            again = len(uow.rows(select(orders)))
        return own, every, again

    assert shop.database.run(system_context(), counted) == (2, 4, 2)


def cancelled_after(
    shop: ServiceHarness, monkeypatch: pytest.MonkeyPatch, who: Context, blocks: int
) -> Callable[[], int]:
    """Cancel the task when so many blocks are written; gives how many were."""
    written = 0
    usual = exports.rows_of

    def rows_of(columns: Sequence[Any], items: Sequence[Any]) -> Any:
        nonlocal written
        written += 1
        if written == blocks:
            [task] = shop.rows(select(shop.table("tasks")))
            shop.run(CancelTask(task_id=tasks.public_id("shop", task.id)), looking(who))
        return usual(columns, items)

    monkeypatch.setattr(exports, "rows_of", rows_of)
    return lambda: written


def test_an_export_that_is_cancelled_ends_after_the_block_and_leaves_no_file(
    shop: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "BLOCK", 10)
    add(shop, 100)
    me = of(EAST)
    written = cancelled_after(shop, monkeypatch, me, 3)
    task = shop.run(ExportOrders(), me)
    Worker(shop.database, Shop).run_until_idle()
    ended = shop.ask(GetTask(task_id=task.id), looking(me))
    assert (ended.state, ended.result, written()) == (TaskState.CANCELLED, None, 3)
    assert shop.rows(select(shop.table("files"))) == audited(shop) == []


def test_the_progress_is_seen_while_the_file_is_written(shop: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "BLOCK", 10)
    add(shop, 30)
    me = of(EAST)
    seen = []
    usual = exports.rows_of

    def rows_of(columns: Sequence[Any], items: Sequence[Any]) -> Any:
        seen.append(shop.ask(GetTask(task_id=task.id), looking(me)).figures)
        return usual(columns, items)

    monkeypatch.setattr(exports, "rows_of", rows_of)
    task = shop.run(ExportOrders(), me)
    Worker(shop.database, Shop).run_until_idle()
    assert [figures["exported"] for figures in seen] == [0, 10, 20]
    assert {figures["to_export"] for figures in seen} == {30}


def test_a_declaration_with_a_field_that_is_no_column_fails_at_once() -> None:
    with pytest.raises((KeyError, TypeError)):
        ListExport("student_export", ExportOrders, list_orders, ("name", "id"))


def test_a_list_that_is_not_answered_by_the_pages_kit_is_told_apart(shop: ServiceHarness) -> None:
    with pytest.raises(LookupError):
        shop.database.run(system_context(), lambda uow: whole_list(lambda query, uow: query, ListOrders(), uow).found)
