"""Who signs in to the school: its administrator and staff, people of two teaching points, some students."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rich.console import Console
from sqlalchemy import func, select

from chassis.base.context import system_context
from chassis.data.bulk import ids_in
from chassis.data.database import Database
from chassis.data.unit_of_work import UnitOfWork
from contracts.identity.commands import IssueOneTimePasswords
from contracts.identity.queries import ListUsers
from contracts.identity.views import OneTimePasswords
from contracts.permissions import Module, Role
from contracts.types import EnrolmentStatus
from launcher.story.client import Client
from launcher.story.people import Person, administrator, come_in, complete_profile, hire
from launcher.story.school import hire_staff
from launcher.story.stage import Stage
from launcher.system import System
from services.courses.tables.selections import selections
from services.identity.steps.student_accounts import account_of, settle
from services.identity.tables.users import students as students_of_identity
from services.identity.tables.users import users
from services.registry.tables import students

PASSWORD: Final = "large-horse-42"
"""Of everybody but the administrator, whose password is in the system's folder."""
_STUDENTS: Final = 3
"""Of each of the two points."""
_STAFF: Final = ("registrar", "registrar2", "exams", "cashier", "refunds")


@dataclass(frozen=True, slots=True)
class PointPeople:
    """A teaching point and who works and studies there."""

    id: UUID
    administrator: Person
    registrar: Person
    cashier: Person
    students: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Everybody, signed in. `staff` are the school's, by username; `ordinary` has as many students as most points."""

    administrator: Person
    staff: dict[str, Person]
    largest: PointPeople
    ordinary: PointPeople
    lead: Person
    """Of the course that most have selected."""


def people(system: System) -> People:
    """Sign everybody in, on a system that runs; who has no account gets one. Raises ProblemError."""
    chief = administrator(system)
    known = {user.username for user in chief.client.pages(ListUsers())}
    with system.databases() as databases:
        largest, ordinary = databases["registry"].run(system_context(), _two_points)
        pupils = {point: _students(databases, point) for point in (largest, ordinary)}
        course = databases["courses"].run(system_context(), _commonest_course)
    if not known.issuperset(_STAFF):
        hire_staff(Stage(system.gateway_url, Console(quiet=True), mark=""), chief, PASSWORD)
    staff = {name: _signed_in(system, name, name) for name in _STAFF}
    return People(
        chief,
        staff,
        _point(system, chief, known, "largest", largest, pupils[largest]),
        _point(system, chief, known, "ordinary", ordinary, pupils[ordinary]),
        _lead(system, chief, known, course),
    )


def _two_points(uow: UnitOfWork) -> tuple[UUID, UUID]:
    """The largest teaching point, and the one that is nearest to the mean of all."""
    point, many = students.c.teaching_point_id, func.count()
    found = uow.rows(select(point, many.label("many")).group_by(point).order_by(many.desc(), point))
    mean = sum(row.many for row in found) / len(found)
    return found[0].teaching_point_id, min(found, key=lambda row: abs(row.many - mean)).teaching_point_id


def _commonest_course(uow: UnitOfWork) -> UUID:
    course = selections.c.course_id
    found: UUID = uow.scalar(select(course).group_by(course).order_by(func.count().desc(), course).limit(1))
    return found


def _students(databases: dict[str, Database], point: UUID) -> list[str]:
    """The numbers of some active students of a point; accounts are made for them as for those who come in."""
    s = students.c
    wanted = select(s.id).where(s.teaching_point_id == point, s.status == EnrolmentStatus.ACTIVE)
    chosen = wanted.order_by(s.intake.desc(), s.student_number).limit(_STUDENTS)
    ids = [row.id for row in databases["registry"].run(system_context(), lambda uow: uow.rows(chosen))]

    def accounts(uow: UnitOfWork) -> list[str]:
        records = uow.rows(select(students_of_identity).where(ids_in(students_of_identity.c.id, ids)))
        settle(uow, [account_of(record) for record in sorted(records, key=lambda record: record.id)])
        named = uow.rows(select(users.c.username).where(ids_in(users.c.student_id, ids)).order_by(users.c.username))
        return [row.username for row in named]

    return databases["identity"].run(system_context(), accounts)


def _point(system: System, chief: Person, known: set[str], name: str, id_: UUID, numbers: Sequence[str]) -> PointPeople:
    head = _worker(system, chief, known, f"{name}-admin", id_, Role.TEACHING_POINT_ADMIN)
    registry = (Module.REGISTRY, Module.COURSES, Module.EXAMS)
    registrar = _worker(system, head, known, f"{name}-registrar", id_, Role.TEACHING_POINT_STAFF, registry)
    cashier = _worker(system, head, known, f"{name}-cashier", id_, Role.TEACHING_POINT_STAFF, (Module.FINANCE,))
    new = [number for number in numbers if number not in known]
    _give_access(system, chief, new)
    return PointPeople(id_, head, registrar, cashier, tuple(_signed_in(system, "student", each) for each in numbers))


def _worker(
    system: System, by: Person, known: set[str], name: str, point: UUID, role: Role, modules: Sequence[Module] = ()
) -> Person:
    if name in known:
        return _signed_in(system, name, name)
    url = system.gateway_url
    return hire(
        by, url, title=name, username=name, password=PASSWORD, role=role, modules=modules, teaching_point_id=point
    )


def _lead(system: System, chief: Person, known: set[str], course: UUID) -> Person:
    if "lead" in known:
        return _signed_in(system, "lead", "lead")
    url, role = system.gateway_url, Role.COURSE_LEAD
    return hire(chief, url, title="lead", username="lead", password=PASSWORD, role=role, course_ids=(course,))


def _give_access(system: System, chief: Person, numbers: Sequence[str]) -> None:
    for number in numbers:
        (account,) = chief.client.pages(ListUsers(search=number))
        issued: OneTimePasswords = chief.send(IssueOneTimePasswords(user_ids=(account.id,)))
        complete_profile(come_in(system.gateway_url, issued.items[0], PASSWORD))


def _signed_in(system: System, title: str, username: str) -> Person:
    client = Client(system.gateway_url)
    client.sign_in(username, PASSWORD)
    return Person(title, username, client)
