"""What an access token says: an Ed25519 JWT (RFC 8037) that identity issues and every gateway verifies.

A token is good for `MAX_LIFETIME` seconds at most, and for less when its session or epoch is revoked.
"""

from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Contract
from contracts.permissions import Module, Role, ScopeKind
from contracts.stored import StoredName, Word

ISSUER: Final = "jiaowu-identity"
AUDIENCE: Final = "jiaowu"
ALGORITHM = "EdDSA"
MAX_LIFETIME = 300
"""Seconds."""
LONGEST_TRANSACTION: Final = 120
"""Seconds after which what a command or reaction of identity wrote is committed at the latest: it carries the instant
of its beginning. Who asks what happened since asks that much further back."""

AccessGrant = tuple[Role, ScopeKind, tuple[UUID, ...], tuple[Module, ...]]
"""A role, what it is held for (`ROLE_SCOPES`), the points, courses or students, and point staff's modules."""


def ids_of(grant: AccessGrant, kind: ScopeKind, user_id: UUID) -> tuple[UUID, ...]:
    """What a permission of this kind of scope covers by a grant: what the role is held for, and nothing when the token
    says otherwise."""
    _, held_for, ids, _ = grant
    if kind is ScopeKind.SCHOOL:
        return ()
    if kind is ScopeKind.OWN:
        return (user_id,)
    return ids if kind is held_for else ()


DelegatedPermission = tuple[Word, ScopeKind, tuple[UUID, ...]]
"""A permission that colleagues have handed on, and what it reaches: a kind of scope and its ids."""


class AccessClaims(Contract):
    """The claims of an access token, by their names in the JWT. Instants are in epoch seconds.

    `epoch` is the number of the account's grants and status: a change raises it. With `first_steps` the account
    has to change its password or complete its profile first: the token is good for its own routes only. With
    `second_factor_due` it is good for nothing but giving a code. `second_factor_until` is how long the last code of the
    session counts where one is asked for each time; without it the account has no second factor. With
    `grants_by_reference` grants and what was delegated are too long to travel: gateways ask identity for them
    (`GetAccessGrants`).
    """

    iss: Literal["jiaowu-identity"] = ISSUER
    aud: Literal["jiaowu"] = AUDIENCE
    sub: UUID = Field(description="The user.")
    sid: UUID = Field(description="The session.")
    epoch: Annotated[int, Field(ge=0)]
    name: StoredName
    teaching_point_id: UUID | None = None
    student_id: UUID | None = None
    first_steps: bool = False
    second_factor_due: bool = False
    second_factor_until: Annotated[int, Field(ge=0)] | None = None
    grants: tuple[AccessGrant, ...]
    delegated: tuple[DelegatedPermission, ...] = ()
    grants_by_reference: bool = False
    iat: Annotated[int, Field(ge=0)]
    exp: Annotated[int, Field(ge=0)]
