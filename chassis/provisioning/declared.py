"""What a service's database has beside its tables, all in one place: row security, rights, triggers, functions.

Tables, columns, indexes and constraints come from the migrations; everything here is compared with the catalogue by
every provisioning and only what differs is changed (`chassis.provisioning.database`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Table

from chassis.base.context import SCOPE_KINDS
from chassis.data.audit_chain import chain_functions, chain_triggers
from chassis.data.groups import group_functions, group_triggers
from chassis.data.name_search import name_functions, name_triggers
from chassis.data.row_scope import Policy, app_role, policies, rights, role_name
from chassis.data.statistics import ANALYSE_GROWN, AUTOVACUUM
from chassis.data.triggers import RAISE_VERSION, Function, Trigger, version_triggers
from chassis.declaring.service import Service
from chassis.messages.state_notes import note_functions, note_triggers


@dataclass(frozen=True, slots=True)
class DeclaredTable:
    """What one table has. `rights` holds for every scope role; `storage` are parameters such as autovacuum's."""

    name: str
    rights: tuple[str, ...]
    policies: tuple[Policy, ...]
    triggers: tuple[Trigger, ...]
    storage: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """What one database has. `roles` are its scope roles."""

    database: str
    roles: tuple[str, ...]
    tables: tuple[DeclaredTable, ...]
    functions: tuple[Function, ...]

    @property
    def app(self) -> str:
        """The login role, which has no rights of its own."""
        return app_role(self.database)


def declared(database: str, service: type[Service]) -> Declared:
    """Everything that a service's database has by declaration."""
    metadata = service.metadata
    functions = (
        *(RAISE_VERSION, ANALYSE_GROWN),
        *note_functions(service),
        *name_functions(metadata),
        *chain_functions(service.name),
        *group_functions(metadata),
    )
    triggers = (
        *version_triggers(metadata),
        *note_triggers(service),
        *name_triggers(metadata),
        *chain_triggers(),
        *group_triggers(metadata),
    )
    return Declared(
        database=database,
        roles=tuple(role_name(database, kind) for kind in SCOPE_KINDS),
        tables=tuple(_tables(database, metadata.sorted_tables, triggers)),
        functions=functions,
    )


def _tables(database: str, tables: list[Table], triggers: tuple[Trigger, ...]) -> Iterator[DeclaredTable]:
    for table in tables:
        yield DeclaredTable(
            name=table.name,
            rights=rights(table),
            policies=tuple(policies(database, table)),
            triggers=tuple(trigger for trigger in triggers if trigger.table == table.name),
            storage=AUTOVACUUM,
        )
