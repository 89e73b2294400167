"""Grants that are too long to travel in a token: asked of identity when a token is first seen, and kept with it."""

import asyncio
from uuid import UUID

from pydantic import ValidationError

from chassis.base.context import Context
from contracts.errors import ServiceError
from contracts.identity.queries import GetAccessGrants
from contracts.identity.tokens import AccessClaims
from contracts.identity.views import AccessGrants
from gateway.calls import Calls

_PATIENCE = 3.0  # seconds for an answer
_KEPT = 64  # answers that come too late for the one who asks next


class AskedGrants:
    """Asks identity what a token's account may do. A change of it raises the epoch, and so ends the token.

    Through the guard of calls to identity, as any other call; requests that come with one and the same token meanwhile
    wait for the one answer.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._asked: dict[tuple[UUID, int], asyncio.Task[AccessGrants]] = {}

    async def __call__(self, claims: AccessClaims) -> AccessGrants:
        """The grants of the token's epoch. Raises `ServiceError`: `token_revoked` when there are others by now, or an
        outage, and then nothing is known of them."""
        key = (claims.sid, claims.epoch)
        answer = self._asked.get(key)
        if answer is None:
            answer = self._asked[key] = asyncio.create_task(self._ask(claims))
            answer.add_done_callback(lambda asked: self._keep(key, asked))
        return await asyncio.shield(answer)  # who goes away meanwhile takes it from nobody else

    def _keep(self, key: tuple[UUID, int], asked: "asyncio.Task[AccessGrants]") -> None:
        """A good one stays a while: somebody may have looked for the token just before it was kept."""
        if asked.cancelled() or asked.exception():
            self._asked.pop(key, None)
        elif len(self._asked) > _KEPT:
            del self._asked[next(iter(self._asked))]

    async def _ask(self, claims: AccessClaims) -> AccessGrants:
        asked = GetAccessGrants(user_id=claims.sub, session_id=claims.sid, epoch=claims.epoch)
        context = Context().within(_PATIENCE)
        try:
            said = await self._calls.make(GetAccessGrants, asked.model_dump(mode="json"), context)
            return AccessGrants.model_validate(said)
        except ValidationError:
            raise ServiceError("service_unavailable", service="identity", retry_after=1) from None
