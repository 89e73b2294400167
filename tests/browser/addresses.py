"""The addresses of every page, as the console itself has them, with rows that are there."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.common import of_service
from contracts.courses.queries import ListCourses, ListProgrammes, ListSelectionRounds, ListSelections, ListWithdrawals
from contracts.documents import ListIssuedDocuments
from contracts.enrollment.queries import ListAdmissionRounds, ListApplications
from contracts.enrollment.signups import ListSignups
from contracts.exams.queries import GetExamRound, ListExamRounds, ListRegistrations
from contracts.exams.views import ExamRoundDetails
from contracts.finance.queries import ListBills, ListRemittances
from contracts.identity.queries import ListTeachingPoints, ListUsers
from contracts.registry.queries import ListStatusChanges, ListStudents
from gateway.console.operations import operations
from gateway.routes import ROUTES
from gateway.task_centre import ListAllTasks
from launcher.story.people import Person

_PERMISSIONS: dict[str, str] = {name: each["permission"] for name, each in operations(ROUTES).items()}
_READ = """() => document.querySelector("#app").__vue_app__.config.globalProperties.$router.getRoutes()
  .map(({ path, meta }) => ({ path, operation: meta.page?.operation ?? null }))"""
_OPTIONAL, _PARAMETER = re.compile(r"/:\w+(\(.*?\))?\?"), re.compile(r":(\w+)(\(.*?\))?")
_FOR_STUDENTS = re.compile("/my(/|$)")
_LISTS: dict[str, Any] = {
    "admission_round_id": ListAdmissionRounds(),
    "application_id": ListApplications(),
    "bill_id": ListBills(),
    "course_id": ListCourses(),
    "document_id": of_service("registry", ListIssuedDocuments)(),
    "exam_round_id": ListExamRounds(),
    "programme_id": ListProgrammes(),
    "registration_id": ListRegistrations(),
    "remittance_id": ListRemittances(),
    "selection_id": ListSelections(),
    "selection_round_id": ListSelectionRounds(),
    "signup_id": ListSignups(),
    "status_change_id": ListStatusChanges(),
    "student_id": ListStudents(),
    "task_id": ListAllTasks(),
    "teaching_point_id": ListTeachingPoints(),
    "user_id": ListUsers(),
    "withdrawal_id": ListWithdrawals(),
}
"""Parameter of an address → the list that has rows for it."""


@dataclass(frozen=True)
class Address:
    """A page of the console's table of routes."""

    pattern: str
    operation: str | None

    def is_for(self, person: Person, *, student: bool) -> bool:
        """Whether the person may open it."""
        if bool(_FOR_STUDENTS.match(self.pattern)) is not student:
            return self.pattern.startswith("/account/") and not student
        permission = _PERMISSIONS[self.operation] if self.operation else "signed_in"
        assert person.client.tokens is not None
        return permission in ("signed_in", "public") or permission in person.client.tokens.account.permissions

    def filled(self, person: Person) -> str | None:
        """The address with ids of rows that the person sees; None where there are none."""
        path = _OPTIONAL.sub("", self.pattern)
        wanted = [match[1] for match in _PARAMETER.finditer(path)]
        ids = _of_session(person) if "session_id" in wanted else {name: _first(person, name) for name in wanted}
        if None in ids.values():
            return None
        return _PARAMETER.sub(lambda match: str(ids[match[1]]), path)


def addresses(evaluate: Callable[[str], Any]) -> Sequence[Address]:
    """All of them. `evaluate` runs a function of JavaScript on any page of the console."""
    return [Address(each["path"], each["operation"]) for each in evaluate(_READ) if "*" not in each["path"]]


def may_open(evaluate: Callable[[str], Any], person: Person, opened: set[str], *, student: bool) -> Iterator[str]:
    """An address of each page that is this person's, has rows, and is not `opened` yet: it is from now on."""
    for address in addresses(evaluate):
        if address.pattern in opened or not address.is_for(person, student=student):
            continue
        if path := address.filled(person):
            opened.add(address.pattern)
            yield path


def _first(person: Person, parameter: str) -> str | None:
    query = _LISTS[parameter].model_copy(update={"size": 1})
    rows: Iterator[Any] = person.client.send(query).items
    return next((str(row.id) for row in rows), None)


def _of_session(person: Person) -> dict[str, str | None]:
    """A course of a session of an exam round."""
    round_id = _first(person, "exam_round_id")
    assert round_id is not None
    round_: ExamRoundDetails = person.send(GetExamRound(exam_round_id=UUID(round_id)))
    placed = round_.courses[0]
    return {"exam_round_id": round_id, "session_id": str(placed.session_id), "course_id": str(placed.course_id)}
