"""The story from beginning to end."""

import secrets
import time

from rich.console import Console
from rich.table import Table

from chassis.work.audit_verdict import prove
from launcher.reconcile.checking import reconcile, show
from launcher.story.admitting import admit
from launcher.story.cohort import import_students
from launcher.story.knowing import certify, plan_a_setting
from launcher.story.moving import leave, transfer
from launcher.story.people import Person, administrator
from launcher.story.school import set_up
from launcher.story.selecting import pay, select, wait_for_bills, wait_for_registrations
from launcher.story.stage import Stage, expect
from launcher.story.withdrawing import withdraw
from launcher.system import System

STUDENTS = 200


def tell(system: System, console: Console, *, students: int = STUDENTS) -> bool:
    """Play the story on a running system; returns whether the services agree at its end.

    Raises StoryError or ProblemError where something does not happen as it must.
    """
    started = time.monotonic()
    stage = Stage(system.gateway_url, console)
    password = secrets.token_urlsafe(12)  # of all the run's people; nobody needs it afterwards
    console.print(f"[dim]Run {stage.run}: every code and username of this story carries it.[/]")
    stage.act("The school sets up")
    with stage.step("system administrator", "signs in"):
        chief = administrator(system)
    play(stage, chief, password, students)
    return _reconciled(system, stage, started)


def play(stage: Stage, chief: Person, password: str, students: int) -> None:
    """All acts, begun by this system administrator; everybody else has this password. Raises as `tell`."""
    school = set_up(stage, chief, password, points=2)
    stage.act("A teaching point brings in its students")
    cohort = import_students(stage, school.points[0], students)
    stage.act("Courses are selected")
    selected = select(stage, school, cohort, password)
    stage.act("Bills are paid")
    bills = wait_for_bills(stage, school, selected)
    moving, leaving = cohort[-1], cohort[-2]
    # Both keep one course unpaid: it moves with the one, and is cancelled with the other.
    last = selected.courses[1].details.id
    kept = [bill for bill in bills if bill.student_id in (moving.id, leaving.id) and bill.course_id == last]
    paid = [bill for bill in bills if bill not in kept]
    pay(stage, school, school.points[0], paid)
    wait_for_registrations(stage, school, paid)
    stage.act("Courses are withdrawn")
    withdraw(stage, school, selected)
    stage.act("The school plans, and certifies")
    plan_a_setting(stage, school.staff.cashier)
    certify(stage, school, cohort[0])
    stage.act("New students are admitted")
    admit(stage, school, school.points[1])
    stage.act("A student moves, another leaves")
    transfer(stage, school, moving)
    leave(stage, school, leaving)


def _reconciled(system: System, stage: Stage, started: float) -> bool:
    stage.act("Do the services agree?")
    with (
        stage.step("everything", "is compared, one to one, and every audit trail proven"),
        system.databases() as databases,
    ):
        result = reconcile(databases)
        altered = [name for name in databases if not prove(databases, name).sound]
    show(result, stage.console)
    expect(not altered, "nobody altered an audit trail: ./jiaowu verify-audit says more", altered)
    slowest = sorted(stage.timings, key=lambda timing: timing[1], reverse=True)[:5]
    table = Table("slowest steps", "s", box=None, pad_edge=False, header_style="dim")
    for title, seconds in slowest:
        table.add_row(title, f"{seconds:.1f}")
    stage.console.print(table)
    stage.console.print(f"[bold]{len(stage.timings)} steps in {time.monotonic() - started:.0f} s[/]")
    return result.clean
