"""The example service as a real process on the real broker: calls, deadlines, kills and orderly stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import pytest
import requests
from kombu import Connection, Consumer, Exchange, Queue
from sqlalchemy import func, select

from chassis.base.context import Context, to_wire
from chassis.base.ids import new_id
from chassis.messages.senders import Senders
from chassis.provisioning.broker import broker_url, provision_broker
from chassis.provisioning.database import app_url
from chassis.running.runner import LATE_AFTER, ServiceProcess
from chassis.testing.harness import PASSWORDS, ServiceHarness, acting
from launcher.ports import any_free
from tests.chassis.example import Example, parcels
from tests.waiting import eventually

POINT = UUID("01900000-0000-7000-8000-000000000001")
USERS = {"example": "example-password", "gateway": "gateway-password"}


class Caller:
    """Calls a service as the gateway does, with nothing but the protocol."""

    def __init__(self, url: str) -> None:
        self.connection = Connection(url)
        self.user = Senders.at(url).own_user
        self.channel = self.connection.channel()
        name = f"rpc.reply-gateway-{new_id()}"
        self.reply_to = str(new_id())
        queue = Queue(name, Exchange("nameko-rpc", no_declare=True), self.reply_to, auto_delete=True)(self.channel)
        queue.declare()
        self.replies: dict[str, Any] = {}
        self.consumer = Consumer(self.channel, [queue], on_message=self._on_reply, no_ack=True)
        self.consumer.consume()

    def _on_reply(self, message: Any) -> None:
        self.replies[message.properties["correlation_id"]] = orjson.loads(message.body)

    def send(self, method: str, payload: dict[str, Any], context: Context) -> str:
        correlation_id, key = str(new_id()), f"example.{method}"
        self.connection.Producer().publish(
            {"args": [payload], "kwargs": {"context": {**to_wire(context), "operation": key}}},
            exchange="nameko-rpc",
            routing_key=key,
            user_id=self.user,
            reply_to=self.reply_to,
            correlation_id=correlation_id,
            delivery_mode=1,
        )
        return correlation_id

    def reply(self, correlation_id: str, seconds: float = 20) -> Any:
        until = time.monotonic() + seconds
        while correlation_id not in self.replies and time.monotonic() < until:
            try:
                self.connection.drain_events(timeout=0.2)
            except TimeoutError:
                continue
        return self.replies.get(correlation_id)

    def call(self, method: str, payload: dict[str, Any], context: Context) -> Any:
        return self.reply(self.send(method, payload, context))


@pytest.fixture
def environment(example: ServiceHarness, vhost: str, amqp_admin_url: str, management_url: str) -> dict[str, str]:
    provision_broker(amqp_admin_url, management_url, vhost, [Example], USERS)
    with Connection(f"{amqp_admin_url.rstrip('/')}/{vhost}") as connection:
        connection.channel().queue_purge("rpc-example")
    return {
        **os.environ,
        "JIAOWU_DATABASE_URL": app_url(
            str(example.admin_url.render_as_string(False)), example.database.name, PASSWORDS.app
        ),
        "JIAOWU_BROKER_URL": broker_url(amqp_admin_url, vhost, "example", USERS["example"]),
        "JIAOWU_METRICS_PORT": str(any_free(set())),
    }


@pytest.fixture
def caller(environment: dict[str, str], amqp_admin_url: str, vhost: str) -> Iterator[Caller]:
    made = Caller(broker_url(amqp_admin_url, vhost, "gateway", USERS["gateway"]))
    yield made
    made.connection.close()


Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        log = (tmp_path / f"{len(running)}.log").open("wb")
        command = [sys.executable, "-m", "chassis.running.runner", "tests.chassis.example"]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        running.append(process)
        eventually(lambda: _broker_ready(environment, process), "the process takes requests")
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait()


def _broker_ready(environment: dict[str, str], process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "the process ended"
    try:
        url = f"http://127.0.0.1:{environment['JIAOWU_METRICS_PORT']}/readyz"
        checks = requests.get(url, timeout=5).json()["checks"]
    except requests.ConnectionError:
        return False
    return bool(checks["database"] and checks["broker"])


def person(key: str | None = None, deadline: float | None = None) -> Context:
    made = acting("parcels.add", scope="point", teaching_point_id=POINT, key=key)
    return made if deadline is None else Context(made.actor, made.scope, made.permission, deadline=deadline)


def add(label: str) -> dict[str, str]:
    return {"teaching_point_id": str(POINT), "label": label}


def test_a_call_is_answered_and_a_refusal_comes_as_data(start: Start, caller: Caller) -> None:
    start()
    assert caller.call("add_parcel", add("a"), person())["answer"]["label"] == "a"
    assert caller.call("add_parcel", add("a"), person())["error"]["code"] == "already_exists"
    assert caller.call("add_parcel", {"label": 1}, person())["error"]["code"] == "validation_failed"
    assert caller.call("no_such_thing", {}, person())["error"]["code"] == "route_not_found"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        pytest.param([1, 2], {}, id="rubbish"),
        pytest.param({"args": [{}], "kwargs": {"context": {"operation": "example.weigh_parcel"}}}, {}, id="another"),
        pytest.param(
            {"args": [{}], "kwargs": {"context": {"operation": "example.add_parcel"}}}, {"x-death": []}, id="sent on"
        ),
    ],
)
def test_a_call_that_does_not_mean_its_operation_never_runs_and_its_body_is_not_kept(
    start: Start, caller: Caller, example: ServiceHarness, body: object, headers: dict[str, object]
) -> None:
    start()
    caller.connection.Producer().publish(
        body,
        exchange="nameko-rpc",
        routing_key="example.add_parcel",
        reply_to=caller.reply_to,
        correlation_id="forged",
        user_id=caller.user,
        headers=headers,
    )
    assert caller.call("list_parcels", {}, person())["answer"]["total"] == 0
    assert "forged" not in caller.replies
    (row,) = eventually(example.parked, "put aside", 10)
    assert (row.state, row.sender, row.routing_key, row.body) == ("refused", "gateway", "example.add_parcel", None)


def test_calls_are_answered_while_forged_ones_cannot_be_put_aside(
    start: Start, caller: Caller, example: ServiceHarness
) -> None:
    start()
    with example.owner_connection() as connection:
        connection.exec_driver_sql("BEGIN; LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        # One after the other they would wait for the lock longer than the call's answer is waited for.
        for _ in range(7):
            caller.connection.Producer().publish([], "example.add_parcel", exchange="nameko-rpc", user_id=caller.user)
        answer = caller.reply(caller.send("list_parcels", {}, person()), seconds=10)
        connection.exec_driver_sql("ROLLBACK")
    assert answer["answer"]["total"] == 0


def test_a_call_without_its_parts_is_answered_as_malformed(start: Start, caller: Caller) -> None:
    start()
    caller.connection.Producer().publish(
        {"args": [], "kwargs": {"context": {"operation": "example.add_parcel"}}},
        exchange="nameko-rpc",
        routing_key="example.add_parcel",
        reply_to=caller.reply_to,
        correlation_id="malformed",
        user_id=caller.user,
    )
    assert caller.reply("malformed")["error"]["code"] == "malformed_json"


def test_a_call_whose_deadline_passed_while_it_waited_is_never_carried_out(
    start: Start, caller: Caller, example: ServiceHarness
) -> None:
    late = caller.send("add_parcel", add("late"), person(deadline=time.time() - 1))
    start()
    assert caller.call("add_parcel", add("in time"), person())["answer"]
    assert late not in caller.replies
    assert [row.label for row in example.rows(select(parcels.c.label))] == ["in time"]


def test_a_call_in_hand_of_a_killed_process_is_carried_out_once_by_the_next(
    start: Start, caller: Caller, example: ServiceHarness
) -> None:
    first = start()
    blocked = example.database.unit_of_work()
    with blocked as uow:
        uow.execute(parcels.insert().values(id=new_id(), teaching_point_id=POINT, label="taken"))
        sent = caller.send("add_parcel", add("taken"), person(key="k"))
        eventually(lambda: _waits_for_a_lock(example), "the call waits for the row")
        first.kill()
        first.wait()
        uow.execute(parcels.delete())
    start()
    assert caller.reply(sent)["answer"]["label"] == "taken"
    assert example.rows(select(func.count()).select_from(parcels))[0][0] == 1


def _waits_for_a_lock(example: ServiceHarness) -> bool:
    with example.owner_connection() as connection:
        query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(connection.exec_driver_sql(query).scalar())


def test_sigterm_finishes_the_calls_in_hand_and_ends_cleanly(
    start: Start, caller: Caller, example: ServiceHarness
) -> None:
    process = start()
    with example.database.unit_of_work() as uow:
        uow.execute(parcels.insert().values(id=new_id(), teaching_point_id=POINT, label="slow"))
        sent = caller.send("add_parcel", add("slow"), person())
        eventually(lambda: _waits_for_a_lock(example), "the call waits for the row")
        process.send_signal(signal.SIGTERM)
        uow.execute(parcels.delete())
    assert caller.reply(sent)["answer"]["label"] == "slow"
    assert process.wait(20) == 0


HANGS = """
import chassis.running.green
import sys, eventlet
from chassis.running import hanging, runner

