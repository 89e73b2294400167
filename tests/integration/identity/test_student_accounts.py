"""Students whose number is somebody else's username: refused alone, told, and given an account when it can be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.errors import ServiceError
from contracts.identity.commands import CreateUser, DisableUser, EnableUser, RemoveUser
from contracts.identity.events import StudentAccountsMade, StudentAccountsRefused
from contracts.identity.queries import ListUsers
from contracts.identity.states import UserStatus
from contracts.identity.views import CreatedUser, TeachingPointDetails, UserView
from contracts.permissions import Role
from contracts.registry.events import StudentItem, StudentState
from contracts.types import EnrolmentStatus
from services.identity.jobs import retry_refused_accounts
from services.identity.reactions import on_student_state
from services.identity.steps.student_accounts import account_of, settle
from services.identity.tables.users import refused_accounts, users
from tests.builders import people
from tests.builders.identity import teaching_point, user
from tests.builders.messages import a
from tests.waiting import eventually

NAME = "wangwei"


@pytest.fixture
def point(identity: ServiceHarness) -> TeachingPointDetails:
    return teaching_point(identity)


@pytest.fixture
def employee(identity: ServiceHarness, point: TeachingPointDetails) -> CreatedUser:
    return user(identity, NAME, point=point)


def student(point: TeachingPointDetails, number: str = NAME, **fields: Any) -> StudentItem:
    return a(StudentItem, student_number=number, teaching_point_id=point.id, **fields)


def newer(item: StudentItem, **changes: Any) -> StudentItem:
    return item.model_copy(update={"version": item.version + 1, **changes})


def accounts(identity: ServiceHarness) -> dict[UUID | None, UserView]:
    """Students' accounts by student id."""
    found = identity.ask(ListUsers(role=Role.STUDENT, size=200), people.of_school()).items
    return {account.student_id: account for account in found}


def remembered(identity: ServiceHarness) -> set[UUID]:
    return {row.student_id for row in identity.rows(select(refused_accounts))}


def told_refused(identity: ServiceHarness) -> list[UUID]:
    return [row.student_id for event in identity.published(StudentAccountsRefused) for row in event.refused]


def told_made(identity: ServiceHarness) -> list[UUID]:
    return [row.student_id for event in identity.published(StudentAccountsMade) for row in event.made]


def erase(identity: ServiceHarness, employee: CreatedUser) -> None:
    removed = identity.run(RemoveUser(user_id=employee.user.id, version=employee.user.version), people.of_school())
    assert removed.erased


def minute_passes(identity: ServiceHarness) -> None:
    identity.clock.advance(timedelta(minutes=1))
    identity.run_due_jobs()


def test_of_sixty_students_one_whose_number_is_an_employees_username_alone_gets_no_account(  # type: ignore[no-untyped-def]
    identity, point, employee
) -> None:
    others = [student(point, f"26320309{n:08d}") for n in range(59)]
    refused = student(point, "WangWei")
    identity.feed(StudentState, *others[:30], refused, *others[30:])
    assert accounts(identity).keys() == {item.id for item in others}
    (event,) = identity.published(StudentAccountsRefused)
    assert [(row.student_id, row.code) for row in event.refused] == [(refused.id, "username_taken")]
    assert (remembered(identity), told_made(identity)) == ({refused.id}, [])
    assert identity.rows(select(users.c.student_id).where(users.c.username == NAME))[0].student_id is None


def test_of_two_students_whose_numbers_differ_by_case_one_has_the_account_and_the_other_is_told(  # type: ignore[no-untyped-def]
    identity, point
) -> None:
    first, second = (student(point, number) for number in ("t33216abc", "T33216ABC"))
    identity.feed(StudentState, first, second, student(point, "26320309"))
    assert len(accounts(identity)) == 2
    assert len(told_refused(identity)) == len({first.id, second.id} - accounts(identity).keys()) == 1


def test_the_account_is_made_within_a_minute_when_the_employee_is_erased(  # type: ignore[no-untyped-def]
    identity, point, employee
) -> None:
    refused = student(point)
    identity.feed(StudentState, refused)
    minute_passes(identity)
    assert told_made(identity) == []
    erase(identity, employee)
    minute_passes(identity)
    account = accounts(identity)[refused.id]
    assert (account.username, account.teaching_point_id, account.status) == (NAME, point.id, "enabled")
    assert (told_made(identity), remembered(identity)) == ([refused.id], set())
    minute_passes(identity)
    assert told_made(identity) == [refused.id]
    identity.feed(StudentState, newer(refused, name="新名"))
    assert accounts(identity)[refused.id].name == "新名"


