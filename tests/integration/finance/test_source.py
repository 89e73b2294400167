"""What a bill is for, while processes of the version before work beside this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

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
# As bills were inserted before they had a source.
_BILL = text(
    "INSERT INTO bills (id, selection_id, registration_id, student_id, teaching_point_id, course_id, kind,"
    " fee_standard_id, amount, status, issued_at)"
    " SELECT :id, :selection_id, :registration_id, :id, :id, :id, 'exam', id, 60, 'unpaid', now() FROM fee_standards"
)
_SOURCES = text("SELECT id, source_kind, source_id, version FROM bills")


@pytest.fixture
def before(postgres_admin_url: str, run_prefix: str) -> Iterator[Connection]:
    """A database in which bills have no source yet."""
    with migrated_to(postgres_admin_url, run_prefix, Finance, "0006") as made:
        yield made


@pytest.fixture
def finance(harness_of: Callable[..., ServiceHarness]) -> ServiceHarness:
    return harness_of(Finance)


def enter(connection: Connection, selection_id: UUID | None, registration_id: UUID | None) -> UUID:
    """Insert a bill without a source; its id."""
    id_ = new_id()
    connection.execute(_STANDARD, {"id": id_})
    connection.execute(_BILL, {"id": id_, "selection_id": selection_id, "registration_id": registration_id})
    return id_


def as_the_version_before(connection: Connection, kind: str, source_id: UUID) -> UUID:
    """Insert a bill as it does, with the source and with the id that named it once; the bill's id."""
    id_ = new_id()
    connection.execute(_STANDARD, {"id": id_})
    former = {"selection": "selection_id", "registration": "registration_id"}[kind]
    connection.execute(
        text(
            f"INSERT INTO bills (id, source_kind, source_id, {former}, student_id, teaching_point_id, course_id, kind,"
            " fee_standard_id, amount, status, issued_at)"
            " SELECT :id, :kind, :source, :source, :id, :id, :id, 'exam', id, 60, 'unpaid', now() FROM fee_standards"
        ),
        {"id": id_, "kind": kind, "source": source_id},
    )
    return id_


def sources(connection: Connection) -> dict[UUID, tuple[str, UUID, int]]:
    return {row.id: (row.source_kind, row.source_id, row.version) for row in connection.execute(_SOURCES)}


def test_bills_that_are_there_get_their_source_and_are_otherwise_as_they_were(before: Connection) -> None:
    selection_id, resit_id = new_id(), new_id()
    with before.begin():
        first, second = enter(before, selection_id, None), enter(before, None, resit_id)
    migrate(before, Finance)
    assert sources(before) == {first: ("selection", selection_id, 1), second: ("registration", resit_id, 1)}


def test_a_bill_that_the_version_before_issues_is_found_and_told_of_by_its_source(finance: ServiceHarness) -> None:
    selection_id = new_id()
    with finance.owner_connection() as connection:
        id_ = as_the_version_before(connection, "selection", selection_id)
    assert [bill.source for bill in build.bills_of(finance, selection_id=selection_id)] == [of_selection(selection_id)]
    (state,) = finance.published(BillState)
    assert [(item.id, item.source) for item in state.items] == [(id_, of_selection(selection_id))]


def test_a_bill_is_shown_with_the_id_of_what_it_is_for_under_the_name_of_its_kind(finance: ServiceHarness) -> None:
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


def test_no_bill_is_without_a_source(finance: ServiceHarness) -> None:
    with pytest.raises(IntegrityError, match="source_kind"), finance.owner_connection() as connection:
        enter(connection, new_id(), None)


def test_a_resit_is_not_found_as_a_selection(finance: ServiceHarness) -> None:
    resit_id = new_id()
    with finance.owner_connection() as connection:
        as_the_version_before(connection, "registration", resit_id)
    assert build.bills_of(finance, selection_id=resit_id) == ()
