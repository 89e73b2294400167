"""A small school opens, for those who try the system: people of every title, courses, students with open bills."""

from uuid import UUID

from rich.console import Console

from contracts.courses.commands import SelectCoursesInBatch
from contracts.courses.queries import ListCohort
from contracts.finance.queries import ListBills
from contracts.identity.commands import IssueOneTimePasswords
from contracts.identity.queries import ListUsers
from contracts.identity.views import OneTimePasswords
from contracts.permissions import Role
from launcher.steps import Tell
from launcher.story.cohort import import_quietly
from launcher.story.people import Person, come_in, complete_profile
from launcher.story.school import Point, School, elements, set_up
from launcher.story.stage import Stage, wait

STUDENTS = 24
WITH_BILLS = 12
"""So many of them have courses selected, and bills to be paid."""
_RUN = "3200"


def is_new(chief: Person) -> bool:
    """Whether nobody has an account yet but the administrator."""
    return bool(chief.client.count(ListUsers()) == 1)


def open_school(
    gateway_url: str, chief: Person, password: str, *, first: bool, tell: Tell
) -> tuple[tuple[str, str], ...]:
    """Everybody who can sign in then, with that password: title and username.

    The `first` school of a system has plain codes and names.
    """
    quiet = Console(quiet=True)
    stage = Stage(gateway_url, quiet, run=_RUN, mark="") if first else Stage(gateway_url, quiet)
    tell("people are hired, courses are offered")
    school = set_up(stage, chief, password, points=2)
    student = _bring_in_students(stage, school, password, tell)
    staff = school.staff
    people = [staff.registrar, staff.reviewing_registrar, staff.exams, staff.cashier, staff.refunds]
    for point in school.points:
        people += [point.administrator, point.registrar, point.cashier]
    return (*((person.title, person.username) for person in people), ("a student", student))


def _bring_in_students(stage: Stage, school: School, password: str, tell: Tell) -> str:
    """A cohort, half of which has selected courses; returns a student's username."""
    point = school.points[0]
    tell("students are imported")
    import_quietly(stage, point, STUDENTS)
    cohort = ListCohort(intake=stage.intake, **elements(stage).model_dump())
    wait("the cohort", lambda: point.registrar.client.count(cohort), lambda number: number == STUDENTS)
    tell("students select courses")
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
    tell("bills are opened")
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
