"""Who may come in: from the request's headers to the context that travels with the call."""

import re
import time
from dataclasses import dataclass, replace

from falcon.asgi import Request

from chassis.base.addresses import network_of
from chassis.base.context import Actor, Context, Scope
from chassis.base.ids import new_id
from contracts.errors import ErrorKind, ServiceError
from contracts.permissions import ScopeKind
from gateway.proxies import Proxies
from gateway.rates import Rates
from gateway.route import PUBLIC, SIGNED_IN, Route
from gateway.tokens import Principal, Tokens

IDEMPOTENCY_KEY = re.compile("[A-Za-z0-9_-]{8,80}")
_NOBODY = Actor(name="anonymous")
_NO_ROWS = Scope(ScopeKind.OWN)


@dataclass(frozen=True, slots=True)
class Access:
    """A request that may be made: the context of its call, and who is behind it unless anybody may."""

    context: Context
    principal: Principal | None

    @property
    def who(self) -> object:
        """Of whom requests are counted: the user, or the address where there is none."""
        return self.principal.user_id if self.principal is not None else network_of(str(self.context.client))

    def in_service(self, service: str) -> Context:
        """The context for calls about the user's tasks in a service."""
        if self.principal is None:
            return self.context
        return replace(self.context, scope=self.principal.scope_in(service), held=self.principal.held)

    def reaching(self, service: str) -> Context:
        """The context for a question about everything that the user may do in a service, each permission over its own
        rows."""
        if self.principal is None:
            return self.context
        return replace(self.context, held=self.principal.reach(service))


class Door:
    """Checks rates, token and permission, in the order of what they cost."""

    def __init__(self, tokens: Tokens, rates: Rates, proxies: Proxies) -> None:
        self._tokens = tokens
        self._rates = rates
        self._proxies = proxies

    async def grant(self, route: Route, req: Request) -> Access:
        """The context of the call. Raises `ServiceError` when the request may not be made."""
        address = self._proxies.address(req)
        principal, actor, scope = None, _NOBODY, _NO_ROWS
        if route.permission is PUBLIC:
            self._rates.address(address)
        else:
            principal = await self._principal(req, address)
            actor, scope = principal.actor, _scope(principal, route)
        context = Context(
            actor=actor,
            scope=scope,
            permission=None if route.permission in (PUBLIC, SIGNED_IN) else route.permission,
            correlation_id=req.context.correlation_id,
            idempotency_key=_idempotency_key(req) if route.is_command else None,
            deadline=time.time() + route.timeout,
            client=address,
            language=req.context.language,
        )
        return Access(context, principal)

    async def _principal(self, req: Request, address: str) -> Principal:
        """Who the token speaks for; their request is counted. Whoever has no good token is counted by address; not so
        who can't be judged at this moment."""
        try:
            principal = await self._tokens.principal(req.get_header("Authorization"))
        except ServiceError as refusal:
            if refusal.kind is ErrorKind.UNAUTHENTICATED:
                self._rates.address(address)
            raise
        req.context.user_id = principal.user_id
        self._rates.user(principal.user_id.hex)
        return principal


def _scope(principal: Principal, route: Route) -> Scope:
    claims = principal.claims
    if claims.second_factor_due and not route.takes_code:
        raise ServiceError("second_factor_required")
    if claims.first_steps and not route.before_first_steps:
        raise ServiceError("first_steps_required")
    scope = principal.own_scope if route.permission is SIGNED_IN else principal.scope_for(route.permission)
    if scope is None:
        raise ServiceError("forbidden")
    if route.asks_again and claims.second_factor_until is not None and claims.second_factor_until <= time.time():
        raise ServiceError("second_factor_again")
    return scope


def _idempotency_key(req: Request) -> str:
    key = req.get_header("Idempotency-Key")
    if key is None:
        return str(new_id())
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise ServiceError("bad_idempotency_key")
    return key
