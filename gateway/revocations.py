"""Which tokens no longer count although they have not expired.

Heard twice, so that neither a lost message nor a broken connection lets an ended session live on: as events on a queue
of the gateway's own, and by asking identity every few seconds. Kept only as long as a token can live.
"""

import time
from collections.abc import Callable, Iterable
from uuid import UUID

from contracts.identity.events import Revocation
from contracts.identity.tokens import MAX_LIFETIME

_KEPT = 2 * MAX_LIFETIME  # seconds: longer than any token, clocks that differ included


class RevocationList:
    """Ended sessions, and the lowest epoch of a user's grants that still counts."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.complete = False
        """Whether identity has told all that counts. Before nobody knows, and no token is good."""
        self._sessions: dict[UUID, float] = {}
        self._epochs: dict[UUID, tuple[int, float]] = {}

    def is_revoked(self, user_id: UUID, session_id: UUID, epoch: int) -> bool:
        """Whether a token of this session and epoch was withdrawn."""
        if session_id in self._sessions:
            return True
        lowest = self._epochs.get(user_id)
        return lowest is not None and epoch < lowest[0]

    def apply(self, revocations: Iterable[Revocation]) -> None:
        """Take in what identity says; the same again, or older, changes nothing."""
        now = self._clock()
        for revocation in revocations:
            if revocation.session_id is not None:
                self._sessions[revocation.session_id] = now
            if revocation.epoch is not None:
                lowest, _ = self._epochs.get(revocation.user_id, (0, now))
                self._epochs[revocation.user_id] = (max(lowest, revocation.epoch), now)

    def forget_old(self) -> None:
        """Drop what no living token can be about."""
        oldest = self._clock() - _KEPT
        self._sessions = {key: at for key, at in self._sessions.items() if at >= oldest}
        self._epochs = {key: (epoch, at) for key, (epoch, at) in self._epochs.items() if at >= oldest}
