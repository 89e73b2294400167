"""Device tokens: who signed in has shown that the device is theirs, and is let through while others guess.

They let nobody in. A token is good for one account, and names no one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from chassis.base.ids import new_id
from services.identity.domain.lifetimes import DEVICE_KNOWN_FOR
from services.identity.steps.sealed import Sealed

_SEALED: Final = Sealed("dt_", "device", length=22)


def device_token(user_id: UUID, now: datetime, device_id: UUID | None = None) -> str:
    """A token for the device on which the user signed in now; a device that is known keeps its id."""
    body = (device_id or new_id()).bytes + _milliseconds(now).to_bytes(6, "big")
    return _SEALED.token(body, user_id.bytes)


def known_device(token: str | None, user: Row[Any] | None, now: datetime) -> UUID | None:
    """The device that a token names, or None when it is not one of the account, or not known any more: too old, or
    of before the present password or second factor, which its owner may have been given because of that device.

    `user` is a row of `SIGNING_IN`.
    """
    if token is None or user is None:
        return None
    body = _SEALED.said_by(token)
    if body is None or not _SEALED.is_genuine(token, body, user.id.bytes):
        return None
    known_since = int.from_bytes(body[16:], "big")
    shown_since = (user.changed_at, user.second_factor_since, now - DEVICE_KNOWN_FOR)
    if known_since < _milliseconds(max(since for since in shown_since if since is not None)):
        return None
    return UUID(bytes=body[:16])


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
