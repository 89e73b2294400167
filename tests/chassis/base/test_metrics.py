"""Metrics: what the core reports is found under its name in Prometheus' format."""

from prometheus_client import REGISTRY, generate_latest
from sqlalchemy import create_engine
from sqlalchemy.pool import QueuePool

from chassis.base import metrics


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_calls_are_counted_by_method_and_outcome_with_their_seconds() -> None:
    labels = {"service": "courses", "method": "select_courses", "outcome": "selection_round_closed"}
    before = value("jiaowu_rpc_seconds_count", **labels)
    metrics.rpc_handled("courses", "select_courses", "selection_round_closed", 0.25)
    metrics.rpc_call("courses", "select_courses", "ok", 0.5)
    metrics.http_request("GET", "/api/v1/bills/{bill_id}", 404, 0.01)
    assert value("jiaowu_rpc_seconds_count", **labels) == before + 1
    assert value("jiaowu_rpc_seconds_sum", **labels) >= 0.25
    assert value("jiaowu_rpc_call_seconds_count", **{**labels, "outcome": "ok"}) >= 1
    assert value("jiaowu_http_request_seconds_count", method="GET", route="/api/v1/bills/{bill_id}", status="404") >= 1


def test_events_are_counted_and_only_handled_ones_have_a_lag() -> None:
    before = value("jiaowu_event_lag_seconds_count", type="bills_paid")
    metrics.event_handled("bills_paid", "handled", 0.02)
    metrics.event_handled("bills_paid", "handled", -0.001)  # clocks of two machines differ a little
    metrics.event_handled("bills_paid", "parked")
    assert value("jiaowu_events_handled_total", type="bills_paid", outcome="parked") >= 1
    assert value("jiaowu_event_lag_seconds_count", type="bills_paid") == before + 2
    assert value("jiaowu_event_lag_seconds_sum", type="bills_paid") >= 0.02


def test_what_waits_is_a_gauge_that_goes_down_again() -> None:
    metrics.outbox_published(3)
    metrics.outbox_waiting(7, oldest_seconds=30.5)
    metrics.outbox_waiting(2, oldest_seconds=1.5)
    metrics.inbox_kept({"waiting": 4, "dead": 1}, waiting_oldest_seconds=60)
    metrics.inbox_kept({"waiting": 4}, waiting_oldest_seconds=61)
    metrics.bindings_missing(3)
    metrics.bindings_missing(0)
    metrics.outbox_returned(5)
    assert value("jiaowu_outbox_waiting") == 2
    assert value("jiaowu_outbox_oldest_seconds") == 1.5
    assert value("jiaowu_outbox_published_total") >= 3
    assert value("jiaowu_outbox_returned") == 5
    assert value("jiaowu_inbox_kept", state="waiting") == 4
    assert value("jiaowu_inbox_kept", state="dead") == 0, "what no row has any more is none"
    assert value("jiaowu_inbox_waiting_oldest_seconds") == 61
    assert value("jiaowu_bindings_missing") == 0


def test_refused_messages_are_counted_by_reason() -> None:
    before = value("jiaowu_messages_refused_total", reason="rerouted") or 0
    metrics.message_refused("rerouted")
    assert value("jiaowu_messages_refused_total", reason="rerouted") == before + 1


def test_the_pool_is_read_at_the_moment_of_asking() -> None:
    engine = create_engine("sqlite://", poolclass=QueuePool)
    assert isinstance(engine.pool, QueuePool)
    metrics.watch_pool(engine.pool)
    with engine.connect():
        assert value("jiaowu_database_pool_connections", state="in_use") == 1
    assert value("jiaowu_database_pool_connections", state="in_use") == 0
    assert value("jiaowu_database_pool_connections", state="idle") == 1


def test_every_metric_carries_the_systems_name() -> None:
    metrics.transaction("committed")
    metrics.job_ran("lapse_unpaid", 3)
    metrics.job_failed("lapse_unpaid")
    metrics.task_step("import_students", "done", 1.5)
    metrics.task_ended("import_students", "done")
    text = generate_latest().decode()
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    own = {name for name in names if not name.startswith(("python_", "process_"))}
    assert own
    assert all(name.startswith("jiaowu_") for name in own)
    assert 'jiaowu_tasks_ended_total{kind="import_students",state="done"}' in text
