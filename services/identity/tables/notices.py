"""What people were told of, once however many read it, and what each has read."""

from datetime import timedelta
from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from chassis.data.columns import id_column, instant
from chassis.data.retention import kept_for
from chassis.data.row_scope import scope
from services.identity.tables.base import metadata
from services.identity.tables.users import users

NOTICES_KEPT: Final = timedelta(days=180)

# What people were told of, once however many read it. Who may read a notice depends on what the reader is today
# (`steps/notices.py`), which no kind of scope says.
notices = Table(
    "notices",
    metadata,
    id_column(),
    Column("service", Text, nullable=False),
    Column("step_id", Uuid, nullable=False),  # the telling, as that service calls it
    Column("workflow", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("number", Text),
    Column("student_id", Uuid),  # whom it is about
    Column("tells_student", Boolean, nullable=False),
    Column("teaching_point_id", Uuid),
    Column("applicant_id", Uuid),
    Column("actor_id", Uuid),
    instant("decided_at"),
    instant("told_at"),
    UniqueConstraint("service", "step_id"),
    Index("ix_notices_student_id", "student_id", "told_at"),
    Index("ix_notices_teaching_point_id", "teaching_point_id", "told_at"),
    Index("ix_notices_applicant_id", "applicant_id", "told_at"),
    Index("ix_notices_told_at", "told_at"),
)
scope(notices, system_only=True)
kept_for(notices, NOTICES_KEPT, since="told_at")

notice_marks = Table(
    "notice_marks",
    metadata,
    Column("notice_id", ForeignKey(notices.c.id, ondelete="CASCADE"), primary_key=True),
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True, index=True),
    instant("read_at"),
)
scope(notice_marks, system_only=True)

# Up to when somebody has read everything, without a mark for each.
notice_readers = Table(
    "notice_readers",
    metadata,
    Column("user_id", ForeignKey(users.c.id, ondelete="CASCADE"), primary_key=True),
    instant("read_until"),
)
scope(notice_readers, system_only=True)
