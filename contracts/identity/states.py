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


class NameChangeKind(StrEnum):
    """Why a teaching point's name changed."""

    RENAMED = "renamed"
    MERGED = "merged"


class SignInProviderStatus(StrEnum):
    """Nobody signs in by a disabled provider."""

    ENABLED = "enabled"
    DISABLED = "disabled"
