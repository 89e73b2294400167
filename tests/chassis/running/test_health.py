"""The health server: what probes are told, with and without eventlet."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing

import pytest
import requests

from chassis.base import metrics
from chassis.running import health
from chassis.running.health import HealthServer


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Callable[[health.Readiness], HealthServer]:
    def run(readiness: health.Readiness) -> HealthServer:
        server = health.serve("127.0.0.1", 0, readiness)
        request.addfinalizer(server.stop)
        return server

    return run


Start = Callable[[health.Readiness], HealthServer]


def get(server: HealthServer, path: str) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{server.port}{path}", timeout=5)


def test_a_process_is_ready_when_every_part_is(start: Start) -> None:
    parts = {"database": True, "broker": False}
    server = start(lambda: parts)
    answer = get(server, "/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "checks": {"database": True, "broker": False}}
    parts["broker"] = True
    assert get(server, "/readyz").status_code == 200


def test_a_check_that_fails_means_not_ready_and_keeps_its_reason_to_itself(start: Start) -> None:
    def broken() -> dict[str, bool]:
        raise ConnectionError("password=hunter2")

    server = start(broken)
    answer = get(server, "/readyz")
    assert answer.status_code == 503
    assert "hunter2" not in answer.text
    assert get(server, "/healthz").status_code == 200


def test_metrics_are_served(start: Start) -> None:
    metrics.outbox_published(1)
    answer = get(start(dict), "/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "jiaowu_outbox_published_total" in answer.text


def test_the_metrics_say_whether_it_may_be_given_work(start: Start) -> None:
    there = {"database": True}
    server = start(lambda: there)
    assert "\njiaowu_ready 1.0\n" in get(server, "/metrics").text
    there["database"] = False
    assert "\njiaowu_ready 0.0\n" in get(server, "/metrics").text


def test_nothing_else_is_there(start: Start) -> None:
    server = start(dict)
    assert get(server, "/admin").status_code == 404
    assert requests.post(f"http://127.0.0.1:{server.port}/healthz", timeout=5).status_code == 405


def test_a_client_that_sends_nothing_keeps_nobody_waiting(start: Start) -> None:
    server = start(dict)
    with closing(socket.create_connection(("127.0.0.1", server.port))):
        assert get(server, "/healthz").status_code == 200


def test_a_port_is_given_back_and_never_shared(start: Start) -> None:
    server = health.serve("127.0.0.1", 0, dict)
    with pytest.raises(OSError, match="in use"):
        health.serve("127.0.0.1", server.port, dict)
    server.stop()
    again = health.serve("127.0.0.1", server.port, dict)
    assert get(again, "/healthz").status_code == 200
    again.stop()


def test_it_answers_under_eventlet_while_other_green_threads_work() -> None:
    script = """
import eventlet
eventlet.monkey_patch()
import json, urllib.request
from chassis.running import health
server = health.serve("127.0.0.1", 0, lambda: {"database": True})
ticks = []
def tick():
    while True:
        ticks.append(1)
        eventlet.sleep(0.001)
eventlet.spawn(tick)
base = f"http://127.0.0.1:{server.port}"
answers = [urllib.request.urlopen(base + path, timeout=5) for path in ("/readyz", "/healthz", "/metrics")]
server.stop()
print(json.dumps({"status": [a.status for a in answers], "ticked": len(ticks) > 0}))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    assert json.loads(done.stdout) == {"status": [200, 200, 200], "ticked": True}
