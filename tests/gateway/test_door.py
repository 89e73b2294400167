"""At the door: what is asked once, who is counted, and proxies that nobody knows."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from chassis.base.pem import fingerprint
from chassis.declaring.guards import Guard
from chassis.declaring.service import load
from contracts.base import method_name
from contracts.common import of_service
from contracts.documents import CheckDocument
from contracts.enrollment.signups import GetNearestPoints, GetPointsOfCity, GetSignupCities, SignUp
from contracts.identity.commands import RefreshSession, SignIn, SignOut
from contracts.identity.queries import GetTokenKey
from contracts.identity.tokens import LONGEST_TRANSACTION
from contracts.identity.unified import BeginUnifiedSignIn, FinishUnifiedSignIn, GetSignInOptions
from gateway.guards import Places
from gateway.proxies import Proxies
from gateway.rates import Rates
from gateway.route import PUBLIC
from gateway.routes import ROUTES, SERVICES, identity
from launcher.paths import declaring
from tests.gateway.conftest import Gateway, make_gateway
from tests.gateway.fakes import ROUTES as LIBRARY
from tests.gateway.fakes import Issuer
from tests.gateway.live import until
from tests.gateway.test_sign_in import BOOKS, LONG, ask
from tests.waiting import eventually


def names(gateway: Gateway) -> list[str]:
    return [name for _, name, _, _ in list(gateway.backend.calls)]


def test_many_requests_with_one_new_token_ask_once(gateway: Gateway) -> None:
    together, asked = Barrier(6), Event()

    async def answer(service: str, payload: dict[str, Any]) -> dict[str, Any]:
        await until(asked)
        return {"grants": LONG}

    gateway.backend.answers["get_access_grants"] = answer
    headers = gateway.bearer(grants=[], grants_by_reference=True)

    def request() -> int:
        together.wait()
        return ask(gateway, headers).status_code

    with ThreadPoolExecutor(5) as pool:
        answered = [pool.submit(request) for _ in range(5)]
        together.wait()
        eventually(lambda: "get_access_grants" in names(gateway), "one of them asks")
        asked.set()
        assert [each.result() for each in answered] == [200] * 5
    assert names(gateway).count("get_access_grants") == 1


def test_grants_are_asked_for_through_the_guard_of_identity(gateway: Gateway) -> None:
    """So that an identity in trouble is left alone, and each request refused at once."""
    gateway.backend.refuse("get_access_grants", "service_unavailable", service="identity", retry_after=1)
    for _ in range(8):
        assert ask(gateway, gateway.bearer(grants=[], grants_by_reference=True)).status_code == 503
    assert names(gateway).count("get_access_grants") == 5


def test_who_cannot_be_judged_is_not_counted_against_their_address() -> None:
    """A whole teaching point behind one address comes again and again while identity is away."""
    gateway = make_gateway(Rates(address="3/minute"))
    gateway.revocations.complete = False
    assert [ask(gateway, gateway.bearer()).status_code for _ in range(6)] == [503] * 6
    gateway.revocations.complete = True
    tries = [ask(gateway, {"Authorization": "Bearer x"}).status_code for _ in range(4)]
    assert tries == [401, 401, 401, 429]


def test_a_name_with_underscores_is_no_header_of_a_proxy() -> None:
    """Proxies overwrite what they know, and may pass on what only looks alike."""
    gateway = make_gateway(proxies=Proxies(["10.0.0.0/8"]))
    pretended = {"X_Forwarded_For": "203.0.113.7", "X_Forwarded_Proto": "https"}
    answer = gateway.client.simulate_get(BOOKS, headers={**gateway.bearer(), **pretended}, remote_addr="10.0.0.1")
    assert gateway.backend.calls[0][3].client == "10.0.0.1"
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("trusted", [[], ["10.0.0.0/8"]], ids=["none", "others"])
def test_a_proxy_that_is_not_trusted_is_told_of_once(trusted: list[str]) -> None:
    gateway = make_gateway(proxies=Proxies(trusted))
    headers = {**gateway.bearer(), "X-Forwarded-For": "203.0.113.7"}
    with capture_logs() as lines:
        for peer in ("198.51.100.5", "198.51.100.5", "198.51.100.6", "198.51.100.5"):
            gateway.client.simulate_get(BOOKS, headers=headers, remote_addr=peer)
        gateway.client.simulate_get(BOOKS, headers=gateway.bearer(), remote_addr="198.51.100.7")
    told = [line for line in lines if line["event"] == "proxy_not_trusted"]
    assert [line["peer"] for line in told] == ["198.51.100.5", "198.51.100.6"]
    assert {line["log_level"] for line in told} == {"warning"}


def test_people_who_make_up_headers_do_not_fill_the_log() -> None:
    gateway = make_gateway()
    headers = {**gateway.bearer(), "X-Forwarded-For": "203.0.113.7"}
    with capture_logs() as lines:
        for number in range(120):
            gateway.client.simulate_get(BOOKS, headers=headers, remote_addr=f"198.51.100.{number}")
    assert len([line for line in lines if line["event"] == "proxy_not_trusted"]) == 100


def test_the_metrics_say_which_keys_count(gateway: Gateway) -> None:
    second = Issuer()

    def trusted() -> set[str]:
        families = REGISTRY.collect()
        samples = [sample for family in families for sample in family.samples]
        return {sample.labels["key"] for sample in samples if sample.name == "jiaowu_token_key_trusted"}

    first_name, second_name = (fingerprint(each.key.public_key()) for each in (gateway.issuer, second))
    assert trusted() == {first_name}
    gateway.tokens.trust([gateway.issuer.public_key, second.public_key])
    assert trusted() == {first_name, second_name}
    gateway.tokens.trust([second.public_key])
    assert trusted() == {second_name}


def test_no_command_of_identity_takes_longer_than_is_asked_back_for() -> None:
    """Else a revocation that was written late would be in no answer (`gateway/sync.py`)."""
    assert max(route.timeout for route in identity.ROUTES) < LONGEST_TRANSACTION


def test_nobody_comes_in_but_by_name_and_password_a_providers_word_or_what_these_gave() -> None:
    """No secret question, no hint, no link by mail: there is no other route that asks for no token."""
    public = {route.operation for route in ROUTES if route.permission is PUBLIC}
    visitors = {GetSignupCities, GetNearestPoints, GetPointsOfCity, SignUp}
    by_a_provider = {GetSignInOptions, BeginUnifiedSignIn, FinishUnifiedSignIn}
    by_password = {SignIn, RefreshSession, SignOut, GetTokenKey}
    assert public == {*visitors, *by_password, *by_a_provider, of_service("registry", CheckDocument)}
    assert SignIn.model_fields.keys() == {"username", "password", "device_token", "work"}


def test_every_operation_for_anybody_says_how_it_is_guarded() -> None:
    services = {name: load(declaring(name)) for name in SERVICES}
    for route in ROUTES:
        if route.permission is PUBLIC:
            entry = services[route.service].operations[method_name(route.operation)]
            assert entry.guard is not None, route.operation
            assert not isinstance(entry.guard, Guard) or route.has_body, "an address would tell what is asked about"


@pytest.mark.parametrize("refused", [False, True])
def test_how_long_an_answer_takes_tells_strangers_nothing(gateway: Gateway, refused: bool) -> None:
    if refused:
        gateway.backend.refuse("enter_library", "not_found")
    begun = time.monotonic()
    answer = gateway.client.simulate_post("/api/v1/door", json={"name": "李一"})
    assert answer.status_code == (404 if refused else 200)
    assert time.monotonic() - begun >= 0.2


def test_who_waits_for_their_time_holds_no_place() -> None:
    slow = [replace(route, never_before=3.0) if route.path == "/door" else route for route in LIBRARY]
    gateway = make_gateway(places=Places(1), routes=slow)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(gateway.client.simulate_post, "/api/v1/door", json={"name": "李一"})
        eventually(lambda: names(gateway) == ["enter_library"], "it was asked")
        eventually(lambda: gateway.client.simulate_get("/api/v1/books").status_code == 401, "another has the place")
        assert not waiting.done()
        assert waiting.result().status_code == 200


def test_who_must_work_first_is_given_the_challenge(gateway: Gateway) -> None:
    gateway.backend.refuse("enter_library", "work_required", challenge={"parameters": {"cost": 1}}, seconds=1)
    answer = gateway.client.simulate_post("/api/v1/door", json={"name": "李一"})
    assert answer.status_code == 428
    assert answer.json["challenge"] == {"parameters": {"cost": 1}}
    assert "1 秒" in answer.json["detail"]
