"""Whole tables by the page, in order of id: for who walks through everything and misses no row."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select

from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from contracts.base import KeysetPage, KeysetQuery, View

SomeView = TypeVar("SomeView", bound=View)


def keyset_page(
    uow: UnitOfWork, query: KeysetQuery, view: type[SomeView], rows: Select[Any], id_: ColumnElement[UUID]
) -> KeysetPage[SomeView]:
    """Of all `rows` those behind the last one seen, in order of `id_`, which views show as `id`."""
    following = rows.order_by(id_).limit(query.limit)
    found = uow.rows(following if query.after is None else following.where(id_ > query.after))
    return KeysetPage[view](  # type: ignore[valid-type]
        items=tuple(as_view(view, row) for row in found),
        next_after=found[-1].id if len(found) == query.limit else None,
    )
