"""A student moves to another teaching point, another one leaves."""

from contracts.common import RowResults
from contracts.courses.queries import ListSelections
from contracts.courses.states import SelectionState
from contracts.exams.queries import ListRegistrations
from contracts.exams.states import RegistrationState
from contracts.finance.commands import RejectRemittance
from contracts.finance.queries import ListBills
from contracts.finance.states import BillStatus
from contracts.finance.views import BillView
from contracts.identity.queries import ListUsers
from contracts.identity.states import UserStatus
from contracts.registry.commands import ApproveStatusChanges, RemoveStudent, TransferStudent
from contracts.registry.queries import GetStatusChange, GetStudent, ListStudents
from contracts.registry.states import StatusChangeState
from contracts.registry.views import StatusChangeDetails, StudentRecord, StudentView
from contracts.types import EnrolmentStatus
from launcher.story.people import Person
from launcher.story.school import School
from launcher.story.selecting import pay, remit
from launcher.story.stage import Stage, expect, must_be_refused, wait


def transfer(stage: Stage, school: School, student: StudentView) -> None:
    """To the second point, while an unpaid course of the student is just being paid by the first."""
    old, new = school.points[0], school.points[1]
    registrar, second, cashier = school.staff.registrar, school.staff.reviewing_registrar, school.staff.cashier
    unpaid = ListBills(student_id=student.id, status=BillStatus.UNPAID)
    slip = remit(stage, old, old.cashier.client.pages(unpaid))
    with stage.step(registrar.title, "asks for the student to go to the second point"):
        record: StudentRecord = registrar.send(GetStudent(student_id=student.id))
        command = TransferStudent(
            student_id=student.id,
            version=record.version,
            to_teaching_point_id=new.view.id,
            reason="工作地点变动",
        )
        asked: StatusChangeDetails = registrar.send(command)
    look = GetStatusChange(status_change_id=asked.id)
    with stage.step(second.title, "approves the transfer") as step:
        _approve(second, asked)
        waiting: StatusChangeDetails = wait(
            "the transfer waits for the slip", lambda: registrar.send(look), lambda seen: bool(seen.waiting_for_bills)
        )
        step.outcome = f"it waits for {waiting.waiting_for_bills} bills on a slip"
    with stage.step(cashier.title, "rejects that slip, which sets the student free") as step:
        cashier.send(RejectRemittance(remittance_id=slip.id, version=slip.version, note="未查到该笔款项"))
        done: StatusChangeDetails = wait(
            "the transfer is approved",
            lambda: registrar.send(look),
            lambda seen: seen.state is StatusChangeState.APPROVED,
        )
        step.outcome = " → ".join(each.to_state for each in done.history)
    with stage.step(new.registrar.title, "finds the student with all courses; the old point no longer does") as step:
        number = wait(
            "selections at the new point",
            lambda: new.registrar.client.count(ListSelections(student_id=student.id)),
            lambda number: number > 0,
        )
        must_be_refused(lambda: old.registrar.send(GetStudent(student_id=student.id)), "not_found")
        step.outcome = f"{number} selections"
    bills: list[BillView] = wait(
        "the unpaid bill at the new point", lambda: list(new.cashier.client.pages(unpaid)), lambda seen: bool(seen)
    )
    pay(stage, school, new, bills)


def leave(stage: Stage, school: School, student: StudentView) -> None:
    """What is unpaid is cancelled, no exam is sat, the account is closed."""
    point, registrar = school.points[0], school.staff.registrar
    second = school.staff.reviewing_registrar
    with stage.step(registrar.title, "asks for a student to leave school, which the second registrar approves"):
        record: StudentRecord = registrar.send(GetStudent(student_id=student.id))
        command = RemoveStudent(student_id=student.id, version=record.version, voluntary=True, reason="个人原因")
        _approve(second, registrar.send(command))
        left = ListStudents(student_number=student.student_number, status=EnrolmentStatus.LEFT)
        expect(registrar.client.count(left) == 1, "the student is listed as left")
    with stage.step(point.registrar.title, "sees the unpaid course cancelled") as step:
        cancelled = ListSelections(student_id=student.id, state=SelectionState.CANCELLED)
        wait("the selection is cancelled", lambda: point.registrar.client.count(cancelled), lambda n: n == 1)
        bills = point.cashier.client.count(ListBills(student_id=student.id, status=BillStatus.CANCELLED))
        step.outcome = f"{bills} bills are cancelled with it"
    with stage.step(school.staff.exams.title, "sees the student's registrations cancelled") as step:
        officer = school.staff.exams.client
        every = officer.count(ListRegistrations(student_id=student.id))
        gone = ListRegistrations(student_id=student.id, state=RegistrationState.CANCELLED)
        number = wait("registrations are cancelled", lambda: officer.count(gone), lambda number: number == every > 0)
        step.outcome = f"{number} of {every}"
    with stage.step(point.administrator.title, "sees the student's account closed"):
        shut = ListUsers(search=student.student_number, status=UserStatus.DISABLED)
        wait("the account is disabled", lambda: point.administrator.client.count(shut), lambda number: number == 1)


def _approve(person: Person, change: StatusChangeDetails) -> None:
    answer: RowResults = person.send(ApproveStatusChanges(status_change_ids=(change.id,)))
    expect(answer.done == 1, "the status change is approved", answer)
