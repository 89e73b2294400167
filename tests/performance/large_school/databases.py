"""The services' databases, entered as the superuser: no trigger runs, no foreign key is looked up, no index is kept up
but those of constraints."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg2
from psycopg2 import extensions
from psycopg2.extras import execute_values, register_uuid
from sqlalchemy.engine import make_url

from launcher.paths import service_names

HERE: Final = Path(__file__).parent
PLAN: Final = "plan"
"""The schema in which the school is drawn up; it goes in the end."""
# It is one session that works at a time, or two: it may have memory that the system's many may not.
_SETTINGS: Final = (
    "SET session_replication_role = replica",
    "SET work_mem = '384MB'",
    "SET maintenance_work_mem = '1GB'",
    "SET synchronous_commit = off",
    "SET jit = off",
    "SET TIME ZONE 'Asia/Shanghai'",
    f"SET search_path = public, {PLAN}",
)


@dataclass(frozen=True, slots=True)
class Databases:
    """The databases of one system: `admin_url` is a superuser's, `prefix` that of their names."""

    admin_url: str
    prefix: str

    @property
    def services(self) -> list[str]:
        """Whose they are."""
        return service_names()

    def name(self, service: str) -> str:
        """The name of a service's database."""
        return f"{self.prefix}_{service}"

    @contextmanager
    def open(self, service: str) -> Iterator[extensions.connection]:
        """A connection, each of whose statements is a transaction."""
        url = make_url(self.admin_url).set(database=self.name(service))
        connection = psycopg2.connect(
            host=url.host, port=url.port, user=url.username, password=url.password, dbname=url.database
        )
        connection.autocommit = True
        register_uuid(conn_or_curs=connection)  # type: ignore[no-untyped-call]
        try:
            with connection.cursor() as cursor:
                for setting in _SETTINGS:
                    cursor.execute(setting)
            yield connection
        finally:
            connection.close()

    def run(self, service: str, name: str, **values: int) -> None:
        """Run a file of SQL statements, with these values in the place of `:name`."""
        statements = (HERE / "sql" / f"{name}.sql").read_text("utf-8")
        for value, number in values.items():
            statements = statements.replace(f":{value}", str(number))
        self.rows(service, statements)

    def rows(self, service: str, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What a statement finds."""
        with self.open(service) as connection, connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def fill(self, service: str, tables: Iterable[tuple[str, str, Sequence[Sequence[Any]]]]) -> None:
        """Write rows that were made here: table, columns, rows."""
        with self.open(service) as connection, connection.cursor() as cursor:
            for table, columns, rows in tables:
                named = ", ".join(columns.split())
                execute_values(cursor, f"INSERT INTO {table} ({named}) VALUES %s", rows, page_size=1_000)

    def carry(self, source: str, select: str, target: str, table: str, columns: str) -> None:
        """Write what a statement finds in one database into a table of another."""
        reads, writes = os.pipe()
        with self.open(source) as there, self.open(target) as here, ThreadPoolExecutor(1) as other:
            sent = other.submit(_send, there, select, writes)
            with here.cursor() as cursor, os.fdopen(reads, "rb", buffering=1 << 20) as incoming:
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", incoming, size=1 << 18)
            sent.result()


def _send(connection: extensions.connection, select: str, pipe: int) -> None:
    with os.fdopen(pipe, "wb", buffering=1 << 20) as outgoing, connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({select}) TO STDOUT", outgoing, size=1 << 18)


_INDEXES_OF_NO_CONSTRAINT: Final = """
SELECT c.relname, i.indexdef FROM pg_indexes i
JOIN pg_class c ON c.oid = format('%%I.%%I', i.schemaname, i.indexname)::regclass
WHERE i.schemaname = 'public' AND i.tablename = ANY (%s)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid)
ORDER BY c.relname
"""


def take_indexes(databases: Databases, service: str, tables: Sequence[str]) -> list[str]:
    """Drop the indexes of these tables, but for those of constraints; the statements that make them again."""
    found = databases.rows(service, _INDEXES_OF_NO_CONSTRAINT, [list(tables)])
    if found:
        databases.rows(service, "DROP INDEX " + ", ".join(f'"{name}"' for name, _ in found))
    return [definition for _, definition in found]
