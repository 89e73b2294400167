"""Names, numbers and days as people write them: what an import takes, what is found, and what is refused with why."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from chassis.base.context import system_context
from chassis.papers import files
from chassis.testing.harness import ServiceHarness
from contracts.common import TaskView
from contracts.people import ContactInput
from contracts.registry.commands import ChangeContact
from contracts.registry.queries import GetStudent, ListStudents
from services.registry.papers.workbook import STUDENTS
from services.registry.tables import students
from services.registry.tasks import STUDENTS_IN
from tests.builders import people
from tests.builders import registry as build

SCHOOL = people.of_school()
DOTS = "·•・‧⋅．.∙･"
NAMES = {
    **{f"阿卜杜拉{dot}买买提{n}号": f"阿卜杜拉·买买提{n}号" for n, dot in enumerate(DOTS)},
    "零\u200b宽名": "零宽名",
    "方向\u202e名字": "方向名字",
    "张\u3000三丰": "张三丰",
    "李 四光": "李四光",
    "王\xa0五岳": "王五岳",
    "𠮷田𡈽": "𠮷田𡈽",
    "㼆龘䶮": "㼆龘䶮",
    "森山𥙿": "森山𥙿",
    "阿布都热合曼·买买提吐尔逊·艾合买提江·库尔班尼亚孜": "阿布都热合曼·买买提吐尔逊·艾合买提江·库尔班尼亚孜",
    "Ol'ga-Mária O’Neil": "Ol'ga-Mária O’Neil",
    "昇": "昇",
    "\uf90a晓明": "\uf90a晓明",  # found by the ideograph that it looks like too
}


@pytest.fixture
def point_id(registry: ServiceHarness) -> Any:
    [point], _ = build.surroundings(registry)
    return point.id


def imported(registry: ServiceHarness, point_id: Any, *rows: dict[str, str]) -> TaskView:
    return build.imported(registry, build.workbook(rows), people.of_point(point_id))


def found(registry: ServiceHarness, **filters: Any) -> list[str]:
    return [student.name for student in registry.ask(ListStudents(**filters), SCHOOL).items]


def test_names_are_stored_as_they_are_meant_and_found_as_they_are_typed(registry, point_id) -> None:  # type: ignore[no-untyped-def]
    task = imported(registry, point_id, *(build.person(name=name) for name in NAMES))
    assert task.figures == {"imported": len(NAMES), "refused": 0}
    assert sorted(found(registry, size=200)) == sorted(NAMES.values())
    assert [name for name, meant in NAMES.items() if found(registry, name=name) != [meant]] == []


@pytest.mark.parametrize(
    "search", ["买提", "买买提０", "拉•买", "o'neil", "MÁRIA", "田𡈽", "\u200b三丰", "金晓明", "金晓"]
)
def test_a_name_is_found_by_any_part_of_it(registry, point_id, search) -> None:  # type: ignore[no-untyped-def]
    imported(registry, point_id, *(build.person(name=name) for name in NAMES))
    assert found(registry, name=search) != []


@pytest.mark.parametrize("search", ["%", "_", "\\", "张%", "/", "'"])
def test_a_sign_that_means_something_to_a_pattern_finds_whoever_has_it(registry, point_id, search) -> None:  # type: ignore[no-untyped-def]
    imported(registry, point_id, *(build.person(name=name) for name in ("张三丰", "Ol'ga O’Neil")))
    assert found(registry, name=search) == (["Ol'ga O’Neil"] if search == "'" else [])
    assert registry.ask(ListStudents(student_number=search), SCHOOL).total == 0


@pytest.mark.parametrize("beginning", ["R33", "r331", "ｒ３３１", "R 331", "\u202dR331"])
def test_a_number_is_found_by_its_beginning_whatever_its_case(registry, point_id, beginning) -> None:  # type: ignore[no-untyped-def]
    imported(registry, point_id, build.person(student_number="R33191001"), build.person(student_number="ZR3319"))
    [seen] = registry.ask(ListStudents(student_number=beginning), SCHOOL).items
    assert seen.student_number == "R33191001"
    assert registry.ask(ListStudents(student_number="191"), SCHOOL).total == 0


def test_numbers_are_taken_as_phones_and_input_methods_write_them(registry, point_id) -> None:  # type: ignore[no-untyped-def]
    whole = build.person()
    wide = str.maketrans("0123456789X.", "０１２３４５６７８９Ｘ．")
    rows = [
        {name: text.translate(wide) if name not in ("name", "mobile") else text for name, text in whole.items()},
        build.person(mobile="139 1234 5678"),
        build.person(mobile="139\xa01234\xa05678"),
        build.person(mobile="+86 139-1234-5678"),
        build.person(mobile="\u206813912345678\u2069"),
    ]
    parted = build.person()
    rows.append(
        {
            **parted,
            "id_number": "\u200b\u00ad\u2060\ufeff\u202c".join(parted["id_number"]),
            "gender": f"{parted['gender']}\u200b",
        }
    )
    assert imported(registry, point_id, *rows).figures == {"imported": len(rows), "refused": 0}
    records = [
        registry.ask(GetStudent(student_id=student.id), people.of_point(point_id))
        for student in registry.ask(ListStudents(), SCHOOL).items
    ]
    assert {record.contact.mobile for record in records} <= {"13912345678", whole["mobile"], parted["mobile"]}
    assert {whole["id_number"], parted["id_number"]} <= {record.id_number for record in records}
    assert whole["student_number"] in {record.student_number for record in records}


@pytest.mark.parametrize("name", ["0", "12345", "#N/A", "=cmd|' /C calc'!A0", "@SUM(A1)", "—", "·"])
def test_what_is_no_name_is_refused(registry, point_id, name) -> None:  # type: ignore[no-untyped-def]
    task = imported(registry, point_id, build.person(name=name))
    assert task.figures == {"imported": 0, "refused": 1}
    assert build.refused_rows(registry, task)[2].startswith("姓名：")


def test_two_numbers_that_differ_by_case_and_width_are_one(registry, point_id) -> None:  # type: ignore[no-untyped-def]
    rows = [build.person(student_number=number) for number in ("t33216abc", "T33216ABC", "ｔ33216ａｂｃ")]
    task = imported(registry, point_id, *rows)
    assert task.figures == {"imported": 1, "refused": 2}


MISTYPED = {
    "enrolled_on": ["1026-09-01", "2226-09-01", "1901-09-01"],
    "prior_graduated_on": ["0208-07-01", "2098-07-01"],
    "birth_on": ["0998-05-20", "2098-05-20"],
}


@pytest.mark.parametrize(("field", "day"), [(field, day) for field, days in MISTYPED.items() for day in days])
def test_a_mistyped_year_is_refused_before_it_is_stored(registry, point_id, field, day) -> None:  # type: ignore[no-untyped-def]
    other = {"id_kind": "护照", "id_number": "H3321601"} if field == "birth_on" else {}
    task = imported(registry, point_id, build.person(**other, **{field: day}))
    assert task.figures == {"imported": 0, "refused": 1}
    assert build.refused_rows(registry, task)[2].startswith(STUDENTS_IN.titles[field])


def test_a_number_that_excel_rounded_is_refused_as_often_as_it_comes_back(registry, point_id) -> None:  # type: ignore[no-untyped-def]
    book = load_workbook(build.workbook([build.person()]))
    place = [column.field for column in STUDENTS].index("student_number") + 1
    cell = book.worksheets[0].cell(2, place)
    cell.value, cell.number_format, cell.data_type = 2632033191816060, "General", "n"
    file = io.BytesIO()
    book.save(file)
    by = people.of_point(point_id)
    first = build.imported(registry, file, by)
    assert first.figures == {"imported": 0, "refused": 1}
    with files.store().read("registry", first.result) as given_back:
        again = build.imported(registry, io.BytesIO(given_back.read()), by)
    assert again.figures == {"imported": 0, "refused": 1}


def test_line_ends_as_workbooks_write_them_are_read_as_such(registry, point_id) -> None:  # type: ignore[no-untyped-def]
    book = load_workbook(build.workbook([build.person(mobile="")]))
    places = {column.field: place for place, column in enumerate(STUDENTS, start=1)}
    written = {"name": "回车名_x000D_", "mobile": "13912345678_x000D_", "home_address": "徐州市_x000D_\n云龙区"}
    for field, text in written.items():
        book.worksheets[0].cell(2, places[field]).value = text
    file = io.BytesIO()
    book.save(file)
    by = people.of_point(point_id)
    assert build.imported(registry, file, by).figures == {"imported": 1, "refused": 0}
    [listed] = registry.ask(ListStudents(name="回车名"), by).items
    contact = registry.ask(GetStudent(student_id=listed.id), by).contact
    assert (listed.name, contact.mobile, contact.home_address) == ("回车名", "13912345678", "徐州市 云龙区")


def test_a_record_that_an_earlier_version_took_is_read_and_put_right(registry, point_id) -> None:  # type: ignore[no-untyped-def]
    [student] = build.enrolled(registry, point_id)
    before = {
        "name": "12345",
        "enrolled_on": date(1026, 9, 1),
        "birth_on": date(998, 5, 20),
        "prior_graduated_on": date(208, 7, 1),
        "prior_name_then": "#N/A",
        "mobile": "139 1234",
        "employer": "某\u200b公司\x07",
        "student_type": "",
    }
    registry.database.run(
        system_context(), lambda uow: uow.execute(update(students).where(students.c.id == student.id).values(before))
    )
    by = people.of_point(point_id)
    record = registry.ask(GetStudent(student_id=student.id), by)
    assert (record.name, record.enrolled_on, record.prior_education.name_then) == ("12345", date(1026, 9, 1), "#N/A")
    assert found(registry) == ["12345"]
    contact = ContactInput(mobile="139 1234 5678")
    command = ChangeContact(student_id=student.id, version=record.version, contact=contact)
    assert registry.run(command, by).contact.mobile == "13912345678"
