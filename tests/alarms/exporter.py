"""A process with the real metrics, set to one condition: `python -m tests.alarms.exporter <port> <condition>`."""

import sys
import threading
import time
from collections.abc import Callable, Mapping

from chassis.base import metrics
from chassis.running import health

# All is well: there is work, and it is under way.
metrics.outbox_waiting(3, oldest_seconds=0.4)
metrics.inbox_kept({"waiting": 2}, waiting_oldest_seconds=40)
metrics.bindings_missing(0)
metrics.audit_unsealed(2)
metrics.bindings_looked_at(time.time())


def refused_events() -> None:
    metrics.inbox_kept({"refused": 1}, 0)


def refused_calls() -> None:
    """Calls are no rows: the counter alone tells of them."""
    metrics.message_refused("sender_not_owner")


def returned_events() -> None:
    metrics.outbox_returned(1)


def late_events() -> None:
    def handle() -> None:
        while True:
            metrics.event_handled("bills_paid", "handled", 300)
            time.sleep(0.2)

    threading.Thread(target=handle, daemon=True).start()


CONDITIONS: Mapping[str, tuple[str | None, Callable[[], object]]] = {
    "well": (None, lambda: metrics.event_handled("bills_paid", "handled", 0.02)),
    "refused_events": ("JiaowuMessagesRefused", refused_events),
    "refused_calls": ("JiaowuMessagesRefused", refused_calls),
    "returned": ("JiaowuEventsReturned", returned_events),
    "dead": ("JiaowuEventsDead", lambda: metrics.inbox_kept({"dead": 1}, 0)),
    "waiting": ("JiaowuEventsWaitTooLong", lambda: metrics.inbox_kept({"waiting": 1}, 901)),
    "lag": ("JiaowuEventLag", late_events),
    "outbox": ("JiaowuOutboxOld", lambda: metrics.outbox_waiting(1, oldest_seconds=121)),
    "given_up": ("JiaowuBrokerGaveUp", lambda: metrics.broker_gave_up(1)),
    "bindings": ("JiaowuBindingsMissing", lambda: metrics.bindings_missing(1)),
    "blind": ("JiaowuBindingsNotLookedAt", lambda: metrics.bindings_looked_at(time.time() - 601)),
    "unsealed": ("JiaowuTrailNotSealed", lambda: metrics.audit_unsealed(301)),
    "unready": ("JiaowuProcessNotReady", lambda: None),
    "away": ("JiaowuProcessNotReady", lambda: None),
}
"""Condition → the alarm that it must raise, and what makes it so. Of `away` nobody starts a process."""


def main(port: int, condition: str) -> None:
    """Serve until killed."""
    CONDITIONS[condition][1]()
    health.serve("127.0.0.1", port, lambda: {"database": condition != "unready"})
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
