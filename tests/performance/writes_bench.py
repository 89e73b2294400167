"""What each index and each foreign key of the tables that a selection writes costs, in processor time of the database.

    ./jiaowu bench writes                                                          # a school of its own
    python -m tests.performance.writes_bench --name large                          # one that is kept

The newest rows of a table are taken out and written again, and changed as often as a selection changes them, once with
everything and once without one index or foreign key, in turn; then everything is rolled back. `docs/indexes.md` says
what each of them is for. Prints figures, asserts nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from psycopg2 import extensions
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.performance import large_school

ROWS: Final = 1_000
TURNS: Final = 7


@dataclass(frozen=True, slots=True)
class Hot:
    """A table that a selection writes: how many rows of it, and what is changed in each afterwards."""

    service: str
    table: str
    rows: float
    change: str = ""


HOT: Final = (
    Hot("courses", "selections", 1, "state = 'closing', closing_reason = 'cancelled', updated_at = now()"),
    Hot("courses", "bills", 2, "status = 'cancelled', version = version + 1"),
    Hot("finance", "billings", 1),
    Hot("finance", "bills", 2, "status = 'cancelled', paid_at = NULL, method = NULL, updated_at = now()"),
    Hot("finance", "ledger_transactions", 4),
    Hot("finance", "ledger_entries", 8),
    Hot("exams", "exam_registrations", 1, "registered_at = now(), updated_at = now()"),
)
"""With a credit fee and an exam fee, both paid."""

_INDEXES: Final = """
SELECT c.relname, coalesce('ALTER TABLE ' || %(table)s || ' DROP CONSTRAINT ' || k.conname, 'DROP INDEX ' || c.relname),
       pg_relation_size(c.oid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')
WHERE i.indrelid = to_regclass(%(table)s) AND k.contype IS DISTINCT FROM 'p'
    AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conindid = c.oid AND f.contype = 'f')
ORDER BY 1
"""
_FOREIGN_KEYS: Final = """
SELECT conname, 'ALTER TABLE ' || %(table)s || ' DROP CONSTRAINT ' || conname, 0
FROM pg_constraint WHERE conrelid = to_regclass(%(table)s) AND contype = 'f' ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one of them costs: microseconds for each row, and megabytes that it has."""

    name: str
    microseconds: float
    megabytes: float


class Bench:
    """One table."""

    def __init__(self, database: extensions.connection, hot: Hot) -> None:
        self.database, self.hot = database, hot
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT pg_backend_pid(), string_agg(quote_ident(attname), ', ') FROM pg_attribute"
                " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
                [hot.table],
            )
            self.process, self.columns = cursor.fetchone() or (0, "")

    def costs(self, tell: Console) -> list[Cost]:
        """Of each index, and of each foreign key."""
        return self._of(_INDEXES, "replica", tell) + self._of(_FOREIGN_KEYS, "origin", tell)

    def whole(self) -> float:
        """Microseconds for each row with all of them, and without triggers of our own."""
        return median(self._life("", "origin") for _ in range(TURNS))

    def _of(self, question: str, role: str, tell: Console) -> list[Cost]:
        with self.database.cursor() as cursor:
            cursor.execute(question, {"table": self.hot.table})
            found = cursor.fetchall()
        saved: dict[str, list[float]] = {name: [] for name, *_ in found}
        what = f"{self.hot.table}, {'indexes' if role == 'replica' else 'foreign keys'}"
        for _ in track(range(TURNS), what, console=tell, transient=True):
            for name, drop, _size in found:
                saved[name].append(self._life("", role) - self._life(drop, role))
            with self.database.cursor() as cursor:
                cursor.execute(f"VACUUM {self.hot.table}")
        return [Cost(name, median(saved[name]), size / 1e6) for name, _, size in found]

    def _life(self, drop: str, role: str) -> float:
        """Microseconds that the database's process works for each row."""
        hot, database = self.hot, self.database
        database.autocommit = False
        try:
            with database.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(
                    f"CREATE TEMP TABLE lives ON COMMIT DROP AS SELECT * FROM {hot.table} ORDER BY id DESC LIMIT {ROWS}"
                )
                cursor.execute(f"DELETE FROM {hot.table} WHERE id IN (SELECT id FROM lives)")
                cursor.execute(f"ALTER TABLE {hot.table} DISABLE TRIGGER USER")
                cursor.execute(f"SET LOCAL session_replication_role = {role}")
                cursor.execute(drop or "SELECT 1")
                began = self._worked()
                columns = self.columns
                cursor.execute(
                    f"INSERT INTO {hot.table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM lives"
                )
                if hot.change:
                    cursor.execute(f"UPDATE {hot.table} SET {hot.change} WHERE id IN (SELECT id FROM lives)")
                return (self._worked() - began) / 1_000 / ROWS
        finally:
            database.rollback()
            database.autocommit = True

    def _worked(self) -> int:
        return int(Path(f"/proc/{self.process}/schedstat").read_text().split()[0])


def measure(databases: large_school.Databases, console: Console, tables: Sequence[str]) -> None:
    """Every hot table, one after the other."""
    shown = Table("table", "index or foreign key", box=None)
    for heading in ("MB", "µs a row", "µs a selection"):
        shown.add_column(heading, justify="right")
    for hot in HOT:
        if tables and hot.table not in tables:
            continue
        with databases.open(hot.service) as database:
            bench = Bench(database, hot)
            whole = bench.whole()
            shown.add_row(f"[bold]{hot.service}.{hot.table}[/]", "all", "", f"{whole:.1f}", f"{hot.rows * whole:.0f}")
            for cost in sorted(bench.costs(console), key=lambda each: -each.microseconds):
                megabytes = f"{cost.megabytes:.0f}" if cost.megabytes else ""
                figures = (f"{cost.microseconds:.1f}", f"{hot.rows * cost.microseconds:.0f}")
                shown.add_row("", cost.name, megabytes, *figures)
    console.print(shown)


def main() -> int:
    """Build or find the school, measure, print."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.performance.writes_bench", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--name", help="a school that is kept: what its databases' names begin with")
    parser.add_argument("--scale", type=float, default=0.1, help="of one that is built: 0.01 for ten thousand students")
    parser.add_argument("--table", action="append", default=[], help="only this table, as bills")
    options = parser.parse_args()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    with large_school.standing(options.name, None, options.scale) as system:
        measure(large_school.databases_of(system), console, options.table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
