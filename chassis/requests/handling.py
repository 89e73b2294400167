"""What handlers read from their contracts: how it names requests, and whether it has what they need."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from contracts.base import Operation


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
