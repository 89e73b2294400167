"""SIGKILL in the middle of every step of the flow: what was killed is started again, and nothing is lost or doubled."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from rich.console import Console

from contracts.courses.states import SelectionState
from contracts.exams.states import RegistrationState
from contracts.identity.notices import ListNotices
from contracts.permissions import Role
from launcher import scratch
from launcher.story.cohort import sheet_rows
from launcher.story.people import Person, administrator
from launcher.story.school import School, set_up
from launcher.story.stage import Stage
from launcher.system import System
from tests.end_to_end.faults import Victims, dying_in_turn, while_killing
from tests.end_to_end.flow import COURSES, Flow, Works, expect_nothing_left
from tests.end_to_end.made_up import AWAY, Crowd, make_up

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(400)]

PASSWORD = "made-up-horse-42"
STUDENTS = 9
"""Each imports, selects, pays; a multiple of three, for a third each keeps, gets back or is refused to get back."""
MADE_UP = 1_200
"""Requests that are made up while things die; tests.end_to_end.fuzz sends more."""
ROUNDS = (("courses", "database"), ("finance", "broker"), ("exams", "gateway"), ("registry", "identity"))


@dataclass
class Theatre:
    """A system on servers of its own, all of which may be killed."""

    system: System
    stage: Stage
    school: School
    victims: Victims
    rows: list[dict[str, str]]
    """Of the students that are still to be imported."""

    def everybody(self) -> list[Person]:
        staff, point = self.school.staff, self.school.points[0]
        return [point.registrar, point.cashier, staff.registrar, staff.exams, staff.cashier, staff.refunds]

    def take(self, number: int) -> list[dict[str, str]]:
        """The rows of so many students that were not imported yet."""
        taken, self.rows = self.rows[:number], self.rows[number:]
        return taken

    def flow(self, names: Sequence[str]) -> Flow:
        """A flow in which these die in the middle of every step."""

        def step(works: Works) -> list[Any]:
            self.victims.wait_ready()
            return while_killing(self.victims, names, works)

        return Flow(self.stage, self.school, self.school.points[0], step)


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with scratch.servers() as (database, broker):
        database.start()
        broker.start()
        state = tmp_path_factory.mktemp("faults")
        limits = {"JIAOWU_GATEWAY_USER_RATE": "1000000/minute", "JIAOWU_GATEWAY_ADDRESS_RATE": "1000000/minute"}
        system = System(state, database.url, broker.url, broker.management_url, "faults", variables=limits)
        try:
            system.up()
            stage = Stage(system.gateway_url, Console(quiet=True))
            school = set_up(stage, administrator(system), PASSWORD, points=1)
            rows = sheet_rows(stage, school.points[0], STUDENTS * len(ROUNDS))
            yield Theatre(system, stage, school, Victims(system, database, broker), rows)
        finally:
            system.down()


@pytest.mark.parametrize("names", ROUNDS, ids=" and ".join)
def test_nothing_is_lost_or_doubled_when_they_die_in_the_middle_of_every_step(
    theatre: Theatre, names: Sequence[str]
) -> None:
    for person in theatre.everybody():  # tokens that live through the whole flow
        person.client.sign_in(person.username, PASSWORD)
    flow, before = theatre.flow(names), theatre.victims.killed
    said = []

    def timed(title: str, work: Callable[[], Any]) -> Any:
        started = time.monotonic()
        result = work()
        said.append(f"{title} {time.monotonic() - started:.1f} s")
        return result

    students = timed("import", lambda: flow.bring_in(theatre.take(STUDENTS)))
    bills = timed("select", lambda: flow.select(students))
    slips = timed("remit", lambda: flow.remit(bills))
    timed("approve", lambda: flow.approve(slips, students))
    withdrawals = timed("withdraw", lambda: flow.ask_to_withdraw(students[: STUDENTS // 3 * 2]))
    half = len(withdrawals) // 2
    timed("agree", lambda: flow.agree(withdrawals))
    timed("review", lambda: flow.review(withdrawals[:half], withdrawals[half:]))
    timed("refund", lambda: flow.refund(withdrawals[:half]))
    assert theatre.victims.killed - before == 8 * len(names)
    pairs = STUDENTS * COURSES
    flow.wait_selections(students, Counter({SelectionState.SELECTED: pairs - half, SelectionState.WITHDRAWN: half}))
    flow.wait_seats(students, Counter({RegistrationState.REGISTERED: pairs - half, RegistrationState.CANCELLED: half}))
    theatre.victims.wait_ready()
    expect_nothing_left(theatre.system)
    assert told(theatre.school.points[0].registrar, withdrawals) == Counter(
        {
            **{(each, "approve"): 1 for each in withdrawals},
            **{(each, action): 1 for each in withdrawals[:half] for action in ("finance_approve", "refund")},
            **{(each, "finance_reject"): 1 for each in withdrawals[half:]},
        }
    )


def told(person: Person, withdrawals: Sequence[UUID]) -> Counter[tuple[UUID, str]]:
    """How often somebody was told what of these withdrawals."""
    notices = person.client.pages(ListNotices(workflow="withdrawal"))
    return Counter((each.subject_id, each.action) for each in notices if each.subject_id in set(withdrawals))


def test_made_up_requests_come_to_no_fault_while_database_and_service_die(theatre: Theatre) -> None:
    staff, point = theatre.school.staff, theatre.school.points[0]
    people = {
        Role.SYSTEM_ADMIN: theatre.school.administrator,
        Role.SCHOOL_REGISTRAR: staff.registrar,
        Role.SCHOOL_FINANCE: staff.cashier,
        Role.TEACHING_POINT_ADMIN: point.administrator,
        Role.TEACHING_POINT_STAFF: point.registrar,
    }
    for person in people.values():
        person.client.sign_in_again()
    crowd = Crowd(theatre.system.gateway_url, people)
    with dying_in_turn(theatre.victims, ("database", "courses"), MADE_UP) as heard:
        make_up(crowd, MADE_UP, heard)
    assert crowd.faults == []
    assert any(status in AWAY for _, status in crowd.answers), "nobody noticed that something was away"
    theatre.victims.wait_ready()
    expect_nothing_left(theatre.system)
