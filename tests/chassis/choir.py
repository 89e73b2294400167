"""A made-up service whose people are found by name and number, and whose other table's rows are found by whose they
are."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text, Uuid

from chassis.data.columns import found_by_beginning, id_column
from chassis.data.name_search import found_by_name
from chassis.data.row_scope import scope
from chassis.data.tables import service_metadata
from chassis.declaring.service import Service

metadata = service_metadata("choir")

singers = Table(
    "singers",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("number", String(40), nullable=False),
    Column("teaching_point_id", Uuid),
    Column("voice", Text, nullable=False, server_default="alto"),
    Index("ix_singers_teaching_point_id", "teaching_point_id", "number"),
    found_by_beginning("singers", "number"),
)
scope(singers, point="teaching_point_id", student="id", own="id")
singer_search = found_by_name(singers, "name", "number")
singer_grams = singer_search.grams

# Whose point is that of the day, not the singer's of today.
concerts = Table(
    "concerts",
    metadata,
    id_column(),
    Column("singer_id", Uuid, nullable=False, index=True),
    Column("teaching_point_id", Uuid, nullable=False, index=True),
)
scope(concerts, point="teaching_point_id", student="singer_id")


class Choir(Service):
    name = "choir"
    metadata = metadata
