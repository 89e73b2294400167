"""With the code's own filters taken out, the database shows nobody what is another's, and lets nobody touch it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Table, text
from sqlalchemy.exc import DBAPIError

from chassis.base.context import Context
from chassis.data.database import Database
from chassis.data.row_scope import table_scope
from chassis.data.unit_of_work import UnitOfWork
from chassis.testing.harness import acting
from tests.end_to_end.rows import changed, fingerprint
from tests.end_to_end.scenery import Scene

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(400)]

NOT_ALLOWED = "42501"


@dataclass(frozen=True)
class View:
    """A role of the database with somebody's ids, and the words that show rows of others."""

    context: Context
    words: set[str]


@pytest.fixture
def views(scene: Scene) -> dict[str, View]:
    """A point, a student, a course lead and an account, all of the one point; the words are the other's."""
    here, words = scene.here, scene.there.theirs.words
    student = here.students[1]
    return {
        "point": View(acting(scope="point", teaching_point_id=here.point.view.id), words),
        "student": View(acting(scope="student", student_id=student.id, user_id=here.student.id), words),
        "neighbour": View(acting(scope="student", student_id=student.id, user_id=here.student.id), here.one.words),
        "course": View(acting(scope="course", ids=(scene.school.courses[4].details.id,)), words),
        "tutor": View(acting(scope="tutor", ids=(scene.lead.id,), user_id=scene.lead.id), words),
        "own": View(acting(scope="own", user_id=here.point.registrar.id), words),
    }


class Undone(Exception):
    """Ends a transaction that was only tried."""


@contextmanager
def tried(database: Database, context: Context) -> Iterator[UnitOfWork]:
    """A transaction in somebody's row scope that leaves nothing behind."""
    try:
        with database.unit_of_work(context) as uow:
            yield uow
            raise Undone
    except Undone:
        return


def others_rows(uow: UnitOfWork, table: Table, words: set[str]) -> list[dict[str, Any]]:
    """The rows that hold one of the words, of those that the transaction's role sees."""
    found = uow.rows(text(f"SELECT to_jsonb(t)::text FROM {table.name} t"))
    return [json.loads(row[0]) for row in found if any(word in row[0] for word in words)]


def test_a_bare_select_on_any_table_shows_no_row_of_another(scene: Scene, views: dict[str, View]) -> None:
    seen, there = [], 0
    with scene.system.databases() as databases:
        for database in databases.values():
            for table in database.service.metadata.tables.values():
                with tried(database, acting(scope="system")) as uow:
                    there += bool(others_rows(uow, table, scene.there.theirs.words))
                for name, view in views.items():
                    with tried(database, view.context) as uow:
                        if rows := others_rows(uow, table, view.words):
                            seen.append(f"{database.name}.{table.name} shows {name} {rows[:2]}")
    assert not seen, "\n".join(seen)
    assert there > 20, "many tables hold rows of the other point"


def test_a_bare_write_on_any_table_changes_no_row_of_another(scene: Scene, views: dict[str, View]) -> None:
    touched: list[str] = []
    before = fingerprint(scene.system)
    with scene.system.databases() as databases:
        for database in databases.values():
            for table in database.service.metadata.tables.values():
                for name, view in views.items():
                    touched += [
                        f"{database.name}.{table.name}: {name} {done}" for done in _written(database, table, view)
                    ]
    assert not touched, "\n".join(touched)
    assert changed(before, fingerprint(scene.system)) == {}


def _written(database: Database, table: Table, view: View) -> Iterator[str]:
    with tried(database, acting(scope="system")) as uow:
        theirs = others_rows(uow, table, view.words)
    if not theirs:
        return
    key = next(iter(table.primary_key.columns)).name
    column = next(each.name for each in table.columns if each.computed is None and each.identity is None)
    for does, statement in (
        ("changed", f"UPDATE {table.name} SET {column} = {column}"),
        ("removed", f"DELETE FROM {table.name}"),
    ):
        with tried(database, view.context) as uow:
            _attempt(uow, statement)
            with uow.as_system():
                changed_theirs = _changed_since(uow, table, theirs, view.words)
            if changed_theirs:
                yield does
    if not table_scope(table).insert_by_all and _inserted(database, table, view, theirs[0], key):
        yield "added"


def _changed_since(uow: UnitOfWork, table: Table, rows: list[dict[str, Any]], words: set[str]) -> bool:
    """Whether a row of others is another one now, or was written at all: `xmin` tells who wrote it."""
    ours = "xmin::text = (pg_current_xact_id()::xid)::text"
    written = uow.rows(text(f"SELECT to_jsonb(t)::text FROM {table.name} t WHERE {ours}"))
    missing = len(others_rows(uow, table, words)) < len(rows)
    return missing or any(word in row[0] for row in written for word in words)


def _inserted(database: Database, table: Table, view: View, row: dict[str, Any], key: str) -> bool:
    """Whether a copy of a row of others, with a key of its own, is let in."""
    names = ", ".join(
        column.name for column in table.columns if not (column.computed or column.identity or column.name == key)
    )
    fresh = "gen_random_uuid()" if "-" in str(row[key]) else "DEFAULT"
    copied = f"(SELECT {names} FROM jsonb_populate_record(NULL::{table.name}, :row))"
    if fresh == "DEFAULT":
        statement = f"INSERT INTO {table.name} ({names}) {copied}"
    else:
        statement = f"INSERT INTO {table.name} ({key}, {names}) SELECT {fresh}, rest.* FROM {copied} rest"
    with tried(database, view.context) as uow:
        return _attempt(uow, statement, row=json.dumps(row)) != NOT_ALLOWED


def _attempt(uow: UnitOfWork, statement: str, **parameters: str) -> str | None:
    """Run a statement as the role of the transaction; the reason for which the database refused it."""
    try:
        with uow.connection.begin_nested():
            uow.execute(text(statement), parameters)
    except DBAPIError as error:
        return str(getattr(error.orig, "pgcode", None))
    return None
