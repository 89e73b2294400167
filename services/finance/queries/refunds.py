"""Refunds, and money in suspense."""

from sqlalchemy import select

from chassis.data.pages import equals, paginate
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Page
from contracts.finance.queries import ListRefunds, ListSuspense
from contracts.finance.views import RefundView, SuspenseView
from services.finance.tables.payments import suspense_items
from services.finance.tables.refunds import refunds


def list_refunds(query: ListRefunds, uow: UnitOfWork) -> Page[RefundView]:
    """Refunds, the oldest first: whoever pays them out begins there."""
    columns = refunds.c
    statement = select(refunds).where(
        *(
            equals(columns[name], getattr(query, name))
            for name in ("teaching_point_id", "state", "reason", "withdrawal_id")
        )
    )
    sortable = {"created_at": columns.created_at, "amount": columns.amount}
    rows, total = paginate(uow, statement, query, sortable=sortable, default="created_at")
    items = tuple(RefundView(**row._mapping) for row in rows)
    return Page[RefundView](items=items, page=query.page, size=query.size, total=total)


def list_suspense(query: ListSuspense, uow: UnitOfWork) -> Page[SuspenseView]:
    """Money that came for bills which could not take it, with its refund."""
    columns = suspense_items.c
    statement = (
        select(suspense_items, refunds.c.id.label("refund_id"), refunds.c.state.label("refund_state"))
        .join(refunds, refunds.c.suspense_id == columns.id)
        .where(equals(columns.teaching_point_id, query.teaching_point_id))
    )
    rows, total = paginate(uow, statement, query, sortable={"booked_at": columns.booked_at}, default="-booked_at")
    items = tuple(SuspenseView(**row._mapping) for row in rows)
    return Page[SuspenseView](items=items, page=query.page, size=query.size, total=total)
