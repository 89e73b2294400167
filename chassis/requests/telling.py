"""Facts about requests, for other services: what follows when a request reaches a state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from chassis.data.unit_of_work import UnitOfWork
from chassis.requests.kinds import Effect
from contracts.base import Contract, Fact

More = Callable[[UnitOfWork, Sequence[Row[Any]]], Iterable[Mapping[str, Any]]]
"""What a fact says of requests beside their columns, request by request."""


def telling(fact: type[Fact], more: More | None = None) -> Effect:
    """Publishes a fact about many rows, or one about each request: fields that are called like a column of the requests
    have its value, the others are what `more` gives."""

    def effect(uow: UnitOfWork, requests: Sequence[Row[Any]]) -> None:
        others: Iterable[Mapping[str, Any]] = more(uow, requests) if more else [{}] * len(requests)
        told = [{**row._mapping, **other} for row, other in zip(requests, others, strict=True)]
        if fact.rows_field is not None:
            uow.publish_rows(fact, list(map(_row_class(fact).model_validate, told)))
        else:
            for each in told:
                uow.publish(fact.model_validate(each))

    return effect


def _row_class(fact: type[Fact]) -> type[Contract]:
    rows: Any = fact.model_fields[str(fact.rows_field)].annotation
    row_class: type[Contract] = rows.__args__[0]
    return row_class
