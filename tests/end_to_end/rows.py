"""What lies in all databases, so that a test can tell that nothing changed."""

from sqlalchemy import text

from chassis.base.context import system_context
from chassis.data.database import Database
from launcher.system import System

# What the chassis writes by itself, whoever asks: refusals, too, are kept for who asks again with the same key.
OWN_BUSINESS = {
    *("schedules", "outbox", "inbox", "idempotency_keys", "audit_marks", "audit_blocks"),
    *("asked_often", "work_secret"),  # how often anybody asked
    *("ledger_days", "ledger_proof", "late_changes"),  # the books are summed up and proven behind who writes
}

Fingerprint = dict[str, tuple[int, str]]
"""`service.table` → number of rows, and a digest of all of them."""


def fingerprint(system: System) -> Fingerprint:
    """Every table of every service, but for what the chassis does by itself."""
    with system.databases() as databases:
        return {
            f"{service}.{table}": _of_table(database, table)
            for service, database in databases.items()
            for table in database.service.metadata.tables
            if table not in OWN_BUSINESS
        }


def changed(before: Fingerprint, after: Fingerprint) -> dict[str, tuple[int, int]]:
    """The tables that differ, with their numbers of rows."""
    return {table: (before[table][0], after[table][0]) for table in before if before[table] != after[table]}


def _of_table(database: Database, table: str) -> tuple[int, str]:
    rows = text(
        "SELECT count(*), md5(coalesce(string_agg(digest, '' ORDER BY digest), ''))"
        f" FROM (SELECT md5(t::text) AS digest FROM {table} t) rows"
    )
    count, digest = database.run(system_context(), lambda uow: uow.one(rows))
    return count, digest
