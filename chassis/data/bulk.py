"""Many rows in one statement: they travel as one JSON parameter, so that ten thousand rows cost one round trip."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Table, Uuid, any_, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Insert, insert


def insert_rows(table: Table, rows: Sequence[Mapping[str, Any]]) -> Insert:
    """An INSERT of all `rows`, which have the same keys, in their order; `on_conflict_do_nothing` and `returning` can
    follow. Values may be str, int, bool, None, UUID, datetime, date and Decimal."""
    names = list(rows[0])
    document = literal(orjson.dumps(rows, default=str, option=orjson.OPT_NON_STR_KEYS).decode())
    source = (
        func.jsonb_to_recordset(cast(document, JSONB))
        .table_valued(*(column(name, table.c[name].type) for name in names))
        .render_derived(name="rows", with_types=True)
    )
    return insert(table).from_select(names, select(*source.c))


def ids_in(id_column: ColumnElement[Any], ids: Collection[UUID]) -> ColumnElement[bool]:
    """`id_column = ANY(ids)`: one parameter, however many ids."""
    return id_column == any_(literal(list(ids), ARRAY(Uuid)))
