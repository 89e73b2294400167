"""A running school with rows of every kind: two teaching points whose people go through the same things."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from rich.console import Console

from chassis.base.clock import SystemClock
from contracts.common import of_service
from contracts.courses.commands import (
    ApproveWithdrawals,
    CancelSelections,
    RequestWithdrawals,
    SelectCourses,
    SelectCoursesInBatch,
)
from contracts.courses.queries import GetWithdrawal, ListCohort, ListSelections
from contracts.courses.states import SelectionState
from contracts.courses.views import SelectionResults, SelectionView, WithdrawalResults
from contracts.documents import IssuedDocumentView, ListIssuedDocuments
from contracts.enrollment.queries import ListApplications
from contracts.enrollment.signups import ListSignups
from contracts.enrollment.views import AdmissionRoundDetails
from contracts.exams.queries import ListRegistrations
from contracts.finance.commands import ApproveWithdrawalReviews, BookLateRemittance, RejectRemittance
from contracts.finance.queries import GetWithdrawalReview, ListBills, ListRefunds
from contracts.finance.states import BillStatus, ReviewState
from contracts.finance.views import BillView, RefundView, RemittanceDetails
from contracts.identity.commands import IssueOneTimePasswords
from contracts.identity.delegation import DelegationsView, GiveDelegations
from contracts.identity.notices import ListNotices, NoticeView
from contracts.identity.queries import ListSessions, ListUsers
from contracts.identity.views import OneTimePasswords, Sessions, UserView
from contracts.permissions import Role
from contracts.registry.commands import ApproveStatusChanges, IssueEnrolmentCertificate, SuspendStudent
from contracts.registry.queries import GetStudent, ListStudents
from contracts.registry.views import StatusChangeDetails, StudentRecord
from contracts.types import IntakeCode
from gateway.task_centre import CentralTasks, ListAllTasks
from launcher.story.admitting import enter, open_round
from launcher.story.cohort import import_quietly
from launcher.story.people import Person, administrator, come_in, complete_profile, hire
from launcher.story.receipt import receipt
from launcher.story.school import Point, School, elements, set_up
from launcher.story.selecting import pay, remit
from launcher.story.stage import Stage, expect, wait, wait_for_copies
from launcher.system import System

PASSWORD = "made-up-horse-42"
STUDENTS = 4
COURSES = 3
"""Courses that everybody takes; the fourth is for one whose money comes too late, the fifth is nobody's."""

Ids = dict[str, tuple[Any, ...]]
"""Field of a contract → ids of rows that it may name."""


@dataclass
class Holdings:
    """What belongs to a teaching point or to one student, as others would have to name it."""

    ids: Ids = field(default_factory=dict)
    words: set[str] = field(default_factory=set)
    """Texts that show that a row is theirs: ids and numbers, none of which stands in a shared row."""
    known: set[str] = field(default_factory=set)
    """Texts that everybody may know, but that a list of other people's rows does not show."""

    def add(self, name: str, *ids: Any) -> None:
        """Note ids of one kind."""
        self.ids[name] = (*self.ids.get(name, ()), *ids)
        self.words.update(map(str, ids))


@dataclass(frozen=True)
class Place:
    """A teaching point after all that happened there."""

    point: Point
    students: Sequence[StudentRecord]
    """The second one's account is `student`."""
    student: Person
    theirs: Holdings
    """What is the point's."""
    one: Holdings
    """What is the first student's, who is not `student`."""
    intake: IntakeCode


@dataclass(frozen=True)
class Scene:
    """The school and its two points."""

    system: System
    stage: Stage
    school: School
    here: Place
    there: Place
    lead: Person
    """Leads a course that nobody has selected."""
    others: Mapping[Role, Person]
    """Of roles that may do little as yet."""


