"""Migrations over data that was right before and is no more."""

from __future__ import annotations

from sqlalchemy import text

from chassis.base.ids import new_id
from chassis.provisioning.database import migrate
from services.courses.service import Courses
from tests.migrating import migrated_to

_SELECTION = text(
    "INSERT INTO selections (id, student_id, teaching_point_id, course_id, course_version_id, requirement_id,"
    " selection_round_id, credits, state, selected_at)"
    " VALUES (:id, :id, :there, :id, :id, :id, :id, 4, 'selected', now())"
)
_WITHDRAWAL = text(
    "INSERT INTO withdrawals (id, selection_id, student_id, teaching_point_id, course_id, state, reason, requested_at)"
    " VALUES (:id, :id, :id, :here, :id, 'revoked', '调动', now())"
)
_HISTORY = text(
    "INSERT INTO workflow_history (workflow, subject_id, action, to_state, actor_name, teaching_point_id, at)"
    " VALUES ('withdrawal', :id, 'request', 'pending_academic', '教务员', :here, now())"
)


def test_a_withdrawal_that_stayed_behind_goes_to_its_selection_with_its_history(
    postgres_admin_url: str, run_prefix: str
) -> None:
    row = {"id": new_id(), "here": new_id(), "there": new_id()}
    with migrated_to(postgres_admin_url, run_prefix, Courses, "0020") as connection:
        with connection.begin():
            connection.execute(
                text("SET LOCAL session_replication_role = replica")
            )  # of courses and rounds nothing is there
            for insert in (_SELECTION, _WITHDRAWAL, _HISTORY):
                connection.execute(insert, row)
        migrate(connection, Courses)
        where = "SELECT teaching_point_id FROM {} WHERE {} = :id"
        for table, key in (("withdrawals", "id"), ("workflow_history", "subject_id")):
            assert connection.scalar(text(where.format(table, key)), row) == row["there"]
