"""Items of rows that are gone for good: a valid item with the mark `deleted`, newer than the row was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from contracts.base import State, StateItem

_BLANKS = (None, (), "", datetime(1970, 1, 1, tzinfo=UTC))
"""What stands in a field that the row itself did not hold: the first that its contract lets in."""


def tombstone(state: type[State[Any]], id_: UUID, version: int, last_seen: Mapping[str, Any]) -> StateItem:
    """The item that has copies mark a deleted row: what they last saw of it, one version later."""
    item_class = state.item_class()
    known = {**last_seen, "id": id_, "version": version + 1, "deleted": True}
    for blank in _BLANKS:
        missing = [n for n, field in item_class.model_fields.items() if field.is_required() and n not in known]
        for name in missing:
            if _fits(item_class, {**known, name: blank}, name):
                known[name] = blank
    return item_class.model_validate(known)


def _fits(item_class: type[StateItem], values: Mapping[str, Any], name: str) -> bool:
    try:
        item_class.model_validate(values)
    except ValidationError as error:
        return all(fault["loc"][0] != name for fault in error.errors(include_input=False))
    return True
