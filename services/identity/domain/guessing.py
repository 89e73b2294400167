"""How often somebody may be wrong about a password, and who counts as one and the same somebody.

Whoever guesses is held up, not whose account it is: failures count for the account from one address, a device that
signed in before has a count of its own. Guesses that are spread are counted too: over many addresses, by the account,
from where it was never used; over many accounts, by the address, behind which a whole teaching point may stand. NIST SP
800-63B (100 failures), OWASP's device cookies. Past a hundred of strangers in a day each costs
work (`chassis.work.proof_of_work`), the more the more there are; by that the owner comes in, too, whom strangers could
else make wait for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Source(StrEnum):
    """What failures are counted for, at one account where it does not say otherwise."""

    ADDRESS = "address"
    """One address without a known device."""
    DEVICE = "device"
    """A device that signed in to the account before."""
    DEVICES = "devices"
    """All known devices of the account together: who knew the former password may have kept many."""
    STRANGERS = "strangers"
    """All addresses together that the account was not used from, and no known device."""
    PLACE = "place"
    """One address at all accounts together, without a known device: one password is tried at many of them."""
    SESSION = "session"
    """A session that asks for the current password."""
    CODES = "codes"
    """All addresses together that the account was not used from, and no known device: codes of the second factor, by
    whoever knows the password."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `failures` in any span of `within`."""

    failures: int
    within: timedelta

    def recent(self, failed_at: Sequence[datetime], now: datetime) -> Sequence[datetime]:
        """The failures that it looks at, in their order."""
        return sorted(at for at in failed_at if at > now - self.within)

    def seconds_to_wait(self, failed_at: Sequence[datetime], now: datetime) -> int:
        """Seconds until the next try; 0 when it may be made now."""
        recent = self.recent(failed_at, now)
        if len(recent) < self.failures:
            return 0
        return max(1, int((recent[-self.failures] + self.within - now).total_seconds()))


_FEW: Final = Limit(5, timedelta(minutes=15))
LIMITS: Final = {
    Source.ADDRESS: _FEW,
    Source.DEVICE: _FEW,
    Source.SESSION: _FEW,
    Source.PLACE: Limit(600, timedelta(minutes=15)),
    Source.STRANGERS: Limit(2000, timedelta(days=1)),
    Source.DEVICES: Limit(100, timedelta(days=1)),
    # Of a million codes three are right at a time: who guesses for a year comes in once in ten.
    Source.CODES: Limit(100, timedelta(days=1)),
}
FREE_FOR_STRANGERS: Final = 100
"""Guesses of strangers at an account in a day that cost nothing. All that follow, to the limit, cost them 7 to 13
hours of a processor."""
MOST_COUNTED: Final = max(limit.failures for limit in LIMITS.values())
"""Failures kept of one count: more make no difference."""
NOTED_AGAIN_AFTER: Final = _FEW.within
"""How long one and the same refusal of one source at one account is noted once: who guesses must not fill the trail."""

FORGOTTEN_AFTER: Final = max(limit.within for limit in LIMITS.values())
"""Nothing older counts anywhere."""
