"""What identity can be told to do."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from contracts.base import Command, Contract, Done, TryableCommand
from contracts.field_problem import FieldProblemError
from contracts.identity.states import CoordinateSystem
from contracts.identity.views import (
    AccountView,
    CreatedUser,
    OneTimePasswords,
    RemovedUser,
    RoleGrant,
    SessionTokens,
    SignedOut,
    TeachingPointDetails,
    UserView,
)
from contracts.public import PublicCommand
from contracts.types import (
    Email,
    Gender,
    Id,
    Latitude,
    Longitude,
    MobileNumber,
    PersonName,
    PhoneNumber,
    ShortText,
    TeachingPointCode,
    Text,
    Unique,
    Username,
    Version,
)

# repr=False: a password must not show in a traceback or log, whatever prints the command.
Password = Annotated[
    str,
    StringConstraints(min_length=1, max_length=128),
    Field(repr=False, description="The password.", examples=["correct-horse-42"]),
]
NewPassword = Annotated[
    str,
    StringConstraints(min_length=8, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$"),
    Field(repr=False, description="8 to 64 characters.", examples=["correct-horse-43"]),
]
RefreshTokenText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{20,200}$")]
RefreshToken = Annotated[
    RefreshTokenText,
    Field(repr=False, description="The session's refresh token.", examples=["rt_4f7Qm0aWc2yL8sVd1kXe"]),
]

DeviceToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,200}$")]

# --- sessions and one's own account (IDN-1, IDN-4) ---


class SignIn(PublicCommand, answers=SessionTokens, secret=True):
    """Open a session. Sent again within five minutes under the same Idempotency-Key it answers the same session.

    After the first sign-in the account must change its password and complete its profile: until then its
    token allows nothing else. After too many wrong passwords whoever sent them waits: `account_waits`. After very many
    from everywhere, who comes from where the account was never used sends work with it: `work_required`.
    Refused: `bad_credentials`, `account_waits`, `work_required`, `account_disabled`, `teaching_point_disabled`,
    `one_time_password_expired`, `local_sign_in_off`.
    """

    username: Username = Field(description="Username; of a student the student number.")
    password: Password
    device_token: DeviceToken | None = Field(
        default=None,
        repr=False,
        description="What an earlier sign-in to this account on this device answered. It lets nobody in; but wrong "
        "passwords from elsewhere do not hold up a device that is known.",
        examples=["dt_AZnR8Gw-exqcVQobLD1OX2kZcQ1m"],
    )


class RefreshSession(Command, answers=SessionTokens, secret=True):
    """Get new tokens. Within 30 seconds of its first use a refresh token answers the same again, so that several tabs
    can use one; used later again it ends the session. Refused: `session_ended`."""

    refresh_token: RefreshToken


class SignOut(Command, answers=SignedOut):
    """End the session. Its tokens stop counting within seconds. Signing out twice is no mistake. Who signed in by a
    provider is led there to sign out, too."""

    refresh_token: RefreshToken


class ChangePassword(Command, answers=SessionTokens, secret=True):
    """Change one's own password; all other sessions end.

    Refused: `wrong_current_password`, `password_unchanged`, `password_too_easy`, `account_waits`, `account_disabled`,
    `teaching_point_disabled`, `local_sign_in_off`.
    """

    current_password: Password
    new_password: NewPassword
    confirmation: Password = Field(description="The new password again.", examples=["correct-horse-43"])

    @model_validator(mode="after")
    def _confirmed(self) -> Self:
        if self.confirmation != self.new_password:
            raise FieldProblemError("passwords_differ")
        return self


class UpdateAccount(Command, answers=AccountView):
    """Complete or change one's own profile. A student's name and gender stay as recorded and need not be sent; others
    than those are refused: `from_record`."""

    version: Version
    name: PersonName | None = Field(default=None, description="Real name; needed of all but students.")
    gender: Gender | None = Field(default=None, description="Gender; needed of all whose record does not tell it.")
    mobile: MobileNumber = Field(description="Mobile number.")
    email: Email | None = Field(default=None, description="E-mail address.")


class EndSessions(TryableCommand, answers=Done):
    """End sessions of one's own account, on devices lost or left."""

    session_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=50), Unique] = Field(
        description="The sessions."
    )


# --- teaching points (IDN-5) ---


class AddressInput(Contract, extra="forbid"):
    """Where a teaching point is."""

    province: ShortText | None = Field(default=None, description="Province.", examples=["江苏省"])
    city: ShortText | None = Field(default=None, description="City.", examples=["徐州市"])
    district: ShortText | None = Field(default=None, description="District.", examples=["云龙区"])
    street: Text | None = Field(default=None, description="Street and number.", examples=["解放南路1号"])
    longitude: Longitude | None = Field(default=None, description="Degrees east.")
    latitude: Latitude | None = Field(default=None, description="Degrees north.")
    coordinates_of: CoordinateSystem = Field(
        default=CoordinateSystem.WGS84, description="Where longitude and latitude are from; kept as WGS 84."
    )


