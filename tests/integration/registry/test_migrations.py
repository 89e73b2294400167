"""Migrations over data that the tables of today would not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from chassis.base.ids import new_id
from chassis.provisioning.database import migrate
from contracts.registry.commands import ImportStudents
from services.registry.service import Registry
from tests.builders.students import students
from tests.migrating import migrated_to
from tests.permissions import demanded

_ENTER = text(
    "INSERT INTO students (id, student_number, name, gender, id_kind, id_number, birth_on, ethnicity,"
    " teaching_point_id, programme_id, intake, level, student_type, student_source, major_code, major_name,"
    " schooling_length, enrolled_on)"
    " VALUES (:id, :number, :name, :gender, 'resident', :id_number, '1998-05-20', '01', :id, :id, '202609',"
    " 'top_up_bachelor', '开放教育', '开放教育', '080901', '计算机科学与技术', '2.5', '2026-09-01')"
)


@pytest.fixture
def connection(postgres_admin_url: str, run_prefix: str) -> Iterator[Connection]:
    """A database of its own, at the revision before student numbers were compared without case."""
    with migrated_to(postgres_admin_url, run_prefix, Registry, "0002") as made:
        yield made


def enter(connection: Connection, *numbers: str) -> list[UUID]:
    ids = [new_id() for _ in numbers]
    rows: list[dict[str, Any]] = [
        {"id": id_, "number": number, "name": made.name, "gender": made.gender, "id_number": made.id_number}
        for id_, number, made in zip(ids, numbers, students(len(numbers)), strict=True)
    ]
    with connection.begin():
        connection.execute(_ENTER, rows)
    return ids


def test_numbers_that_differ_by_case_only_stop_the_migration_which_names_the_records_and_no_number(
    connection: Connection,
) -> None:
    first, second, _ = enter(connection, "t33216abc", "T33216ABC", "t33216abd")
    with pytest.raises(RuntimeError) as stopped:
        migrate(connection, Registry)
    connection.rollback()
    assert all(str(id_) in str(stopped.value) for id_ in (first, second))
    assert "33216" not in str(stopped.value)
    with connection.begin():
        connection.execute(text("UPDATE students SET student_number = 't33216abe' WHERE id = :id"), {"id": second})
    migrate(connection, Registry)
    assert connection.scalar(text("SELECT count(*) FROM students")) == 3


def test_tasks_of_before_get_the_permission_that_their_kind_is_started_under(
    postgres_admin_url: str, run_prefix: str
) -> None:
    with migrated_to(postgres_admin_url, f"{run_prefix}_rights", Registry, "0007") as connection:
        values = {"id": new_id(), "kind": "student_import"}
        with connection.begin():
            connection.execute(
                text(
                    "INSERT INTO tasks (id, kind, state, arguments, created_by_name, correlation_id)"
                    " VALUES (:id, :kind, 'done', '{}', '张三', :id)"
                ),
                values,
            )
        migrate(connection, Registry)
        assert connection.execute(text("SELECT permission FROM tasks")).scalar_one() == demanded(ImportStudents)


def test_a_change_of_before_stays_what_it_was_and_old_processes_go_on_beside_the_second_person(
    postgres_admin_url: str, run_prefix: str
) -> None:
    """What was entered before was decided by entering it. At most one is open, whichever version entered it."""
    with migrated_to(postgres_admin_url, f"{run_prefix}_changes", Registry, "0014") as connection:
        waiting, suspended, other = enter(connection, "t1", "t2", "t3")
        old_entry(connection, waiting, "pending_clearance")
        old_entry(connection, suspended, "approved")
        migrate(connection, Registry)
        rows = connection.execute(text("SELECT student_id, state, decided_by FROM status_changes ORDER BY state"))
        assert rows.all() == [(suspended, "approved", None), (waiting, "pending_clearance", None)]
        connection.commit()
        old_entry(connection, suspended, "approved")
        old_entry(connection, other, "first_review_passed")
        for student, state in ((waiting, "first_review_passed"), (other, "pending_clearance")):
            with pytest.raises(IntegrityError, match="uq_status_changes_open"):
                old_entry(connection, student, state)


def test_what_is_parked_is_kept_as_bytes_alone_and_old_processes_find_the_column_empty(
    postgres_admin_url: str, run_prefix: str
) -> None:
    with migrated_to(postgres_admin_url, f"{run_prefix}_parked", Registry, "0019") as connection:
        with connection.begin():
            connection.execute(
                text(
                    "INSERT INTO inbox (event_id, type, event_version, state, envelope)"
                    " VALUES (gen_random_uuid(), 'bills_paid', 1, 'dead', '{\"type\": \"bills_paid\"}')"
                )
            )
        migrate(connection, Registry)
        [(envelope, body)] = connection.execute(text("UPDATE inbox SET attempts = 1 RETURNING envelope, body")).all()
        assert (envelope, bytes(body)) == (None, b'{"type": "bills_paid"}')


def old_entry(connection: Connection, student_id: UUID, state: str) -> None:
    """Written as the version before writes it."""
    with connection.begin():
        connection.execute(
            text(
                "INSERT INTO status_changes (id, student_id, teaching_point_id, kind, state, reason, requested_by,"
                " requested_at) VALUES (:id, :student, :id, 'suspend', :state, '因病', :id, now())"
            ),
            {"id": new_id(), "student": student_id, "state": state},
        )
