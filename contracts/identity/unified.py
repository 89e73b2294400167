"""Unified sign-in (统一身份认证, IDN-2): by a provider of the school's, with OpenID Connect 1.0 or CAS 3.0."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.base import Command, Done, Page, PageQuery, Query, View
from contracts.identity.states import SignInProviderStatus
from contracts.identity.views import SessionTokens
from contracts.public import PublicCommand
from contracts.stored import Secret, StoredIdentifier, StoredName, StoredText, StoredTitle
from contracts.text import cleaning
from contracts.text.kinds import Cleaned, TextKind
from contracts.types import Flag, Id, Instant, Note, SearchText, ShortText, Version

CALLBACK = "/sign-in/unified"
"""The console's page that providers send people back to."""


class SignInProviderKind(StrEnum):
    """What a provider speaks."""

    OPENID_CONNECT = "openid_connect"
    CAS = "cas"


_IDENTIFIER = Cleaned(TextKind.IDENTIFIER, cleaning.identifier)
# Without TLS anybody on the way could sign in as anybody: plain HTTP is for a provider on the same machine.
ProviderAddress = Annotated[
    str,
    StringConstraints(
        max_length=300,
        pattern=r"^(https://[A-Za-z0-9.-]+|http://(127\.0\.0\.1|localhost))(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?$",
    ),
    _IDENTIFIER,
    Field(examples=["https://sso.school.edu.cn/cas"]),
]
PageAddress = Annotated[
    str,
    StringConstraints(max_length=500, pattern=r"^https?://[!-~]+$"),
    _IDENTIFIER,
    Field(examples=["https://sso.school.edu.cn/password"]),
]
ClientId = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^[!-~]+$"), _IDENTIFIER, Field(examples=["jiaowu"])
]
ClientSecret = Annotated[
    str,
    StringConstraints(pattern=r"^[!-~]{1,200}$"),
    Field(examples=["kept-by-both-2f6f1c"]),
]
AttributeName = Annotated[
    str,
    StringConstraints(max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9_.:-]*$"),
    _IDENTIFIER,
    Field(examples=["name"]),
]
Subject = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$"),
    Field(description="What the provider calls the person; upper and lower case count.", examples=["20210417"]),
]
StateToken = Annotated[
    str,
    StringConstraints(pattern=r"^[!-~]{1,200}$"),
    Field(examples=["dJ1mQ0aWc2yL8sVd1kXe4f7Q"]),
]
ProviderAnswer = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,2000}$")]
BrowserToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,100}$")]
_BROWSER_TOKEN = Field(
    default=None,
    repr=False,
    description="What an earlier start answered to this browser: a sign-in is finished where it was started.",
    examples=["bt_wW3nR8GwexqcVQobLD1OX2kZcQ1m"],
)
_SIGN_IN_PROVIDER = Field(description="The provider.")


# --- what people do who sign in ---


class SignInOption(View):
    """A provider that people may sign in by."""

    sign_in_provider_id: UUID
    name: StoredTitle
    password_address: StoredIdentifier | None = Field(description="Where people go who forgot their password there.")


class SignInOptions(View):
    """What people may sign in by, beside username and password."""

    items: tuple[SignInOption, ...]


class GetSignInOptions(Query, answers=SignInOptions):
    """What people may sign in by, beside username and password."""


class GetBoundProvider(Query, answers=SignInOption):
    """The provider that the acting user is bound to, in use or not. Refused: `not_found` for who is not bound."""


class UnifiedSignInStart(View):
    """Where the browser goes now."""

    address: Secret = Field(repr=False, description="The provider's page.")
    browser_token: Secret = Field(repr=False, description="To be sent with the finish.")


class BeginUnifiedSignIn(PublicCommand, answers=UnifiedSignInStart, secret=True):
    """Begin to sign in by a provider: it sends the browser back, and there the sign-in is finished, within ten minutes
    and once. Refused: `sign_in_provider_off`, `sign_in_provider_unreachable`, `sign_in_provider_not_believed`,
    `asked_too_often`, `work_required`."""

    sign_in_provider_id: Id = _SIGN_IN_PROVIDER
    return_path: Annotated[str, StringConstraints(max_length=1000)] | None = Field(
        default=None,
        description="The page to come back to: a path of ours. Anything else means the home page.",
        examples=["/registry/students"],
    )
    browser_token: BrowserToken | None = _BROWSER_TOKEN


class UnifiedSession(SessionTokens):
    """A session that was opened by a provider's word."""

    return_path: StoredIdentifier = Field(description="The page to come back to.")


class FinishUnifiedSignIn(Command, answers=UnifiedSession, secret=True):
    """Finish to sign in with what the provider gave: a code (OpenID Connect), a ticket (CAS), or an error.

    Refused: `sign_in_not_started`, `sign_in_elsewhere`, `sign_in_too_late`, `sign_in_finished`, `sign_in_provider_off`,
    `sign_in_provider_refused`, `sign_in_provider_unreachable`, `sign_in_provider_not_believed`, `subject_not_bound`,
    `account_disabled`, `teaching_point_disabled`.
    """

    state_token: StateToken | None = Field(
        default=None, repr=False, description="What the start put into the address; it comes back with the answer."
    )
    authorization_code: ProviderAnswer | None = Field(
        default=None, repr=False, description="OpenID Connect's code.", examples=["SplxlOBeZQQYbYS6WxSbIA"]
    )
    ticket: ProviderAnswer | None = Field(
        default=None, repr=False, description="CAS's ticket.", examples=["ST-856339-aA5Yuvrxzpv8Tau1cYQ7"]
    )
    iss: ProviderAnswer | None = Field(
        default=None, description="Who answers (RFC 9207).", examples=["https://sso.school.edu.cn"]
    )
    browser_token: BrowserToken | None = _BROWSER_TOKEN


