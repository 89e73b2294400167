"""Statistics that keep up with growth: a due job analyses tables that grew or changed a lot since they last were.

Connections keep plans: those of prepared statements, of triggers and of foreign-key checks. A plan made for a small
table reads all of it, and goes on doing so when it has a hundred thousand rows, until the table is analysed again:
ANALYZE renews the plans of every connection. Autovacuum looks once a minute, which is a long time on the first big day.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from chassis.data.triggers import Function
from chassis.data.unit_of_work import UnitOfWork

FEW_ROWS: Final = 1_000
"""A table is not analysed below: PostgreSQL takes one that never was for ten pages and looks rows up by index, which is
right now and after growth; of one that is known to be tiny it makes plans that read the whole."""

AUTOVACUUM: Final = (
    ("autovacuum_analyze_threshold", str(FEW_ROWS)),
    ("autovacuum_vacuum_threshold", str(FEW_ROWS)),
)
"""Storage parameters of every table, so that autovacuum keeps to the same: its VACUUM counts rows and pages too."""

ANALYSE_GROWN: Final = Function(
    "analyse_grown()",
    f"""
CREATE OR REPLACE FUNCTION analyse_grown() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    grown regclass;
    analysed integer := 0;
BEGIN
    FOR grown IN
        SELECT s.relid
        FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
        WHERE s.schemaname = 'public' AND pg_get_userbyid(c.relowner) = current_user
            AND s.n_live_tup >= {FEW_ROWS} AND s.n_mod_since_analyze >= greatest({FEW_ROWS}, s.n_live_tup / 5)
        ORDER BY s.n_mod_since_analyze / greatest(c.reltuples, 1) DESC
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', grown);
        analysed := analysed + 1;
    END LOOP;
    RETURN analysed;
END $$
""",
    callers=("system",),
)
"""Only a table's owner may analyse it; so the processes call this. Who grew most comes first. The locks last until the
end of the transaction and hold up migrations and autovacuum only; a table that is locked is left for the next time."""


def analyse_grown(uow: UnitOfWork) -> int:
    """Due job: analyse the tables that grew. It counts as nothing handled, for what was skipped waits for its turn."""
    uow.execute(text("SELECT public.analyse_grown()"))
    return 0
