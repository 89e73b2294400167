"""How often one client may ask. Counted in this process's memory: a gateway protects itself."""

import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from contracts.errors import ServiceError


class Rates:
    """Limits such as `3000/minute`: for a signed-in user, for an address, and for sign-in attempts of an address."""

    def __init__(self, user: str = "3000/minute", address: str = "600/minute", sign_in: str = "120/minute") -> None:
        self._user = parse(user)
        self._address = parse(address)
        self._sign_in = parse(sign_in)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def user(self, user_id: str) -> None:
        """Count a request of a signed-in user. Raises `ServiceError("rate_limited")`."""
        self._hit(self._user, "user", user_id)

    def address(self, address: str) -> None:
        """Count a request that nobody signed in for, a failed sign-in included."""
        self._hit(self._address, "address", address)

    def sign_in(self, address: str) -> None:
        """Count an attempt to get in: guessing is slowed down before it costs a password hash."""
        self._hit(self._sign_in, "sign_in", address)

    def _hit(self, limit: RateLimitItem, kind: str, who: str) -> None:
        if not self._limiter.hit(limit, kind, who):
            reset = self._limiter.get_window_stats(limit, kind, who).reset_time
            raise ServiceError("rate_limited", retry_after=max(1, math.ceil(reset - time.time())))
