"""Access tokens (EdDSA, RFC 8037)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt
import orjson
from sqlalchemy import Row

from contracts.identity.states import FirstStep
from contracts.identity.tokens import ALGORITHM, MAX_LIFETIME, AccessClaims, AccessGrant, DelegatedPermission
from contracts.identity.views import RoleGrant
from services.identity.domain.roles import access_grant
from services.identity.steps.keys import signing_key

LONGEST_GRANTS: Final = 3_500
"""Bytes of grants that travel in a token, some 90 courses; it stays below the 6,000 characters that gateways take.
Longer ones gateways ask for."""


def access_token(
    user: Row[Any],
    session_id: UUID,
    grants: tuple[RoleGrant, ...],
    delegated: tuple[DelegatedPermission, ...],
    *,
    steps: Sequence[FirstStep],
    second_factor_until: datetime | None,
    now: datetime,
    until: datetime,
) -> tuple[str, datetime]:
    """A signed token for the account, and when it expires: with its session, which ends at `until`, or before. `steps`
    are what has to come before anything else; `second_factor_until` is how long the session's last code counts."""
    issued = int(now.timestamp())
    expires = max(issued + 1, min(issued + MAX_LIFETIME, int(until.timestamp())))
    travelling = access_grants(user, grants)
    by_reference = len(orjson.dumps((travelling, delegated))) > LONGEST_GRANTS
    claims = AccessClaims(
        sub=user.id,
        sid=session_id,
        epoch=user.epoch,
        name=user.name,
        teaching_point_id=user.teaching_point_id,
        student_id=user.student_id,
        first_steps=bool(steps),
        second_factor_due=FirstStep.ENTER_CODE in steps,
        second_factor_until=None if second_factor_until is None else int(second_factor_until.timestamp()),
        grants=() if by_reference else travelling,
        delegated=() if by_reference else delegated,
        grants_by_reference=by_reference,
        iat=issued,
        exp=expires,
    )
    said = claims.model_dump(mode="json", exclude_none=True)
    return jwt.encode(said, signing_key().private, algorithm=ALGORITHM), _expiry(now, expires)


def access_grants(user: Row[Any], grants: tuple[RoleGrant, ...]) -> tuple[AccessGrant, ...]:
    """What a token says of the account's roles."""
    return tuple(access_grant(g, user.id, user.teaching_point_id, user.student_id) for g in grants)


def _expiry(now: datetime, expires: int) -> datetime:
    return min(now + timedelta(seconds=MAX_LIFETIME), datetime.fromtimestamp(expires, UTC))
