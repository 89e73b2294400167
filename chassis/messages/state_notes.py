"""Notes of changed states, taken by triggers: what others copy cannot change without their hearing of it.

Every published table has a trigger for each kind of statement. It notes (kind, id, cause) in `state_notes`, whoever ran
the statement: a command, a prepared statement, a migration, a person with psql. The relay builds the items from the
notes and publishes them. A table that only feeds a published view touches the rows that it belongs to: their version
rises by their own trigger, so that copies take the new item, and is noted by theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from sqlalchemy import insert, literal, select

from chassis.data.bulk import ids_in
from chassis.data.triggers import UNNOTED, Function, Trigger
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.entries import Feeder, PublishesEntry
from chassis.declaring.service import Service

_TRANSITIONS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
}


def note_functions(service: type[Service]) -> Iterator[Function]:
    """The functions that the triggers of a service call. Their owner is the tables': every role's changes are noted."""
    yield NOTE_WRITTEN
    yield _NOTE_DELETED
    yield _REFUSE_TRUNCATE
    for entry in service.publications.values():
        for feeder in entry.fed_by:
            yield _touch_function(entry, feeder)


def note_triggers(service: type[Service]) -> Iterator[Trigger]:
    """The triggers of a service's published tables and of those that feed their views."""
    for name in _noted_tables(service):
        when = f"BEFORE TRUNCATE ON {name} FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate()"
        yield Trigger(name, "refuse_truncate", when)
    for entry in service.publications.values():
        shown = sorted(set(entry.state.item_class().model_fields) & set(entry.table.c.keys()))
        columns = "{" + ",".join(shown) + "}"
        for event in _TRANSITIONS:
            call = "note_deleted" if event == "DELETE" else "note_written"
            arguments = f"'{entry.kind}', '{columns}'" if event == "DELETE" else f"'{entry.kind}'"
            yield _trigger(entry.table.name, f"note_{entry.kind}_{event.lower()}", event, f"{call}({arguments})")
        for feeder in entry.fed_by:
            for event in _TRANSITIONS:
                name = f"touch_{entry.kind}_{event.lower()}"
                yield _trigger(feeder.table.name, name, event, f"{_touch_name(entry, feeder)}()")


def _noted_tables(service: type[Service]) -> list[str]:
    published = {entry.table.name for entry in service.publications.values()}
    return sorted(published.union(f.table.name for entry in service.publications.values() for f in entry.fed_by))


def reannounce(uow: UnitOfWork, kind: str, ids: Iterable[UUID] | None = None) -> int:
    """Have rows of a kind (all of them by default) published again, behind everything else; how many there are.

    Safe at any time: copies take an item only when it is newer than theirs.
    """
    table = uow.service.publications[kind].table
    rows = select(table.c.id)
    if ids is not None:
        rows = rows.where(ids_in(table.c.id, list(ids)))
    notes = uow.tables["state_notes"]
    named = rows.add_columns(literal(kind)).order_by(table.c.id)
    return uow.execute(insert(notes).from_select(["row_id", "kind"], named)).rowcount


def _trigger(table: str, name: str, event: str, call: str) -> Trigger:
    when = f"AFTER {event} ON {table} {_TRANSITIONS[event]}"
    return Trigger(table, name, f"{when} FOR EACH STATEMENT EXECUTE FUNCTION {call}")


def _touch_name(entry: PublishesEntry, feeder: Feeder) -> str:
    return f"touch_{entry.kind}_by_{feeder.table.name}"


def _touch_function(entry: PublishesEntry, feeder: Feeder) -> Function:
    key, name = feeder.key.name, _touch_name(entry, feeder)
    statement = _TOUCH.format(
        name=name,
        key=key,
        shown=", ".join(dict.fromkeys((key, *feeder.columns))),
        parent=entry.table.name,
        parent_key=feeder.parent_key,
    )
    return Function(f"{name}()", statement)


_AS_OWNER = "RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp"

_CAUSE = (
    "nullif(current_setting('app.correlation', true), '')::uuid,"
    " nullif(current_setting('app.causation', true), '')::uuid"
)

# `app.noted` tells the unit of work that its relay has something to do (see its last statement).
NOTE_WRITTEN = Function(
    "note_written()",
    f"""
CREATE OR REPLACE FUNCTION note_written() {_AS_OWNER} AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('{UNNOTED}', true) = 'yes' THEN
        RETURN NULL;
    END IF;
    INSERT INTO state_notes (kind, row_id, correlation_id, causation_id)
    SELECT TG_ARGV[0], id, {_CAUSE} FROM new_rows;
    IF FOUND THEN
        PERFORM set_config('app.noted', 'yes', true);
    END IF;
    RETURN NULL;
END $$
""",
)

# Of a row that is gone the note keeps what others saw of it: a tombstone has all fields of its item. Decimals travel as
# text: a number of JSON would become a float, which money never is.
_NOTE_DELETED = Function(
    "note_deleted()",
    f"""
CREATE OR REPLACE FUNCTION note_deleted() {_AS_OWNER} AS $$
BEGIN
    INSERT INTO state_notes (kind, row_id, correlation_id, causation_id, version, last_seen)
    SELECT TG_ARGV[0], id, {_CAUSE}, version,
           (SELECT jsonb_object_agg(key, CASE WHEN jsonb_typeof(value) = 'number' AND strpos(value::text, '.') > 0
                                              THEN to_jsonb(value::text) ELSE value END)
            FROM jsonb_each(to_jsonb(gone)) WHERE key = ANY (TG_ARGV[1]::text[]))
    FROM old_rows AS gone;
    IF FOUND THEN
        PERFORM set_config('app.noted', 'yes', true);
    END IF;
    RETURN NULL;
END $$
""",
)

# TRUNCATE tells its triggers no rows: what others copy would be gone without their hearing of it.
_REFUSE_TRUNCATE = Function(
    "refuse_truncate()",
    f"""
CREATE OR REPLACE FUNCTION refuse_truncate() {_AS_OWNER} AS $$
BEGIN
    RAISE EXCEPTION 'others copy what % shows: delete its rows, so that they hear of it', TG_TABLE_NAME;
END $$
""",
)

# Only rows whose view differs are touched, in order of id, and none that this transaction wrote already: its version
# has risen, and nobody has seen it yet.
_TOUCH = f"""
CREATE OR REPLACE FUNCTION {{name}}() {_AS_OWNER} AS $$
DECLARE
    keys uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT {{key}}) INTO keys FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT {{key}}) INTO keys FROM old_rows;
    ELSE
        SELECT array_agg(DISTINCT {{key}}) INTO keys FROM (
            (SELECT {{shown}} FROM old_rows EXCEPT SELECT {{shown}} FROM new_rows)
            UNION ALL
            (SELECT {{shown}} FROM new_rows EXCEPT SELECT {{shown}} FROM old_rows)
        ) AS differing;
    END IF;
    IF keys IS NOT NULL THEN
        PERFORM 1 FROM {{parent}}
        WHERE {{parent_key}} = ANY (keys) AND xmin <> pg_current_xact_id()::xid
        ORDER BY id FOR NO KEY UPDATE;
        UPDATE {{parent}} SET version = version
        WHERE {{parent_key}} = ANY (keys) AND xmin <> pg_current_xact_id()::xid;
    END IF;
    RETURN NULL;
END $$
"""
