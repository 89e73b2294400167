"""Device tokens: who signed in has shown that the device is theirs, and is let through while others guess.

They let nobody in. A token is good for one account, and names no one.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.base.ids import new_id
from services.identity.domain.lifetimes import DEVICE_KNOWN_FOR
from services.identity.steps.keys import Key, keys, signing_key

_PREFIX: Final = "dt_"
_PURPOSE: Final = "device"


def device_token(user_id: UUID, now: datetime, device_id: UUID | None = None) -> str:
    """A token for the device on which the user signed in now; a device that is known keeps its id."""
    body = (device_id or new_id()).bytes + int(now.timestamp()).to_bytes(6, "big")
    return _token(signing_key(), user_id, body)


def known_device(token: str | None, user_id: UUID | None, now: datetime) -> UUID | None:
    """The device that a token names, or None when it is not one of the account, or too old."""
    if token is None or user_id is None:
        return None
    text = token.removeprefix(_PREFIX)
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
    body = raw[:22]
    if not any(hmac.compare_digest(token, _token(key, user_id, body)) for key in keys()):
        return None
    if int.from_bytes(body[16:], "big") < (now - DEVICE_KNOWN_FOR).timestamp():
        return None
    return UUID(bytes=body[:16])


def _token(key: Key, user_id: UUID, body: bytes) -> str:
    return _PREFIX + urlsafe_b64encode(body + key.code(_PURPOSE, user_id.bytes, body)).decode().rstrip("=")
