"""Access tokens: Ed25519 JWTs (RFC 8037) that identity issues for at most five minutes, and what they allow.

Claims: `sub` user id, `sid` session id, `epoch` number of the account's grants, `name`, `teaching_point_id`,
`student_id`, `grants` list of [role, scope kind, ids], `iss` `jiaowu-identity`, `aud` `jiaowu`, `iat`, `exp`.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from chassis.context import Actor, Scope
from contracts.errors import ServiceError
from contracts.permissions import ROLE_PERMISSIONS, Role, ScopeKind

ISSUER = "jiaowu-identity"
AUDIENCE = "jiaowu"
MAX_LIFETIME = 300  # seconds
_CLOCK_SKEW = 5  # seconds that two machines' clocks may differ
_MAX_TOKEN_LENGTH = 6_000  # characters; longer ones are nobody's
_WIDTH = {kind: place for place, kind in enumerate(ScopeKind)}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, and the teaching points, courses or students it is held for."""

    role: Role
    kind: ScopeKind
    ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a verified token speaks for."""

    actor: Actor
    user_id: UUID
    session_id: UUID
    epoch: int
    expires_at: float
    grants: tuple[Grant, ...]
    _scopes: dict[str, Scope | None] = field(default_factory=dict, compare=False)

    def scope_for(self, permission: str) -> Scope | None:
        """The widest scope that the grants give for a permission, or None."""
        if permission not in self._scopes:
            self._scopes[permission] = _widest(self, permission)
        return self._scopes[permission]

    @property
    def own_scope(self) -> Scope:
        """The account itself: what anyone who is signed in may read and change."""
        return Scope(ScopeKind.OWN, (self.user_id,))


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
        if principal.expires_at <= self._clock():
            raise ServiceError("token_expired")
        if self._revocations.is_revoked(principal.user_id, principal.session_id, principal.epoch):
            raise ServiceError("token_revoked")
        return principal

    def _verify(self, token: str) -> Principal:
        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=["EdDSA"],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=_CLOCK_SKEW,
                options={"require": ["sub", "sid", "epoch", "grants", "iat", "exp"], "verify_exp": False},
            )
            principal = _principal(claims)
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            raise ServiceError("token_invalid") from None
        with self._lock:
            self._verified[token] = principal
            while len(self._verified) > self._remembered:
                self._verified.popitem(last=False)
        return principal


def _principal(claims: dict[str, Any]) -> Principal:
    if not 0 < claims["exp"] - claims["iat"] <= MAX_LIFETIME:
        raise ValueError("lives too long")
    user_id = UUID(claims["sub"])
    return Principal(
        actor=Actor(
            user_id=user_id,
            name=str(claims.get("name") or ""),
            teaching_point_id=_uuid(claims.get("teaching_point_id")),
            student_id=_uuid(claims.get("student_id")),
        ),
        user_id=user_id,
        session_id=UUID(claims["sid"]),
        epoch=int(claims["epoch"]),
        expires_at=float(claims["exp"]),
        grants=tuple(
            Grant(Role(role), ScopeKind(kind), tuple(map(UUID, ids))) for role, kind, ids in claims["grants"]
        ),
    )


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _widest(principal: Principal, permission: str) -> Scope | None:
    found: dict[ScopeKind, set[UUID]] = {}
    for grant in principal.grants:
        kind = ROLE_PERMISSIONS[grant.role].get(permission)
        if kind is not None:
            found.setdefault(kind, set()).update(_ids(principal, grant, kind))
    if not found:
        return None
    kind = min(found, key=_WIDTH.__getitem__)
    return Scope(kind, tuple(sorted(found[kind])))


def _ids(principal: Principal, grant: Grant, kind: ScopeKind) -> Iterable[UUID | Any]:
    """What a grant's permission covers. A role held for one kind of thing may allow an action over another kind:
    then the actor's own point, record or account is meant."""
    if kind is ScopeKind.SCHOOL:
        return ()
    if kind is grant.kind:
        return grant.ids
    own = {
        ScopeKind.POINT: principal.actor.teaching_point_id,
        ScopeKind.STUDENT: principal.actor.student_id,
        ScopeKind.OWN: principal.user_id,
        ScopeKind.TUTOR: principal.user_id,
        ScopeKind.COURSE: None,
    }[kind]
    return () if own is None else (own,)
