"""A decision on its way to the people: over broker and databases, through a killed service, onto their open streams."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
import requests

from chassis.base.ids import new_id
from contracts.courses.commands import ApproveWithdrawals
from contracts.identity.notices import CountUnreadNotices, ListNotices, MarkNoticesRead, NoticeView
from contracts.registry.views import StudentView
from gateway.routes import ROUTES
from gateway.streams import EVENTS
from gateway.to_do import ListToDo, WaitingForMe
from launcher.dead_events import DeadEvents
from launcher.story.cohort import sheet_rows
from launcher.story.people import Person
from launcher.story.stage import wait
from launcher.system import System
from tests.end_to_end.asking import ask, bearer
from tests.end_to_end.flow import Flow
from tests.end_to_end.scenery import STUDENTS, Scene, student_account
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(400)]

APPROVE = next(route for route in ROUTES if route.operation is ApproveWithdrawals)
PENDING = ("withdrawal", "pending_academic")


@dataclass(frozen=True)
class Case:
    """Withdrawals of one student that wait for the school, and who will be told."""

    withdrawals: Sequence[UUID]
    student: Person
    administrator: Person
    registrar: Person
    decider: Person


@pytest.fixture(scope="module")
def case(scene: Scene) -> Case:
    point = scene.here.point
    flow = Flow(scene.stage, scene.school, point, lambda works: [work() for work in works])
    rows = sheet_rows(scene.stage, point, STUDENTS + 2)[STUDENTS:]
    students: list[StudentView] = flow.bring_in(rows)
    flow.approve(flow.remit(flow.select(students)), students)
    withdrawals = flow.ask_to_withdraw(students[:1]) + flow.ask_to_withdraw(students[1:])
    account = student_account(scene.stage, point, students[0].student_number)
    return Case(withdrawals, account, point.administrator, point.registrar, scene.school.staff.reviewing_registrar)


@contextmanager
def watching(scene: Scene, person: Person) -> Iterator[list[tuple[str, Any]]]:
    """What somebody's stream says from now on: (event, data)."""
    said: list[tuple[str, Any]] = []
    url = scene.system.gateway_url + EVENTS.template
    with requests.get(url, headers=bearer(person), stream=True, timeout=60) as stream:

        def read() -> None:
            event = ""
            for line in stream.iter_lines(chunk_size=1, decode_unicode=True):
                name, _, value = line.partition(": ")
                event = value if name == "event" else event
                if name == "data":
                    said.append((event, json.loads(value)))

        threading.Thread(target=_until_closed, args=(read,), daemon=True).start()
        eventually(lambda: any(event == "unread_notices" for event, _ in said), "the stream has begun")
        yield said


def _until_closed(read: Any) -> None:
    try:
        read()
    except (requests.RequestException, AttributeError, ValueError):
        return  # the test has closed it


def about(person: Person, withdrawal: UUID) -> list[NoticeView]:
    """What somebody is told of a withdrawal."""
    found = person.client.pages(ListNotices(workflow="withdrawal"))
    return [notice for notice in found if notice.subject_id == withdrawal]


def waiting(person: Person) -> int:
    """How many withdrawals wait for somebody."""
    to_do: WaitingForMe = person.send(ListToDo())
    return sum(item.count for item in to_do.items if (item.workflow, item.state) == PENDING)


def hinted(said: list[tuple[str, Any]], withdrawal: UUID) -> int:
    """How often a stream has told of a withdrawal."""
    items = [item for event, data in said if event == "notices" for item in data["items"]]
    return Counter(item["subject_id"] for item in items)[str(withdrawal)]


def test_a_decision_reaches_student_and_point_once_and_live_and_each_reads_it_alone(scene: Scene, case: Case) -> None:
    withdrawal, decider = case.withdrawals[0], case.decider
    before = waiting(decider)
    with (
        watching(scene, case.registrar) as at_point,
        watching(scene, case.student) as at_home,
        watching(scene, decider) as at_school,
    ):
        key = {"Idempotency-Key": str(new_id())}
        fields = {"withdrawal_ids": [str(withdrawal)]}
        answers = [ask(scene.system.gateway_url, decider, APPROVE, fields, headers=key) for _ in range(2)]
        assert [answer.json()["done"] for answer in answers] == [1, 1], "the same answer, once carried out"
        eventually(lambda: hinted(at_point, withdrawal) and hinted(at_home, withdrawal), "both streams have told")
        total = next(data["total"] for event, data in at_school if event == "to_do")
        eventually(lambda: at_school[-1][0] == "to_do" and at_school[-1][1]["total"] < total, "one waits no more")
        assert (hinted(at_point, withdrawal), hinted(at_home, withdrawal), hinted(at_school, withdrawal)) == (1, 1, 0)
    assert waiting(decider) == before - 1
    for person in (case.administrator, case.registrar, case.student):
        (notice,) = about(person, withdrawal)
        assert (notice.action, notice.state, notice.read) == ("approve", "pending_finance", False)
    unread = case.administrator.send(CountUnreadNotices()).unread
    case.registrar.send(MarkNoticesRead(notice_ids=(notice.id,)))
    assert [each.read for each in about(case.registrar, withdrawal)] == [True]
    assert [each.read for each in about(case.administrator, withdrawal)] == [False]
    assert case.administrator.send(CountUnreadNotices()).unread == unread


def test_the_address_on_the_list_shows_what_waits(scene: Scene, case: Case) -> None:
    to_do: WaitingForMe = case.decider.send(ListToDo())
    (item,) = (item for item in to_do.items if (item.workflow, item.state) == PENDING)
    answer = requests.get(scene.system.gateway_url + item.href, headers=bearer(case.decider), timeout=60).json()
    assert answer["total"] == item.count
    assert {row["state"] for row in answer["items"]} == {"pending_academic"}
    assert to_do.unanswered == ()


def dead_or_waiting(system: System) -> set[UUID]:
    """Events that wait or were given up; other tests leave such behind."""
    with system.databases() as databases:
        return {event.event_id for event in DeadEvents(databases).list(waiting=True)}


def test_a_killed_identity_catches_up_without_a_double(scene: Scene, case: Case) -> None:
    withdrawal, system = case.withdrawals[1], scene.system
    bearer(case.decider)  # a token that outlives the outage
    victims = [name for name in system.processes if name in ("identity", "identity-tasks")]
    assert len(victims) == 2
    before = dead_or_waiting(system)
    for name in victims:
        system.kill(name)
    fields = {"withdrawal_ids": [str(withdrawal)]}
    assert ask(system.gateway_url, case.decider, APPROVE, fields).json()["done"] == 1
    for name in victims:
        system.start(name)
    system.wait_ready()
    (notice,) = wait("it is told", lambda: about(case.registrar, withdrawal), lambda seen: len(seen) > 0)
    assert notice.action == "approve"
    for name in victims:  # what it had in hand comes again
        system.kill(name)
        system.start(name)
    system.wait_ready()
    assert dead_or_waiting(system) <= before
    assert len(about(case.registrar, withdrawal)) == 1
