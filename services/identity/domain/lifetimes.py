"""How long a session lasts. Whatever its refreshes, it ends: who works here signs in each working day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

SAME_SIGN_IN: Final = timedelta(minutes=5)
"""How long a sign-in may be sent again under its idempotency key and opens no second session: an answer was lost."""
REFRESH_GRACE: Final = timedelta(seconds=30)
"""How long after its first use a refresh token answers the same again: to another tab, or where an answer was lost."""
DEVICE_KNOWN_FOR: Final = timedelta(days=180)
"""How long a device counts as known after a sign-in on it."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """`unused` is the longest pause between two refreshes, `whole` the time after which only a new sign-in helps."""

    unused: timedelta
    whole: timedelta

    def until(self, started_at: datetime, now: datetime) -> datetime:
        """When a session that is used now ends by itself; in the past when it is over."""
        return min(now + self.unused, started_at + self.whole)


_STUDENT: Final = Lifetime(unused=timedelta(days=7), whole=timedelta(days=30))
_EVERYBODY_ELSE: Final = Lifetime(unused=timedelta(hours=12), whole=timedelta(hours=12))


def lifetime_of(*, student: bool) -> Lifetime:
    """The lifetime of a student's sessions, or of anybody else's."""
    return _STUDENT if student else _EVERYBODY_ELSE
