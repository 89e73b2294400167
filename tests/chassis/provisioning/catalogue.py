"""Compares a database's catalogue with the row scopes that its service declares."""

from sqlalchemy import text

from chassis.base.context import SCOPE_KINDS
from chassis.data.row_scope import policies, rights, role_name
from chassis.testing.harness import ServiceHarness


def catalogue_faults(harness: ServiceHarness) -> list[str]:
    """What is open, missing or different in the database; empty when it is as declared."""
    faults = []
    with harness.owner_connection() as connection:
        tables = connection.execute(
            text(
                "SELECT c.relname AS name, c.relrowsecurity AS secured, EXISTS (SELECT 1 FROM pg_trigger t"
                " WHERE t.tgrelid = c.oid AND t.tgname = 'raise_version') AS versioned"
                " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'"
            )
        ).all()
        found = {
            (row.tablename, row.policyname): row
            for row in connection.execute(text("SELECT * FROM pg_policies WHERE schemaname = 'public'"))
        }
    declared = harness.service.metadata.tables
    for table in tables:
        if table.name not in declared:
            faults.append(f"{table.name} is not declared")
        elif not table.secured:
            faults.append(f"{table.name} has no row security")
        elif {"version", "updated_at"} <= set(declared[table.name].c.keys()) and not table.versioned:
            faults.append(f"{table.name} has no version trigger")
        elif (granted := _rights(harness, table.name)) != set(rights(declared[table.name])):
            faults.append(f"{table.name} gives the rights {sorted(granted)}")
    wanted = {
        (policy.table, policy.name): policy
        for table in declared.values()
        for policy in policies(harness.database.name, table)
    }
    faults += [f"unexpected policy {key}" for key in found.keys() - wanted.keys()]
    faults += [f"missing policy {key}" for key in wanted.keys() - found.keys()]
    for key in found.keys() & wanted.keys():
        is_open = (found[key].qual or "true") == "true"
        if is_open != ((wanted[key].using or "true") == "true"):
            faults.append(f"{key} lets other rows through than declared")
        if found[key].roles not in (f"{{{wanted[key].role}}}", [wanted[key].role]):
            faults.append(f"{key} is for {found[key].roles}")
    return faults


def _rights(harness: ServiceHarness, table: str) -> set[str]:
    """What the roles may do with a table, in the words of the declaration. A right that only some have is a fault."""
    roles = [role_name(harness.database.name, kind) for kind in SCOPE_KINDS]
    with harness.owner_connection() as connection:
        granted = connection.execute(_GRANTED, {"table": table, "roles": roles}).all()
    return {row.right if row.roles == len(roles) else f"{row.right} for {row.roles} roles" for row in granted}


_GRANTED = text(
    """
SELECT r.right, count(DISTINCT r.grantee) AS roles
FROM (
    SELECT grantee::text, privilege_type::text AS right
    FROM information_schema.role_table_grants WHERE table_name = :table
    UNION ALL
    SELECT c.grantee::text, c.privilege_type || ' (' || c.column_name || ')'
    FROM information_schema.role_column_grants c
    WHERE c.table_name = :table AND NOT EXISTS (
        SELECT 1 FROM information_schema.role_table_grants t
        WHERE t.table_name = :table AND t.grantee = c.grantee AND t.privilege_type = c.privilege_type
    )
) r
WHERE r.grantee = ANY (:roles)
GROUP BY r.right
"""
)
