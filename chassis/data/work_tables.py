"""Tables of what was done and is to be done: every service has them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data.columns import id_column, instant, one_of, stamps
from chassis.data.row_scope import scope
from chassis.declaring.tasks import FINISH, PLAN, RUN
from contracts.common import TaskState


def declare(metadata: MetaData) -> None:
    """The history of workflows, numbers, settings, due jobs, tasks, files, erasures."""
    _workflow_history(metadata)
    _number_counters(metadata)
    _school_settings(metadata)
    _schedules(metadata)
    _tasks(metadata)
    _files(metadata)
    _attachments(metadata)
    _erasures(metadata)


def _workflow_history(metadata: MetaData) -> None:
    history = Table(
        "workflow_history",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("workflow", Text, nullable=False),
        Column("subject_id", Uuid, nullable=False),
        Column("from_state", Text),
        Column("action", Text, nullable=False),
        Column("to_state", Text, nullable=False),
        Column("actor_id", Uuid),
        Column("actor_name", Text, nullable=False),
        Column("note", Text),
        Column("teaching_point_id", Uuid),
        Column("student_id", Uuid),
        Column("course_id", Uuid),
        instant("at", server_default=func.now()),
        Index("ix_workflow_history_subject", "subject_id", "id"),
    )
    scope(
        history,
        point="teaching_point_id",
        student="student_id",
        course="course_id",
        append_only=True,
        movable="teaching_point_id",
    )


def _number_counters(metadata: MetaData) -> None:
    # The highest serial that was given, for each beginning of a template's numbers (`chassis.work.numbers`): for ever,
    # whatever becomes of the rows that have the numbers.
    counters = Table(
        "number_counters",
        metadata,
        Column("template", Text, primary_key=True),
        Column("beginning", Text, primary_key=True),
        Column("last", BigInteger, nullable=False),
    )
    scope(counters, system_only=True)


def _school_settings(metadata: MetaData) -> None:
    # A value from an instant on, or the revocation of one. `revision` is the version of the setting with it.
    settings = Table(
        "school_settings",
        metadata,
        id_column(),
        Column("name", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("value", JSONB(none_as_null=True)),
        instant("effective_from"),
        Column("revokes_id", ForeignKey("school_settings.id")),
        Column("reason", Text, nullable=False),
        Column("entered_by", Uuid),
        Column("entered_by_name", Text, nullable=False),
        instant("entered_at"),
        *stamps(),
        CheckConstraint("(revokes_id IS NULL) = (value IS NOT NULL)", name="value"),
        UniqueConstraint("name", "revision"),
        UniqueConstraint("revokes_id"),
        Index("ix_school_settings_in_effect", "name", "effective_from", "revision"),
    )
    scope(settings, read_by_all=True, append_only=True)


def _schedules(metadata: MetaData) -> None:
    schedules = Table(
        "schedules",
        metadata,
        Column("name", Text, primary_key=True),
        instant("next_at"),
        instant("last_run_at", nullable=True),
    )
    scope(schedules, system_only=True)


def _tasks(metadata: MetaData) -> None:
    tasks = Table(
        "tasks",
        metadata,
        id_column(),
        Column("kind", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("arguments", JSONB, nullable=False),
        Column("steps_done", Integer, nullable=False, server_default=text("0")),
        Column("steps_total", Integer),
        Column("figures", JSONB, nullable=False, server_default=text("'{}'")),
        Column("error", JSONB),
        Column("outcome", JSONB(none_as_null=True)),
        Column("result_file_id", Uuid),
        Column("created_by", Uuid),
        Column("created_by_name", Text, nullable=False),
        Column("teaching_point_id", Uuid),
        # Under which it was started, and is seen: empty in what is older than the column.
        Column("permission", Text),
        Column("correlation_id", Uuid, nullable=False),
        Column("turn", BigInteger, nullable=False, server_default=text("0")),
        instant("started_at", nullable=True),
        instant("finished_at", nullable=True),
        *stamps(),
        one_of("state", TaskState),
        Index("ix_tasks_open", "id", postgresql_where=text("state IN ('waiting', 'running', 'cancelling')")),
        Index("ix_tasks_teaching_point_id", "teaching_point_id", "created_at"),
        Index("ix_tasks_created_by", "created_by", "created_at"),
    )
    steps = Table(
        "task_steps",
        metadata,
        Column("task_id", Uuid, ForeignKey("tasks.id", ondelete="CASCADE"), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("phase", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("arguments", JSONB, nullable=False),
        Column("data", JSONB),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("lease", Uuid),
        instant("due_at"),
        one_of("phase", (PLAN, RUN, FINISH)),
        one_of("state", ("waiting", "leased", "done")),
    )
    # When whose task was served last: a user's, or all those of a teaching point (of the school: the zero id).
    turns = Table(
        "task_turns",
        metadata,
        Column("owner_id", Uuid, primary_key=True),
        Column("turn", BigInteger, nullable=False),
    )
    scope(tasks, point="teaching_point_id", own="created_by", insert_by_all=True)
    scope(steps, system_only=True, insert_by_all=True)
    scope(turns, system_only=True)


def _attachments(metadata: MetaData) -> None:
    # Of requests of any kind: who sees the request sees them, so nobody reads here but the system.
    attachments = Table(
        "attachments",
        metadata,
        id_column(),
        Column("request_id", Uuid, nullable=False),
        Column("file_id", Uuid, ForeignKey("files.id"), nullable=False),
        Column("added_by", Uuid),
        Column("added_by_name", Text, nullable=False),
        instant("added_at"),
        Index("ix_attachments_request_id", "request_id", "id"),
    )
    scope(attachments, system_only=True)


def _erasures(metadata: MetaData) -> None:
    erasures = Table(
        "erasures",
        metadata,
        Column("on", Date, primary_key=True),
        Column("object_type", Text, primary_key=True),
        Column("blanked", Boolean, primary_key=True),
        Column("number", BigInteger, nullable=False),
    )
    scope(erasures)


def _files(metadata: MetaData) -> None:
    # Several rows may share one stored object.
    files = Table(
        "files",
        metadata,
        id_column(),
        Column("sha256", String(64), nullable=False, index=True),
        Column("size", BigInteger, nullable=False),
        Column("media_type", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("teaching_point_id", Uuid),
        Column("student_id", Uuid),
        Column("uploaded_by", Uuid),
        instant("adopted_at"),
        Index("ix_files_teaching_point_id", "teaching_point_id", "adopted_at"),
    )
    scope(files, point="teaching_point_id", student="student_id", own="uploaded_by", insert_by_all=True)
