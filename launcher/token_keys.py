"""Changing the key that signs access tokens, while everybody goes on working.

Identity looks at its keys every two seconds, and gateways ask it for the public ones every five. So a key is known
before it signs, and goes when no token is left that it has signed.
"""

from collections.abc import Callable, Sequence
from enum import Enum

from chassis.base.pem import new_private_key, private_blocks
from contracts.identity.tokens import MAX_LIFETIME
from launcher.secrets import Secrets


class Pause(Enum):
    """What is waited for between two steps, and for how many seconds at most it takes."""

    KNOWN = 30
    """Every gateway knows the new key."""
    OUTLIVED = MAX_LIFETIME + 30
    """No token of the former key is good any more."""


def change(secrets: Secrets, wait: Callable[[Pause], None]) -> None:
    """Let a new key sign in the place of the one that does. A change that was broken off is finished first."""
    signing, *other = private_blocks(secrets.token_keys()[0])
    if other:
        # The other one has not signed yet, or signs no more.
        wait(Pause.OUTLIVED)
        secrets.put_token_keys([signing])
    new = new_private_key()
    for keys, pause in _steps(signing, new):
        secrets.put_token_keys(keys)
        wait(pause)
    secrets.put_token_keys([new])


def replace_at_once(secrets: Secrets) -> None:
    """Let nothing count that the present key has signed: it has become known to somebody. Everybody's access token is
    refused until it is refreshed; devices are unknown until the next sign-in."""
    secrets.put_token_keys([new_private_key()])


def _steps(former: str, new: str) -> Sequence[tuple[list[str], Pause]]:
    return [([former, new], Pause.KNOWN), ([new, former], Pause.OUTLIVED)]
