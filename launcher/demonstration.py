"""Demonstration data: a small school in which everything can be tried at once."""

import json
from dataclasses import asdict, dataclass
from uuid import UUID

from rich.console import Console

from contracts.courses.commands import SelectCoursesInBatch
from contracts.courses.queries import ListCohort
from contracts.finance.queries import ListBills
from contracts.identity.commands import IssueOneTimePasswords
from contracts.identity.queries import ListUsers
from contracts.identity.views import OneTimePasswords
from contracts.permissions import Role
from launcher.secrets import Secrets
from launcher.story.cohort import import_quietly
from launcher.story.people import administrator, administrator_password, come_in, complete_profile
from launcher.story.school import Point, School, elements, set_up
from launcher.story.stage import Stage, wait
from launcher.system import FIRST_ADMINISTRATOR, System

STUDENTS = 24
WITH_BILLS = 12
"""So many of them have courses selected, and bills to be paid."""
_KEPT = "demonstration.json"
_RUN = "3200"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """Who can sign in to the demonstration data: title and username, all with one password."""

    administrator: str
    administrator_password: str
    password: str
    accounts: tuple[tuple[str, str], ...]


def demonstration(system: System) -> Demonstration | None:
    """What was made earlier, if it was."""
    kept = Secrets(system.state / "secrets").kept(_KEPT)
    if not kept or not json.loads(kept).get("accounts"):
        return None
    fields = json.loads(kept)
    return Demonstration(**{**fields, "accounts": tuple(tuple(each) for each in fields["accounts"])})


def ensure(system: System) -> Demonstration | None:
    """Make the demonstration data in a system that is new. None where somebody else works in it already.

    What was begun and not finished is begun anew under other codes.
    """
    if made := demonstration(system):
        return made
    kept = Secrets(system.state / "secrets")
    begun = kept.kept(_KEPT) is not None
    quiet = Console(quiet=True)
    chief = administrator(system)
    is_new = chief.client.count(ListUsers()) == 1
    if not is_new and not begun:
        return None
    kept.keep(_KEPT, "{}")
    stage = Stage(system.gateway_url, quiet, run=_RUN, mark="") if is_new else Stage(system.gateway_url, quiet)
    password = kept.password("demonstration")
    school = set_up(stage, chief, password, points=2)
    student = _bring_in_students(stage, school, password)
    staff = school.staff
    people = [staff.registrar, staff.reviewing_registrar, staff.exams, staff.cashier, staff.refunds]
    for point in school.points:
        people += [point.administrator, point.registrar, point.cashier]
    accounts = (*((person.title, person.username) for person in people), ("a student", student))
    made = Demonstration(FIRST_ADMINISTRATOR, administrator_password(system), password, accounts)
    kept.keep(_KEPT, json.dumps(asdict(made), ensure_ascii=False, indent=2))
    return made


def _bring_in_students(stage: Stage, school: School, password: str) -> str:
    """A cohort, half of which has selected courses; returns a student's username."""
    point = school.points[0]
    import_quietly(stage, point, STUDENTS)
    cohort = ListCohort(intake=stage.intake, **elements(stage).model_dump())
    wait("the cohort", lambda: point.registrar.client.count(cohort), lambda number: number == STUDENTS)
    students = list(point.registrar.client.pages(cohort))
    courses = [course.details.id for course in school.courses[:2]]
    point.registrar.send(
        SelectCoursesInBatch(
            selection_round_id=school.selection_round.id,
            student_ids=tuple(student.student_id for student in students[:WITH_BILLS]),
            course_ids=tuple(courses),
        )
    )
    number: str = students[-1].student_number
    _give_access(stage, point, number, password)
    wait("bills", lambda: point.cashier.client.count(ListBills()), lambda bills: bills == WITH_BILLS * 4)
    return number


def _give_access(stage: Stage, point: Point, student_number: str, password: str) -> None:
    query = ListUsers(search=student_number, role=Role.STUDENT)
    head = point.administrator
    wait("the student's account", lambda: head.client.count(query), lambda number: number == 1)
    (account,) = head.client.pages(query)
    ids: tuple[UUID, ...] = (account.id,)
    issued: OneTimePasswords = head.send(IssueOneTimePasswords(user_ids=ids))
    complete_profile(come_in(stage.gateway_url, issued.items[0], password))
