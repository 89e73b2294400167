"""What identity can be asked."""

from pydantic import Field

from contracts.base import KeysetPage, KeysetQuery, Page, PageQuery, Query
from contracts.identity.states import TeachingPointStatus, UserStatus
from contracts.identity.views import (
    AccessGrants,
    AccountStatement,
    AccountView,
    Revocations,
    Sessions,
    TeachingPointDetails,
    TeachingPointView,
    TokenKey,
    UserView,
)
from contracts.permissions import Role
from contracts.types import Id, Instant, SearchText


class GetAccount(Query, answers=AccountView):
    """One's own account: profile, roles, permissions, and what is still to be done first."""


class ListSessions(Query, answers=Sessions):
    """Where one's own account is signed in."""


class ListTeachingPoints(PageQuery, answers=Page[TeachingPointView], order="code", sorts=("name",)):
    """Teaching points."""

    search: SearchText | None = Field(default=None, description="Part of a code or name, former names too.")
    status: TeachingPointStatus | None = Field(default=None, description="Only in this status.")


class GetTeachingPoint(Query, answers=TeachingPointDetails):
    """A teaching point with the names it had."""

    teaching_point_id: Id = Field(description="The teaching point.")


class ListUsers(
    PageQuery,
    answers=Page[UserView],
    order="username",
    sorts=("name", "last_signed_in_at"),
    looked_at=("role", "search", "bound"),
):
    """Users."""

    teaching_point_id: Id | None = Field(default=None, description="Only of this teaching point.")
    role: Role | None = Field(default=None, description="Only with this role.")
    status: UserStatus | None = Field(default=None, description="Only in this status.")
    bound: bool | None = Field(default=None, description="Only who is bound to a provider's subject, or who is not.")
    search: SearchText | None = Field(default=None, description="Part of a name, or the beginning of a username.")


class GetUser(Query, answers=UserView):
    """A user."""

    user_id: Id = Field(description="The user.")


class ListAccountStatements(KeysetQuery, answers=KeysetPage[AccountStatement]):
    """Every student's account as `reconcile` compares it with the record."""


class ListRevocations(Query, answers=Revocations):
    """Tokens revoked at or after a time, for gateways. Asked every few seconds and on reconnecting."""

    since: Instant = Field(description="From here on.")


class GetAccessGrants(Query, answers=AccessGrants):
    """The grants that a token refers to, for gateways. Refused when they are not those of its epoch any more, or its
    session has ended: `token_revoked`."""

    user_id: Id = Field(description="The token's `sub`.")
    session_id: Id = Field(description="The token's `sid`.")
    epoch: int = Field(ge=0, description="The token's `epoch`.", examples=[1])


class GetTokenKey(Query, answers=TokenKey):
    """The public keys that verify access tokens."""
