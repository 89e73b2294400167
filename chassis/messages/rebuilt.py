"""Whether a local copy has just been fetched anew: it may say then what is older than what reactions had heard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from chassis.data.unit_of_work import UnitOfWork
from contracts.base import State, type_name

AFTER_A_REBUILD: Final = timedelta(days=1)
"""So long after a copy was fetched anew what was made by it is gone over: it takes seconds where there are a million
rows."""


def asked_for_at(uow: UnitOfWork, kind: type[State[Any]], within: timedelta | None = None) -> datetime | None:
    """When the copy was asked for that has come whole last; None where none has, or not `within` so much time."""
    states = uow.tables["copy_states"]
    fetched = uow.first(select(states).where(states.c.kind == type_name(kind)))
    if fetched is None or fetched.completed_at is None:
        return None
    if within is not None and fetched.completed_at < uow.now - within:
        return None
    asked_at: datetime = fetched.requested_at
    return asked_at
