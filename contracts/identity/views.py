"""What identity answers."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Contract, View
from contracts.identity.events import Revocation
from contracts.identity.states import (
    FirstStep,
    NameChangeKind,
    SecondFactorState,
    TeachingPointStatus,
    UserStatus,
)
from contracts.identity.tokens import AccessGrant, DelegatedPermission
from contracts.permissions import Module, Role, ScopeKind
from contracts.stored import (
    Secret,
    StoredIdentifier,
    StoredLine,
    StoredName,
    StoredNumber,
    StoredPersonName,
    StoredPhone,
    StoredShortText,
    StoredTitle,
    Word,
)
from contracts.types import Gender, Instant, Latitude, Longitude, Unique

# --- accounts and sessions ---


class RoleGrant(Contract):
    """A role, and what it is limited to."""

    role: Role = Field(description="The role.")
    modules: Annotated[tuple[Module, ...], Field(max_length=10), Unique] = Field(
        default=(),
        description="Of teaching-point staff: the modules granted.",
        examples=[["registry", "courses"]],
    )
    course_ids: Annotated[tuple[UUID, ...], Field(max_length=200), Unique] = Field(
        default=(), description="Of a course lead: the courses.", examples=[[]]
    )


class AccountView(View):
    """One's own account."""

    user_id: UUID
    username: StoredIdentifier
    name: StoredName
    gender: Gender | None
    mobile: StoredNumber | None
    email: StoredIdentifier | None
    position: StoredTitle | None
    teaching_point_id: UUID | None
    teaching_point_name: StoredTitle | None
    student_id: UUID | None
    roles: tuple[RoleGrant, ...]
    permissions: dict[str, ScopeKind] = Field(description="What the roles and colleagues allow, and over which rows.")
    status: UserStatus
    avatar_id: UUID | None = Field(default=None, description="The picture of oneself that is shown.")
    first_steps: tuple[FirstStep, ...] = Field(description="To be done before anything else works.")
    local_sign_in: bool = Field(default=True, description="Whether the account's own password opens it.")
    version: int


class SessionTokens(View):
    """A session's tokens. The access token goes into `Authorization: Bearer …` and lives five minutes."""

    access_token: Secret = Field(repr=False)
    access_expires_at: Instant
    refresh_token: Secret = Field(repr=False, description="Can be used once; each refresh gives a new one.")
    refresh_expires_at: Instant
    account: AccountView
    device_token: Secret | None = Field(
        default=None,
        repr=False,
        description="Of a sign-in or a change of password, and of a refresh after a code of the second factor: to be "
        "kept on this device and sent with the next sign-in.",
    )


class SignedOut(View):
    """The session is over."""

    provider_sign_out: Secret | None = Field(
        default=None, repr=False, description="Where the browser goes to sign out at the provider, too."
    )


class SessionView(View):
    """Where an account is signed in."""

    id: UUID
    client: Word | None
    started_at: Instant
    last_used_at: Instant
    current: bool


class Sessions(View):
    """The sessions of an account."""

    items: tuple[SessionView, ...]


class UserView(View):
    """A user, in lists."""

    id: UUID
    username: StoredIdentifier
    name: StoredName
    gender: Gender | None
    mobile: StoredNumber | None
    email: StoredIdentifier | None
    position: StoredTitle | None
    teaching_point_id: UUID | None
    teaching_point_name: StoredTitle | None
    student_id: UUID | None
    roles: tuple[RoleGrant, ...]
    status: UserStatus
    first_steps: tuple[FirstStep, ...]
    local_sign_in: bool = Field(default=True, description="Whether the account's own password opens it.")
    bound: bool = Field(default=False, description="Whether the user is bound to a provider's subject.")
    second_factor: SecondFactorState = SecondFactorState.NONE
    last_signed_in_at: Instant | None
    version: int


class OneTimePassword(View):
    """A password for the next sign-in only. It is shown once and stored nowhere in the clear."""

    user_id: UUID
    username: StoredIdentifier
    password: Secret = Field(repr=False)
    expires_at: Instant


class CreatedUser(View):
    """A new user and the password for the first sign-in."""

    user: UserView
    one_time_password: OneTimePassword


class OneTimePasswords(View):
    """Passwords for the next sign-in of several users."""

    items: tuple[OneTimePassword, ...]


class RemovedUser(View):
    """A user who never acted is erased; one who did is disabled."""

    erased: bool
    user: UserView | None


# --- teaching points ---


class Address(Contract):
    """Where a teaching point is."""

    province: StoredShortText | None = Field(default=None, description="Province.", examples=["江苏省"])
    city: StoredShortText | None = Field(default=None, description="City.", examples=["徐州市"])
    district: StoredShortText | None = Field(default=None, description="District.", examples=["云龙区"])
    street: StoredLine | None = Field(default=None, description="Street and number.", examples=["解放南路1号"])
    longitude: Longitude | None = None
    latitude: Latitude | None = None


class PointInformation(Contract):
    """What a teaching point says about itself."""

    address: Address = Field(default=Address(), description="Address.")
    recruiters: Annotated[tuple[StoredPersonName, ...], Field(max_length=20), Unique] = Field(
        default=(), description="Names of the recruiters.", examples=[["王老师", "李老师"]]
    )
    phones: Annotated[tuple[StoredPhone, ...], Field(max_length=20), Unique] = Field(
        default=(), description="Phones for recruitment.", examples=[["0516-83500000"]]
    )


class TeachingPointView(View):
    """教学点."""

    id: UUID
    code: StoredNumber
    name: StoredTitle
    status: TeachingPointStatus
    information: PointInformation
    user_count: int
    version: int


class FormerName(View):
    """A name that a teaching point had."""

    name: StoredTitle
    kind: NameChangeKind
    until: Instant
    merged_into_id: UUID | None


class TeachingPointDetails(TeachingPointView):
    """教学点 with the names it had."""

    former_names: tuple[FormerName, ...]


# --- for gateways ---


class AccountStatement(View):
    """A student's account as `reconcile` compares it with the record."""

    id: UUID
    student_id: UUID
    username: StoredIdentifier
    name: StoredName
    teaching_point_id: UUID | None
    status: UserStatus
    shut_out: bool = Field(description="Whether a person has shut the account, whatever the record says.")
    changed_at: Instant


class Revocations(View):
    """What was revoked since a time, and whose signatures count. Ask again with `as_of`."""

    items: tuple[Revocation, ...]
    as_of: Instant
    token_keys: tuple[Word, ...] = Field(default=(), description="The public keys that verify access tokens: PEM.")


class AccessGrants(View):
    """What a token says of its account's roles, where they are too long to travel in it."""

    grants: tuple[AccessGrant, ...]
    delegated: tuple[DelegatedPermission, ...] = ()


class TokenKey(View):
    """The public keys that verify access tokens: Ed25519, PEM."""

    public_key: Word = Field(description="The key that signs.")
    other_keys: tuple[Word, ...] = Field(
        default=(), description="Keys that count as well while keys are changed: the next one, or the former."
    )
