"""Changing the key that signs access tokens, while everybody goes on working.

Identity looks at its keys every two seconds, and gateways ask it for the public ones every five. So a key is known
before it signs, and goes when no token is left that it has signed.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from chassis.base.pem import fingerprint, new_private_key, private_blocks, private_keys
from chassis.base.problems import SetUpProblem
from contracts.identity.tokens import MAX_LIFETIME
from launcher.processes import Process
from launcher.secrets import Secrets
from launcher.waiting import wait_until


class Pause(Enum):
    """What is waited for between two steps, and for how many seconds at most it takes."""

    KNOWN = 30
    """Every gateway knows the new key."""
    OUTLIVED = MAX_LIFETIME + 30
    """No token of the former key is good any more."""


class KeyChangeError(SetUpProblem):
    """The key was not changed to the end; the sentence says why. Run again, the change is finished."""


Wait = Callable[[Pause, Sequence[str]], None]
"""Waits for what a pause is for, while these private keys count. Raises KeyChangeError where it does not come."""


def change(secrets: Secrets, wait: Wait) -> None:
    """Let a new key sign in the place of the one that does. A change that was broken off is finished first.

    Raises KeyChangeError while somebody else changes it, and when somebody has meanwhile.
    """
    with secrets.alone("token.change") as free:
        if not free:
            raise KeyChangeError("Somebody is changing the key at this moment: wait until that has ended.")
        signing, *other = private_blocks(secrets.token_keys()[0])
        if other:
            # The other one has not signed yet, or signs no more.
            wait(Pause.OUTLIVED, [signing, *other])
            _put(secrets, [signing], instead_of=[signing, *other])
        new = new_private_key()
        _put(secrets, [signing, new], instead_of=[signing])
        wait(Pause.KNOWN, [signing, new])
        _put(secrets, [new, signing], instead_of=[signing, new])
        wait(Pause.OUTLIVED, [new, signing])
        _put(secrets, [new], instead_of=[new, signing])


def replace_at_once(secrets: Secrets, end_sessions: Callable[[], int]) -> int:
    """Let nothing count that the present key has signed: it has become known to somebody. Everybody's session ends, and
    devices are unknown until the next sign-in. How many sessions there were.

    Waits for nobody: a change that is going on finds another key than it left, and stops.
    """
    secrets.put_token_keys([new_private_key()])
    return end_sessions()


def wait_for(gateways: Iterable[Process]) -> Wait:
    """Waits until each running gateway says that it takes tokens of all keys; for tokens to expire, by the clock."""
    gateways = list(gateways)

    def wait(pause: Pause, keys: Sequence[str]) -> None:
        if pause is Pause.OUTLIVED:
            time.sleep(pause.value)
            return
        wanted = [trusted_by_metrics(key) for key in keys]

        def ignorant() -> list[str]:
            running = [gateway for gateway in gateways if gateway.running()]
            return [each.name for each in running if not set(wanted) <= set(each.metrics().splitlines())]

        if not wait_until(lambda: not ignorant(), pause.value, every=0.5):
            names = ", ".join(ignorant())
            raise KeyChangeError(f"Does not know the new key: {names}. The former one signs on; run it again.")

    return wait


def trusted_by_metrics(private: str) -> str:
    """The line of a gateway's metrics that says that it takes tokens of this key."""
    (key,) = private_keys(private)
    return f'jiaowu_token_key_trusted{{key="{fingerprint(key.public_key())}"}} 1.0'


def _put(secrets: Secrets, keys: Sequence[str], *, instead_of: Sequence[str]) -> None:
    if not secrets.put_token_keys(keys, instead_of=instead_of):
        raise KeyChangeError("The keys were changed by somebody else meanwhile, and are left as they are now.")