def make_scene(system: System) -> Scene:
    """Set everything up over HTTP."""
    stage = Stage(system.gateway_url, Console(quiet=True))
    school = set_up(stage, administrator(system), PASSWORD, points=2)
    round_ = open_round(stage, school.staff.admissions)
    here, there = (_place(stage, school, point, round_) for point in school.points)
    lead = _hire(stage, school, Role.COURSE_LEAD, course_ids=[school.courses[4].details.id])
    others = {
        Role.SCHOOL_ADMISSIONS: _hire(stage, school, Role.SCHOOL_ADMISSIONS),
        Role.COURSE_TUTOR: _hire(stage, school, Role.COURSE_TUTOR),
        Role.ACADEMIC_TUTOR: _hire(stage, school, Role.ACADEMIC_TUTOR, teaching_point_id=here.point.view.id),
    }
    return Scene(system, stage, school, here, there, lead, others)


def people(scene: Scene) -> dict[Role, Person]:
    """Somebody of each role, none of whom others' tests need."""
    staff = scene.school.staff
    return {
        Role.SCHOOL_REGISTRAR: staff.reviewing_registrar,
        Role.SCHOOL_FINANCE: staff.cashier,
        Role.SCHOOL_EXAMS: staff.exams,
        Role.SYSTEM_ADMIN: scene.school.administrator,
        Role.TEACHING_POINT_ADMIN: scene.here.point.administrator,
        Role.STUDENT: scene.here.student,
        Role.TEACHING_POINT_STAFF: scene.here.point.registrar,
        Role.COURSE_LEAD: scene.lead,
        **scene.others,
    }


