"""How often one client may ask. Counted in this process's memory: a gateway protects itself."""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from chassis.base.addresses import network_of
from contracts.errors import ServiceError


class Rates:
    """Limits such as `3000/minute`: for a signed-in user, and for an address whose requests nobody is signed in for.

    A whole teaching point may stand behind one address: its people sign in and refresh in the same minute. Guesses at
    passwords are counted by identity, which knows whose device is asking.
    """

    def __init__(self, user: str = "3000/minute", address: str = "3000/minute") -> None:
        self._user = parse(user)
        self._address = parse(address)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def user(self, user_id: str) -> None:
        """Count a request of a signed-in user. Raises `ServiceError("rate_limited")`."""
        self._hit(self._user, "user", user_id)

    def address(self, address: str) -> None:
        """Count a request that nobody signed in for; of an IPv6 client all its addresses are one."""
        self._hit(self._address, "address", network_of(address))

    def _hit(self, limit: RateLimitItem, kind: str, who: str) -> None:
        if not self._limiter.hit(limit, kind, who):
            reset = self._limiter.get_window_stats(limit, kind, who).reset_time
            raise ServiceError("rate_limited", retry_after=max(1, math.ceil(reset - time.time())))
