"""Tokens that only identity makes and checks: some bytes, and a code of them under one of its keys."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass

from services.identity.steps.keys import Key, keys, signing_key


@dataclass(frozen=True, slots=True)
class Sealed:
    """A kind of token. `length` is how many bytes it says in the clear; the code of a kind is good for no other."""

    prefix: str
    purpose: str
    length: int

    def token(self, body: bytes, bound_to: bytes, key: Key | None = None) -> str:
        """The token that says `body`, and whose code also depends on what it is `bound_to`."""
        code = (key or signing_key()).code(self.purpose, body, bound_to)
        return self.prefix + urlsafe_b64encode(body + code).decode().rstrip("=")

    def said_by(self, token: str) -> bytes | None:
        """What a token says, be it true or not; None for what is no token of this kind."""
        text = token.removeprefix(self.prefix)
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (Error, ValueError):
            return None
        return raw[: self.length] if len(raw) > self.length else None

    def is_genuine(self, token: str, body: bytes, bound_to: bytes) -> bool:
        """Whether one of identity's keys made the token, which says `body`, for what it is bound to."""
        made = (self.token(body, bound_to, key) for key in keys())
        return any(hmac.compare_digest(token.encode(), each.encode()) for each in made)
