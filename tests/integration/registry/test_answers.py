"""What the record shows of a student whom identity refused an account: why, for whom it matters, in any order."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from chassis.base.ids import new_id
from chassis.testing.harness import ServiceHarness
from contracts.identity.events import (
    MadeAccount,
    RefusedAccount,
    StudentAccountsMade,
    StudentAccountsRefused,
    TeachingPointItem,
)
from contracts.registry.queries import GetStudent, ListStudents
from contracts.registry.views import StudentView
from tests.builders import people
from tests.builders import registry as build
from tests.builders.messages import a
from tests.builders.status_changes import approved, leaving


@pytest.fixture
def point(registry: ServiceHarness) -> TeachingPointItem:
    [point], _ = build.surroundings(registry)
    return point


@pytest.fixture
def students(registry: ServiceHarness, point: TeachingPointItem) -> list[StudentView]:
    return build.enrolled(registry, point.id, 3)


def refused(*students: StudentView) -> StudentAccountsRefused:
    return StudentAccountsRefused(refused=tuple(a(RefusedAccount, student_id=student.id) for student in students))


def made(*students: StudentView) -> StudentAccountsMade:
    return StudentAccountsMade(made=tuple(MadeAccount(student_id=student.id) for student in students))


def shown(registry: ServiceHarness, student: StudentView) -> str | None:
    refusal: str | None = registry.ask(GetStudent(student_id=student.id)).account_refusal
    return refusal


def audited(registry: ServiceHarness, student: StudentView) -> list[tuple[str, object]]:
    entries = registry.table("audit_entries")
    rows = registry.rows(select(entries).where(entries.c.object_id == student.id).order_by(entries.c.at, entries.c.id))
    return [(row.action, row.after["account_refusal"]) for row in rows if "account" in row.action]


def test_the_record_shows_why_a_student_has_no_account(registry, students) -> None:  # type: ignore[no-untyped-def]
    registry.deliver(refused(*students[:2]))
    assert [shown(registry, student) for student in students] == ["username_taken", "username_taken", None]
    assert audited(registry, students[0]) == [("refuse_account", "username_taken")]
    assert audited(registry, students[2]) == []


def test_the_point_and_the_school_find_who_can_not_sign_in(registry, point, students) -> None:  # type: ignore[no-untyped-def]
    registry.deliver(refused(students[1]))

    def found(whether: bool | None, by=None) -> set[object]:  # type: ignore[no-untyped-def]
        return {student.id for student in registry.ask(ListStudents(account_refused=whether), by).items}

    assert found(True) == found(True, people.of_point(point.id)) == {students[1].id}
    assert found(False) == {students[0].id, students[2].id}
    assert len(found(None)) == 3
    assert found(True, people.of_point(new_id())) == set()


def test_an_account_that_was_made_after_all_ends_the_refusal(registry, students) -> None:  # type: ignore[no-untyped-def]
    registry.deliver(refused(*students))
    registry.deliver(made(students[0]))
    assert [shown(registry, student) for student in students] == [None, "username_taken", "username_taken"]
    assert audited(registry, students[0]) == [("refuse_account", "username_taken"), ("make_account", None)]


def test_a_refusal_that_arrives_after_the_account_was_made_changes_nothing(registry, students) -> None:  # type: ignore[no-untyped-def]
    registry.deliver(made(students[0]))
    registry.deliver(refused(*students[:2]))
    assert [shown(registry, student) for student in students[:2]] == [None, "username_taken"]


def test_what_is_told_twice_is_written_once_and_is_no_change_of_the_record(registry, students) -> None:  # type: ignore[no-untyped-def]
    registry.deliver(refused(students[0]), refused(students[0]))
    registry.deliver(refused(students[0]))
    registry.deliver(made(students[0]))
    registry.deliver(made(students[0]))
    assert audited(registry, students[0]) == [("refuse_account", "username_taken"), ("make_account", None)]
    assert registry.ask(GetStudent(student_id=students[0].id)).version == students[0].version


def test_who_left_is_not_shown_as_refused_whichever_is_heard_first(registry, students) -> None:  # type: ignore[no-untyped-def]
    registry.deliver(refused(students[0]))
    for student in students[:2]:
        approved(registry, leaving(student))
    registry.deliver(refused(*students))
    assert [shown(registry, student) for student in students] == [None, None, "username_taken"]


def test_a_student_whom_the_registry_does_not_know_is_waited_for(registry, students) -> None:  # type: ignore[no-untyped-def]
    unknown = StudentAccountsRefused(refused=(a(RefusedAccount),))
    registry.hear(registry.envelope(unknown))
    assert [(row.state, row.code) for row in registry.parked()] == [("waiting", "student_unknown")]
