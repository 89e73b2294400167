"""Who acts."""

from __future__ import annotations

from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.errors import ServiceError


def own_id(uow: UnitOfWork) -> UUID:
    """The acting user. Raises `unauthenticated` for the system, which has no account."""
    if uow.context.actor.user_id is None:
        raise ServiceError("unauthenticated")
    return uow.context.actor.user_id
