"""The audit trail as people read it, and what was let go; what is written there goes through the unit of work."""

from typing import Any

from sqlalchemy import Row, func, select

from chassis.data.pages import as_view, between, page_of
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Page
from contracts.common import AuditEntryView, ErasureView, ListAuditEntries, ListErasures


def list_audit_entries(query: ListAuditEntries, uow: UnitOfWork) -> Page[AuditEntryView]:
    """The audit trail of this service, newest first unless asked otherwise."""
    audit = uow.tables["audit_entries"]
    statement = select(audit)
    for name in ("actor_id", "object_type", "object_id", "action", "correlation_id"):
        wanted = getattr(query, name)
        if wanted is not None:
            statement = statement.where(audit.c[name] == wanted)
    if query.since is not None:
        statement = statement.where(audit.c.at >= query.since)
    if query.until is not None:
        statement = statement.where(audit.c.at < query.until)
    return page_of(
        AuditEntryView,
        uow,
        statement,
        query,
        sortable={"at": audit.c.at},
        default="-at",
        views=lambda rows: map(_view, rows),
    )


def list_erasures(query: ListErasures, uow: UnitOfWork) -> Page[ErasureView]:
    """What this service has let go, the last day first unless asked otherwise."""
    erasures = uow.tables["erasures"]
    key = func.concat(erasures.c.object_type, erasures.c.blanked).label("id")
    statement = select(erasures, key).where(between(erasures.c.on, query.since, query.until))
    return page_of(ErasureView, uow, statement, query, sortable={"on": erasures.c.on}, default="-on")


def _view(row: Row[Any]) -> AuditEntryView:
    return as_view(AuditEntryView, row, before=_masked(row.before), after=_masked(row.after))


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
