"""Refunds, and money in suspense."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from chassis.data.lists import Listing
from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import Reason, refusal
from contracts.base import Page
from contracts.finance.queries import ListRefunds, ListSuspense
from contracts.finance.views import RefundView, SuspenseView
from services.finance.tables.payments import suspense_items
from services.finance.tables.refunds import refunds

REFUNDS = Listing[RefundView](ListRefunds, refunds, few=frozenset({"withdrawal_id"}))


def list_refunds(query: ListRefunds, uow: UnitOfWork) -> Page[RefundView]:
    """Refunds, the oldest first: whoever pays them out begins there."""
    return REFUNDS.page(query, uow)


def _suspense() -> Select[Any]:
    return select(suspense_items, refunds.c.id.label("refund_id"), refunds.c.state.label("refund_state")).outerjoin(
        refunds, refunds.c.suspense_id == suspense_items.c.id
    )


def _suspense_views(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> Iterator[SuspenseView]:
    language = uow.context.language
    return (as_view(SuspenseView, row, refusal=refusal(Reason(row.reason), language)) for row in rows)


SUSPENSE = Listing[SuspenseView](ListSuspense, suspense_items, shown=_suspense, views=_suspense_views)


def list_suspense(query: ListSuspense, uow: UnitOfWork) -> Page[SuspenseView]:
    """Money that came for bills which could not take it, with its refund."""
    return SUSPENSE.page(query, uow)
