"""Importing students from a workbook: good rows come in, bad rows come back with every reason."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.papers import files
from chassis.papers.sheet_reading import read_rows
from chassis.running.task_worker import Worker
from chassis.running.tasks import forget_old_tasks
from chassis.testing.harness import ServiceHarness
from contracts.common import CancelTask, GetTask
from contracts.identity.events import TeachingPointItem, TeachingPointState
from contracts.identity.states import TeachingPointStatus
from contracts.registry.commands import ImportStudents
from contracts.registry.events import StudentState
from contracts.registry.queries import GetStudent, GetStudentImportTemplate, ListStudents
from launcher.made_up import with_wrong_check_digit
from services.registry.papers.workbook import STUDENTS
from services.registry.service import Registry
from services.registry.tasks import STUDENTS_IN
from tests.builders import people
from tests.builders import registry as build
from tests.builders.messages import a
from tests.builders.status_changes import approved, leaving
from tests.permissions import looking

SCHOOL = people.of_school()


@pytest.fixture
def point(registry: ServiceHarness) -> TeachingPointItem:
    [point], _ = build.surroundings(registry)
    return point


def importer(point: TeachingPointItem):  # type: ignore[no-untyped-def]
    return people.of_point(point.id)


def other_gender(row: dict[str, str]) -> str:
    return "女" if row["gender"] == "男" else "男"


def test_a_point_imports_its_students_and_others_hear_of_them_without_personal_data(registry, point) -> None:  # type: ignore[no-untyped-def]
    rows = [build.person(), build.person(ethnicity="满族", degree_intent="是", prior_school="某某学院")]
    task = build.imported(registry, build.workbook(rows), importer(point))
    assert (task.state, task.figures, task.result) == ("done", {"imported": 2, "refused": 0}, None)
    first, second = registry.ask(ListStudents(), people.of_point(point.id)).items
    assert (first.student_number, first.teaching_point_name) == (rows[0]["student_number"], point.name)
    assert (first.status, first.confirmation, first.major_name) == ("active", "unconfirmed", "计算机科学与技术")
    record = registry.ask(GetStudent(student_id=second.id), people.of_point(point.id))
    assert (record.ethnicity, record.degree_intent, record.prior_education.school) == ("11", True, "某某学院")
    assert (str(record.enrolled_on), record.student_type) == ("2026-09-01", "开放教育")
    published = registry.published(StudentState)[-1]
    assert {item.id for item in published.items} == {first.id, second.id}
    wire = published.model_dump_json()
    assert not any(row[secret] in wire for row in rows for secret in ("id_number", "mobile"))


def test_lists_mask_the_id_number(registry, point) -> None:  # type: ignore[no-untyped-def]
    row = build.person()
    build.imported(registry, build.workbook([row]), importer(point))
    [seen] = registry.ask(ListStudents(), people.of_point(point.id)).items
    assert seen.id_number_masked == row["id_number"][:6] + "*" * 10 + row["id_number"][-2:]
    assert row["id_number"] not in seen.model_dump_json()


def test_every_bad_row_comes_back_with_every_reason_and_the_good_ones_are_in(registry, point) -> None:  # type: ignore[no-untyped-def]
    good, other = build.person(), build.person()
    mistyped = with_wrong_check_digit(build.person()["id_number"])
    unlike = build.person()
    rows = [
        good,
        build.person(id_number=mistyped, mobile="12345"),
        {**unlike, "gender": other_gender(unlike), "birth_on": "1939-01-01"},
        build.person(id_kind="护照", id_number="E12345678"),
        build.person(major_code="999999"),
        build.person(teaching_point_code="9999"),
        build.person(ethnicity="火星族", name=""),
        build.person(student_number=good["student_number"]),
        build.person(id_number=good["id_number"], gender=good["gender"]),
        build.person(level="高起专", degree_intent="是"),
        other,
    ]
    task = build.imported(registry, build.workbook(rows), importer(point))
    assert (task.state, task.figures) == ("done", {"imported": 2, "refused": 9})
    reasons = build.refused_rows(registry, task)
    expected = {
        3: ["校验位", "手机号码"],
        4: ["性别与身份证号不一致", "出生日期与身份证号不一致"],
        5: ["须填写出生日期"],
        6: ["五要素"],
        7: ["9999"],
        8: ["姓名：必填", "民族不在国家标准"],
        9: ["与第 2 行重复"],
        10: ["与第 2 行重复"],
        11: ["学位意向", "五要素"],
    }
    assert set(reasons) == set(expected)
    for number, words in expected.items():
        assert all(word in reasons[number] for word in words), (number, reasons[number])


def test_the_refused_workbook_can_be_corrected_and_imported_again(registry, point) -> None:  # type: ignore[no-untyped-def]
    task = build.imported(registry, build.workbook([build.person(ethnicity="?")]), importer(point))
    book = load_workbook(files.store().read("registry", task.result))
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    sheet.cell(2, titles.index("民族") + 1).value = "汉族"
    corrected = BytesIO()
    book.save(corrected)
    again = build.imported(registry, corrected, importer(point))
    assert again.figures == {"imported": 1, "refused": 0}


def test_the_same_workbook_twice_enters_nobody_twice(registry, point) -> None:  # type: ignore[no-untyped-def]
    rows = [build.person() for _ in range(3)]
    build.imported(registry, build.workbook(rows), importer(point))
    again = build.imported(registry, build.workbook(rows), importer(point))
    assert again.figures == {"imported": 0, "refused": 3}
    for reason in build.refused_rows(registry, again).values():
        assert "学号已被使用" in reason
        assert "已有在籍或休学的学生" in reason


def test_numbers_that_differ_by_case_only_are_one_number(registry, point) -> None:  # type: ignore[no-untyped-def]
    build.imported(registry, build.workbook([build.person(student_number="t33216abc")]), importer(point))
    again = build.imported(registry, build.workbook([build.person(student_number="T33216ABC")]), importer(point))
    assert again.figures == {"imported": 0, "refused": 1}
    assert "学号已被使用" in build.refused_rows(registry, again)[2]
    assert [s.student_number for s in registry.ask(ListStudents()).items] == ["t33216abc"]


def test_two_rows_of_a_workbook_whose_numbers_differ_by_case_only_are_doubles(registry, point) -> None:  # type: ignore[no-untyped-def]
    rows = [build.person(student_number=number) for number in ("t33216abc", "T33216ABC")]
    task = build.imported(registry, build.workbook(rows), importer(point))
    assert task.figures == {"imported": 1, "refused": 1}
    assert "与第 2 行重复" in build.refused_rows(registry, task)[3]


def test_a_document_is_the_same_whether_its_kind_is_said_or_meant(registry, point) -> None:  # type: ignore[no-untyped-def]
    row = build.person()
    again = build.person(id_number=row["id_number"], gender=row["gender"], id_kind="居民身份证")
    task = build.imported(registry, build.workbook([row, again]), importer(point), dry_run=True)
    assert "与第 2 行重复" in build.refused_rows(registry, task)[3]


def test_who_left_may_begin_again_with_a_new_number(registry, point) -> None:  # type: ignore[no-untyped-def]
    row = build.person()
    build.imported(registry, build.workbook([row]), importer(point))
    [student] = registry.ask(ListStudents()).items
    approved(registry, leaving(student))
    again = {**row, "student_number": "2632039999"}
    assert build.imported(registry, build.workbook([again]), importer(point)).figures["imported"] == 1


def _had_an_old_number(id_number: str) -> bool:
    """Born before 2000, and not with one of the serials that in old numbers mean somebody born in the 1800s."""
    return id_number[6:8] == "19" and id_number[14:17] < "996"


def test_an_old_and_a_new_form_of_one_id_number_are_one_person(registry, point) -> None:  # type: ignore[no-untyped-def]
    row = next(row for row in iter(build.person, None) if _had_an_old_number(row["id_number"]))
    old = build.person(gender=row["gender"], id_number=row["id_number"][:6] + row["id_number"][8:17])
    task = build.imported(registry, build.workbook([row, old]), importer(point))
    assert task.figures == {"imported": 1, "refused": 1}
    assert "已有在籍或休学的学生" in build.refused_rows(registry, task)[3]


def test_a_point_imports_into_no_other_point_and_the_school_must_name_one(registry) -> None:  # type: ignore[no-untyped-def]
    (mine, other), _ = build.surroundings(registry, points=2)
    foreign = build.workbook([build.person(teaching_point_code=other.code)])
    task = build.imported(registry, foreign, importer(mine))
    assert task.figures == {"imported": 0, "refused": 1}
    rows = [build.person(teaching_point_code=other.code), build.person()]
    by_school = build.imported(registry, build.workbook(rows), SCHOOL)
    assert by_school.figures == {"imported": 1, "refused": 1}
    assert "教学点代码：必填" in build.refused_rows(registry, by_school)[3]
    assert [s.teaching_point_id for s in registry.ask(ListStudents()).items] == [other.id]
    assert registry.ask(ListStudents(), people.of_point(mine.id)).total == 0


def test_a_disabled_point_receives_nobody(registry, point) -> None:  # type: ignore[no-untyped-def]
    disabled = a(TeachingPointItem, id=point.id, version=2, code=point.code, status=TeachingPointStatus.DISABLED)
    registry.feed(TeachingPointState, disabled)
    named = build.imported(registry, build.workbook([build.person(teaching_point_code=point.code)]), SCHOOL)
    own = build.imported(registry, build.workbook([build.person()]), importer(point))
    assert (named.figures["imported"], own.figures["imported"]) == (0, 0)


def test_a_workbook_that_can_not_be_read_fails_the_task_with_its_reason(registry, point) -> None:  # type: ignore[no-untyped-def]
    short = build.workbook([{}])
    book = load_workbook(short)
    book.worksheets[0].delete_cols(5)
    broken = BytesIO()
    book.save(broken)
    task = build.imported(registry, broken, importer(point))
    assert (task.state, task.refusal.code) == ("failed", "workbook_columns_missing")
    assert "证件号码" in task.refusal.message


def test_a_file_that_its_sender_never_uploaded_starts_nothing(registry, point) -> None:  # type: ignore[no-untyped-def]
    with build.workbook([build.person()]) as file:
        me = importer(point)
        mine = build.upload(file, me)
        reference = mine.model_copy(update={"sha256": "0" * 64})
    assert registry.refusal(ImportStudents(file=reference), me).code == "file_missing"
    assert registry.refusal(ImportStudents(file=mine), importer(point)).code == "file_missing"  # a colleague's upload
    registry.run(ImportStudents(file=mine), me)


def imported_at_once(registry, point, *books) -> None:  # type: ignore[no-untyped-def]
    """Import workbooks side by side, each in a worker of its own."""
    for rows in books:
        with build.workbook(rows) as file:
            someone = importer(point)
            registry.run(ImportStudents(file=build.upload(file, someone)), someone)
    workers = [Worker(registry.database, Registry) for _ in books]
    threads = [threading.Thread(target=worker.run_until_idle) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workers[0].run_until_idle()


def test_two_imports_of_one_person_at_the_same_moment_enter_the_person_once(registry, point) -> None:  # type: ignore[no-untyped-def]
    rows = [build.person() for _ in range(60)]
    books = [[{**row, "student_number": f"{row['student_number']}{turn}"} for row in rows] for turn in range(2)]
    imported_at_once(registry, point, *books)
    assert registry.ask(ListStudents(size=1)).total == 60


def test_two_imports_of_numbers_that_differ_by_case_only_enter_each_once(registry, point) -> None:  # type: ignore[no-untyped-def]
    small, capital = ([build.person(student_number=f"{letter}332160{n:02d}") for n in range(60)] for letter in "tT")
    imported_at_once(registry, point, small, capital)
    found = registry.ask(ListStudents(size=200)).items
    assert len({student.student_number.lower() for student in found}) == len(found) == 60


def test_a_thousand_rows_are_imported_but_for_the_bad_one(registry, point) -> None:  # type: ignore[no-untyped-def]
    rows = [build.person() for _ in range(1000)]
    rows[500]["gender"] = other_gender(rows[500])
    book = build.workbook(rows)
    task = build.imported(registry, book, importer(point))
    assert task.figures == {"imported": 999, "refused": 1}


def test_the_template_can_be_downloaded_filled_in_and_imported(registry, point) -> None:  # type: ignore[no-untyped-def]
    reader = importer(point)
    registry.run_due_jobs()
    template = registry.ask(GetStudentImportTemplate(), reader)
    assert registry.ask(GetStudentImportTemplate(), people.of_point(new_id())) == template
    book = load_workbook(files.store().read("registry", template))
    row = build.person()
    book.worksheets[0].append([row.get(column.field, "") for column in STUDENTS])
    filled = BytesIO()
    book.save(filled)
    assert len(list(read_rows(filled, STUDENTS))) == 1
    assert build.imported(registry, filled, reader).figures == {"imported": 1, "refused": 0}


def test_an_imported_workbook_goes_when_its_task_is_forgotten_and_not_before(registry) -> None:  # type: ignore[no-untyped-def]
    [point], _ = build.surroundings(registry)
    build.imported(registry, build.workbook([build.person()]), importer(point))
    registry.clock.advance(timedelta(days=60))
    build.imported(registry, build.workbook([build.person()]), importer(point))
    assert registry.database.run(system_context(), STUDENTS_IN.forget_files) == 0

    registry.clock.advance(timedelta(days=31))
    assert registry.database.run(system_context(), forget_old_tasks) == 1
    assert registry.database.run(system_context(), STUDENTS_IN.forget_files) == 1
    kept = registry.table("files")
    assert len(registry.rows(select(kept).where(kept.c.purpose == "student_import"))) == 1


# -- a check: what would come of it --


def test_a_check_tells_every_reason_and_enters_nobody(registry, point) -> None:  # type: ignore[no-untyped-def]
    there = build.person()
    build.imported(registry, build.workbook([there]), importer(point))
    good = build.person()
    rows = [
        good,
        build.person(mobile="12345", ethnicity="火星族"),
        build.person(mobile="54321"),
        {**build.person(), "student_number": good["student_number"]},
        {**there, "student_number": there["student_number"].lower()},
    ]
    me = importer(point)
    task = build.imported(registry, build.workbook(rows), me, dry_run=True)
    assert (task.kind, task.state, task.figures) == ("student_import_check", "done", {"checked": 5, "refused": 4})
    assert task.outcome is not None
    assert (task.outcome.rows, task.outcome.refused, task.outcome.imported_before_at) == (5, 4, None)
    assert (task.outcome.reasons[0].code, task.outcome.reasons[0].count) == ("field_bad_format", 2)
    assert task.outcome.reasons[0].message == "手机号码：格式不对，请按示例填写。"
    told = {row.row: {(refusal.column, refusal.code) for refusal in row.refusals} for row in task.outcome.refused_rows}
    assert told == {
        3: {("手机号码", "field_bad_format"), ("民族", "ethnicity_unknown")},
        4: {("手机号码", "field_bad_format")},
        5: {("学号", "twice_in_workbook")},
        6: {("学号", "student_number_taken"), ("证件号码", "id_number_taken")},
    }
    assert set(build.refused_rows(registry, task)) == {3, 4, 5, 6}
    assert registry.ask(ListStudents(size=1)).total == 1


def test_what_was_checked_can_be_imported_without_sending_it_again(registry, point) -> None:  # type: ignore[no-untyped-def]
    me = importer(point)
    with build.workbook([build.person(), build.person(mobile="1")]) as file:
        reference = build.upload(file, me)
    tasks = [registry.run(ImportStudents(file=reference, dry_run=dry_run), me) for dry_run in (True, False)]
    Worker(registry.database, Registry).run_until_idle()
    checked, done = (registry.ask(GetTask(task_id=task.id), looking(me, ImportStudents)) for task in tasks)
    assert checked.outcome == done.outcome
    assert done.figures == {"imported": 1, "refused": 1}


def test_the_reasons_of_an_import_are_told_in_the_language_of_who_asks(registry, point) -> None:  # type: ignore[no-untyped-def]
    me = importer(point)
    task = build.imported(registry, build.workbook([build.person(mobile="1")]), me)
    english = replace(me, language="en")
    outcome = registry.ask(GetTask(task_id=task.id), looking(english, ImportStudents)).outcome
    assert outcome.reasons[0].message == "手机号码：Wrong format. See the example."


def test_a_file_that_was_imported_before_is_said_to_be_one(registry, point) -> None:  # type: ignore[no-untyped-def]
    me, colleague = importer(point), importer(point)
    with build.workbook([build.person()]) as file:
        checked = build.imported(registry, file, me, dry_run=True)
        first = build.imported(registry, file, me)
        registry.clock.advance(timedelta(hours=1))
        again = registry.run(ImportStudents(file=build.upload(file, colleague)), colleague)
        ended = build.imported(registry, file, colleague, dry_run=True)
        elsewhere = build.imported(registry, file, importer(a(TeachingPointItem, id=new_id())))
    assert (checked.outcome.imported_before_at, first.outcome.imported_before_at) == (None, None)
    assert again.outcome.imported_before_at == ended.outcome.imported_before_at == first.finished_at
    assert elsewhere.outcome.imported_before_at is None, "another point's tasks are nobody's business"


def test_refused_rows_come_back_in_the_columns_of_the_clerks_own_workbook(registry, point) -> None:  # type: ignore[no-untyped-def]
    row = build.person(mobile="1")
    own = ["备注", "姓名", "学号", *(c.title for c in STUDENTS if c.field in row and c.title not in ("姓名", "学号"))]
    fields = {c.title: c.field for c in STUDENTS}
    book = Workbook()
    book.worksheets[0].append(own)
    book.worksheets[0].append(["补报", *(row[fields[title]] for title in own[1:])])
    sent = BytesIO()
    book.save(sent)
    for _ in range(2):  # and so they do when they are sent again
        task = build.imported(registry, sent, importer(point))
        sent = files.store().read("registry", task.result)
        sheet = load_workbook(sent).worksheets[0]
        assert [cell.value for cell in sheet[1]] == [*own, "原行号", "错误原因"]
        assert sheet.cell(2, 1).value == "补报"


def test_a_check_that_is_cancelled_ends(registry, point) -> None:  # type: ignore[no-untyped-def]
    me = importer(point)
    with build.workbook([build.person() for _ in range(3)]) as file:
        task = registry.run(ImportStudents(file=build.upload(file, me), dry_run=True), me)
    registry.run(CancelTask(task_id=task.id), looking(me, ImportStudents))
    Worker(registry.database, Registry).run_until_idle()
    assert registry.ask(GetTask(task_id=task.id), looking(me, ImportStudents)).state == "cancelled"
