"""Who may come in: from the request's headers to the context that travels with the call."""

import ipaddress
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID

from chassis.base.addresses import network_of
from chassis.base.context import Actor, Context, Scope
from chassis.base.ids import new_id
from chassis.running.logging import get_logger
from contracts.errors import ErrorKind, Language, ServiceError
from contracts.permissions import ScopeKind
from gateway.caller import Caller
from gateway.rates import Rates
from gateway.route import PUBLIC, SIGNED_IN, Route
from gateway.tokens import Principal, Tokens

log = get_logger(__name__)

_IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_-]{8,80}\Z")
_MOST_WARNINGS = 100
"""Of peers; a hundred forgotten proxies are none, but people who make up headers."""
_NOBODY = Actor(name="anonymous")
_NO_ROWS = Scope(ScopeKind.OWN)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


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

    def __init__(self, tokens: Tokens, rates: Rates, trusted_proxies: Sequence[str] = ()) -> None:
        self._tokens = tokens
        self._rates = rates
        self._proxies = tuple(ipaddress.ip_network(network) for network in trusted_proxies)
        self._warned_of: set[str] = set()

    async def grant(self, route: Route, caller: Caller, correlation_id: UUID, language: Language) -> Access:
        """The context of the call. Raises `ServiceError` when the request may not be made."""
        address = self.address(caller)
        principal, actor, scope = None, _NOBODY, _NO_ROWS
        if route.permission is PUBLIC:
            self._rates.address(address)
        if route.permission is not PUBLIC:
            principal = await self.principal(caller, address)
            actor, scope = principal.actor, _scope(principal, route)
        context = Context(
            actor=actor,
            scope=scope,
            permission=None if route.permission in (PUBLIC, SIGNED_IN) else route.permission,
            correlation_id=correlation_id,
            idempotency_key=_idempotency_key(caller) if route.is_command else None,
            deadline=time.time() + route.timeout,
            client=address,
            language=language,
        )
        return Access(context, principal)

    async def principal(self, caller: Caller, address: str) -> Principal:
        """Who the token speaks for; their request is counted. Whoever has no good token is counted by address; not so
        who can't be judged at this moment."""
        try:
            principal = await self._tokens.principal(caller.headers.get("authorization"))
        except ServiceError as refusal:
            if refusal.kind is ErrorKind.UNAUTHENTICATED:
                self._rates.address(address)
            raise
        caller.user_id = principal.user_id
        self._rates.user(principal.user_id.hex)
        return principal

    def came_encrypted(self, caller: Caller) -> bool:
        """Whether one of our own proxies says that it was asked by TLS."""
        return self.is_proxy(caller.peer) and caller.headers.get("x-forwarded-proto") == "https"

    def is_proxy(self, address: str) -> bool:
        """Whether it is one of our own proxies."""
        return _inside(address, self._proxies)

    def address(self, caller: Caller) -> str:
        """The client's address: the nearest hop that is not one of our own proxies."""
        address, forwarded = caller.peer, caller.headers.get("x-forwarded-for", "")
        if not self.is_proxy(address):
            if forwarded:
                self._warn_of(address)
            return address
        for hop in reversed(forwarded.split(",")):
            if not self.is_proxy(address) or not _is_address(hop.strip()):
                break
            address = hop.strip()
        return address

    def _warn_of(self, peer: str) -> None:
        """Say once of a peer that it speaks for others and is not believed: most likely it is a proxy that the settings
        forget, and then all its clients are counted as one."""
        if peer not in self._warned_of and len(self._warned_of) < _MOST_WARNINGS:
            self._warned_of.add(peer)
            log.warning("proxy_not_trusted", peer=peer, setting="JIAOWU_GATEWAY_TRUSTED_PROXIES")


def _scope(principal: Principal, route: Route) -> Scope:
    if principal.claims.first_steps and not route.before_first_steps:
        raise ServiceError("first_steps_required")
    if route.permission is SIGNED_IN:
        return principal.own_scope
    scope = principal.scope_for(route.permission)
    if scope is None:
        raise ServiceError("forbidden")
    return scope


def _idempotency_key(caller: Caller) -> str:
    key = caller.headers.get("idempotency-key")
    if key is None:
        return str(new_id())
    if not _IDEMPOTENCY_KEY.match(key):
        raise ServiceError("bad_idempotency_key")
    return key


@lru_cache(maxsize=4096)
def _inside(address: str, networks: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