# --- providers ---


class SignInProviderView(View):
    """统一认证平台."""

    id: UUID
    name: StoredTitle
    kind: SignInProviderKind
    address: StoredIdentifier
    client_id: StoredIdentifier | None
    has_client_secret: bool
    name_attribute: StoredIdentifier | None
    password_address: StoredIdentifier | None
    callback_address: StoredIdentifier = Field(description="What the provider has to be told: where it sends people.")
    status: SignInProviderStatus
    version: int


class _SignInProviderFields(Command):
    name: ShortText = Field(description="What people know it by.", examples=["统一身份认证"])
    address: ProviderAddress = Field(description="OpenID Connect: the issuer. CAS: the address before `/login`.")
    client_id: ClientId | None = Field(default=None, description="OpenID Connect: what we are called there.")
    client_secret: ClientSecret | None = Field(
        default=None,
        repr=False,
        description="OpenID Connect: what we prove that with. It is never shown; left out, it stays. With another"
        " address it is entered anew.",
    )
    name_attribute: AttributeName | None = Field(
        default=None, description="Claim or attribute with the person's name, shown while the subject is not bound."
    )
    password_address: PageAddress | None = Field(
        default=None, description="Where people go who forgot their password there."
    )


class CreateSignInProvider(_SignInProviderFields, answers=SignInProviderView):
    """Add a provider. Refused: `sign_in_provider_name_taken`."""

    kind: SignInProviderKind = Field(description="What it speaks; never changed.")


class UpdateSignInProvider(_SignInProviderFields, answers=SignInProviderView):
    """Change a provider. Refused: `sign_in_provider_name_taken`."""

    sign_in_provider_id: Id = _SIGN_IN_PROVIDER
    version: Version


class DisableSignInProvider(Command, answers=SignInProviderView):
    """Let nobody sign in by it any more; who is signed in stays so."""

    sign_in_provider_id: Id = _SIGN_IN_PROVIDER
    version: Version


class EnableSignInProvider(Command, answers=SignInProviderView):
    """Let people sign in by it again."""

    sign_in_provider_id: Id = _SIGN_IN_PROVIDER
    version: Version


class ListSignInProviders(PageQuery, answers=Page[SignInProviderView], order="name"):
    """Providers that people sign in by."""


# --- whose account is whose ---


class UserBindingView(View):
    """A user and what a provider calls them."""

    id: UUID
    sign_in_provider_id: UUID
    provider_name: StoredTitle
    subject: StoredIdentifier
    user_id: UUID
    username: StoredIdentifier
    name: StoredName
    local_sign_in: bool = Field(description="Whether the account's own password opens it, too.")
    reason: StoredText
    created_at: Instant
    version: int


class UnboundSubjectView(View):
    """Somebody whom a provider vouched for, and whose account nobody knows."""

    id: UUID
    sign_in_provider_id: UUID
    provider_name: StoredTitle
    subject: StoredIdentifier
    name: StoredName | None = Field(description="As the provider says.")
    first_tried_at: Instant
    last_tried_at: Instant


class BindUser(Command, answers=UserBindingView):
    """Say that a user is who a provider calls so. Unless told otherwise the account's own password opens it no more,
    but for system administrators and students. The user is told.
    Refused: `subject_bound`, `user_bound`, `last_local_sign_in`."""

    sign_in_provider_id: Id = _SIGN_IN_PROVIDER
    subject: Subject
    user_id: Id = Field(description="The user.")
    local_sign_in: Flag | None = Field(
        default=None, description="Whether the account's own password opens it, too.", examples=[False]
    )
    reason: Note = Field(description="Why: the trail tells it.", examples=["工号与人事系统一致"])


class ChangeLocalSignIn(Command, answers=UserBindingView):
    """Let the own password of a bound account open it, or no more: then its sessions end. The user is told.
    Refused: `last_local_sign_in`."""

    user_binding_id: Id = Field(description="The binding.")
    version: Version
    local_sign_in: Flag = Field(description="Whether the account's own password opens it, too.", examples=[True])
    reason: Note = Field(description="Why: the trail tells it.", examples=["统一认证平台停机检修"])


class UnbindUser(Command, answers=Done):
    """Undo a binding: the user's sessions end, and the account's own password opens it again. The user is
    told."""

    user_binding_id: Id = Field(description="The binding.")
    version: Version
    reason: Note = Field(description="Why: the trail tells it.", examples=["绑定了错误的账号"])


class ListUserBindings(PageQuery, answers=Page[UserBindingView], order="-created_at", looked_at=("search",)):
    """Users and what providers call them."""

    sign_in_provider_id: Id | None = Field(default=None, description="Only of this provider.")
    search: SearchText | None = Field(default=None, description="Part of a user's name, or of the subject.")


class ListUnboundSubjects(PageQuery, answers=Page[UnboundSubjectView], order="-last_tried_at"):
    """People who came from a provider and whose account nobody knows, the last first; for 30 days."""

    sign_in_provider_id: Id | None = Field(default=None, description="Only of this provider.")
