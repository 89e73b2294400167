"""Refunds, and money in suspense."""

from sqlalchemy import select

from chassis.data.pages import as_view, equals, page_of
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason, refusal
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
    return page_of(RefundView, uow, statement, query, sortable=sortable, default="created_at")


def list_suspense(query: ListSuspense, uow: UnitOfWork) -> Page[SuspenseView]:
    """Money that came for bills which could not take it, with its refund."""
    columns = suspense_items.c
    statement = (
        select(suspense_items, refunds.c.id.label("refund_id"), refunds.c.state.label("refund_state"))
        .join(refunds, refunds.c.suspense_id == columns.id)
        .where(equals(columns.teaching_point_id, query.teaching_point_id))
    )
    language = uow.context.language
    return page_of(
        SuspenseView,
        uow,
        statement,
        query,
        sortable={"booked_at": columns.booked_at},
        default="-booked_at",
        views=lambda rows: (as_view(SuspenseView, row, refusal=refusal(Reason(row.reason), language)) for row in rows),
    )
