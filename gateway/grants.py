"""Grants that are too long to travel in a token: asked of identity when a token is first seen, and kept with it."""

import time
from collections.abc import Sequence

from pydantic import ValidationError

from chassis.base.context import Context
from contracts.errors import ServiceError
from contracts.identity.queries import GetAccessGrants
from contracts.identity.tokens import AccessClaims, AccessGrant
from contracts.identity.views import AccessGrants
from gateway.calls import Backend

_PATIENCE = 3.0  # seconds for an answer


class AskedGrants:
    """Asks identity what a token's account may do. A change of it raises the epoch, and so ends the token."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def __call__(self, claims: AccessClaims) -> Sequence[AccessGrant]:
        """The grants of the token's epoch. Raises `ServiceError`: `token_revoked` when there are others by now, or an
        outage, and then nothing is known of them."""
        asked = GetAccessGrants(user_id=claims.sub, session_id=claims.sid, epoch=claims.epoch)
        context = Context(deadline=time.time() + _PATIENCE)
        answer = self._backend.call(GetAccessGrants, asked.model_dump(mode="json"), context)
        try:
            return AccessGrants.model_validate(answer).grants
        except ValidationError:
            raise ServiceError("service_unavailable", service="identity", retry_after=1) from None
