"""A quick signup becomes a form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import locked
from chassis.work.steps import take_locked
from services.enrollment.domain.workflows import SIGNUP
from services.enrollment.tables import signups


def to_complete(uow: UnitOfWork, signup_id: UUID | None) -> list[Row[Any]]:
    """The signup of which a form is to be made, locked, or none. Raises `not_found`; `step_not_allowed` where somebody
    was quicker."""
    if signup_id is None:
        return []
    row = locked(uow, signups, signup_id)
    SIGNUP.allowed(row._mapping, "complete", uow.context)
    return [row]


def completed(uow: UnitOfWork, rows: list[Row[Any]], application_id: UUID) -> None:
    """`signed_up` → `completed`: there is a form."""
    ended = {"application_id": application_id, "ended_at": uow.now}
    take_locked(uow, SIGNUP, signups, rows, "complete", values=ended)
