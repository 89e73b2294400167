"""Places, calls in flight, and services that are down."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from contracts.errors import ServiceError
from gateway.guards import Places, ServiceGuard, Slots
from tests.gateway.conftest import Gateway, make_gateway
from tests.gateway.live import until
from tests.waiting import eventually

BOOKS = "/api/v1/books"


async def outage() -> None:
    raise ServiceError("deadline_exceeded")


async def refusal() -> None:
    raise ServiceError("not_found")


async def say(what: object = None) -> object:
    return what


def run(guard: ServiceGuard, call: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(guard.run(call))


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def guard(clock: Clock) -> ServiceGuard:
    return ServiceGuard("library", limit=3, failures=3, pause=5, clock=clock)


def fail(guard: ServiceGuard, times: int) -> None:
    for _ in range(times):
        with pytest.raises(ServiceError, match="deadline_exceeded"):
            run(guard, outage)


def test_a_service_that_does_not_answer_is_left_alone_for_a_while(guard: ServiceGuard, clock: Clock) -> None:
    fail(guard, 3)
    with pytest.raises(ServiceError) as refused:
        run(guard, lambda: say("never called"))
    assert (refused.value.code, refused.value.params) == (
        "service_unavailable",
        {"service": "library", "retry_after": 5},
    )
    clock.now = 5
    assert run(guard, lambda: say("back")) == "back"
    assert run(guard, lambda: say("again")) == "again"


def test_a_failed_trial_closes_the_door_again(guard: ServiceGuard, clock: Clock) -> None:
    fail(guard, 3)
    clock.now = 5
    fail(guard, 1)
    with pytest.raises(ServiceError, match="service_unavailable"):
        run(guard, say)


def test_only_one_call_tries_at_a_time(guard: ServiceGuard, clock: Clock) -> None:
    fail(guard, 3)
    clock.now = 5

    async def trial() -> str:
        with pytest.raises(ServiceError, match="service_unavailable"):
            await guard.run(say)
        return "done"

    assert run(guard, trial) == "done"


def test_refusals_and_single_outages_are_no_outage(guard: ServiceGuard) -> None:
    for _ in range(5):
        fail(guard, 2)
        with pytest.raises(ServiceError, match="not_found"):
            run(guard, refusal)
    assert run(guard, lambda: say(1)) == 1


def test_an_unforeseen_error_gives_the_place_back(guard: ServiceGuard) -> None:
    async def wrong() -> float:
        return 1 / 0

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            run(guard, wrong)
    assert guard.places.taken == 0


def test_no_more_than_the_limit_run_at_once(guard: ServiceGuard) -> None:
    async def nested() -> None:
        await guard.run(nested)

    with pytest.raises(ServiceError, match="overloaded"):
        asyncio.run(nested())
    assert guard.places.taken == 0


def test_slots_are_counted() -> None:
    slots = Slots(1)
    for _ in range(2):
        with slots.one(), pytest.raises(ServiceError, match="overloaded"), slots.one():
            pass


def test_a_full_gateway_answers_at_once_and_every_place_comes_back() -> None:
    gateway = make_gateway(places=Places(1))
    inner: list[int] = []

    async def ask_again(*_: object) -> dict[str, object]:
        inner.append((await gateway.client.ask("GET", BOOKS, headers=gateway.bearer())).status_code)
        return {}

    gateway.backend.answers["list_books"] = ask_again
    for _ in range(3):
        assert gateway.client.simulate_get(BOOKS, headers=gateway.bearer()).status_code == 200
        assert gateway.client.simulate_get("/nowhere").status_code == 404
    assert inner == [503, 503, 503]


def held_up(gateway: Gateway, operation: str) -> threading.Event:
    """Let a service answer this only when the event is set."""
    release = threading.Event()

    async def slow(*_: object) -> dict[str, object]:
        await until(release)
        return {}

    gateway.backend.answers[operation] = slow
    return release


def test_one_user_has_some_places_and_others_have_theirs() -> None:
    gateway = make_gateway(places=Places(of_one=3))
    release = held_up(gateway, "list_books")
    mine, others = (gateway.bearer(sub=str(uuid4())) for _ in range(2))
    with ThreadPoolExecutor(4) as pool:
        held = [pool.submit(gateway.client.simulate_get, BOOKS, headers=mine) for _ in range(3)]
        eventually(lambda: len(gateway.backend.calls) == 3, "all places of one user are taken")
        refused = gateway.client.simulate_get(BOOKS, headers=mine)
        assert (refused.status_code, refused.json["code"]) == (429, "rate_limited")
        assert int(refused.headers["retry-after"]) >= 1
        theirs = pool.submit(gateway.client.simulate_get, BOOKS, headers=others)
        eventually(lambda: len(gateway.backend.calls) == 4, "others are not touched")
        release.set()
        assert [each.result().status_code for each in (*held, theirs)] == [200] * 4


def test_an_address_has_some_places_too() -> None:
    gateway = make_gateway(places=Places(of_one=1))
    release = held_up(gateway, "enter_library")
    knock = {"path": "/api/v1/door", "json": {"name": "x"}}
    with ThreadPoolExecutor(2) as pool:
        held = pool.submit(gateway.client.simulate_post, **knock, remote_addr="198.51.100.5")
        eventually(lambda: len(gateway.backend.calls) == 1, "it has its place")
        assert gateway.client.simulate_post(**knock, remote_addr="198.51.100.5").status_code == 429
        elsewhere = pool.submit(gateway.client.simulate_post, **knock, remote_addr="198.51.100.6")
        eventually(lambda: len(gateway.backend.calls) == 2, "another address has its own")
        release.set()
        assert (held.result().status_code, elsewhere.result().status_code) == (200, 200)


def test_who_is_not_known_or_not_right_takes_no_place() -> None:
    gateway = make_gateway(places=Places(0))
    assert gateway.client.simulate_get(BOOKS).status_code == 401
    assert gateway.client.simulate_get(f"{BOOKS}?page=x", headers=gateway.bearer()).status_code == 422
    assert gateway.client.simulate_get(BOOKS, headers=gateway.bearer()).status_code == 503


def test_one_service_down_leaves_the_other_alone(gateway: Gateway) -> None:
    gateway.backend.refuse("list_books", "deadline_exceeded")
    answers = [gateway.client.simulate_get(BOOKS, headers=gateway.bearer()) for _ in range(7)]
    assert {answer.status_code for answer in answers} == {503}
    assert answers[-1].json["code"] == "service_unavailable"
    assert answers[-1].json["service"] == "library"  # by which a client knows what else is away
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert len(gateway.backend.calls) == 5
    assert gateway.client.simulate_post("/api/v1/archive", headers=gateway.bearer()).status_code == 200