def test_the_account_is_made_from_the_newest_record(identity, point, employee) -> None:  # type: ignore[no-untyped-def]
    elsewhere = teaching_point(identity, "3204", "鼓楼教学点")
    refused = student(point)
    moved = newer(refused, teaching_point_id=elsewhere.id)
    identity.feed(StudentState, moved)
    identity.feed(StudentState, refused)
    erase(identity, employee)
    minute_passes(identity)
    assert accounts(identity)[refused.id].teaching_point_id == elsewhere.id


def test_a_newer_state_of_a_refused_student_tries_again_by_itself(identity, point, employee) -> None:  # type: ignore[no-untyped-def]
    refused = student(point)
    identity.feed(StudentState, refused)
    identity.feed(StudentState, newer(refused))
    assert told_refused(identity) == [refused.id] * 2
    erase(identity, employee)
    identity.feed(StudentState, newer(newer(refused)))
    assert (accounts(identity).keys(), told_made(identity)) == ({refused.id}, [refused.id])
    assert remembered(identity) == set()


def test_a_refused_student_with_a_corrected_number_has_the_account_under_it(identity, point, employee) -> None:  # type: ignore[no-untyped-def]
    refused = student(point)
    identity.feed(StudentState, refused)
    identity.feed(StudentState, newer(refused, student_number="2632030906"))
    assert accounts(identity)[refused.id].username == "2632030906"
    assert told_made(identity) == [refused.id]


@pytest.mark.parametrize("change", [{"status": EnrolmentStatus.LEFT}, {"deleted": True}])
def test_a_refused_student_who_left_needs_no_account(identity, point, employee, change) -> None:  # type: ignore[no-untyped-def]
    refused = student(point)
    identity.feed(StudentState, refused)
    left = newer(refused, **change)
    identity.feed(StudentState, left)
    assert remembered(identity) == set()
    identity.feed(StudentState, refused)  # once more, and late
    assert (remembered(identity), told_refused(identity)) == (set(), [refused.id])
    erase(identity, employee)
    minute_passes(identity)
    assert (accounts(identity), told_made(identity)) == ({}, [])


def test_who_had_left_before_anybody_heard_of_them_is_not_refused(identity, point, employee) -> None:  # type: ignore[no-untyped-def]
    identity.feed(StudentState, student(point, status=EnrolmentStatus.LEFT))
    assert (remembered(identity), told_refused(identity)) == (set(), [])


def test_a_refusal_that_was_late_for_a_student_who_left_is_forgotten(identity, point, employee) -> None:  # type: ignore[no-untyped-def]
    """As when two processes handle the first two states of a student at the same moment."""
    left = student(point, status=EnrolmentStatus.LEFT, version=2)
    identity.feed(StudentState, left)
    before = left.model_copy(update={"status": EnrolmentStatus.ACTIVE, "version": 1})
    identity.database.run(system_context(), lambda uow: settle(uow, [account_of(before)]))
    assert remembered(identity) == {left.id}
    minute_passes(identity)
    assert (remembered(identity), accounts(identity)) == (set(), {})


def test_a_refused_student_who_has_an_account_all_the_same_is_told_so(identity, point, employee) -> None:  # type: ignore[no-untyped-def]
    """As when one process refused while another made the account of a newer state, the name having become free."""
    refused = student(point)
    identity.feed(StudentState, refused)
    with identity.owner_connection() as connection:
        connection.execute(users.update().where(users.c.username == NAME).values(username="wangwei2"))
        account = {**account_of(refused), "id": new_id()}
        connection.execute(users.insert().values(account))
    minute_passes(identity)
    assert (told_made(identity), remembered(identity)) == ([refused.id], set())


def test_who_takes_a_username_at_the_same_moment_has_it_alone(identity, point) -> None:  # type: ignore[no-untyped-def]
    items = [student(point, f"wang{n:03d}") for n in range(20)]
    start = Barrier(2)
    outcomes: list[str] = []

    def hire() -> None:
        start.wait()
        for item in items:
            fields = {"username": item.student_number, "name": "王伟", "roles": [{"role": "school_exams"}]}
            try:
                identity.run(CreateUser.model_validate(fields), people.of_school())
                outcomes.append("hired")
            except ServiceError as refusal:
                outcomes.append(refusal.code)

    def enrol() -> None:
        start.wait()
        for item in items:
            identity.feed(StudentState, item)

    _at_once([hire, enrol])
    hired, taken = outcomes.count("hired"), outcomes.count("username_taken")
    assert hired + taken == 20
    assert len(told_refused(identity)) == len(remembered(identity)) == hired
    assert len(accounts(identity)) == taken


