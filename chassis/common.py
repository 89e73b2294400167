"""Operations that every service answers: its audit trail and its tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from chassis import pages
from chassis.service import OperationEntry
from contracts.base import Operation, Page, View, method_name
from contracts.common import AuditEntryView, CancelTask, GetTask, ListAuditEntries, ListTasks, of

if TYPE_CHECKING:
    from chassis.unit_of_work import UnitOfWork


def list_audit_entries(query: ListAuditEntries, uow: UnitOfWork) -> Page[AuditEntryView]:
    """The audit trail of this service, newest first unless asked otherwise."""
    audit = uow.service.metadata.tables["audit_entries"]
    statement = select(audit)
    for name in ("actor_id", "object_type", "object_id", "action", "correlation_id"):
        wanted = getattr(query, name)
        if wanted is not None:
            statement = statement.where(audit.c[name] == wanted)
    if query.since is not None:
        statement = statement.where(audit.c.at >= query.since)
    if query.until is not None:
        statement = statement.where(audit.c.at < query.until)
    rows, total = pages.paginate(uow, statement, query, sortable={"at": audit.c.at}, default="-at")
    items = tuple(
        AuditEntryView(**{**row._mapping, "before": _masked(row.before), "after": _masked(row.after)}) for row in rows
    )
    return Page[AuditEntryView](items=items, page=query.page, size=query.size, total=total)


def _masked(fields: dict[str, Any] | None) -> dict[str, Any] | None:
    """ID numbers keep their first six and last two characters: enough to recognise one, not enough to know it."""
    if fields is None:
        return None
    return {
        name: f"{value[:6]}{'*' * (len(value) - 8)}{value[-2:]}"
        if "id_number" in name and isinstance(value, str) and len(value) > 8
        else value
        for name, value in fields.items()
    }


def common_operations(service: str) -> dict[str, OperationEntry]:
    """The entries of the shared operations for one service."""
    from chassis import tasks

    handlers: dict[type[Operation], Callable[[Any, UnitOfWork], View]] = {
        ListAuditEntries: list_audit_entries,
        GetTask: tasks.get_task,
        ListTasks: tasks.list_tasks,
        CancelTask: tasks.cancel_task,
    }
    return {
        method_name(contract): OperationEntry(of(service, contract), contract.answers, handler)
        for contract, handler in handlers.items()
    }
