"""Rows as views."""

from typing import Any, TypeVar

from sqlalchemy import Row

from contracts.base import Contract

SomeView = TypeVar("SomeView", bound=Contract)


def as_view(view: type[SomeView], row: Row[Any], **more: Any) -> SomeView:
    """A row, and what else the view shows, as the contract's view."""
    return view.model_validate({**row._mapping, **more})
