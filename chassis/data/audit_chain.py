"""How the audit trail is chained: what a digest and a hash cover, and the functions and triggers that keep to it.

They belong to the owner of the tables, so that no role of a service, nor whoever took over its login, makes a block,
takes a mark away, changes an entry or lets one go. The same expressions verify (`chassis.work.audit_proof`): they are
made of built-in functions alone, and give the same text after a dump, a restore, or a round trip through JSON.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from chassis.data.triggers import Function, Trigger

COVERED: Final = (
    "id",
    "at AT TIME ZONE 'UTC'",
    "actor_id",
    "actor_name",
    "teaching_point_id",
    "client",
    "correlation_id",
    "object_type",
    "object_id",
    "action",
    "before",
    "after",
    "salt",
)
"""What the digest of an entry covers, in this order: all of it. An instant is written as UTC, whatever the session's
time zone; jsonb has one text for one value, whatever was typed."""

LOCK: Final = 7_104_300
"""Advisory lock of the one follower of a database: it goes with the transaction, so also with a process that died."""
MOST: Final = 1_000
"""Entries of one block at most."""
ERASING: Final = "app.erasing"
"""The setting under which the owner may delete entries (`chassis.work.audit_erasing`)."""

_KEPT: Final = ("audit_entries", "audit_blocks", "audit_heads")


def digest(entry: str) -> str:
    """The SQL of an entry's digest; `entry` is its name in the statement."""
    covered = ", ".join(f"{entry}.{column}" for column in COVERED)
    return f"sha256(convert_to(jsonb_build_array({covered})::text, 'UTF8'))"


def block_hash(sequence: str, made_at: str, previous: str, entry_ids: str, digests: str) -> str:
    """The SQL of a block's hash, from the SQL of its parts. The one before is among them: that makes the chain."""
    each = f"unnest({digests}) WITH ORDINALITY d (digest, n)"
    in_hex = f"(SELECT jsonb_agg(encode(d.digest, 'hex') ORDER BY d.n) FROM {each})"
    parts = f"{sequence}, {made_at} AT TIME ZONE 'UTC', encode({previous}, 'hex'), to_jsonb({entry_ids}), {in_hex}"
    return f"sha256(convert_to(jsonb_build_array({parts})::text, 'UTF8'))"


def beginning(service: str) -> bytes:
    """What the first block of a service's chain follows: no chain passes for another service's."""
    return hashlib.sha256(f"audit trail of {service}".encode()).digest()


def chain_functions(service: str) -> Iterator[Function]:
    """Marking, making blocks, and refusing changes."""
    yield MARK_FUNCTION
    yield _REFUSE_CHANGE
    yield _chain(service)


def chain_triggers() -> Iterator[Trigger]:
    """An entry is marked also where it was not the unit of work that wrote it (psql); what was written stays,
    whoever would change it."""
    yield MARK_ENTRY
    for table in _KEPT:
        when = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
        yield Trigger(table, "refuse_change", f"{when} EXECUTE FUNCTION refuse_change()")


_AS_OWNER = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"

MARKED: Final = "app.marked"
"""The setting by which a transaction says that it marks what it enters: the unit of work does, by the statement that
writes the entries, which costs a fraction of what calling a trigger's function costs."""

MARK_ENTRY: Final = Trigger(
    "audit_entries",
    "mark_entry",
    f"AFTER INSERT ON audit_entries FOR EACH ROW WHEN (current_setting('{MARKED}', true) IS DISTINCT FROM 'yes')"
    " EXECUTE FUNCTION mark_audit_entry()",
)

MARK_FUNCTION: Final = Function(
    "mark_audit_entry()",
    f"""
CREATE OR REPLACE FUNCTION mark_audit_entry() RETURNS trigger {_AS_OWNER} AS $$
BEGIN
    INSERT INTO audit_marks (entry_id) VALUES (NEW.id);
    RETURN NULL;
END $$
""",
)

_REFUSE_CHANGE: Final = Function(
    "refuse_change()",
    f"""
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger {_AS_OWNER} AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_entries' AND current_setting('{ERASING}', true) = 'yes' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% can only be added to', TG_TABLE_NAME;
END $$
""",
)


def _chain(service: str) -> Function:
    # A mark whose entry is gone has no digest: the block says that there was one. Step by step over an array, so that
    # no plan depends on how many marks and entries there are: each is looked up by its key.
    hashed = block_hash("next", "made_at", "previous", "ids", "digests")
    return Function(
        "chain_audit_entries(integer)",
        f"""
CREATE OR REPLACE FUNCTION chain_audit_entries(most integer) RETURNS integer {_AS_OWNER} AS $$
DECLARE
    next bigint;
    previous bytea;
    ids uuid[];
    digests bytea[];
    made_at timestamptz;
BEGIN
    IF NOT pg_try_advisory_xact_lock({LOCK}) THEN
        RETURN 0;
    END IF;
    SELECT b.sequence + 1, b.hash INTO next, previous FROM audit_blocks b ORDER BY b.sequence DESC LIMIT 1;
    IF NOT FOUND THEN
        next := 1;
        previous := decode('{beginning(service).hex()}', 'hex');
    END IF;
    SELECT array_agg(m.entry_id ORDER BY m.entry_id) INTO ids
    FROM (SELECT entry_id FROM audit_marks ORDER BY entry_id LIMIT least(most, {MOST})) m;
    IF ids IS NULL THEN
        RETURN 0;
    END IF;
    DELETE FROM audit_marks m WHERE m.entry_id = ANY (ids);
    SELECT array_agg(CASE WHEN e.id IS NOT NULL THEN {digest("e")} END ORDER BY t.n) INTO digests
    FROM unnest(ids) WITH ORDINALITY t (id, n) LEFT JOIN audit_entries e ON e.id = t.id;
    made_at := clock_timestamp();
    INSERT INTO audit_blocks (sequence, made_at, previous_hash, entry_ids, digests, hash)
    VALUES (next, made_at, previous, ids, digests, {hashed});
    RETURN cardinality(ids);
END $$
""",
        callers=("system",),
    )
