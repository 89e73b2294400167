"""Courses are selected, singly and for a whole cohort; bills are paid; exam registrations follow."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from contracts.courses.commands import SelectCourses, SelectCoursesInBatch
from contracts.courses.queries import GetPlan, ListCohort, ListSelections
from contracts.courses.states import SelectionState
from contracts.courses.views import BatchSelectionResult, Plan, SelectionResults, SelectionView
from contracts.exams.queries import ListRegistrations
from contracts.exams.states import RegistrationState
from contracts.finance.commands import ApproveRemittance, AttachReceipt, CreateRemittance
from contracts.finance.queries import ListBills
from contracts.finance.states import BillStatus
from contracts.finance.views import BillView, RemittanceDetails
from contracts.identity.commands import IssueOneTimePasswords
from contracts.identity.queries import ListUsers
from contracts.identity.views import OneTimePasswords, UserView
from contracts.permissions import Role
from contracts.registry.views import StudentView
from contracts.types import FeeKind
from launcher.story.people import Person, come_in, complete_profile
from launcher.story.receipt import receipt
from launcher.story.school import Course, Point, School, elements
from launcher.story.stage import Stage, expect, must_be_refused, wait

BATCH = 4
"""Courses that the whole cohort takes."""


@dataclass(frozen=True, slots=True)
class Selected:
    """What the cohort has after the selection: all its selections, and the students that the others are told of."""

    students: Sequence[StudentView]
    courses: Sequence[Course]
    selections: dict[tuple[UUID, UUID], SelectionView]
    """By student and course."""


def select(stage: Stage, school: School, students: Sequence[StudentView], password: str) -> Selected:
    """One by the point, one by the student, the rest in a batch."""
    point, courses = school.points[0], list(school.courses[:BATCH])
    _wait_for_cohort(stage, point, len(students))
    _select_singly(stage, school, students[0])
    _select_own(stage, school, students[1], students[0], password)
    _select_in_batch(stage, school, students, courses, already=3)
    selections = {
        (each.student_id, each.course_id): each
        for each in point.registrar.client.pages(ListSelections(selection_round_id=school.selection_round.id))
    }
    expect(len(selections) == len(students) * BATCH, "everybody has every course of the batch", len(selections))
    return Selected(students, courses, selections)


def _wait_for_cohort(stage: Stage, point: Point, count: int) -> None:
    query = ListCohort(intake=stage.intake, **elements(stage).model_dump())
    with stage.step(point.registrar.title, "finds the new students in the cohort") as step:
        number = wait("students of the cohort", lambda: point.registrar.client.count(query), lambda n: n == count)
        step.outcome = f"{number} students"


def _select_singly(stage: Stage, school: School, student: StudentView) -> None:
    registrar = school.points[0].registrar
    first, second, missing = school.courses[0], school.courses[1], school.courses[-1]
    ids = tuple(course.details.id for course in (first, second, missing))
    with stage.step(registrar.title, "selects three courses for a student, one of which is not in the round") as step:
        command = SelectCourses(student_id=student.id, selection_round_id=school.selection_round.id, course_ids=ids)
        results: SelectionResults = registrar.send(command)
        taken = [result for result in results.results if result.selection_id]
        reasons = [refusal for result in results.results for refusal in result.refusals]
        expect(len(taken) == 2, "two courses are selected", results)
        expect("course_not_in_round" in {reason.code for reason in reasons}, "the third is refused with its reason")
        step.outcome = f"two selected; {reasons[0].message}"


def _select_own(stage: Stage, school: School, student: StudentView, other: StudentView, password: str) -> None:
    point, course = school.points[0], school.courses[0]
    with stage.step(point.administrator.title, "gives a student first access") as step:
        query = ListUsers(search=student.student_number, role=Role.STUDENT)
        (account,) = point.administrator.client.pages(query)
        issued: OneTimePasswords = point.administrator.send(IssueOneTimePasswords(user_ids=(_id(account),)))
        client = come_in(stage.gateway_url, issued.items[0], password)
        complete_profile(client)
        me = Person("student", student.student_number, client)
        step.outcome = f"{student.student_number} changes the one-time password"
    with stage.step("student", "selects a course from the plan") as step:
        plan: Plan = me.send(GetPlan(student_id=student.id))
        selectable = [each for each in plan.courses if each.selectable]
        expect(course.details.id in {each.course_id for each in selectable}, "the course can be selected", plan)
        must_be_refused(lambda: me.send(GetPlan(student_id=other.id)), "not_found")
        results: SelectionResults = me.send(
            SelectCourses(
                student_id=student.id,
                selection_round_id=school.selection_round.id,
                course_ids=(course.details.id,),
            )
        )
        expect(results.results[0].selection_id is not None, "the course is selected", results)
        step.outcome = f"{len(selectable)} could be selected now; others' plans are not found"


def _id(account: UserView) -> UUID:
    return account.id


def _select_in_batch(
    stage: Stage, school: School, students: Sequence[StudentView], courses: Sequence[Course], *, already: int
) -> None:
    registrar = school.points[0].registrar
    pairs = len(students) * len(courses)
    command = SelectCoursesInBatch(
        selection_round_id=school.selection_round.id,
        student_ids=tuple(student.id for student in students),
        course_ids=tuple(course.details.id for course in courses),
    )
    expected = {"selected": pairs - already, "skipped": already, "refused": 0}
    for dry_run in (True, False):
        does = "tries the batch without changing anything" if dry_run else "selects in a batch"
        with stage.step(registrar.title, f"{does}: {len(students)} students × {len(courses)} courses") as step:
            result: BatchSelectionResult = registrar.send(command.model_copy(update={"dry_run": dry_run}))
            figures = {name: getattr(result, name) for name in expected}
            expect(figures == expected, "the batch selects all that is not selected yet", figures)
            step.outcome = ", ".join(f"{number} {name}" for name, number in figures.items())


# --- bills and remittance ---


def wait_for_bills(stage: Stage, school: School, selected: Selected) -> list[BillView]:
    """Finance issues a credit bill for each selection, and an exam bill where there is a final."""
    point = school.points[0]
    finals = sum(course.has_final for course in selected.courses)
    due = {
        FeeKind.CREDIT: len(selected.students) * len(selected.courses),
        FeeKind.EXAM: len(selected.students) * finals,
    }
    with stage.step(point.cashier.title, "sees the bills appear") as step:
        wait(
            "bills",
            lambda: point.cashier.client.count(ListBills(status=BillStatus.UNPAID)),
            lambda number: number == sum(due.values()),
        )
        bills: list[BillView] = list(point.cashier.client.pages(ListBills(status=BillStatus.UNPAID, sort="number")))
        expect(Counter(bill.kind for bill in bills) == due, "one bill of each kind due", Counter(b.kind for b in bills))
        total = sum((bill.amount for bill in bills), Decimal(0))
        step.outcome = f"{due[FeeKind.CREDIT]} of credit, {due[FeeKind.EXAM]} of exam fees, {total:,} yuan"
    return bills


def pay(stage: Stage, school: School, point: Point, bills: Iterable[BillView]) -> RemittanceDetails:
    """The point remits and sends the receipt; the school's cashier finds the money and approves."""
    slip = remit(stage, point, bills)
    cashier = school.staff.cashier
    with stage.step(cashier.title, "approves the remittance") as step:
        approve = ApproveRemittance(
            remittance_id=slip.id,
            version=slip.version,
            received_amount=slip.amount,
            received_on=stage.today,
            bank_reference=slip.number,
        )
        short = approve.model_copy(update={"received_amount": slip.amount - Decimal("0.01")})
        refused = must_be_refused(lambda: cashier.send(short), "received_amount_differs")
        approved: RemittanceDetails = cashier.send(approve)
        step.outcome = f"{approved.amount:,} yuan received (a cent less: {refused})"
    return approved


