"""Passwords: Argon2id (RFC 9106), what makes one too easy, and one-time passwords."""

import secrets
from datetime import datetime, timedelta
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

ONE_TIME_LIFETIME = timedelta(days=7)
"""How long a one-time password waits for its sign-in."""
ATTEMPTS, ATTEMPTS_WITHIN = 5, timedelta(minutes=15)
"""After so many failed sign-ins within this time the account waits (IDN-1)."""

# Without letters and digits that are read for one another when a password is told by telephone.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher()
# What a password of an unknown user is compared with: the answer takes as long as for a known one.
_NOBODY = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    """The Argon2id hash to keep."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one of the hash; without a hash it takes as long and is false."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def one_time_password() -> str:
    """Three groups of four characters, 59 bits: easy to tell and to type, hard to guess."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def too_easy(password: str, username: str) -> bool:
    """A password that holds the username, one character over and over, or a run such as 12345678."""
    lowered = password.lower()
    if username.lower() in lowered or len(set(lowered)) < 4:
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(lowered)}
    return steps in ({1}, {-1})


def seconds_to_wait(failed_at: list[datetime], now: datetime) -> int:
    """Seconds until an account with these failed sign-ins may try again; 0 when it may now."""
    recent = sorted(at for at in failed_at if at > now - ATTEMPTS_WITHIN)
    if len(recent) < ATTEMPTS:
        return 0
    return max(1, int((recent[-ATTEMPTS] + ATTEMPTS_WITHIN - now).total_seconds()))
