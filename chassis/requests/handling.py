"""Handlers that are made of a contract: tables of services read from annotations what a handler is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
    """A contract about one request names it in its first field that ends in `_id`."""
    return next(name for name in contract.model_fields if name.endswith("_id"))


def field_of_many(contract: type[Operation]) -> str:
    """A contract about many requests names them in the one field that ends in `_ids`."""
    [name] = (name for name in contract.model_fields if name.endswith("_ids"))
    return name
