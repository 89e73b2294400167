"""The task centre over all services, and the streams that tell of its tasks."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from chassis.base.context import Scope
from contracts.errors import ServiceError
from gateway.streams import Hint
from tests.gateway.conftest import Gateway
from tests.gateway.fakes import PERMISSION
from tests.gateway.live import beside, do, submit, until

TASKS = "/api/v1/tasks"
EVENTS = "/api/v1/events"
USER = str(uuid4())
SOME_ID = "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"


def task(minute: int, service: str = "library", **changes: Any) -> dict[str, Any]:
    return {
        "id": f"{service}.{uuid4()}",
        "service": service,
        "kind": "count_books",
        "state": "running",
        "steps_done": 1,
        "steps_total": 10,
        "figures": {},
        "refusal": None,
        "result": None,
        "created_by": USER,
        "created_at": f"2026-09-01T08:{minute:02}:00Z",
        "finished_at": None,
        **changes,
    }


def page(*tasks: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(tasks), "page": 1, "size": 200, "total": len(tasks)}


def eventually(check: Callable[[], object]) -> None:
    until = time.monotonic() + 10
    while not check():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_the_tasks_of_all_services_are_one_list(gateway: Gateway) -> None:
    tasks = {"library": page(task(1), task(3)), "archive": page(task(2, "archive"))}
    gateway.backend.answers["list_tasks"] = lambda service, _: tasks[service]
    answer = gateway.client.simulate_get(TASKS, query_string="size=2&kind=count_books", headers=gateway.bearer())
    assert [item["created_at"][14:16] for item in answer.json["items"]] == ["03", "02"]
    assert answer.json["total"] == 3
    assert answer.json["unanswered"] == []
    assert answer.json["items"][1]["id"] == tasks["archive"]["items"][0]["id"]
    assert all(call[2]["kind"] == "count_books" for call in gateway.backend.calls)
    second = gateway.client.simulate_get(TASKS, query_string="size=2&page=2", headers=gateway.bearer())
    assert len(second.json["items"]) == 1


def test_who_does_not_answer_in_time_is_named(gateway: Gateway) -> None:
    release = threading.Event()

    async def answer(service: str, _: dict[str, Any]) -> dict[str, Any]:
        if service == "archive":
            await until(release)
        return page(task(1))

    gateway.backend.answers["list_tasks"] = answer
    started = time.monotonic()
    answered = gateway.client.simulate_get(TASKS, headers=gateway.bearer())
    release.set()
    assert time.monotonic() - started < 3
    assert answered.json["unanswered"] == ["archive"]
    assert len(answered.json["items"]) == 1


def test_one_task_is_asked_of_its_owner(gateway: Gateway) -> None:
    one = task(1, "archive")
    gateway.backend.answers["get_task"] = gateway.backend.answers["cancel_task"] = lambda *_: one
    address = f"{TASKS}/{one['id']}"
    assert gateway.client.simulate_get(address, headers=gateway.bearer()).json["id"] == one["id"]
    assert gateway.client.simulate_post(f"{address}/cancel", headers=gateway.bearer()).status_code == 200
    assert [call[:3] for call in gateway.backend.calls] == [
        ("archive", "get_task", {"task_id": one["id"]}),
        ("archive", "cancel_task", {"task_id": one["id"]}),
    ]


@pytest.mark.parametrize(
    ("grants", "held"),
    [
        ([["school_registrar", "school", [], []]], Scope("school")),
        ([["teaching_point_admin", "point", [SOME_ID], []]], Scope("point", (UUID(SOME_ID),))),
        ([["student", "student", [SOME_ID], []]], Scope("student")),
        ([["school_exams", "school", [], []]], None),
    ],
    ids=["school", "point", "student", "another role"],
)
def test_owners_are_told_all_that_the_user_holds(gateway: Gateway, grants: list[Any], held: Scope | None) -> None:
    """By it they judge whose tasks the user sees, at every door alike."""
    one = task(1, "archive")
    for name in ("get_task", "cancel_task"):
        gateway.backend.answers[name] = lambda *_: one
    headers = gateway.bearer(grants=grants)
    gateway.client.simulate_get(TASKS, headers=headers)
    gateway.client.simulate_get(f"{TASKS}/{one['id']}", headers=headers)
    gateway.client.simulate_get(f"{TASKS}/{one['id']}/result", headers=headers)
    gateway.client.simulate_post(f"{TASKS}/{one['id']}/cancel", headers=headers)
    stream = Stream(gateway, **headers)
    stream.body.close()
    contexts = [call[3] for call in gateway.backend.calls if call[1].endswith(("_task", "_tasks"))]
    assert len(contexts) == 2 + 3 + 2
    for context in contexts:
        assert context.held is not None
        assert context.held.get(PERMISSION) == held
        assert ("courses.read_catalogue" in context.held) is True


@pytest.mark.parametrize(
    "task_id",
    [f"nowhere.{SOME_ID}", SOME_ID, "archive.x", "archive"],
    ids=["no such owner", "no owner", "no id", "owner alone"],
)
def test_a_task_of_nobody_is_not_found_or_no_id(gateway: Gateway, task_id: str) -> None:
    assert gateway.client.simulate_get(f"{TASKS}/{task_id}", headers=gateway.bearer()).status_code in (404, 422)
    assert gateway.backend.calls == []


def test_a_result_is_downloaded_from_its_owners_keeping(gateway: Gateway) -> None:
    result = {"sha256": "b" * 64, "name": "错误.xlsx", "size": 4, "media_type": "application/zip"}
    one = task(1, "archive", state="done", result=result)
    gateway.backend.answers["get_task"] = lambda *_: one
    gateway.store.files["archive", "b" * 64] = b"PK\x03\x04"
    answer = gateway.client.simulate_get(f"{TASKS}/{one['id']}/result", headers=gateway.bearer())
    assert answer.content == b"PK\x03\x04"
    one["result"] = None
    answer = gateway.client.simulate_get(f"{TASKS}/{one['id']}/result", headers=gateway.bearer())
    assert answer.json["code"] == "file_missing"


class Stream:
    """An open stream, read as a browser would."""

    def __init__(self, gateway: Gateway, **headers: str) -> None:
        self.body = gateway.client.open(EVENTS, headers={**gateway.bearer(sub=USER), **headers})
        self.status = self.body.status
        self.parts: Iterator[bytes] = iter(self.body)

    def next(self) -> dict[str, str]:
        lines = next(self.parts).decode().strip().split("\n")
        return dict(line.split(": ", 1) for line in lines)


def test_a_stream_begins_with_running_tasks_and_tells_of_every_step(gateway: Gateway) -> None:
    one = task(1)
    others = task(2, created_by=str(uuid4()))
    gateway.backend.answers["list_tasks"] = lambda service, _: page(one, others) if service == "library" else page()
    gateway.backend.answers["get_task"] = lambda *_: dict(one)
    stream = Stream(gateway)
    assert stream.next() == {"retry": "2000"}
    first = stream.next()
    assert first["event"] == "task"
    assert orjson.loads(first["data"])["id"] == one["id"]
    one["steps_done"] = 5
    assert orjson.loads(stream.next()["data"])["steps_done"] == 5
    one["state"] = "done"
    assert orjson.loads(stream.next()["data"])["state"] == "done"
    stream.body.close()
    assert gateway.hub.count == 0


def test_after_a_break_a_stream_tells_what_ended_meanwhile(gateway: Gateway) -> None:
    ended = task(1, state="done", finished_at="2026-09-01T09:00:00Z")
    earlier = task(2, state="done", finished_at="2026-09-01T08:30:00Z")
    gateway.backend.answers["list_tasks"] = lambda service, _: page(ended, earlier) if service == "library" else page()
    stream = Stream(gateway, **{"Last-Event-ID": "2026-09-01T08:45:00+00:00"})
    stream.next()
    assert ended["id"] in stream.next()["data"]
    do(gateway.hub.close)
    assert stream.next() == {"retry": "2000"}
    assert list(stream.parts) == []


@pytest.mark.parametrize("last_id", ["rubbish", "2026-09-01T08:45:00", "x" * 5000])
def test_an_odd_last_event_id_is_ignored(gateway: Gateway, last_id: str) -> None:
    assert Stream(gateway, **{"Last-Event-ID": last_id}).status == 200


def test_streams_are_few_a_user_and_bounded_for_all(gateway: Gateway) -> None:
    streams = [Stream(gateway) for _ in range(3)]
    assert [stream.status for stream in streams] == [200, 200, 429]
    streams[0].body.close()
    assert Stream(gateway).status == 200


def test_a_stream_ends_with_its_session(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.streams.HEARTBEAT", 0.01)
    stream = Stream(gateway)
    stream.next()
    assert b"still here" in next(stream.parts)
    monkeypatch.setattr(gateway.revocations, "is_revoked", lambda *_: True)
    rest = list(stream.parts)
    assert rest[-1] == b"retry: 2000\n\n"
    assert gateway.hub.count == 0


def test_who_was_shut_out_while_a_stream_waited_is_told_nothing_more(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Stream(gateway)
    stream.next()
    [open_one] = do(gateway.hub.all)
    monkeypatch.setattr(gateway.revocations, "is_revoked", lambda *_: True)
    do(gateway.hub.publish, open_one.reader.user_id, Hint("task", {"id": "of somebody else's by now"}))
    assert list(stream.parts) == [b"retry: 2000\n\n"]
    assert gateway.hub.count == 0


def test_a_reader_who_falls_behind_loses_hints_and_not_the_stream(gateway: Gateway) -> None:
    reader = submit(gateway.tokens.principal(gateway.bearer()["Authorization"])).result(5)
    subscription = do(gateway.hub.subscribe, reader)
    for number in range(500):
        do(gateway.hub.publish, reader.user_id, Hint("task", {}, str(number)))
    first = submit(subscription.next(1)).result(5)
    assert first is not None
    assert first.id == "400"


def test_nobody_is_asked_for_tasks_that_nobody_watches(gateway: Gateway) -> None:
    one = task(1)
    gateway.backend.answers["list_tasks"] = lambda service, _: page(one) if service == "library" else page()

    def get_task(*_: object) -> dict[str, Any]:
        raise ServiceError("deadline_exceeded")

    gateway.backend.answers["get_task"] = get_task
    stream = Stream(gateway)
    eventually(lambda: [call for call in gateway.backend.calls if call[1] == "get_task"])
    stream.body.close()
    eventually(lambda: not beside("task_watch"))
