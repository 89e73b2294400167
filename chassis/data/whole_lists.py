"""All rows of a list, for who makes a file or documents of them: by the list's own handler, its filters and order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from chassis.base.context import Context
from contracts.base import View


class Reader(Protocol):
    """What lists use of a unit of work. `whole_list` is for who wants all rows of a list."""

    whole_list: WholeList | None

    @property
    def context(self) -> Context: ...
    @property
    def now(self) -> datetime: ...
    @property
    def today(self) -> date: ...
    @property
    def acting_user(self) -> UUID: ...
    def rows(self, statement: Any) -> Sequence[Row[Any]]: ...
    def first(self, statement: Any) -> Row[Any] | None: ...
    def scalar(self, statement: Any) -> Any: ...
    def scalars(self, statement: Any) -> Sequence[Any]: ...
    def at_most(self, milliseconds: int) -> AbstractContextManager[None]: ...


@dataclass(slots=True)
class WholeList:
    """All rows of a list: what its handler would page through, and how views are made of rows. See `whole_list`."""

    statement: Select[Any] | None = None
    views: Callable[[Sequence[Row[Any]]], Iterable[View]] = lambda rows: ()

    @property
    def found(self) -> Select[Any]:
        """The rows, in their order. Raises LookupError where the handler did not answer by a `Listing`."""
        if self.statement is None:
            raise LookupError("the list is not answered by a Listing")
        return self.statement

    def count(self, uow: Reader, most: int) -> int:
        """How many rows there are; of more than `most` one more than that."""
        some = self.found.order_by(None).limit(most + 1).subquery()
        return int(uow.scalar(select(func.count()).select_from(some)))


def whole_list(handler: Callable[[Any, Any], View], query: Any, uow: Reader) -> WholeList:
    """All rows that a list query's own handler would page through, by its filters and in its order, in the scope that
    `uow` now has. Raises what the handler raises."""
    uow.whole_list = wanted = WholeList()
    try:
        handler(query, uow)
    finally:
        uow.whole_list = None
    return wanted
