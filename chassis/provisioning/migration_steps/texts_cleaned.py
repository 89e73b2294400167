"""Rows that were stored before texts were cleaned by their kind are cleaned once. Versions rise by their triggers, so
that the copies in other services follow.

Every batch is a transaction of its own: nobody waits for a row longer than that takes, and what a killed run has done
stays. What is clean is not touched, so doing it again is harmless. It comes first in a revision, which it commits.

Processes of the version before go on: what they write while this runs is as it was, and readers bear it. A row that
cleaning would make the double of another, or that has no room for it, stays as it is. The trail and the histories stay
too: they tell what was written then.
"""

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from alembic import op
from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    TableClause,
    Text,
    Uuid,
    bindparam,
    column,
    func,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DataError, IntegrityError

from chassis.data.bulk import ids_in
from contracts.text.cleaning import free_line

logger = logging.getLogger(__name__)

Clean = Callable[[Any], Any]

BATCH = 2_000
"""Rows that are looked at by one statement."""


def upgrade(texts: Mapping[str, Mapping[str, Clean]], documents: Collection[str] = ()) -> None:
    """Clean the columns of tables: table → column → how; `documents` are the columns of JSON among them. Tells how many
    rows of a table were cleaned and left."""
    migrating = op.get_bind()
    lock_timeout = migrating.exec_driver_sql("SHOW lock_timeout").scalar_one()
    # Alembic's own connection is in no transaction meanwhile: it would be ended for being idle.
    with op.get_context().autocommit_block(), migrating.engine.connect() as connection:
        connection.execute(select(func.set_config("lock_timeout", lock_timeout, False)))
        connection.commit()
        for name, columns in {**texts, "files": {"name": free_line}}.items():
            types = {column_name: JSONB() if column_name in documents else Text() for column_name in columns}
            of = table(name, column("id", Uuid()), *(column(*typed) for typed in types.items()))
            cleaned, left = _clean_table(connection, of, columns)
            if cleaned or left:
                logger.info("texts_cleaned", extra={"table": name, "cleaned": cleaned, "left": left})


def _clean_table(connection: Connection, of: TableClause, columns: Mapping[str, Clean]) -> tuple[int, int]:
    cleaned = left = 0
    page = select(of).order_by(of.c.id).limit(BATCH)
    rows = connection.execute(page).all()
    while rows:
        if unclean := [row.id for row in rows if _changes(row, columns)]:
            found = select(of).where(ids_in(of.c.id, unclean)).order_by(of.c.id).with_for_update()
            locked = connection.execute(found).all()
            changes = [changed for row in locked if (changed := _changes(row, columns))]
            stayed = _write(connection, of, changes) if changes else 0
            cleaned, left = cleaned + len(changes) - stayed, left + stayed
        connection.commit()
        rows = connection.execute(page.where(of.c.id > rows[-1].id)).all()
    connection.commit()
    return cleaned, left


def _changes(row: Row[Any], columns: Mapping[str, Clean]) -> dict[str, Any] | None:
    """All columns of a row as they are to be, or None when they are so. What nothing would be left of stays."""
    before = row._mapping
    after = {name: before[name] and (clean(before[name]) or before[name]) for name, clean in columns.items()}
    if all(after[name] == before[name] for name in columns):
        return None
    return {"of_id": row.id, **{f"new_{name}": value for name, value in after.items()}}


def _write(connection: Connection, of: TableClause, rows: Sequence[dict[str, Any]]) -> int:
    """Write rows, all at once where that goes; how many had to be left."""
    values: dict[str, BindParameter[Any]] = {one.name: bindparam(f"new_{one.name}") for one in of.c if one.name != "id"}
    change = update(of).where(of.c.id == bindparam("of_id")).values(values)
    try:
        with connection.begin_nested():
            connection.execute(change, rows)
    except (IntegrityError, DataError):
        return 1 if len(rows) == 1 else sum(_write(connection, of, [row]) for row in rows)
    return 0
