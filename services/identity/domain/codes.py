"""Codes of the second factor: of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, thirty seconds, as every app
has it), and recovery codes for who has lost theirs.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pyotp

STEP_SECONDS: Final = 30
RECOVERY_CODES: Final = 10
"""How many somebody has."""
OFFERED_FOR: Final = timedelta(minutes=15)
"""How long a new secret may take to come to an app and back as a code."""
_SKEW: Final = (0, -1, 1)
"""Steps that a telephone's clock, and a person's typing, may be away (RFC 6238, 5.2)."""
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that are read for one another on paper."""
_GROUPS, _GROUP = 6, 4


def new_secret() -> str:
    """160 bits as Base32, which apps and people can read (RFC 4226, 4)."""
    return pyotp.random_base32()


def uri(secret: str, username: str, school: str) -> str:
    """What an app reads from a QR code: whose secret it is, and of which school."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=school)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step that a code of the app is of: the present one, or one beside it. None for a wrong code."""
    app, present = pyotp.TOTP(secret, interval=STEP_SECONDS), int(now.timestamp()) // STEP_SECONDS
    # Every one is looked at: how long it takes does not tell which one was near.
    found = [present + skew for skew in _SKEW if hmac.compare_digest(app.generate_otp(present + skew), code)]
    return found[0] if found else None


def is_of_app(code: str) -> bool:
    """Whether this is a code of an app, and no recovery code."""
    return code.isdigit() and len(code) < _GROUPS * _GROUP


def new_recovery_codes() -> Sequence[str]:
    """Each of 118 bits, in groups: to be printed, and typed once."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(user_id: UUID, code: str) -> bytes:
    """The hash under which a recovery code is kept, however it is typed. It needs no slow one: nobody guesses
    118 bits, and from 112 on OWASP ASVS 6.5.2 is content with this."""
    return hashlib.sha256(user_id.bytes + code.replace("-", "").lower().encode()).digest()
