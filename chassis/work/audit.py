"""The audit trail as people read it, and what was let go; what is written there goes through the unit of work."""

from functools import cache
from typing import Any

from sqlalchemy import Row, Table, Text, func, select

from chassis.base.masking import mask
from chassis.data.lists import Listing
from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Page
from contracts.common import AuditEntryView, ErasureView, ListAuditEntries, ListErasures


def list_audit_entries(query: ListAuditEntries, uow: UnitOfWork) -> Page[AuditEntryView]:
    """The audit trail of this service, newest first unless asked otherwise."""
    return _trail(uow.tables["audit_entries"]).page(query, uow)


def list_erasures(query: ListErasures, uow: UnitOfWork) -> Page[ErasureView]:
    """What this service has let go, the last day first unless asked otherwise."""
    return _let_go(uow.tables["erasures"]).page(query, uow)


@cache
def _trail(audit: Table) -> Listing[AuditEntryView]:
    return Listing[AuditEntryView](
        ListAuditEntries,
        audit,
        views=lambda uow, rows: map(_view, rows),
        filters={"since": lambda since, uow: audit.c.at >= since, "until": lambda until, uow: audit.c.at < until},
        few=frozenset({"object_id", "correlation_id"}),
    )


@cache
def _let_go(erasures: Table) -> Listing[ErasureView]:
    key = func.concat(erasures.c.on, erasures.c.object_type, erasures.c.blanked, type_=Text).label("id")
    return Listing[ErasureView](
        ListErasures,
        erasures,
        shown=lambda: select(erasures, key),
        filters={
            "since": lambda day, uow: erasures.c.on >= day,
            "until": lambda day, uow: erasures.c.on <= day,
        },
        key=key,
    )


def _view(row: Row[Any]) -> AuditEntryView:
    return as_view(AuditEntryView, row, before=_masked(row.before), after=_masked(row.after))


def _masked(fields: dict[str, Any] | None) -> dict[str, Any] | None:
    """ID numbers as those see them who don't need them."""
    if fields is None:
        return None
    return {
        name: mask(value) if "id_number" in name and isinstance(value, str) else value for name, value in fields.items()
    }
