"""Students for tests: made-up people with valid ID numbers, workbooks of them, and students entered at a point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO
from uuid import UUID

from chassis.base.context import Context, system_context
from chassis.papers.sheet_reading import read_rows
from chassis.running.import_lines import Importer
from chassis.testing.harness import ServiceHarness
from contracts.common import TaskView
from contracts.courses.events import ProgrammeItem, ProgrammeState
from contracts.identity.events import TeachingPointItem, TeachingPointState
from contracts.registry.commands import ImportStudents
from contracts.registry.queries import ListStudents
from contracts.registry.views import StudentView
from contracts.types import FileReference, Gender
from launcher.made_up import MadeUpStudents
from services.registry.papers.workbook import STUDENTS
from services.registry.tasks import STUDENTS_IN
from tests import importing
from tests.builders.messages import a
from tests.builders.people import of_school

REGISTRAR = of_school(name="教务")

_people = MadeUpStudents("registry")
_GENDERS = {Gender.MALE: "男", Gender.FEMALE: "女"}


def person(**changes: str) -> dict[str, str]:
    """A row of an import, field → text: a made-up person, another one each time."""
    made = _people.make()
    return {
        "student_number": f"263203{made.serial:08d}",
        "name": made.name,
        "gender": _GENDERS[made.gender],
        "id_number": made.id_number,
        "ethnicity": "汉族",
        "intake": "202609",
        "level": "专升本",
        "major_code": "080901",
        "schooling_length": "2.5",
        "mobile": made.mobile,
        **changes,
    }


def workbook(people: Sequence[dict[str, str]]) -> IO[bytes]:
    """A workbook of such rows."""
    return importing.workbook("student_import", STUDENTS, people)


def surroundings(registry: ServiceHarness, *, points: int = 1) -> tuple[list[TeachingPointItem], ProgrammeItem]:
    """Teaching points, and the programme that `person` studies by, offered at all of them."""
    items = [a(TeachingPointItem, code=f"32{n:02d}", name=f"第{n}教学点") for n in range(1, points + 1)]
    programme = a(ProgrammeItem, teaching_point_ids=tuple(item.id for item in items))
    registry.feed(TeachingPointState, *items)
    registry.feed(ProgrammeState, programme)
    return items, programme


def upload(file: IO[bytes], by: Context, name: str = "学生.xlsx") -> FileReference:
    """Upload a workbook as the gateway does."""
    return importing.upload(file, by, name)


def imported(registry: ServiceHarness, file: IO[bytes], by: Context, *, dry_run: bool = False) -> TaskView:
    """Import a workbook to its end, or only check it; the task."""
    return importing.imported(registry, ImportStudents, file, by, dry_run=dry_run)


def refused_rows(registry: ServiceHarness, task: TaskView) -> dict[int, str]:
    """What the workbook of refused rows says: row number → reasons."""
    return importing.refused_rows(registry, task, STUDENTS)


def enrolled(registry: ServiceHarness, point_id: UUID, count: int = 1, **changes: str) -> list[StudentView]:
    """Students at a point whose programme is known, entered without a workbook."""
    with workbook([person(**changes) for _ in range(count)]) as file:
        rows = list(read_rows(file, STUDENTS))
    lines = [STUDENTS_IN.line(row.values, row.refused()) for row in rows]
    importer = Importer(point_id, None)
    refused = registry.database.run(system_context(), lambda uow: STUDENTS_IN.take_in(uow, lines, importer))
    assert not refused, [error for row in refused for error in row.errors]
    numbers = [row.values["student_number"] for row in rows]
    found = {s.student_number: s for s in _all(registry, point_id)}
    return [found[number] for number in numbers]


def _all(registry: ServiceHarness, point_id: UUID) -> list[StudentView]:
    students: list[StudentView] = []
    page = 1
    while (answer := registry.ask(ListStudents(teaching_point_id=point_id, size=200, page=page))).items:
        students += answer.items
        page += 1
    return students
