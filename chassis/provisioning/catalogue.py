"""Reads from a database's catalogue what provisioning compares with the declarations: row security, rights, policies,
triggers, functions. Reading waits for nobody but who holds a table all for himself."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

EVERYBODY = "public"
"""The name of PUBLIC among grantees; no role can have it."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A policy, trigger or function: a hash of how PostgreSQL shows it, and the comment that provisioning left."""

    place: str
    shown: str
    mark: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or sequence. `rights` is what each grantee may do with it, in the words of GRANT."""

    kind: str
    secured: bool
    storage: frozenset[str]
    rights: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def relations(connection: Connection) -> dict[str, Relation]:
    """The tables and sequences of the schema `public` by name."""
    found = {
        row.name: Relation(row.kind, row.secured, frozenset(row.storage)) for row in connection.execute(_RELATIONS)
    }
    for row in connection.execute(_RIGHTS):
        found[row.name].rights[row.grantee].add(row.right)
    return found


def things(connection: Connection, place: str | None = None) -> dict[str, Thing]:
    """The policies, triggers and functions of the schema `public`, or at one place, by how DROP and COMMENT ON name
    them. A place is a table, or empty for functions; those of extensions are left out."""
    rows = connection.execute(_THINGS, {"place": place})
    return {row.target: Thing(row.place, row.shown, row.mark) for row in rows}


_RELATIONS = text(
    """
SELECT c.relname AS name, c.relkind::text AS kind, c.relrowsecurity AS secured,
       coalesce(c.reloptions, '{}') AS storage
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S')
"""
)

# A table's right stands once for the table; one for a column names the column.
_RIGHTS = text(
    """
SELECT a.name, coalesce(r.rolname, 'public') AS grantee,
       (acl).privilege_type || a.of_column || CASE WHEN (acl).is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
           AS right
FROM (
    SELECT c.relname AS name, '' AS of_column, aclexplode(c.relacl) AS acl
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'S')
    UNION ALL
    SELECT c.relname, ' (' || t.attname || ')', aclexplode(t.attacl)
    FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND t.attacl IS NOT NULL
) a
LEFT JOIN pg_roles r ON r.oid = (a.acl).grantee
"""
)

_THINGS = text(
    """
SELECT * FROM (
SELECT format('POLICY %I ON %I', p.polname, c.relname) AS target, c.relname::text AS place,
       md5(jsonb_build_array(
           p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid),
           ARRAY(SELECT coalesce(r.rolname::text, 'public') FROM unnest(p.polroles) AS u (id)
                 LEFT JOIN pg_roles r ON r.oid = u.id ORDER BY 1)
       )::text) AS shown,
       coalesce(obj_description(p.oid, 'pg_policy'), '') AS mark
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT format('TRIGGER %I ON %I', t.tgname, c.relname), c.relname::text,
       md5(t.tgenabled::text || pg_get_triggerdef(t.oid)),
       coalesce(obj_description(t.oid, 'pg_trigger'), '')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT format('FUNCTION %I(%s)', f.proname, oidvectortypes(f.proargtypes)), '',
       md5(pg_get_functiondef(f.oid) || pg_get_userbyid(f.proowner)::text || coalesce(f.proacl::text, '')),
       coalesce(obj_description(f.oid, 'pg_proc'), '')
FROM pg_proc f
WHERE f.pronamespace = 'public'::regnamespace AND f.prokind = 'f'
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = f.oid AND d.deptype = 'e')
) AS things
WHERE CAST(:place AS text) IS NULL OR place = :place
"""
)