def _place(stage: Stage, school: School, point: Point, round_: AdmissionRoundDetails) -> Place:
    wait_for_copies(lambda: import_quietly(stage, point, STUDENTS))
    enter(stage, point, round_)
    views = list(point.registrar.client.pages(ListStudents()))
    students = [point.registrar.send(GetStudent(student_id=view.id)) for view in views]
    _select(stage, school, point, students)
    late = _money_too_late(stage, school, point, students[3])
    bills = _bills(point, len(students) * COURSES * 2)
    paid = [bill for bill in bills if bill.student_id != students[3].id]
    slips = [pay(stage, school, point, paid), remit(stage, point, [bill for bill in bills if bill not in paid])]
    seats = ListRegistrations()
    wait("registrations", lambda: point.registrar.client.count(seats), lambda n: n == len(paid) // 2)
    withdrawals = _withdraw(stage, school, point, students)
    changes = _suspend(stage, school, students[::2])
    _certify(point, students)
    student = student_account(stage, point, students[1].student_number)
    theirs, one = Holdings(), Holdings()
    for each in students:
        _note_student(theirs, point, each, changes, withdrawals)
    _note_point(theirs, point, [*slips, late])
    _note_student(one, point, students[0], changes, withdrawals)
    return Place(point, students, student, theirs, one, stage.intake)


def _select(stage: Stage, school: School, point: Point, students: Sequence[StudentRecord]) -> None:
    cohort = ListCohort(intake=stage.intake, **elements(stage).model_dump())
    wait("the cohort", lambda: point.registrar.client.count(cohort), lambda n: n == len(students))
    point.registrar.send(
        SelectCoursesInBatch(
            selection_round_id=school.selection_round.id,
            student_ids=tuple(student.id for student in students),
            course_ids=tuple(course.details.id for course in school.courses[:COURSES]),
        )
    )


def _bills(point: Point, number: int) -> list[BillView]:
    unpaid = ListBills(status=BillStatus.UNPAID)
    return wait("bills", lambda: list(point.cashier.client.pages(unpaid)), lambda seen: len(seen) == number)


def _money_too_late(stage: Stage, school: School, point: Point, student: StudentRecord) -> RemittanceDetails:
    """Money that arrives when its course has been given up: it waits in suspense to go back."""
    course = school.courses[4 - 1].details.id
    results: SelectionResults = point.registrar.send(
        SelectCourses(student_id=student.id, selection_round_id=school.selection_round.id, course_ids=(course,))
    )
    selection = results.results[0].selection_id
    assert selection is not None
    look = ListBills(selection_id=selection)
    bills = wait("its bills", lambda: list(point.cashier.client.pages(look)), lambda seen: len(seen) > 0)
    slip = remit(stage, point, bills)
    cashier = school.staff.cashier
    slip = cashier.send(RejectRemittance(remittance_id=slip.id, version=slip.version, note="未查到该笔款项"))
    give_up = CancelSelections(selection_ids=(selection,))
    wait("the course is given up", lambda: point.registrar.send(give_up), lambda results: results.done == 1)
    gone = look.model_copy(update={"status": BillStatus.CANCELLED})
    wait("cancelled bills", lambda: point.cashier.client.count(gone), lambda number: number == len(bills))
    return cashier.send(
        BookLateRemittance(
            remittance_id=slip.id,
            version=slip.version,
            received_amount=slip.amount,
            received_on=stage.today,
            bank_reference=slip.number,
        )
    )


def _withdraw(stage: Stage, school: School, point: Point, students: Sequence[StudentRecord]) -> list[UUID]:
    """Two of the first student's courses and one of the second's: asked for; the first approved and to be refunded."""
    selections = [_selections(point, student)[number] for student, number in zip(students[:2], (0, 0), strict=True)]
    selections.insert(1, _selections(point, students[0])[1])
    asked: WithdrawalResults = point.registrar.send(
        RequestWithdrawals(selection_ids=tuple(each.id for each in selections), reason="工作调动")
    )
    ids = [result.withdrawal_id for result in asked.results if result.withdrawal_id]
    expect(len(ids) == len(selections), "withdrawals are asked for", asked)
    school.staff.registrar.send(ApproveWithdrawals(withdrawal_ids=tuple(ids[:2])))
    officer = school.staff.refunds
    for id_ in ids[:2]:
        look = GetWithdrawalReview(withdrawal_id=id_)
        wait_for_copies(
            lambda look=look: wait("held", lambda: officer.send(look), lambda seen: seen.state is ReviewState.PENDING),
            "not_found",
        )
    expect(officer.send(ApproveWithdrawalReviews(withdrawal_ids=(ids[0],))).done == 1, "the review agrees")
    return ids


def _selections(point: Point, student: StudentRecord) -> list[SelectionView]:
    selected = ListSelections(student_id=student.id, state=SelectionState.SELECTED, sort="course_code")
    return wait("selections", lambda: list(point.registrar.client.pages(selected)), lambda seen: len(seen) == COURSES)


def _certify(point: Point, students: Sequence[StudentRecord]) -> None:
    """A certificate of enrolment for each."""
    for student in students:
        point.registrar.send(IssueEnrolmentCertificate(student_id=student.id))
    wait("the certificates", lambda: _documents(point), lambda seen: len(seen) == len(students))


def _documents(point: Point) -> list[IssuedDocumentView]:
    return list(point.registrar.client.pages(of_service("registry", ListIssuedDocuments)()))


def _suspend(stage: Stage, school: School, students: Sequence[StudentRecord]) -> list[StatusChangeDetails]:
    registrar, second = school.staff.registrar, school.staff.reviewing_registrar
    changes = [registrar.send(_suspension(stage, registrar, student)) for student in students]
    ids = tuple(change.id for change in changes)
    expect(second.send(ApproveStatusChanges(status_change_ids=ids)).done == len(ids), "the suspensions are approved")
    return changes


def _suspension(stage: Stage, registrar: Person, student: StudentRecord) -> SuspendStudent:
    version = registrar.send(GetStudent(student_id=student.id)).version
    proof = registrar.client.upload("proof.png", receipt("0", Decimal(0)))
    return SuspendStudent(
        student_id=student.id, version=version, from_on=stage.today, reason="因病休养", attachments=(proof,)
    )


def student_account(stage: Stage, point: Point, student_number: str, password: str = PASSWORD) -> Person:
    """A student who has come in for the first time."""
    query = ListUsers(search=student_number, role=Role.STUDENT)
    accounts: list[UserView] = wait(
        "the account", lambda: list(point.administrator.client.pages(query)), lambda seen: len(seen) == 1
    )
    issued: OneTimePasswords = point.administrator.send(IssueOneTimePasswords(user_ids=(accounts[0].id,)))
    client = come_in(stage.gateway_url, issued.items[0], password)
    complete_profile(client)
    return Person("student", student_number, client)


def _hire(stage: Stage, school: School, role: Role, **limits: Any) -> Person:
    return hire(
        school.administrator,
        stage.gateway_url,
        title=role.value,
        username=stage.username(role.value.replace("_", "-")),
        password=PASSWORD,
        role=role,
        **limits,
    )


# --- what belongs to whom ---


def _note_point(held: Holdings, point: Point, slips: Sequence[RemittanceDetails]) -> None:
    people = point.administrator, point.registrar, point.cashier
    held.add("user_id", *(person.id for person in people))
    held.words.update(person.username for person in people)
    held.add("signup_id", *(signup.id for signup in point.registrar.client.pages(ListSignups())))
    held.add("application_id", *(form.id for form in point.registrar.client.pages(ListApplications())))
    held.add("remittance_id", *(slip.id for slip in slips))
    held.words.update(slip.number for slip in slips)
    for person in people:
        sessions: Sessions = person.send(ListSessions())
        held.add("session_ids", *(session.id for session in sessions.items))
    until = (SystemClock().now() + timedelta(days=7)).date()
    handed = GiveDelegations(
        receiver_id=point.cashier.id, permissions=("registry.read_students",), until=until, reason="出差"
    )
    delegations: DelegationsView = point.administrator.send(handed)
    held.add("delegation_id", *(each.id for each in delegations.given))
    point.cashier.client.refresh()  # what was handed on stands in tokens
    tasks: CentralTasks = point.registrar.send(ListAllTasks())
    held.add("task_id", *(task.id for task in tasks.items))
    held.words.update(task.id.partition(".")[2] for task in tasks.items)
    held.ids["teaching_point_id"] = (point.view.id,)
    held.known.update({str(point.view.id), point.view.name})


def _notices(point: Point) -> list[NoticeView]:
    """What the point was told of two withdrawals that were agreed to, and of the rest so far."""
    query = ListNotices(workflow="withdrawal")
    return wait("notices", lambda: list(point.administrator.client.pages(query)), lambda seen: len(seen) >= 2)


def _note_student(
    held: Holdings,
    point: Point,
    student: StudentRecord,
    changes: Sequence[StatusChangeDetails],
    withdrawals: Sequence[UUID],
) -> None:
    me = student.id
    held.add("student_id", me)
    held.words.update({student.student_number, student.id_number})
    mine = [change for change in changes if change.student_id == me]
    held.add("status_change_id", *(change.id for change in mine))
    documents = [each for each in _documents(point) if each.student_id == me]
    held.add("document_id", *(each.id for each in documents))
    held.words.update(word for each in documents for word in (each.number, each.code))
    held.add("file_id", *(file.file_id for change in mine for file in change.attachments))
    held.add("selection_id", *(each.id for each in point.registrar.client.pages(ListSelections(student_id=me))))
    bills = list(point.cashier.client.pages(ListBills(student_id=me)))
    held.add("bill_id", *(bill.id for bill in bills))
    held.words.update(bill.number for bill in bills)
    seats = point.registrar.client.pages(ListRegistrations(student_id=me))
    held.add("registration_id", *(seat.id for seat in seats))
    refunds: list[RefundView] = [
        refund for refund in point.cashier.client.pages(ListRefunds()) if refund.bill_id in {bill.id for bill in bills}
    ]
    held.add("refund_id", *(refund.id for refund in refunds))
    held.add("withdrawal_id", *(each for each in withdrawals if _withdrawal_of(point, each) == me))
    query = ListUsers(search=student.student_number, role=Role.STUDENT)
    accounts = wait("the account", lambda: list(point.administrator.client.pages(query)), lambda seen: len(seen) == 1)
    held.add("user_id", accounts[0].id)
    held.add("notice_id", *(notice.id for notice in _notices(point) if notice.student_id == me))


def _withdrawal_of(point: Point, withdrawal: UUID) -> UUID:
    return point.registrar.send(GetWithdrawal(withdrawal_id=withdrawal)).student_id
