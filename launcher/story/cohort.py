"""A teaching point brings in its new students: a workbook, what comes back of it, and what is put right."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from contracts.common import TaskView
from contracts.identity.queries import ListUsers
from contracts.permissions import Role
from contracts.registry.commands import ImportStudents
from contracts.registry.queries import GetStudentImportTemplate, ListStudents
from contracts.registry.views import StudentView
from contracts.types import Gender, Level
from contracts.words import column_word, member_word
from gateway.task_centre import GetTaskResult
from launcher.made_up import MadeUpStudent, MadeUpStudents, with_wrong_check_digit
from launcher.story.people import Person
from launcher.story.school import Point, elements
from launcher.story.stage import Stage, expect, wait
from launcher.story.workbooks import REASONS, ROW_NUMBER, corrected, filled, rows_of

XLSX = "students.xlsx"
_MALE, _FEMALE = member_word(Gender.MALE).zh, member_word(Gender.FEMALE).zh


def _title(field: str) -> str:
    """What the template calls a column."""
    return column_word("student_import", field).zh


_GENDER, _BIRTH, _ID = _title("gender"), _title("birth_on"), _title("id_number")
_NAME, _MOBILE, _NUMBER = _title("name"), _title("mobile"), _title("student_number")

SheetRow = Mapping[str, str]
# What somebody gets wrong, by the column in which the registry must find it: row and an earlier one → the wrong text.
MISTAKES: Sequence[tuple[str, Callable[[SheetRow, SheetRow], str]]] = (
    (_ID, lambda row, _: with_wrong_check_digit(row[_ID])),
    (_GENDER, lambda row, _: _FEMALE if row[_GENDER] == _MALE else _MALE),
    (_BIRTH, lambda row, _: f"{int(row[_BIRTH][:4]) - 1}{row[_BIRTH][4:]}"),
    (_NAME, lambda row, _: ""),
    (_MOBILE, lambda row, _: row[_MOBILE][:-1]),
    (_title("ethnicity"), lambda row, _: "火星族"),
    (_title("major_code"), lambda row, _: "999999"),
    (_NUMBER, lambda row, earlier: earlier[_NUMBER]),
)
# The columns that are named in the reason where they are not the mistaken one itself.
_NAMED = {_GENDER: _ID, _BIRTH: _ID}


def import_students(stage: Stage, point: Point, count: int) -> list[StudentView]:
    """So many students of the run's programme, at first with some bad rows, which are corrected and sent again."""
    rows = sheet_rows(stage, point, count)
    wrong = _with_mistakes(rows)
    registrar = point.registrar
    with stage.step(registrar.title, f"fills in the template with {count} students, some wrong") as step:
        template = registrar.client.download(GetStudentImportTemplate())
        workbook = filled(template, [{**row, **wrong.get(number, {})} for number, row in enumerate(rows)])
        step.outcome = f"{len(wrong)} rows with mistakes"
    with stage.step(registrar.title, "has the workbook checked, which enters nobody") as step:
        checked = _imported(registrar, workbook, dry_run=True).outcome
        expect(checked is not None and (checked.rows, checked.refused) == (count, len(wrong)), "wrong rows", checked)
        step.outcome = f"{len(wrong)} would come back"
    with stage.step(registrar.title, "imports the workbook") as step:
        task = _imported(registrar, workbook)
        step.outcome = f"{task.figures['imported']} come in, {task.figures['refused']} come back"
        expect(task.figures == {"imported": count - len(wrong), "refused": len(wrong)}, "wrong rows refused", task)
    with stage.step(registrar.title, "opens the returned workbook") as step:
        returned = registrar.client.download(GetTaskResult(task_id=task.id))
        step.outcome = _check_reasons(rows_of(returned), wrong)
    with stage.step(registrar.title, "corrects the returned rows and imports them again") as step:
        right = {str(number + 2): {title: rows[number][title] for title in cells} for number, cells in wrong.items()}
        task = _imported(registrar, corrected(returned, right))
        expect(task.figures == {"imported": len(wrong), "refused": 0}, "corrected rows come in", task)
        students = list(registrar.client.pages(ListStudents(intake=stage.intake)))
        expect(len(students) == count, f"{count} students of the point are listed", len(students))
        step.outcome = f"{len(students)} students"
    with stage.step(point.administrator.title, "sees the students' accounts appear") as step:
        query = ListUsers(teaching_point_id=point.view.id, role=Role.STUDENT)
        number = wait("accounts of students", lambda: point.administrator.client.count(query), lambda n: n == count)
        step.outcome = f"{number} accounts"
    return students


def sheet_rows(stage: Stage, point: Point, count: int) -> list[dict[str, str]]:
    """Rows of the import's workbook for made-up students of the run's programme."""
    people = islice(MadeUpStudents(f"{stage.run}-{point.view.code}", today=stage.today), count)
    return [_sheet_row(stage, point, person) for person in people]


def import_quietly(stage: Stage, point: Point, count: int) -> None:
    """So many students without mistakes and without a tale."""
    template = point.registrar.client.download(GetStudentImportTemplate())
    workbook = filled(template, sheet_rows(stage, point, count))
    # Until the registry has heard of the programme it refuses every row.
    task = wait(
        "students come in", lambda: _imported(point.registrar, workbook), lambda seen: seen.figures["imported"] > 0
    )
    expect(task.figures == {"imported": count, "refused": 0}, "all students come in", task)


def _sheet_row(stage: Stage, point: Point, person: MadeUpStudent) -> dict[str, str]:
    programme = elements(stage)
    cells = {
        "student_number": f"{stage.intake[2:]}{point.view.code}{person.serial:05d}",
        "name": person.name,
        "gender": member_word(person.gender).zh,
        "id_number": person.id_number,
        "birth_on": person.born_on.isoformat(),
        "ethnicity": "汉族",
        "intake": stage.intake,
        "level": member_word(Level.TOP_UP_BACHELOR).zh,
        "student_source": programme.student_source,
        "major_code": programme.major_code,
        "schooling_length": programme.schooling_length,
        "mobile": person.mobile,
    }
    return {_title(field): text for field, text in cells.items()}


def _with_mistakes(rows: Sequence[SheetRow]) -> dict[int, dict[str, str]]:
    """Mistakes spread over the rows: place in the list → the wrong cells."""
    distance = len(rows) // (len(MISTAKES) + 1)
    places = [distance * (number + 1) for number in range(len(MISTAKES))]
    return {
        place: {title: spoil(rows[place], rows[place - 1])}
        for place, (title, spoil) in zip(places, MISTAKES, strict=True)
    }


def _imported(registrar: Person, workbook: bytes, *, dry_run: bool = False) -> TaskView:
    reference = registrar.client.upload(XLSX, workbook)
    return registrar.send_to_the_end(ImportStudents(file=reference, dry_run=dry_run))


def _check_reasons(returned: Sequence[SheetRow], wrong: Mapping[int, Mapping[str, str]]) -> str:
    """Each wrong row, and no other, came back with a reason that names the column."""
    by_number = {row[ROW_NUMBER]: row for row in returned}
    expect(set(by_number) == {str(place + 2) for place in wrong}, "the wrong rows come back", sorted(by_number))
    for place, cells in wrong.items():
        reasons = by_number[str(place + 2)][REASONS]
        for title in cells:
            expect(_NAMED.get(title, title) in reasons, f"the reason names {title}", reasons)
    named = Counter(title for cells in wrong.values() for title in cells)
    return f"each has its reason ({'、'.join(named)})"
