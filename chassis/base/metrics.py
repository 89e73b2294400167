"""What a process measures about itself, served by `chassis.running.health` at /metrics in Prometheus' format.

Labels are names from the code (methods, event types, routes), never ids or data: their number stays bounded.
Durations are seconds.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from prometheus_client import Counter, Gauge, Histogram

_CALL_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LAG_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600, 3600)

KEPT_STATES: Final = ("waiting", "dead", "refused")
"""States of events that are kept in the inbox because they could not be handled."""

_ready = Gauge("jiaowu_ready", "Whether the process may be given work: 1 or 0")
_http = Histogram(
    "jiaowu_http_request_seconds",
    "Requests answered by the gateway",
    ["method", "route", "status"],
    buckets=_CALL_BUCKETS,
)
_rpc_calls = Histogram(
    "jiaowu_rpc_call_seconds",
    "Calls made to services, as the caller sees them",
    ["service", "method", "outcome"],
    buckets=_CALL_BUCKETS,
)
_rpc = Histogram(
    "jiaowu_rpc_seconds",
    "Commands and queries answered by a service",
    ["service", "method", "outcome"],
    buckets=_CALL_BUCKETS,
)
_transactions = Counter("jiaowu_database_transactions", "Transactions by how they ended", ["outcome"])
_pool = Gauge("jiaowu_database_pool_connections", "Connections of the pool", ["state"])
_events = Counter("jiaowu_events_handled", "Events handled", ["type", "outcome"])
_event_lag = Histogram(
    "jiaowu_event_lag_seconds",
    "From the commit that made an event to the commit that handled it",
    ["type"],
    buckets=_LAG_BUCKETS,
)
_outbox_published = Counter("jiaowu_outbox_published", "Events published and confirmed by the broker")
_outbox_waiting = Gauge("jiaowu_outbox_waiting", "Events committed and not yet published")
_outbox_oldest = Gauge("jiaowu_outbox_oldest_seconds", "Age of the oldest event committed and not yet published")
_inbox_kept = Gauge("jiaowu_inbox_kept", "Events kept because they could not be handled", ["state"])
_refused = Counter("jiaowu_messages_refused", "Messages put aside: not their sender's to say", ["reason"])
_wire_refused = Counter(
    "jiaowu_wire_refused_total", "Connections that were ended, or requests that were none, before the door.", ["reason"]
)
_returned = Gauge("jiaowu_outbox_returned", "Events that the broker has no queue for, kept to be tried again")
_inbox_waiting_oldest = Gauge(
    "jiaowu_inbox_waiting_oldest_seconds", "Age of the oldest event that waits for what it needs"
)
_gave_up = Gauge("jiaowu_broker_gave_up", "Messages that the broker gave up and nobody has fetched")
_bindings_missing = Gauge("jiaowu_bindings_missing", "Bindings that the code declares and the broker does not have")
_bindings_looked_at = Gauge(
    "jiaowu_bindings_looked_at_seconds", "When the broker's bindings were last compared, in epoch seconds"
)
_token_keys = Gauge("jiaowu_token_key_trusted", "Keys whose tokens this gateway takes: 1", ["key"])
_job_rows = Counter("jiaowu_scheduled_rows", "Rows handled by scheduled jobs", ["job"])
_job_failures = Counter("jiaowu_scheduled_failures", "Runs of scheduled jobs that failed", ["job"])
_audit_unsealed = Gauge("jiaowu_audit_unsealed_seconds", "Age of the oldest audit entry that is in no block yet")
_task_steps = Histogram(
    "jiaowu_task_step_seconds",
    "Steps of long tasks",
    ["kind", "outcome"],
    buckets=(*_CALL_BUCKETS, 30, 60, 300),
)
_tasks = Counter("jiaowu_tasks_ended", "Long tasks by how they ended", ["kind", "state"])


class Pool(Protocol):
    """What is read of an SQLAlchemy `QueuePool`."""

    def checkedout(self) -> int: ...
    def checkedin(self) -> int: ...


def readiness(ready: bool) -> None:
    """Whether the process may be given work, at the moment of being asked."""
    _ready.set(ready)


def http_request(method: str, route: str, status: int, seconds: float) -> None:
    """A request answered by the gateway; `route` is the template (`/bills/{bill_id}`), not the path."""
    _http.labels(method, route, str(status)).observe(seconds)


def rpc_call(service: str, method: str, outcome: str, seconds: float) -> None:
    """A call seen from the caller; `outcome` is `ok` or the error code."""
    _rpc_calls.labels(service, method, outcome).observe(seconds)


def rpc_handled(service: str, method: str, outcome: str, seconds: float) -> None:
    """A call seen from the service; `outcome` is `ok`, `expired` or the error code."""
    _rpc.labels(service, method, outcome).observe(seconds)


def transaction(outcome: str) -> None:
    """A transaction that ended `committed` or `rolled_back`; `repeated` counts what was run again after a deadlock or
    a lost connection."""
    _transactions.labels(outcome).inc()


def watch_pool(pool: Pool) -> None:
    """Read the pool's connections whenever the metrics are asked for."""
    _pool.labels("in_use").set_function(pool.checkedout)
    _pool.labels("idle").set_function(pool.checkedin)


