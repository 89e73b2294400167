"""Due work of identity."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete

from chassis.unit_of_work import UnitOfWork
from contracts.identity.tokens import MAX_LIFETIME
from services.identity.tables import revocations, sessions, sign_in_failures

FORGET_FAILURES_AFTER: Final = timedelta(days=1)
FORGET_SESSIONS_AFTER: Final = timedelta(days=90)


def forget_failures(uow: UnitOfWork) -> int:
    """Drop old failed sign-ins, also those of usernames that nobody has."""
    old = sign_in_failures.c.last_at < uow.now - FORGET_FAILURES_AFTER
    return uow.execute(delete(sign_in_failures).where(old)).rowcount


def forget_revocations(uow: UnitOfWork) -> int:
    """Drop revocations of tokens that have expired since."""
    old = revocations.c.revoked_at < uow.now - timedelta(seconds=2 * MAX_LIFETIME)
    return uow.execute(delete(revocations).where(old)).rowcount


def forget_sessions(uow: UnitOfWork) -> int:
    """Drop sessions that were over three months ago."""
    return uow.execute(delete(sessions).where(sessions.c.expires_at < uow.now - FORGET_SESSIONS_AFTER)).rowcount
