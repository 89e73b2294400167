"""The services' databases, entered as the superuser: no trigger runs, no foreign key is looked up, no index is kept up
but those that foreign keys point at."""

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


_INDEXES: Final = """
SELECT t.relname,
    CASE WHEN k.oid IS NULL THEN format('DROP INDEX public.%%I', c.relname)
        ELSE format('ALTER TABLE public.%%I DROP CONSTRAINT %%I', t.relname, c.relname) END,
    CASE WHEN k.oid IS NULL THEN pg_get_indexdef(c.oid)
        ELSE format('ALTER TABLE public.%%I ADD CONSTRAINT %%I %%s', t.relname, c.relname, pg_get_constraintdef(k.oid))
    END
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
LEFT JOIN pg_constraint AS k ON k.conindid = c.oid AND k.contype <> 'f'
WHERE t.relnamespace = 'public'::regnamespace AND t.relname = ANY (%s)
    AND NOT EXISTS (SELECT FROM pg_constraint AS f WHERE f.conindid = c.oid AND f.contype = 'f')
ORDER BY c.relname
"""


def take_indexes(databases: Databases, service: str, tables: Sequence[str]) -> list[tuple[str, str]]:
    """Drop the indexes of these tables and the constraints that are indexes, but for those that foreign keys point at.
    Table and statement that makes each again."""
    found = databases.rows(service, _INDEXES, [list(tables)])
    for _, drop, _ in found:
        databases.rows(service, drop)
    return [(table, make) for table, _, make in found]


def vacuum_by_itself(databases: Databases, service: str, tables: Sequence[str], *, on: bool) -> None:
    """Whether the server vacuums these tables when it finds that much has changed: in the middle of filling them it
    would read all of it again and again."""
    change = "RESET (autovacuum_enabled)" if on else "SET (autovacuum_enabled = off)"
    for table in tables:
        databases.rows(service, f"ALTER TABLE public.{table} {change}")
