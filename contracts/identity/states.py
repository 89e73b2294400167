"""States of what identity owns."""

from enum import StrEnum


class TeachingPointStatus(StrEnum):
    """The users of a disabled point can't sign in, and it receives no students."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class CoordinateSystem(StrEnum):
    """What a map's coordinates mean: in China those of most maps are moved by some hundred metres, on purpose."""

    WGS84 = "wgs84"  # GPS
    GCJ02 = "gcj02"  # Amap, Tencent
    BD09 = "bd09"  # Baidu


class UserStatus(StrEnum):
    """A disabled user can't sign in; what the user did stays in the trail."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class FirstStep(StrEnum):
    """What an account has to do before anything else works (IDN-1)."""

    CHANGE_PASSWORD = "change_password"
    COMPLETE_PROFILE = "complete_profile"
    ENTER_CODE = "enter_code"
    """In each session of who has a second factor: until then nothing else works, not even the other steps."""
    SET_UP_SECOND_FACTOR = "set_up_second_factor"


class SecondFactorState(StrEnum):
    """Whether an account has a second factor beside its password."""

    NONE = "none"
    SET_UP = "set_up"


class WaysIn(StrEnum):
    """What opens an account (IDN-2)."""

    PASSWORD = "password"
    """Its own alone: it is not bound."""
    PROVIDER = "provider"
    BOTH = "both"


class DelegationState(StrEnum):
    """What became of a permission that was handed on (IDN-7)."""

    COUNTS = "counts"
    TAKEN_BACK = "taken_back"
    GIVEN_BACK = "given_back"
    LOST = "lost"
    """The giver has it no more, or one of both is shut out or belongs elsewhere."""
    EXPIRED = "expired"


class NameChangeKind(StrEnum):
    """Why a teaching point's name changed."""

    RENAMED = "renamed"
    MERGED = "merged"


class SignInProviderStatus(StrEnum):
    """Nobody signs in by a disabled provider."""

    ENABLED = "enabled"
    DISABLED = "disabled"