class PointInformationInput(Contract, extra="forbid"):
    """What a teaching point says about itself."""

    address: AddressInput = Field(default=AddressInput(), description="Address.")
    recruiters: Annotated[tuple[PersonName, ...], Field(max_length=20), Unique] = Field(
        default=(), description="Names of the recruiters.", examples=[["王老师", "李老师"]]
    )
    phones: Annotated[tuple[PhoneNumber, ...], Field(max_length=20), Unique] = Field(
        default=(), description="Phones for recruitment.", examples=[["0516-83500000"]]
    )


class CreateTeachingPoint(Command, answers=TeachingPointDetails):
    """Add a teaching point. Refused: `teaching_point_code_taken`."""

    code: TeachingPointCode = Field(
        description="Code of 4 to 8 digits, unique and never changed: student numbers carry it.",
        examples=["3203"],
    )
    name: ShortText = Field(description="Name.", examples=["徐州教学点"])
    information: PointInformationInput = Field(
        default=PointInformationInput(), description="What the point says about itself.", examples=[{}]
    )


class UpdatePointInformation(Command, answers=TeachingPointDetails):
    """Change address, recruiters and phones, by point or school. What is left out is emptied."""

    teaching_point_id: Id = Field(description="The teaching point.")
    version: Version
    information: PointInformationInput = Field(description="All of it.", examples=[{}])


class RenameTeachingPoint(Command, answers=TeachingPointDetails):
    """Give a teaching point another name; the former one is kept as history."""

    teaching_point_id: Id = Field(description="The teaching point.")
    version: Version
    name: ShortText = Field(description="The new name.", examples=["徐州开放大学教学点"])


class DisableTeachingPoint(Command, answers=TeachingPointDetails):
    """Disable a point: its users can't sign in, it receives no students. Sessions end within seconds."""

    teaching_point_id: Id = Field(description="The teaching point.")
    version: Version
    merged_into_id: Id | None = Field(default=None, description="The point it was merged into, kept as history.")


class EnableTeachingPoint(Command, answers=TeachingPointDetails):
    """Enable a disabled point again."""

    teaching_point_id: Id = Field(description="The teaching point.")
    version: Version


# --- users (IDN-6) ---


class RoleGrantInput(RoleGrant, extra="forbid"):
    """A role, and what it is limited to."""


class _UserFields(Command):
    name: PersonName = Field(description="Real name.")
    gender: Gender | None = Field(default=None, description="Gender.")
    mobile: MobileNumber | None = Field(default=None, description="Mobile number.")
    email: Email | None = Field(default=None, description="E-mail address.")
    position: ShortText | None = Field(default=None, description="Position.", examples=["教务员"])
    roles: Annotated[tuple[RoleGrantInput, ...], Field(min_length=1, max_length=20)] = Field(
        description="Each role once.", examples=[[{"role": "teaching_point_admin"}]]
    )

    @model_validator(mode="after")
    def _each_role_once(self) -> Self:
        if len({grant.role for grant in self.roles}) != len(self.roles):
            raise FieldProblemError("list_has_doubles")
        return self


class CreateUser(_UserFields, answers=CreatedUser, secret=True):
    """Add a user, who signs in first with the one-time password answered here.

    A point administrator adds users of the own point with teaching-point roles: `role_not_grantable`.
    Refused: `username_taken`, `role_needs_teaching_point`, `role_needs_modules`, `role_needs_courses`.
    """

    username: Username = Field(description="Name to sign in with, unique.")
    teaching_point_id: Id | None = Field(default=None, description="The user's point; left out for school staff.")


class UpdateUser(_UserFields, answers=UserView):
    """Change a user. New roles count within seconds. Students stay as recorded: `from_record`."""

    user_id: Id = Field(description="The user.")
    version: Version


class RemoveUser(Command, answers=RemovedUser):
    """Erase a user who never acted, disable one who did. Refused: `own_account`, `from_record`."""

    user_id: Id = Field(description="The user.")
    version: Version


class DisableUser(Command, answers=UserView):
    """Shut a user out; sessions end within seconds. Refused: `own_account`."""

    user_id: Id = Field(description="The user.")
    version: Version


class EnableUser(Command, answers=UserView):
    """Let a disabled user in again. Who is no student any more stays out: `from_record`. Refused: `own_account`,
    `from_record`."""

    user_id: Id = Field(description="The user.")
    version: Version


class IssueOneTimePasswords(Command, answers=OneTimePasswords, secret=True):
    """Give users a password for the next sign-in, as first access or because theirs is forgotten.

    Their sessions end; the password must be changed after signing in. It opens at once, whatever wrong passwords
    were sent before. Refused: `some_not_found`, `own_account`, `some_sign_in_elsewhere`.
    """

    user_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=200), Unique] = Field(description="The users.")


class ForgiveFailedSignIns(TryableCommand, answers=Done):
    """Let users try again at once who wait after wrong passwords: none so far counts any more. They keep their
    password. Refused: `some_not_found`, `own_account`."""

    user_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=200), Unique] = Field(description="The users.")
