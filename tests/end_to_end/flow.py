"""The way of some students from import to refund over HTTP, step by step, each with what must come of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from chassis.base.context import system_context
from contracts.base import Operation
from contracts.common import GetTask, RowResults, TaskState, TaskView, of_service
from contracts.courses.commands import ApproveWithdrawals, RequestWithdrawals, SelectCourses
from contracts.courses.queries import GetWithdrawal, ListCohort, ListSelections
from contracts.courses.states import SelectionState, WithdrawalState
from contracts.courses.views import SelectionResults, SelectionView, WithdrawalResults
from contracts.exams.queries import ListRegistrations
from contracts.exams.states import RegistrationState
from contracts.exams.views import RegistrationView
from contracts.finance.commands import (
    ApproveRemittance,
    ApproveWithdrawalReviews,
    AttachReceipt,
    ConfirmRefunds,
    CreateRemittance,
    RejectWithdrawalReviews,
)
from contracts.finance.queries import GetWithdrawalReview, ListBills, ListRefunds
from contracts.finance.states import BillStatus, RefundState, ReviewState
from contracts.finance.views import BillView, RefundView, RemittanceDetails, RemittanceView
from contracts.registry.commands import ImportStudents
from contracts.registry.queries import GetStudentImportTemplate, ListStudents
from contracts.registry.views import StudentView
from launcher.dead_events import DeadEvents
from launcher.reconcile.checking import reconcile
from launcher.story.client import ProblemError
from launcher.story.people import Person
from launcher.story.receipt import receipt
from launcher.story.school import Point, School, elements
from launcher.story.stage import Stage, wait
from launcher.story.workbooks import filled
from launcher.system import System

COURSES = 2
"""Courses that every student takes."""
Works = Sequence[Callable[[], Any]]
_FINISHED = {TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED}


class Flow:
    """What the people of a school and of one teaching point do for some students."""

    def __init__(self, stage: Stage, school: School, point: Point, step: Callable[[Works], list[Any]]) -> None:
        """`step` does the works of one step, and returns what came of them in their order."""
        self.stage, self.school, self.point, self.step = stage, school, point, step
        self.courses = school.courses[:COURSES]
        self.template = point.registrar.client.download(GetStudentImportTemplate())

    def bring_in(self, rows: Sequence[dict[str, str]]) -> list[StudentView]:
        """Import workbooks of one student each, as tasks."""
        tasks: list[TaskView] = self.step([partial(self._import, row) for row in rows])
        for task in tasks:
            look = partial(self.point.registrar.send, of_service("gateway", GetTask)(task_id=task.id))
            ended: TaskView = wait("the import ends", look, lambda seen: seen.state in _FINISHED)
            assert ended.state is TaskState.DONE, ended
            assert ended.figures == {"imported": 1, "refused": 0}
        numbers = {row["学号"] for row in rows}
        cohort = ListCohort(intake=self.stage.intake, **elements(self.stage).model_dump())
        pages = lambda: {student.student_number for student in self.point.registrar.client.pages(cohort)}  # noqa: E731
        wait("the cohort", pages, lambda known: numbers <= known)
        return [each for each in self.point.registrar.client.pages(ListStudents()) if each.student_number in numbers]

    def _import(self, row: dict[str, str]) -> TaskView:
        file = self.point.registrar.client.upload("students.xlsx", filled(self.template, [row]))
        return self.point.registrar.send(ImportStudents(file=file))

    def select(self, students: Sequence[StudentView]) -> list[BillView]:
        """Every student takes the courses; the bills appear."""
        round_id = self.school.selection_round.id
        ids = tuple(course.details.id for course in self.courses)
        commands = [
            SelectCourses(student_id=student.id, selection_round_id=round_id, course_ids=ids) for student in students
        ]
        answers: list[SelectionResults] = self.step(self._sent(self.point.registrar, commands))
        assert all(result.selection_id for answer in answers for result in answer.results)
        return self._bills(students, BillStatus.UNPAID)

    def _bills(self, students: Sequence[StudentView], status: BillStatus) -> list[BillView]:
        cashier, ids = self.point.cashier, {student.id for student in students}
        return wait(
            f"bills are {status}",
            lambda: [bill for bill in cashier.client.pages(ListBills(status=status)) if bill.student_id in ids],
            lambda seen: len(seen) == len(students) * COURSES * 2,
        )

    def remit(self, bills: Sequence[BillView]) -> list[RemittanceDetails]:
        """A slip for each student."""
        students = sorted({bill.student_id for bill in bills})
        return self.step(
            [partial(self._slip, [bill for bill in bills if bill.student_id == each]) for each in students]
        )

    def _slip(self, bills: Sequence[BillView]) -> RemittanceDetails:
        send = self.point.cashier.send
        ids = tuple(bill.id for bill in bills)
        slip = send(CreateRemittance(bill_ids=ids, payer_name=self.point.view.name, remitted_on=self.stage.today))
        file = self.point.cashier.client.upload("receipt.png", receipt(slip.number, slip.amount))
        return send(AttachReceipt(remittance_id=slip.id, version=slip.version, file=file))

    def approve(self, slips: Sequence[RemittanceView], students: Sequence[StudentView]) -> None:
        """The money is there: bills are paid, exams registered, learning opens."""
        commands = [
            ApproveRemittance(
                remittance_id=slip.id,
                version=slip.version,
                received_amount=slip.amount,
                received_on=self.stage.today,
                bank_reference=slip.number,
            )
            for slip in slips
        ]
        self.step(self._sent(self.school.staff.cashier, commands))
        self._bills(students, BillStatus.PAID)
        self.wait_seats(students, Counter({RegistrationState.REGISTERED: len(students) * COURSES}))
        self.wait_selections(students, Counter({SelectionState.SELECTED: len(students) * COURSES}))

    def ask_to_withdraw(self, students: Sequence[StudentView]) -> list[UUID]:
        """The first course of each."""
        course = self.courses[0].details.id
        selections = [each.id for each in self._selections(students) if each.course_id == course]
        commands = [RequestWithdrawals(selection_ids=(each,), reason="工作调动") for each in selections]
        answers: list[WithdrawalResults] = self.step(self._sent(self.point.registrar, commands))
        ids = [result.withdrawal_id for answer in answers for result in answer.results if result.withdrawal_id]
        assert len(ids) == len(students)
        return ids

    def agree(self, withdrawals: Sequence[UUID]) -> None:
        """The academic review: the registrations are held, finance hears of it."""
        self._decide(self.school.staff.registrar, [ApproveWithdrawals(withdrawal_ids=(each,)) for each in withdrawals])
        for each in withdrawals:
            wait("finance's review", partial(self._review_state, each), lambda seen: seen is ReviewState.PENDING)

    def _review_state(self, withdrawal: UUID) -> ReviewState | None:
        try:
            return self.school.staff.refunds.send(GetWithdrawalReview(withdrawal_id=withdrawal)).state
        except ProblemError as problem:
            if problem.code != "not_found":
                raise
            return None

    def review(self, agreed: Sequence[UUID], rejected: Sequence[UUID]) -> None:
        """Finance agrees to some withdrawals and not to others, whose students go on."""
        commands: list[Operation] = [ApproveWithdrawalReviews(withdrawal_ids=(each,)) for each in agreed]
        commands[1:1] = [RejectWithdrawalReviews(withdrawal_ids=(each,), note="不符合退费规定") for each in rejected]
        self._decide(self.school.staff.refunds, commands)

    def refund(self, withdrawals: Sequence[UUID]) -> None:
        """The money of both fees goes back."""
        officer = self.school.staff.refunds
        refunds: list[RefundView] = []
        for each in withdrawals:
            query = ListRefunds(withdrawal_id=each, state=RefundState.PENDING)
            refunds += wait("its refunds", lambda q=query: list(officer.client.pages(q)), lambda seen: len(seen) == 2)
        commands = [
            ConfirmRefunds(refund_ids=(refund.id,), paid_out_on=self.stage.today, bank_reference=f"TF{self.stage.run}")
            for refund in refunds
        ]
        self._decide(officer, commands)
        for each in withdrawals:
            look = partial(self.point.registrar.send, GetWithdrawal(withdrawal_id=each))
            wait("it is refunded", look, lambda seen: seen.state is WithdrawalState.REFUNDED)

    def _decide(self, person: Person, commands: Sequence[Operation]) -> None:
        answers: list[RowResults] = self.step(self._sent(person, commands))
        assert [answer.done for answer in answers] == [1] * len(commands), answers

    def wait_seats(self, students: Sequence[StudentView], expected: Counter[RegistrationState]) -> None:
        """Wait for so many registrations in each state, and no others."""
        client, ids = self.school.staff.exams.client, {student.id for student in students}

        def seats() -> Counter[RegistrationState]:
            found: Iterator[RegistrationView] = client.pages(ListRegistrations())
            return Counter(each.state for each in found if each.student_id in ids)

        wait("registrations", seats, lambda seen: seen == expected)

    def wait_selections(self, students: Sequence[StudentView], expected: Counter[SelectionState]) -> None:
        """Wait for so many selections in each state, and no others."""
        look = lambda: Counter(each.state for each in self._selections(students))  # noqa: E731
        wait("selections", look, lambda seen: seen == expected)

    def _selections(self, students: Sequence[StudentView]) -> list[SelectionView]:
        ids = {student.id for student in students}
        return [each for each in self.point.registrar.client.pages(ListSelections()) if each.student_id in ids]

    @staticmethod
    def _sent(person: Person, commands: Sequence[Operation]) -> list[Callable[[], Any]]:
        return [partial(person.send, command) for command in commands]


def expect_nothing_left(system: System) -> None:
    """All events are sent and handled, none is put aside, and the services agree."""
    with system.databases() as databases:

        def on_their_way() -> int:
            tables = ((database, database.service.metadata.tables["outbox"]) for database in databases.values())
            return sum(
                database.run(system_context(), lambda uow, t=outbox: uow.scalar(select(func.count()).select_from(t)))
                for database, outbox in tables
            )

        wait("all events are sent", on_their_way, lambda number: number == 0)
        wait("none waits", lambda: DeadEvents(databases).list(waiting=True), lambda events: not events, seconds=30)
        result = reconcile(databases)
        assert result.clean, result.disagreements