def goes_on(hung_after, said=hanging.goes_on, sleeps=eventlet.patcher.original("time").sleep):
    said(hung_after)
    eventlet.spawn_after(0, sleeps, 60)

hanging.goes_on = goes_on
sys.exit(runner.main(["tests.chassis.example"]))
"""


def test_a_process_that_hangs_ends_itself_and_says_where(environment: dict[str, str]) -> None:
    command, hung_after = [sys.executable, "-c", HANGS], {"JIAOWU_HUNG_AFTER": "1"}
    ended = subprocess.run(command, env={**environment, **hung_after}, capture_output=True, timeout=50, check=False)
    assert ended.returncode == 1
    assert b"Timeout (0:00:01)!" in ended.stderr
    assert b"most recent call first" in ended.stderr


def test_events_committed_before_a_kill_are_published_by_the_next_process(
    start: Start, caller: Caller, example: ServiceHarness
) -> None:
    with example.database.unit_of_work() as uow:
        from tests.chassis.example import ParcelAdded

        uow.publish(ParcelAdded(parcel_id=new_id()))
    start()
    outbox = example.table("outbox")
    orphans = select(outbox).where(outbox.c.routing_key == "parcel_added.v1")
    eventually(lambda: not example.rows(orphans), "the orphan is published")


def test_an_idle_process_stays_below_90_megabytes(start: Start, caller: Caller) -> None:
    process = start()
    assert caller.call("list_parcels", {}, person())["answer"]["total"] == 0
    pages = int(Path(f"/proc/{process.pid}/statm").read_text().split()[1])
    assert pages * os.sysconf("SC_PAGE_SIZE") < 90 * 1024 * 1024


def test_copies_that_came_with_a_release_are_asked_for_once_when_the_upgrade_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bool] = []
    now = [0.0]
    process = ServiceProcess.__new__(ServiceProcess)
    process.copies = SimpleNamespace(request_missing=lambda late=False: asked.append(late))  # type: ignore[assignment]
    process._asked, process._asks_late = False, LATE_AFTER
    monkeypatch.setattr("chassis.running.runner.time", SimpleNamespace(monotonic=lambda: now[0]))
    for now[0] in (0.0, 1.0, LATE_AFTER - 1, LATE_AFTER + 1, LATE_AFTER + 2, 9 * LATE_AFTER):
        process._ask_for_copies()
    assert asked == [False, True]
