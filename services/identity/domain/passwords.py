"""Passwords: Argon2id (RFC 9106), what makes one too easy, and one-time passwords."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

ONE_TIME_LIFETIME = timedelta(days=7)
"""How long a one-time password waits for its sign-in."""
_STRONG_ENOUGH = 2
"""Of zxcvbn's scores from 0 to 4: at least a million guesses."""
_LOOKED_AT = 16
"""Characters that zxcvbn is asked about at a time: of 64 that may stand for letters it tries readings for seconds."""
_SHORTEST_WORD = 2
"""Characters of a word that a password may not hold: names have no fewer."""
_OF_THE_FIELD = (
    "jiaowu", "kaifang", "daxue", "guokai", "ouchn", "xuesheng", "jiaoxuedian", "mima", "woaini", "aini", "nihao",
    "admin", "教务", "开放大学", "国家开放大学", "密码", "管理员",
)  # fmt: skip
"""What everybody here would try first, beside zxcvbn's own lists, which are of English."""

# Without letters and digits that are read for one another when a password is told by telephone.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_hasher = PasswordHasher()
NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$v60FCwh5zHuKJhDqsqyqZg$phonPB/Ljdb14miqTq4rAKErltGD37Dq8NqPdQkzhkY"
"""What a password of an unknown user is compared with, so that the answer takes as long as for a known one. Nobody
knows what it is the hash of; it is written down, since making one is a tenth of a process's start."""


def hashed(password: str) -> str:
    """The Argon2id hash to keep."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one of the hash; without a hash it takes as long and is false."""
    try:
        return _hasher.verify(password_hash or NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def one_time_password() -> str:
    """Three groups of four characters, 59 bits: easy to tell and to type, hard to guess."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def words_about(user: Any) -> list[str]:
    """What a password must not be made of: whatever a stranger knows of the account; `user` is a row of users."""
    email, _, _ = (user.email or "").partition("@")
    return [word for word in (user.username, user.name, user.mobile, email) if word]


def too_easy(password: str, words: Sequence[str]) -> bool:
    """A password that holds one of the `words`, or that a guesser tries among the first million: common ones, also with
    digits after them and letters replaced as people do (NIST SP 800-63B 3.1.1.2; estimated by zxcvbn)."""
    lowered = password.lower()
    if any(len(word) >= _SHORTEST_WORD and word.lower() in lowered for word in words):
        return True
    parts = (password[start : start + _LOOKED_AT] for start in range(0, len(password), _LOOKED_AT))
    # A password is no easier than any part of it.
    return all(zxcvbn(part, user_inputs=[*words, *_OF_THE_FIELD])["score"] < _STRONG_ENOUGH for part in parts)
