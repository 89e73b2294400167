"""Access tokens, as `contracts.identity.tokens` describes them: verified once, then remembered; and what they allow."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from chassis.base import metrics, pem
from chassis.base.context import Actor, Scope
from contracts.errors import ServiceError
from contracts.identity.tokens import ALGORITHM, AUDIENCE, ISSUER, MAX_LIFETIME, AccessClaims, ids_of
from contracts.identity.views import AccessGrants
from contracts.permissions import PERMISSIONS, ScopeKind, scope_of
from gateway.revocations import RevocationList

_CLOCK_SKEW = 5  # seconds that two machines' clocks may differ
_MAX_TOKEN_LENGTH = 6_000  # characters; longer ones are nobody's
_REMEMBERED = 20_000  # tokens that were verified
_WIDTH = {kind: place for place, kind in enumerate(ScopeKind)}
_OF_KIND = {kind: Scope(kind) for kind in ScopeKind}


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
            # An open stream keeps its reader: what only has a kind is the same for all.
            scopes = {name: scope for name in PERMISSIONS if (scope := _widest(self, name))}
            self._held.update(
                (name, scope if scope.kind == ScopeKind.POINT else _OF_KIND[ScopeKind(scope.kind)])
                for name, scope in scopes.items()
            )
        return self._held

    def reach(self, service: str) -> Mapping[str, Scope]:
        """Every permission that the grants give in a service, with all the ids that its scope has."""
        of_service = (name for name in PERMISSIONS if name.startswith(f"{service}."))
        return {name: scope for name in of_service if (scope := self.scope_for(name))}

    def scope_in(self, service: str) -> Scope:
        """The rows among which a service looks for the user's tasks: those of the school or point the user works for
        there, or just the user's own. Which of them the user may see is judged by what the user holds."""
        scopes = [self.scope_for(name) for name in PERMISSIONS if name.startswith(f"{service}.")]
        wide = [scope for scope in scopes if scope and scope.kind in (ScopeKind.SCHOOL, ScopeKind.POINT)]
        return min(wide, key=lambda scope: _WIDTH[ScopeKind(scope.kind)], default=self.own_scope)


Grants = Callable[[AccessClaims], Awaitable[AccessGrants]]
"""The grants that a token refers to, and what was delegated. Raises `ServiceError`: `token_revoked`, or an outage."""


class Tokens:
    """Verifies tokens, and remembers those it has verified: a signature costs more than all the rest.

    Fails closed: no token is good before the revocations are known, nor one whose grants nobody can tell.
    """

    def __init__(
        self,
        public_keys: str,
        revocations: RevocationList,
        grants: Grants,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`public_keys` are one or several, PEM, until identity tells which count."""
        self._keys = pem.public_keys(public_keys)
        metrics.token_keys_trusted(map(pem.fingerprint, self._keys))
        self._grants = grants
        self._revocations = revocations
        self._clock = clock
        self._verified: OrderedDict[str, Principal] = OrderedDict()

    async def principal(self, authorization: str | None) -> Principal:
        """Who the `Authorization` header speaks for.

        Raises `ServiceError` `unauthenticated`, `token_invalid`, `token_expired`, `token_revoked`, and
        `service_unavailable` while nobody can tell.
        """
        if not authorization:
            raise ServiceError("unauthenticated")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > _MAX_TOKEN_LENGTH:
            raise ServiceError("token_invalid")
        if not self._revocations.complete:
            raise ServiceError("service_unavailable", service="identity", retry_after=1)
        principal = self._verified.get(token)
        if principal is not None:
            self._refuse_ended(principal.claims)
            return principal
        keys = self._keys
        claims = _verified_claims(token, keys)
        self._refuse_ended(claims)
        if claims.grants_by_reference:
            asked = await self._grants(claims)
            claims = claims.model_copy(update={"grants": asked.grants, "delegated": asked.delegated})
        actor = Actor(claims.sub, claims.name, claims.teaching_point_id, claims.student_id, claims.sid)
        return self._remember(token, Principal(actor, claims), keys)

    def trust(self, public_keys: Sequence[str]) -> None:
        """Let tokens count that one of these keys has signed, and no others from now on. Raises `ValueError`."""
        keys = pem.public_keys("\n".join(public_keys))
        if keys != self._keys:
            self._keys = keys
            self._verified.clear()
            metrics.token_keys_trusted(map(pem.fingerprint, keys))

    def _refuse_ended(self, claims: AccessClaims) -> None:
        if claims.exp <= self._clock():
            raise ServiceError("token_expired")
        if self._revocations.is_revoked(claims.sub, claims.sid, claims.epoch):
            raise ServiceError("token_revoked")

    def _remember(self, token: str, principal: Principal, keys: Sequence[Ed25519PublicKey]) -> Principal:
        if keys == self._keys:  # else its key may have gone meanwhile
            self._verified[token] = principal
        while len(self._verified) > _REMEMBERED:
            self._verified.popitem(last=False)
        return principal


def _verified_claims(token: str, keys: Sequence[Ed25519PublicKey]) -> AccessClaims:
    """What a token says that one of the keys has signed. Raises `token_invalid`."""
    for key in keys:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=_CLOCK_SKEW,
                options={"require": ["iss", "aud", "iat", "exp"], "verify_exp": False},
            )
            found = AccessClaims.model_validate(claims)
        except jwt.InvalidSignatureError:
            continue
        except (jwt.InvalidTokenError, ValidationError, ValueError, TypeError, OverflowError, RecursionError):
            break
        if not 0 < found.exp - found.iat <= MAX_LIFETIME:
            break
        return found
    raise ServiceError("token_invalid")


def _widest(principal: Principal, permission: str) -> Scope | None:
    found: dict[ScopeKind, set[UUID]] = {}
    for grant in principal.claims.grants:
        role, _, _, modules = grant
        kind = scope_of(role, permission, modules)
        if kind is not None:
            found.setdefault(kind, set()).update(ids_of(grant, kind, principal.user_id))
    for name, kind, ids in principal.claims.delegated:
        if name == permission:
            found.setdefault(kind, set()).update(ids)
    if not found:
        return None
    kind = min(found, key=_WIDTH.__getitem__)
    return Scope(kind, tuple(sorted(found[kind])))
