"""What a bill is for, while processes of the version before work beside this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from chassis.base.ids import new_id
from chassis.provisioning.database import migrate
from chassis.testing.harness import ServiceHarness
from contracts.exams.events import RegisteredResit, ResitsRegistered
from contracts.finance.events import BillState
from contracts.finance.source import Source
from services.finance.service import Finance
from tests.builders import finance as build
from tests.builders.messages import a, of_resit, of_selection
from tests.migrating import migrated_to

_STANDARD = text(
    "INSERT INTO fee_standards (id, education_level, kind, amount, valid_from)"
    " VALUES (:id, 'undergraduate', 'exam', 60, '2026-01-01') ON CONFLICT DO NOTHING"
)
# As the version before inserts a bill.
_BILL = text(
    "INSERT INTO bills (id, selection_id, registration_id, student_id, teaching_point_id, course_id, kind,"
    " fee_standard_id, amount, status, issued_at)"
    " SELECT :id, :selection_id, :registration_id, :id, :id, :id, 'exam', id, 60, 'unpaid', now() FROM fee_standards"
)
_SOURCES = text("SELECT id, source_kind, source_id, version FROM bills")


@pytest.fixture
def before(postgres_admin_url: str, run_prefix: str) -> Iterator[Connection]:
    """A database of the version before."""
    with migrated_to(postgres_admin_url, run_prefix, Finance, "0006") as made:
        yield made


@pytest.fixture
def finance(harness_of: Callable[..., ServiceHarness]) -> ServiceHarness:
    return harness_of(Finance)


def enter(connection: Connection, selection_id: UUID | None, registration_id: UUID | None) -> UUID:
    """Insert a bill as the version before does; its id."""
    id_ = new_id()
    connection.execute(_STANDARD, {"id": id_})
    connection.execute(_BILL, {"id": id_, "selection_id": selection_id, "registration_id": registration_id})
    return id_


def sources(connection: Connection) -> dict[UUID, tuple[str, UUID, int]]:
    return {row.id: (row.source_kind, row.source_id, row.version) for row in connection.execute(_SOURCES)}


def test_bills_that_are_there_get_their_source_and_are_otherwise_as_they_were(before: Connection) -> None:
    selection_id, resit_id, later_id = new_id(), new_id(), new_id()
    with before.begin():
        first, second = enter(before, selection_id, None), enter(before, None, resit_id)
    migrate(before, Finance)
    with before.begin():
        later = enter(before, None, later_id)
        assert sources(before) == {
            first: ("selection", selection_id, 1),
            second: ("registration", resit_id, 1),
            later: ("registration", later_id, 1),
        }


def test_a_bill_that_the_version_before_issues_is_found_and_told_of_by_its_source(finance: ServiceHarness) -> None:
    selection_id = new_id()
    with finance.owner_connection() as connection:
        id_ = enter(connection, selection_id, None)
    assert [bill.source for bill in build.bills_of(finance, selection_id=selection_id)] == [of_selection(selection_id)]
    (state,) = finance.published(BillState)
    assert [(item.id, item.source) for item in state.items] == [(id_, of_selection(selection_id))]


def test_the_version_before_finds_the_bills_of_this_one(finance: ServiceHarness) -> None:
    build.standards(finance)
    student = build.student(finance)
    selected = build.select_for(finance, student, exam_round_id=None, exam_kind=None)
    resit = a(RegisteredResit, student_id=student.id, teaching_point_id=student.teaching_point_id)
    finance.deliver(ResitsRegistered(resits=(resit,)))
    found: dict[Source | None, tuple[UUID | None, UUID | None]] = {
        bill.source: (bill.selection_id, bill.registration_id) for bill in build.bills_of(finance)
    }
    assert found == {
        of_selection(selected.selection_id): (selected.selection_id, None),
        of_resit(resit.registration_id): (None, resit.registration_id),
    }


def test_a_resit_is_not_found_as_a_selection(finance: ServiceHarness) -> None:
    resit_id = new_id()
    with finance.owner_connection() as connection:
        enter(connection, None, resit_id)
    assert build.bills_of(finance, selection_id=resit_id) == ()
