"""Compares a database's catalogue with what is declared, and says which statements bring it in line.

How PostgreSQL shows a policy, trigger or function differs from how it was written. So each bears a comment with two
hashes, of the statement that made it and of how it was shown right after: a new declaration changes the first, and
whoever alters it by hand makes it differ from the second.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from chassis.data.row_scope import role_name
from chassis.data.triggers import Function
from chassis.provisioning import catalogue
from chassis.provisioning.catalogue import EVERYBODY, Relation, Thing
from chassis.provisioning.declared import Declared, DeclaredTable

_MARK = "provisioned"


@dataclass(frozen=True, slots=True)
class Change:
    """What has to be done at one place (a table or sequence; empty for functions), in one transaction. `marks` are the
    things made by it, with the hash of their declaration."""

    place: str
    statements: tuple[str, ...]
    marks: dict[str, str]

    def carry_out(self, connection: Connection) -> None:
        """Run the statements, and mark what they made."""
        for statement in self.statements:
            _run(connection, statement)
        made = catalogue.things(connection, self.place) if self.marks else {}
        for target, declaration in self.marks.items():
            _run(connection, f"COMMENT ON {target} IS '{_MARK} {declaration} {made[target].shown}'")


def differences(connection: Connection, wanted: Declared) -> list[Change]:
    """What has to change, in this order; empty when the database is as declared.

    Policies of declared tables that are not declared go, so do triggers and functions that earlier declarations made.
    Tables that nothing declares are left as they are: a later migration drops them, and old processes may use them.
    """
    relations, things = catalogue.relations(connection), catalogue.things(connection)
    changes = [
        *(_function(wanted, function, things) for function in wanted.functions),
        *(_table(wanted, table, relations[table.name], things) for table in wanted.tables),
        *(_sequence(wanted, name, found) for name, found in relations.items() if found.kind == "S"),
        *_functions_of_old(wanted, things),
    ]
    return [change for change in changes if change.statements]


def _function(wanted: Declared, function: Function, things: dict[str, Thing]) -> Change:
    target = f"FUNCTION {function.signature}"
    nobody = ", ".join((EVERYBODY.upper(), wanted.app, *wanted.roles))
    statements = [function.statement, f"REVOKE ALL ON {target} FROM {nobody}"]
    if function.callers:
        callers = ", ".join(role_name(wanted.database, kind) for kind in function.callers)
        statements.append(f"GRANT EXECUTE ON {target} TO {callers}")
    declaration = _hash("\n".join(statements))
    if _is_as_declared(things.get(target), declaration):
        return Change("", (), {})
    return Change("", tuple(statements), {target: declaration})


def _functions_of_old(wanted: Declared, things: dict[str, Thing]) -> Iterator[Change]:
    declared = {f"FUNCTION {function.signature}" for function in wanted.functions}
    for target, thing in things.items():
        if not thing.place and target not in declared and thing.mark.startswith(_MARK):
            yield Change("", (f"DROP {target}",), {})


def _table(wanted: Declared, table: DeclaredTable, found: Relation, things: dict[str, Thing]) -> Change:
    statements = [] if found.secured else [f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"]
    storage = [f"{name} = {value}" for name, value in table.storage if f"{name}={value}" not in found.storage]
    if storage:
        statements.append(f"ALTER TABLE {table.name} SET ({', '.join(storage)})")
    statements += _rights(wanted, table.name, found, table.rights)
    declared = {f"POLICY {policy.name} ON {table.name}": policy.ddl for policy in table.policies}
    for trigger in table.triggers:
        ddl = f"CREATE TRIGGER {trigger.name} {trigger.definition}"
        declared[f"TRIGGER {trigger.name} ON {table.name}"] = ddl
    here = {target: thing for target, thing in things.items() if thing.place == table.name}
    for target, thing in here.items():
        if target not in declared and (target.startswith("POLICY") or thing.mark.startswith(_MARK)):
            statements.append(f"DROP {target}")
    marks = {}
    for target, ddl in declared.items():
        if not _is_as_declared(here.get(target), _hash(ddl)):
            statements += [f"DROP {target}", ddl] if target in here else [ddl]
            marks[target] = _hash(ddl)
    return Change(table.name, tuple(statements), marks)


def _sequence(wanted: Declared, name: str, found: Relation) -> Change:
    return Change(name, tuple(_rights(wanted, f"SEQUENCE {name}", found, ("USAGE",))), {})


def _rights(wanted: Declared, named: str, found: Relation, rights: tuple[str, ...]) -> Iterator[str]:
    """The scope roles have these rights, the login role and PUBLIC none. Rights of others are the administrator's."""
    for role in (*wanted.roles, wanted.app, EVERYBODY):
        expected = set(rights) if role in wanted.roles else set()
        granted = found.rights.get(role, set())
        if granted - expected:
            yield f"REVOKE ALL ON {named} FROM {role.upper() if role == EVERYBODY else role}"
        if expected - granted or (granted - expected and expected):
            yield f"GRANT {', '.join(rights)} ON {named} TO {role}"


def _is_as_declared(found: Thing | None, declaration: str) -> bool:
    return found is not None and found.mark == f"{_MARK} {declaration} {found.shown}"


def _hash(declaration: str) -> str:
    return hashlib.sha256(declaration.encode()).hexdigest()[:16]


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement.replace("%", "%%"))
