"""How often somebody may be wrong about a password, and who counts as one and the same somebody.

Whoever guesses is held up, not whose account it is: failures count for the account from one address, a device that
signed in before has a count of its own, and from where the account was never used all addresses together have one more,
against guesses that are spread over many. NIST SP 800-63B (100 failures), OWASP's device cookies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Source(StrEnum):
    """What failures are counted for, always at one account."""

    ADDRESS = "address"
    """One address without a known device."""
    DEVICE = "device"
    """A device that signed in to the account before."""
    STRANGERS = "strangers"
    """All addresses together that the account was not used from, and no known device."""
    SESSION = "session"
    """A session that asks for the current password."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `failures` in any span of `within`."""

    failures: int
    within: timedelta

    def seconds_to_wait(self, failed_at: Sequence[datetime], now: datetime) -> int:
        """Seconds until the next try; 0 when it may be made now."""
        recent = sorted(at for at in failed_at if at > now - self.within)
        if len(recent) < self.failures:
            return 0
        return max(1, int((recent[-self.failures] + self.within - now).total_seconds()))


_FEW: Final = Limit(5, timedelta(minutes=15))
LIMITS: Final = {
    Source.ADDRESS: _FEW,
    Source.DEVICE: _FEW,
    Source.SESSION: _FEW,
    Source.STRANGERS: Limit(100, timedelta(days=1)),
}

FORGOTTEN_AFTER: Final = max(limit.within for limit in LIMITS.values())
"""Nothing older counts anywhere."""
