"""Teaching points, with the names that they had."""

from sqlalchemy import (
    Column,
    ForeignKey,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.data.columns import id_column, instant, one_of, stamps
from chassis.data.row_scope import scope
from contracts.identity.states import (
    NameChangeKind,
    TeachingPointStatus,
)
from services.identity.tables.base import metadata

teaching_points = Table(
    "teaching_points",
    metadata,
    id_column(),
    Column("code", String(8), nullable=False),
    Column("name", String(60), nullable=False),
    Column("status", Text, nullable=False, server_default=TeachingPointStatus.ENABLED),
    Column("information", JSONB, nullable=False),
    *stamps(),
    UniqueConstraint("code", name="uq_teaching_points_code"),
    one_of("status", TeachingPointStatus),
)
scope(teaching_points, point="id")

teaching_point_names = Table(
    "teaching_point_names",
    metadata,
    id_column(),
    Column("teaching_point_id", ForeignKey(teaching_points.c.id), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("kind", Text, nullable=False),
    instant("until"),
    Column("merged_into_id", ForeignKey(teaching_points.c.id)),
    one_of("kind", NameChangeKind),
)
scope(teaching_point_names, point="teaching_point_id")