def test_who_erases_the_holder_of_a_name_at_the_same_moment_gives_it_to_the_student(  # type: ignore[no-untyped-def]
    identity, point, employee
) -> None:
    """The reaction waits for the erasure, and finds the name free."""
    item = student(point)
    with identity.database.unit_of_work(system_context()) as uow:
        uow.execute(users.delete().where(users.c.id == employee.user.id))
        reaction = Thread(target=identity.feed, args=(StudentState, item))
        reaction.start()
        eventually(lambda: _somebody_waits(identity), "the reaction waits for the name")
    reaction.join()
    assert (accounts(identity).keys(), told_refused(identity)) == ({item.id}, [])


def test_two_processes_that_hear_of_a_new_student_at_the_same_moment_make_one_account_of_the_newer_record(  # type: ignore[no-untyped-def]
    identity, point
) -> None:
    item = student(point, name="旧名")
    with identity.database.unit_of_work(system_context()) as uow:
        settle(uow, [account_of(item)])
        other = Thread(target=identity.feed, args=(StudentState, newer(item, name="新名")))
        other.start()
        eventually(lambda: _somebody_waits(identity), "the other process waits for the account")
    other.join()
    assert [(id_, account.name) for id_, account in accounts(identity).items()] == [(item.id, "新名")]
    assert told_refused(identity) == []


def test_a_newer_state_that_comes_while_the_job_makes_the_account_waits_and_follows(  # type: ignore[no-untyped-def]
    identity, point, employee
) -> None:
    item = student(point, name="旧名")
    identity.feed(StudentState, item)
    erase(identity, employee)
    with identity.database.unit_of_work(system_context()) as uow:
        assert retry_refused_accounts(uow) == 1
        reaction = Thread(target=identity.feed, args=(StudentState, newer(item, name="新名")))
        reaction.start()
        eventually(lambda: _somebody_waits(identity), "the reaction waits for the job")
    reaction.join()
    assert accounts(identity)[item.id].name == "新名"
    assert (told_refused(identity), told_made(identity)) == ([item.id], [item.id])


def test_the_job_passes_over_whom_a_reaction_is_trying(identity, point, employee) -> None:  # type: ignore[no-untyped-def]
    item = student(point)
    identity.feed(StudentState, item)
    erase(identity, employee)
    with identity.database.unit_of_work(system_context()) as uow:
        on_student_state([StudentState(items=(newer(item),))], uow)
        assert identity.database.run(system_context(), retry_refused_accounts) == 0
    assert told_made(identity) == [item.id]


def test_two_processes_that_try_a_refused_student_again_make_one_account(identity, point, employee) -> None:  # type: ignore[no-untyped-def]
    refused = [student(point), *(student(point, f"wang{n:03d}") for n in range(20))]
    for item in refused[1:]:
        erase_later = user(identity, item.student_number, point=point)
        identity.feed(StudentState, item)
        erase(identity, erase_later)
    identity.feed(StudentState, refused[0])
    erase(identity, employee)
    identity.clock.advance(timedelta(minutes=1))
    states = [lambda item=item: identity.feed(StudentState, newer(item)) for item in refused]
    _at_once([identity.run_due_jobs, lambda: [state() for state in states]])
    assert accounts(identity).keys() == {item.id for item in refused}
    assert sorted(told_made(identity)) == sorted(item.id for item in refused)
    assert remembered(identity) == set()


def _somebody_waits(identity: ServiceHarness) -> bool:
    with identity.owner_connection() as connection:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(connection.exec_driver_sql(waiting).scalar())


def _at_once(actions: Sequence[Callable[[], object]]) -> None:
    with ThreadPoolExecutor(len(actions)) as pool:
        for done in [pool.submit(action) for action in actions]:
            done.result()


def test_who_was_shut_out_by_a_person_stays_so_whatever_becomes_of_the_record(
    identity: ServiceHarness, point: TeachingPointDetails
) -> None:
    item = student(point, "26320001")
    identity.feed(StudentState, item)
    account = accounts(identity)[item.id]
    identity.run(DisableUser(user_id=account.id, version=account.version), people.of_school())
    left = newer(item, status=EnrolmentStatus.LEFT)
    back = newer(left, name="张改名", status=EnrolmentStatus.ACTIVE)
    for record in (left, back):
        identity.feed(StudentState, record)
        assert accounts(identity)[item.id].status is UserStatus.DISABLED
    account = accounts(identity)[item.id]
    assert account.name == "张改名"
    identity.run(EnableUser(user_id=account.id, version=account.version), people.of_school())
    identity.feed(StudentState, newer(back, name="张又改名"))
    assert accounts(identity)[item.id].status is UserStatus.ENABLED
