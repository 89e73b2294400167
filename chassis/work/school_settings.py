"""Settings of the school (`contracts.settings`): what holds at an instant, and how it is changed.

    days = setting(uow, GRACE_DAYS)

What was entered is never changed: a change is a row, and so is its revocation. All rows of one setting are counted;
whoever enters the next one after the same version loses (`stale_version`). Settings of other services that are `shared`
are read in the service's own copy of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Column, DateTime, Integer, MetaData, Row, Select, Table, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import JSONB, distinct_on, insert

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.lists import Listing
from chassis.data.pages import as_view
from chassis.data.prepared import Prepared
from chassis.data.row_scope import scope
from chassis.data.tables import copy_table
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.pictures import refuse_unusable
from contracts.base import Page
from contracts.errors import FieldError, ServiceError
from contracts.pictures import SmallPicture
from contracts.settings import (
    ChangeSetting,
    ListSettingChanges,
    ListSettings,
    RevokeSettingChange,
    Setting,
    SettingChangeView,
    SettingsView,
    SettingView,
)

Value = TypeVar("Value")

OWN, COPIED = "school_settings", "shared_settings"
UNCHANGED = 1
"""The version of a setting for which nothing was ever entered."""


def shared_settings_table(metadata: MetaData) -> Table:
    """The table of a copy of the settings that services share."""
    table = copy_table(
        COPIED,
        metadata,
        Column("name", Text, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("value", JSONB(none_as_null=True)),
        Column("effective_from", DateTime(timezone=True), nullable=False),
        Column("revokes_id", Uuid),
    )
    return scope(table, read_by_all=True)


# --- what holds ---


def setting(uow: UnitOfWork, declared: Setting[Value]) -> Value:
    """What the school has set, as it holds at `uow.now`. One statement: it is never older than the transaction."""
    table = OWN if declared in uow.service.settings else COPIED
    row = _IN_EFFECT[table].run(uow.connection, {"setting": declared.name, "now": uow.now}).first()
    return declared.default if row is None else declared.from_json(row.value)


# Prepared, for every command may ask: to build it anew each time takes ten times as long as to carry it out.
_IN_EFFECT = {
    table: Prepared(
        f"in_effect_in_{table}",
        f"SELECT value FROM {table} AS entered"
        " WHERE name = %(setting)s AND effective_from <= %(now)s AND revokes_id IS NULL"
        f" AND NOT EXISTS (SELECT FROM {table} AS revocation WHERE revocation.revokes_id = entered.id)"
        " ORDER BY effective_from DESC, revision DESC LIMIT 1",
        setting="text",
        now="timestamptz",
    )
    for table in (OWN, COPIED)
}


def _standing(table: Table) -> Select[Any]:
    """What was entered and not revoked."""
    revocations = table.alias()
    revoked = select(revocations.c.id).where(revocations.c.revokes_id == table.c.id).exists()
    return select(table).where(table.c.revokes_id.is_(None), ~revoked)


# --- what every service answers ---


def list_settings(query: ListSettings, uow: UnitOfWork) -> SettingsView:
    """All settings of this service, in the order in which they are declared."""
    return SettingsView(items=tuple(setting_views(uow, uow.service.settings)))


def setting_views(uow: UnitOfWork, wanted: Sequence[Setting[Any]]) -> list[SettingView]:
    """Settings of this service as they are shown."""
    table = uow.tables[OWN]
    in_effect = _standing(table).where(table.c.effective_from <= uow.now)
    newest = in_effect.order_by(table.c.name, table.c.effective_from.desc(), table.c.revision.desc())
    now = {row.name: row for row in uow.rows(newest.ext(distinct_on(table.c.name)))}
    planned: dict[str, list[Row[Any]]] = defaultdict(list)
    to_come = _standing(table).where(table.c.effective_from > uow.now)
    for row in uow.rows(to_come.order_by(table.c.effective_from, table.c.revision)):
        planned[row.name].append(row)
    counted = select(table.c.name, func.max(table.c.revision).label("revision")).group_by(table.c.name)
    versions = {row.name: row.revision for row in uow.rows(counted)}
    return [
        SettingView(
            name=each.name,
            value=now[each.name].value if each.name in now else each.as_json(each.default),
            effective_from=now[each.name].effective_from if each.name in now else None,
            default=each.as_json(each.default),
            unit=each.unit,
            value_schema=each.value_schema,
            planned=tuple(as_view(SettingChangeView, row) for row in planned[each.name]),
            version=versions.get(each.name, UNCHANGED),
        )
        for each in wanted
    ]


def list_setting_changes(query: ListSettingChanges, uow: UnitOfWork) -> Page[SettingChangeView]:
    """What was entered for the settings of this service."""
    return _changes(uow.tables[OWN]).page(query, uow)


@cache
def _changes(table: Table) -> Listing[SettingChangeView]:
    revocations = table.alias()
    revoked = (
        revocations.c.entered_at.label("revoked_at"),
        revocations.c.entered_by_name.label("revoked_by_name"),
        revocations.c.reason.label("revoked_reason"),
    )
    return Listing[SettingChangeView](
        ListSettingChanges,
        table,
        shown=lambda: select(table, *revoked).outerjoin(revocations, revocations.c.revokes_id == table.c.id),
        always=table.c.revokes_id.is_(None),
    )


def change_setting(command: ChangeSetting, uow: UnitOfWork) -> SettingView:
    """Enter a value. Raises `not_found`, `stale_version`, `validation_failed` with what is wrong at which field."""
    declared = _declared(uow, command.name)
    effective_from = command.effective_from or uow.now
    if effective_from < uow.now:
        raise ServiceError("validation_failed", [FieldError("effective_from", "instant_past")])
    entered = declared.from_json(command.value)
    if declared.type is SmallPicture:
        refuse_unusable(entered, "value")
    value = declared.as_json(entered)
    before = {"value": declared.as_json(setting(uow, declared))}
    told = {"value": value, "effective_from": effective_from}
    row = _enter(uow, declared, command, told)
    uow.audit(uow.tables[OWN], row.id, "set", before, {"name": row.name, "reason": row.reason, **told})
    return setting_views(uow, [declared])[0]


def revoke_setting_change(command: RevokeSettingChange, uow: UnitOfWork) -> SettingView:
    """Take a planned change back. Raises `not_found`, `stale_version`, `setting_in_effect`."""
    table = uow.tables[OWN]
    change = uow.one(_standing(table).where(table.c.id == command.change_id))
    if change.effective_from <= uow.now:
        raise ServiceError("setting_in_effect")
    declared = _declared(uow, change.name)
    _enter(uow, declared, command, {"effective_from": uow.now, "revokes_id": change.id})
    before = {name: getattr(change, name) for name in ("name", "value", "effective_from")}
    uow.audit(table, change.id, "revoke", before, {"reason": command.reason})
    return setting_views(uow, [declared])[0]


def _declared(uow: UnitOfWork, name: str) -> Setting[Any]:
    found = next((each for each in uow.service.settings if each.name == name), None)
    if found is None:
        raise ServiceError("not_found")
    return found


def _enter(
    uow: UnitOfWork, declared: Setting[Any], command: ChangeSetting | RevokeSettingChange, values: dict[str, Any]
) -> Row[Any]:
    """The next row of a setting that the caller saw at a version. Raises ServiceError `stale_version`."""
    table = uow.tables[OWN]
    entered = {
        "id": new_id(),
        "name": declared.name,
        "revision": command.version + 1,
        "reason": command.reason,
        "entered_by": uow.context.actor.user_id,
        "entered_by_name": uow.context.actor.name,
        "entered_at": uow.now,
    }
    known = uow.scalar(select(func.max(table.c.revision)).where(table.c.name == declared.name)) or UNCHANGED
    # Two who saw the same version: the second waits for the first here, and enters nothing.
    next_row = insert(table).values(**entered, **values).on_conflict_do_nothing().returning(table)
    row = uow.first(next_row) if known == command.version else None
    if row is None:
        raise ServiceError("stale_version")
    return row


# --- what others copy ---


def shared_rows(uow: UnitOfWork, ids: Sequence[UUID]) -> list[Row[Any]]:
    """Those of this service's rows that are of shared settings."""
    table = uow.tables[OWN]
    names = [each.name for each in uow.service.settings if each.shared]
    return uow.rows(select(table).where(ids_in(table.c.id, ids), table.c.name.in_(names)))
