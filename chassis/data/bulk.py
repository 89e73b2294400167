"""Many rows in one statement: they travel as one JSON parameter, so that ten thousand rows cost one round trip."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Table, cast, column, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert


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