def remit(stage: Stage, point: Point, bills: Iterable[BillView]) -> RemittanceDetails:
    """A slip with its receipt, ready for review."""
    bills = list(bills)
    with stage.step(point.cashier.title, f"makes a remittance slip of {len(bills)} bills") as step:
        slip: RemittanceDetails = point.cashier.send(
            CreateRemittance(
                bill_ids=tuple(bill.id for bill in bills),
                payer_name=point.view.name,
                remitted_on=stage.today,
            )
        )
        total = sum((bill.amount for bill in bills), Decimal(0))
        expect(slip.amount == total, "the slip is of all its bills", (slip.amount, total))
        file = point.cashier.client.upload("receipt.png", receipt(slip.number, slip.amount))
        slip = point.cashier.send(AttachReceipt(remittance_id=slip.id, version=slip.version, file=file))
        step.outcome = f"{slip.number}, {slip.amount:,} yuan, with the bank's receipt"
    return slip


def wait_for_registrations(stage: Stage, school: School, paid: Collection[BillView]) -> None:
    """Everybody whose exam fee is paid is registered; the selections are taken."""
    point = school.points[0]
    exams = sum(bill.kind is FeeKind.EXAM for bill in paid)
    with stage.step(school.staff.exams.title, "sees the exam registrations appear") as step:
        query = ListRegistrations(exam_round_id=school.exam_round.id, state=RegistrationState.REGISTERED)
        number = wait("registrations", lambda: school.staff.exams.client.count(query), lambda n: n == exams)
        step.outcome = f"{number} registered"
    courses = sum(bill.kind is FeeKind.CREDIT for bill in paid)
    with stage.step(point.registrar.title, "sees that learning is open") as step:
        taken = ListSelections(selection_round_id=school.selection_round.id, state=SelectionState.SELECTED)
        number = wait("selected courses", lambda: point.registrar.client.count(taken), lambda n: n == courses)
        step.outcome = f"{number} selections are paid"
