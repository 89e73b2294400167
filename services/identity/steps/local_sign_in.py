"""Whether the own password of an account opens it (IDN-2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.rows import lock, locked
from contracts.errors import ServiceError
from contracts.identity.states import UserStatus
from contracts.permissions import Role
from services.identity.steps.revoking import revoke_users
from services.identity.tables.users import user_roles, users

ADMINISTRATORS = select(user_roles.c.user_id).where(user_roles.c.role == Role.SYSTEM_ADMIN)


def held(uow: UnitOfWork, user_id: UUID) -> Row[Any]:
    """The user, locked; a system administrator together with all the others, so that of two who lose their local
    sign-in at one time the second is seen to be the last. Raises `not_found`."""
    administrators = set(uow.scalars(ADMINISTRATORS))
    if user_id not in administrators:
        return locked(uow, users, user_id)
    return lock(uow, users, administrators)[user_id]


def allow(uow: UnitOfWork, user: Row[Any], reason: str, *, allowed: bool) -> None:
    """Let the own password open the account of a user who is `held`, or no more: then no session is left that was
    opened so. Raises `last_local_sign_in`."""
    if user.local_sign_in == allowed:
        return
    if not allowed:
        _refuse_last(uow, user)
    uow.execute(update(users).where(users.c.id == user.id).values(local_sign_in=allowed))
    told = {"local_sign_in": allowed, "reason": reason}
    uow.audit(users, user.id, "change_local_sign_in", {"local_sign_in": user.local_sign_in}, told)
    if not allowed:
        revoke_users(uow, users.c.id == user.id, end_sessions=True)


def _refuse_last(uow: UnitOfWork, user: Row[Any]) -> None:
    """While the provider is away somebody has to be able to come in who can change that."""
    administrators = set(uow.scalars(ADMINISTRATORS))
    if user.id not in administrators:
        return
    comes_in = users.c.local_sign_in & (users.c.status == UserStatus.ENABLED)
    others = select(func.count()).where(users.c.id.in_(ADMINISTRATORS), users.c.id != user.id, comes_in)
    if uow.scalar(others) == 0:
        raise ServiceError("last_local_sign_in")
