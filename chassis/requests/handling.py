"""Handlers that are made of a contract: tables of services read from annotations what a handler is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel

from chassis.data.unit_of_work import UnitOfWork
from contracts.base import Operation

Handler = Callable[[Any, UnitOfWork], Any]


def of_contract(contract: type[Operation], handler: Handler) -> Handler:
    """The handler, as one of this contract."""

    def handle(operation: Any, uow: UnitOfWork) -> Any:
        return handler(operation, uow)

    handle.__annotations__ = {"operation": contract, "uow": UnitOfWork, "return": contract.answers}
    handle.__doc__ = contract.__doc__
    return handle


def field_of_one(contract: type[Operation]) -> str:
    """A contract about one request names it in the one field that ends in `_id`, beside the `file_id` of one of its
    files. Raises TypeError."""
    return _only(contract, [name for name in contract.model_fields if name.endswith("_id") and name != "file_id"])


def field_of_many(contract: type[Operation]) -> str:
    """A contract about many requests names them in the one field that ends in `_ids`. Raises TypeError."""
    return _only(contract, [name for name in contract.model_fields if name.endswith("_ids")])


def _only(contract: type[Operation], named: Sequence[str]) -> str:
    if len(named) != 1:
        raise TypeError(f"{contract.__name__} names requests in {len(named)} fields, not in one")
    return named[0]


def demand(model: type[BaseModel], *names: str) -> None:
    """Raise TypeError where a contract lacks a field that its handler reads or fills."""
    if missing := [name for name in names if name not in model.model_fields]:
        raise TypeError(f"{model.__name__} has no field {', '.join(missing)}")
