"""The school of the guide's pictures, with plain names, and the browser that they are taken in.

    ./jiaowu pictures

takes all that `tests/browser/pictures.py` tells, into `docs/pictures/`.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect
from rich.console import Console

from contracts.courses.queries import ListCohort
from contracts.registry.queries import GetStudentImportTemplate, ListStudents
from contracts.registry.views import StudentView
from launcher.made_up import MadeUpStudent, MadeUpStudents
from launcher.story.cohort import import_quietly, sheet_rows
from launcher.story.people import Person, administrator
from launcher.story.school import Point, School, elements, set_up
from launcher.story.stage import Stage, wait
from launcher.story.workbooks import filled
from launcher.system import System
from tests.browser.doing import settled, sign_in

PASSWORD = "made-up-horse-42"
STUDENTS = 24
_RUN = "3200"
_COLOURS = 256
SCREEN = {"width": 1280, "height": 760}
PHONE = {"width": 360, "height": 740}


@dataclass
class Gallery:
    """Takes pictures of what people do."""

    browser: Browser
    stage: Stage
    school: School
    folder: Path
    applicants: Iterator[MadeUpStudent] = field(default_factory=lambda: iter(MadeUpStudents("applicants")))
    """Who wants to study."""
    _rooms: dict[str, Page] = field(default_factory=dict)

    @property
    def point(self) -> Point:
        """The teaching point whose people the guide is for."""
        return self.school.points[0]

    def students(self) -> list[StudentView]:
        """Who studies there, by number."""
        query = ListStudents(sort="student_number")
        return list(self.point.registrar.client.pages(query))

    def workbook_with_mistakes(self) -> bytes:
        """Six more students, of whom two are not as they should be."""
        rows = sheet_rows(self.stage, self.point, STUDENTS + 6)[STUDENTS:]
        rows[1]["姓名"] = ""
        rows[4]["手机号码"] = "1390000"
        return filled(self.point.registrar.client.download(GetStudentImportTemplate()), rows)

    def page_of(self, person: Person, **settings: Any) -> Page:
        """A page of somebody who is signed in, who keeps it."""
        if person.username not in self._rooms:
            page = self.stranger(**settings)
            sign_in(page, person.username, PASSWORD)
            self._rooms[person.username] = page
        return self._rooms[person.username]

    def stranger(self, **settings: Any) -> Page:
        """A page of a browser that nobody has signed in with."""
        usual = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "viewport": SCREEN, "reduced_motion": "reduce"}
        return self.browser.new_context(base_url=self.stage.gateway_url, **{**usual, **settings}).new_page()

    def take(self, page: Page, name: str) -> None:
        """What is seen now, into a file of this name."""
        settled(page)
        page.evaluate("document.fonts.ready")
        page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished.catch(() => 0)))")
        picture = Image.open(io.BytesIO(page.screenshot()))
        picture.convert("RGB").quantize(_COLOURS).save(self.folder / f"{name}.png", optimize=True)


def open_gallery(system: System, browser: Browser, folder: Path) -> Gallery:
    """A school in which selecting has begun, and its first students have come."""
    stage = Stage(system.gateway_url, Console(quiet=True), run=_RUN, mark="")
    school = set_up(stage, administrator(system), PASSWORD, points=2)
    point = school.points[0]
    import_quietly(stage, point, STUDENTS)
    cohort = ListCohort(intake=stage.intake, **elements(stage).model_dump())
    wait("the cohort", lambda: point.registrar.client.count(cohort), lambda number: number == STUDENTS)
    folder.mkdir(parents=True, exist_ok=True)
    return Gallery(browser, stage, school, folder)


def at(page: Page, path: str) -> Page:
    """The page at an address, when all of it is there."""
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)
    return page
