"""States of what identity owns."""

from enum import StrEnum


class TeachingPointStatus(StrEnum):
    """The users of a disabled point can't sign in, and it receives no students."""

    ENABLED = "enabled"
    DISABLED = "disabled"


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
