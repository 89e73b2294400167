"""Access tokens, as `contracts.identity.tokens` describes them: verified once, then remembered; and what they allow."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import ValidationError

from chassis.base.context import Actor, Scope
from contracts.errors import ServiceError
from contracts.identity.tokens import ALGORITHM, AUDIENCE, ISSUER, MAX_LIFETIME, AccessClaims, AccessGrant
from contracts.permissions import PERMISSIONS, ScopeKind, scope_of

_CLOCK_SKEW = 5  # seconds that two machines' clocks may differ
_MAX_TOKEN_LENGTH = 6_000  # characters; longer ones are nobody's
_WIDTH = {kind: place for place, kind in enumerate(ScopeKind)}


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a verified token speaks for."""

    actor: Actor
    claims: AccessClaims
    _scopes: dict[str, Scope | None] = field(default_factory=dict, compare=False)
    _held: dict[str, Scope] = field(default_factory=dict, compare=False)

    @property
    def user_id(self) -> UUID:
        return self.claims.sub

    @property
    def own_scope(self) -> Scope:
        """The account itself: what anyone who is signed in may read and change."""
        return Scope(ScopeKind.OWN, (self.user_id,))

    def scope_for(self, permission: str) -> Scope | None:
        """The widest scope that the grants give for a permission, or None."""
        if permission not in self._scopes:
            self._scopes[permission] = _widest(self, permission)
        return self._scopes[permission]

    @property
    def held(self) -> Mapping[str, Scope]:
        """Every permission that the grants give, with its scope: by them a service judges whose tasks the user sees.
        Ids are told of points alone; tasks belong to no course and no student."""
        if not self._held:
            scopes = {name: scope for name in PERMISSIONS if (scope := self.scope_for(name))}
            self._held.update(
                (name, scope if scope.kind == ScopeKind.POINT else Scope(scope.kind)) for name, scope in scopes.items()
            )
        return self._held

    def scope_in(self, service: str) -> Scope:
        """The rows among which a service looks for the user's tasks: those of the school or point the user works for
        there, or just the user's own. Which of them the user may see is judged by what the user holds."""
        scopes = [self.scope_for(name) for name in PERMISSIONS if name.startswith(f"{service}.")]
        wide = [scope for scope in scopes if scope and scope.kind in (ScopeKind.SCHOOL, ScopeKind.POINT)]
        return min(wide, key=lambda scope: _WIDTH[ScopeKind(scope.kind)], default=self.own_scope)


class Revocations(Protocol):
    """What was heard about sessions that ended."""

    def is_revoked(self, user_id: UUID, session_id: UUID, epoch: int) -> bool: ...


class Tokens:
    """Verifies tokens, and remembers those it has verified: a signature costs more than all the rest."""

    def __init__(
        self,
        public_key_pem: str,
        revocations: Revocations,
        remembered: int = 20_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        key = load_pem_public_key(public_key_pem.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("the token key is not an Ed25519 public key")
        self._key = key
        self._revocations = revocations
        self._remembered = remembered
        self._clock = clock
        self._verified: OrderedDict[str, Principal] = OrderedDict()
        self._lock = threading.Lock()

    def principal(self, authorization: str | None) -> Principal:
        """Who the `Authorization` header speaks for.

        Raises `ServiceError` `unauthenticated`, `token_invalid`, `token_expired` or `token_revoked`.
        """
        if not authorization:
            raise ServiceError("unauthenticated")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > _MAX_TOKEN_LENGTH:
            raise ServiceError("token_invalid")
        principal = self._verified.get(token) or self._verify(token)
        claims = principal.claims
        if claims.exp <= self._clock():
            raise ServiceError("token_expired")
        if self._revocations.is_revoked(claims.sub, claims.sid, claims.epoch):
            raise ServiceError("token_revoked")
        return principal

    def _verify(self, token: str) -> Principal:
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=_CLOCK_SKEW,
                options={"require": ["iss", "aud", "iat", "exp"], "verify_exp": False},
            )
            principal = _principal(claims)
        except (jwt.InvalidTokenError, ValidationError, ValueError, TypeError, OverflowError, RecursionError):
            raise ServiceError("token_invalid") from None
        with self._lock:
            self._verified[token] = principal
            while len(self._verified) > self._remembered:
                self._verified.popitem(last=False)
        return principal


def _principal(raw: dict[str, Any]) -> Principal:
    claims = AccessClaims.model_validate(raw)
    if not 0 < claims.exp - claims.iat <= MAX_LIFETIME:
        raise ValueError("lives too long")
    actor = Actor(claims.sub, claims.name, claims.teaching_point_id, claims.student_id, claims.sid)
    return Principal(actor, claims)


def _widest(principal: Principal, permission: str) -> Scope | None:
    found: dict[ScopeKind, set[UUID]] = {}
    for grant in principal.claims.grants:
        role, _, _, modules = grant
        kind = scope_of(role, permission, modules)
        if kind is not None:
            found.setdefault(kind, set()).update(_ids(principal, grant, kind))
    if not found:
        return None
    kind = min(found, key=_WIDTH.__getitem__)
    return Scope(kind, tuple(sorted(found[kind])))


def _ids(principal: Principal, grant: AccessGrant, kind: ScopeKind) -> Iterable[UUID]:
    """What a grant's permission covers: what the role is held for, and nothing when the token says otherwise."""
    _, held_for, ids, _ = grant
    if kind is ScopeKind.SCHOOL:
        return ()
    if kind is ScopeKind.OWN:
        return (principal.user_id,)
    return ids if kind is held_for else ()
