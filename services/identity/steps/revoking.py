"""Ending access: sessions, and every token of users whose grants or status changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, update

from chassis.base.ids import new_id
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from contracts.identity.events import AccessRevoked, Revocation
from services.identity.steps.delegations import end_lost
from services.identity.tables.sign_in import revocations, sessions
from services.identity.tables.users import users


def revoke_users(uow: UnitOfWork, condition: Any, *, end_sessions: bool) -> None:
    """Raise the epoch of all users that `condition` selects, so that their tokens stop counting within seconds; with
    `end_sessions` they also have to sign in again. What they have handed to colleagues and may not any more ends with
    it. Runs as the system: sessions are out of everybody's sight."""
    with uow.as_system():
        raised = _raised(uow, condition)
        if others := end_lost(uow, [row.id for row in raised]):
            raised += _raised(uow, ids_in(users.c.id, others))
        if end_sessions and raised:
            theirs = [row.id for row in raised if row.id not in others]
            ended = ids_in(sessions.c.user_id, theirs) & sessions.c.ended_at.is_(None)
            uow.execute(update(sessions).where(ended).values(ended_at=uow.now))
        _publish(uow, [Revocation(user_id=r.id, session_id=None, epoch=r.epoch, revoked_at=uow.now) for r in raised])


def _raised(uow: UnitOfWork, condition: Any) -> list[Row[Any]]:
    raised = update(users).where(condition).values(epoch=users.c.epoch + 1)
    return uow.rows(raised.returning(users.c.id, users.c.epoch))


def revoke_sessions(uow: UnitOfWork, condition: Any) -> int:
    """End the open sessions that `condition` selects; how many there were."""
    with uow.as_system():
        ended = uow.rows(
            update(sessions)
            .where(condition, sessions.c.ended_at.is_(None))
            .values(ended_at=uow.now)
            .returning(sessions.c.id, sessions.c.user_id)
        )
        _publish(uow, [Revocation(user_id=r.user_id, session_id=r.id, epoch=None, revoked_at=uow.now) for r in ended])
    return len(ended)


def end_all_sessions(uow: UnitOfWork) -> int:
    """End everybody's sessions, because the key of their access tokens counts no more (launcher, `change-token-key
    --at-once`): of no token needs anybody be told. How many sessions there were."""
    return uow.execute(update(sessions).where(sessions.c.ended_at.is_(None)).values(ended_at=uow.now)).rowcount


def _publish(uow: UnitOfWork, revoked: Sequence[Revocation]) -> None:
    if not revoked:
        return
    uow.execute(insert(revocations), [{"id": new_id(), **revocation.model_dump()} for revocation in revoked])
    uow.publish_rows(AccessRevoked, revoked)