def event_handled(event_type: str, outcome: str, lag_seconds: float | None = None) -> None:
    """An event that was `handled`, `waiting` or `dead`; with its lag where it was handled."""
    _events.labels(event_type, outcome).inc()
    if lag_seconds is not None:
        _event_lag.labels(event_type).observe(max(0.0, lag_seconds))


def outbox_published(count: int) -> None:
    """Events the broker has confirmed."""
    _outbox_published.inc(count)


def outbox_waiting(count: int, oldest_seconds: float) -> None:
    """Rows of the outbox right now, and the age of the oldest."""
    _outbox_waiting.set(count)
    _outbox_oldest.set(oldest_seconds)


def outbox_returned(count: int) -> None:
    """Rows of the outbox right now that came back."""
    _returned.set(count)


def inbox_kept(counts: Mapping[str, int], waiting_oldest_seconds: float) -> None:
    """Messages of the inbox right now that are not handled: waiting for another attempt, given up, put aside."""
    for state in KEPT_STATES:
        _inbox_kept.labels(state).set(counts.get(state, 0))
    _inbox_waiting_oldest.set(waiting_oldest_seconds)


def broker_gave_up(count: int) -> None:
    """Messages in the broker's dead queue of this service at the last look."""
    _gave_up.set(count)


def bindings_missing(count: int) -> None:
    """Bindings of this service that the broker had lost at the last look."""
    _bindings_missing.set(count)


def bindings_looked_at(instant: float) -> None:
    """When the broker answered for its bindings, or somebody began to ask it, in epoch seconds."""
    _bindings_looked_at.set(instant)


def token_keys_trusted(fingerprints: Iterable[str]) -> None:
    """The keys whose tokens the gateway takes from now on, one or two (`chassis.base.pem.fingerprint`)."""
    _token_keys.clear()
    for fingerprint in fingerprints:
        _token_keys.labels(fingerprint).set(1)


def message_refused(reason: str) -> None:
    """A message whose sender or way did not fit; `reason` is a code of `chassis.messages.delivery`."""
    _refused.labels(reason).inc()


def wire_refused(reason: str) -> None:
    """Something that did not come to the door: a status, or why a connection was ended."""
    _wire_refused.labels(reason).inc()


def job_ran(job: str, rows: int) -> None:
    """A scheduled job that handled so many rows."""
    _job_rows.labels(job).inc(rows)


def job_failed(job: str) -> None:
    """A scheduled job that raised."""
    _job_failures.labels(job).inc()


def audit_unsealed(oldest_seconds: float) -> None:
    """How long the oldest entry of the audit trail has been waiting for its block; 0 where none is."""
    _audit_unsealed.set(oldest_seconds)


def task_step(kind: str, outcome: str, seconds: float) -> None:
    """A task's step that was `done`, `failed`, `repeated` (to be tried again) or `lost` to another worker."""
    _task_steps.labels(kind, outcome).observe(seconds)


def task_ended(kind: str, state: str) -> None:
    """A task that ended `done`, `failed` or `cancelled`."""
    _tasks.labels(kind, state).inc()
