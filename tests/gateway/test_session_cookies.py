"""A browser's session: what its cookies are like, when they count, and when they go."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from falcon.testing import Result

from contracts.errors import ServiceError
from gateway.openapi.document import document
from gateway.proxies import Proxies
from gateway.route import PREFIX
from gateway.routes import identity
from tests.gateway.conftest import Gateway, make_gateway

SESSIONS, REFRESH, SIGN_OUT = f"{PREFIX}/sessions", f"{PREFIX}/sessions/refresh", f"{PREFIX}/sessions/sign-out"
PASSWORD = f"{PREFIX}/account/password"
STARTS, FINISH = f"{PREFIX}/sessions/unified-starts", f"{PREFIX}/sessions/unified"
BROWSER = {"Session-Cookie": "yes"}
TOKEN, NEXT = "rt_" + "a" * 40, "rt_" + "b" * 40
DEVICE = "dt_" + "d" * 40
SIGN_IN = {"username": "point1-cashier", "password": "correct-horse-42"}
CHANGE = {"current_password": "correct-horse-42", "new_password": "another-mule-43", "confirmation": "another-mule-43"}
PROXY = "10.0.0.1"
LIFETIME = timedelta(hours=12)


@pytest.fixture
def gateway() -> Gateway:
    made = make_gateway(routes=identity.ROUTES, services=("identity",), proxies=Proxies([PROXY]))
    for name in ("sign_in", "refresh_session", "change_password"):
        made.backend.answers[name] = lambda *_: tokens()
    made.backend.answers["sign_out"] = lambda *_: {}
    return made


def tokens() -> dict[str, Any]:
    """What identity answers."""
    return {
        "access_token": "access",
        "access_expires_at": "2026-09-01T00:05:00Z",
        "refresh_token": NEXT,
        "refresh_expires_at": (datetime.now(UTC) + LIFETIME).isoformat(),
        "account": {},
        "device_token": DEVICE,
    }


def with_cookies(**cookies: str) -> dict[str, str]:
    """The headers of a browser that has these."""
    return {**BROWSER, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def refresh(gateway: Gateway, headers: dict[str, str], **options: Any) -> Result:
    return gateway.client.simulate_post(REFRESH, headers=headers, **options)


def asked(gateway: Gateway) -> dict[str, Any]:
    """The fields of the last call."""
    return gateway.backend.calls[-1][2]


@pytest.mark.parametrize(("path", "fields"), [(SESSIONS, SIGN_IN), (REFRESH, {}), (PASSWORD, CHANGE)])
def test_a_browsers_tokens_are_in_cookies_that_no_script_reads_and_in_no_body(
    gateway: Gateway, path: str, fields: dict[str, str]
) -> None:
    headers = {**with_cookies(jaiowu="x", jiaowu_session=TOKEN), **gateway.bearer()}
    answer = gateway.client.simulate_post(path, json=fields, headers=headers)
    assert answer.status_code in (200, 201), answer.text
    assert answer.json.keys() == {"access_token", "access_expires_at", "refresh_expires_at", "account"}
    assert NEXT not in answer.text
    assert DEVICE not in answer.text
    cookies = answer.cookies
    assert {name: cookie.value for name, cookie in cookies.items()} == {"jiaowu_session": NEXT, "jiaowu_device": DEVICE}
    for cookie in cookies.values():
        assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Strict", "/api/v1/sessions")
        assert cookie.domain is None, "other hosts of the domain do not get it"


def test_cookies_live_as_long_as_what_is_in_them(gateway: Gateway) -> None:
    cookies = gateway.client.simulate_post(SESSIONS, json=SIGN_IN, headers=BROWSER).cookies
    assert LIFETIME.total_seconds() - 60 < cookies["jiaowu_session"].max_age <= LIFETIME.total_seconds()
    assert cookies["jiaowu_device"].max_age == 365 * 24 * 3600


@pytest.mark.parametrize("path", [SESSIONS, REFRESH, PASSWORD])
def test_who_does_not_ask_for_cookies_has_tokens_in_the_body_and_no_cookie(gateway: Gateway, path: str) -> None:
    fields = {SESSIONS: SIGN_IN, REFRESH: {"refresh_token": TOKEN}, PASSWORD: CHANGE}[path]
    answer = gateway.client.simulate_post(path, json=fields, headers=gateway.bearer())
    assert (answer.json["refresh_token"], answer.json["device_token"]) == (NEXT, DEVICE)
    assert answer.cookies == {}


@pytest.mark.parametrize("said", [{}, {"Session-Cookie": "no"}, {"Session_Cookie": "yes"}])
@pytest.mark.parametrize("path", [REFRESH, SIGN_OUT])
def test_a_cookie_without_the_header_is_not_looked_at(gateway: Gateway, path: str, said: dict[str, str]) -> None:
    """So a form of another site, which could send no such header, does nothing."""
    headers = {**said, "Cookie": f"jiaowu_session={TOKEN}"}
    answer = gateway.client.simulate_post(path, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")
    assert gateway.backend.calls == []
    assert answer.cookies == {}


def test_refreshing_and_signing_out_take_the_token_from_the_cookie(gateway: Gateway) -> None:
    for path in (REFRESH, SIGN_OUT):
        gateway.client.simulate_post(path, headers=with_cookies(jiaowu_session=TOKEN, jiaowu_device=DEVICE))
        assert asked(gateway) == {"refresh_token": TOKEN}


def test_a_sign_in_tells_which_device_it_is(gateway: Gateway) -> None:
    gateway.client.simulate_post(SESSIONS, json=SIGN_IN, headers=with_cookies(jiaowu_device=DEVICE))
    assert asked(gateway)["device_token"] == DEVICE
    gateway.client.simulate_post(SESSIONS, json=SIGN_IN, headers=with_cookies(jiaowu_device="too-short"))
    assert "device_token" not in asked(gateway), "what is no token is none"


def test_a_token_comes_from_one_place(gateway: Gateway) -> None:
    answer = refresh(gateway, with_cookies(jiaowu_session=TOKEN), json={"refresh_token": NEXT})
    assert (answer.status_code, answer.json["errors"][0]["path"]) == (422, "refresh_token")
    assert gateway.backend.calls == []


@pytest.mark.parametrize(
    "said",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://falconframework.org:81"},
        {"Origin": "http://falconframework.org.elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://falconframework.org"},
        {"Sec-Fetch-Site": "none"},
    ],
)
@pytest.mark.parametrize("path", [SESSIONS, REFRESH, SIGN_OUT, PASSWORD])
def test_a_page_of_another_site_is_refused(gateway: Gateway, path: str, said: dict[str, str]) -> None:
    headers = {**with_cookies(jiaowu_session=TOKEN), **gateway.bearer(), **said}
    answer = gateway.client.simulate_post(path, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "cross_site_request")
    assert gateway.backend.calls == []
    assert answer.cookies == {}


@pytest.mark.parametrize(
    "said",
    [
        {"Origin": "http://falconframework.org"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://school.example"},  # a proxy asks us by another name
        {},
    ],
)
def test_our_own_pages_are_let_in(gateway: Gateway, said: dict[str, str]) -> None:
    assert refresh(gateway, {**with_cookies(jiaowu_session=TOKEN), **said}).status_code == 200


def forgotten(answer: Result, name: str = "jiaowu_session") -> bool:
    """Whether the answer deletes the session's cookie, and nothing else."""
    cookies = answer.cookies
    return cookies.keys() == {name} and not cookies[name].value and cookies[name].expires.year == 1970


def test_signing_out_deletes_the_session_and_leaves_the_device(gateway: Gateway) -> None:
    assert forgotten(gateway.client.simulate_post(SIGN_OUT, headers=with_cookies(jiaowu_session=TOKEN)))


@pytest.mark.parametrize(
    ("code", "gone"), [("session_ended", True), ("account_disabled", False), ("overloaded", False)]
)
def test_an_ended_session_is_forgotten_and_one_that_could_not_be_asked_about_is_kept(
    gateway: Gateway, code: str, gone: bool
) -> None:
    gateway.backend.refuse("refresh_session", code, retry_after=1)
    answer = refresh(gateway, with_cookies(jiaowu_session=TOKEN))
    assert answer.json["code"] == code
    assert forgotten(answer) is gone


@pytest.mark.parametrize(
    "cookie",
    ["", "jiaowu_device=x", "jiaowu_session=short", f"jiaowu_session={TOKEN}; jiaowu_session={NEXT}"],
    ids=["none", "another", "odd", "two of one name"],
)
def test_without_a_cookie_that_counts_there_is_no_session(gateway: Gateway, cookie: str) -> None:
    answer = refresh(gateway, {**BROWSER, "Cookie": cookie})
    assert (answer.status_code, answer.json["code"]) == (401, "session_ended")
    assert forgotten(answer)
    assert gateway.backend.calls == []


@pytest.mark.parametrize(("peer", "secure"), [(PROXY, True), ("203.0.113.9", False)])
def test_where_the_client_came_by_tls_cookies_are_secure_and_named_so(
    gateway: Gateway, peer: str, secure: bool
) -> None:
    name = "__Secure-jiaowu_session" if secure else "jiaowu_session"
    headers = {"X-Forwarded-Proto": "https", **BROWSER}
    answer = gateway.client.simulate_post(SESSIONS, json=SIGN_IN, headers=headers, remote_addr=peer)
    assert {cookie.secure for cookie in answer.cookies.values()} == {secure}
    assert name in answer.cookies
    again = refresh(gateway, {**headers, "Cookie": f"{name}={TOKEN}"}, remote_addr=peer)
    assert again.status_code == 200
    gateway.backend.refuse("refresh_session", "session_ended")
    ended = refresh(gateway, {**headers, "Cookie": f"{name}={TOKEN}"}, remote_addr=peer)
    assert forgotten(ended, name)
    assert ended.cookies[name].secure is secure, "a browser deletes a secure one by a secure one alone"


def test_by_tls_a_cookie_that_came_without_it_does_not_count(gateway: Gateway) -> None:
    headers = {"X-Forwarded-Proto": "https", **with_cookies(jiaowu_session=TOKEN)}
    assert refresh(gateway, headers, remote_addr=PROXY).json["code"] == "session_ended"


def test_other_routes_know_no_cookies(gateway: Gateway) -> None:
    headers = {**with_cookies(jiaowu_session=TOKEN), "Origin": "https://elsewhere.example"}
    answer = gateway.client.simulate_get(f"{PREFIX}/account", headers=headers)
    assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated")
    assert answer.cookies == {}


def test_where_a_sign_in_was_begun_a_cookie_says_and_who_is_signed_in_meanwhile_stays_so(gateway: Gateway) -> None:
    browser, address = "b" * 43, "https://sso.example/auth?state=s"
    gateway.backend.answers["begin_unified_sign_in"] = lambda *_: {"address": address, "browser_token": browser}
    gateway.backend.answers["finish_unified_sign_in"] = lambda *_: {**tokens(), "return_path": "/"}
    start = {"sign_in_provider_id": "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"}
    begun = gateway.client.simulate_post(STARTS, json=start, headers=with_cookies(jiaowu_session=TOKEN))
    assert begun.json == {"address": address}
    assert {name: cookie.value for name, cookie in begun.cookies.items()} == {"jiaowu_start": browser}
    (cookie,) = begun.cookies.values()
    assert (cookie.http_only, cookie.same_site, cookie.max_age) == (True, "Strict", 3600)
    gateway.client.simulate_post(STARTS, json=start, headers=with_cookies(jiaowu_start=browser))
    assert asked(gateway)["browser_token"] == browser, "of two tabs the second is known by the same"
    finished = gateway.client.simulate_post(
        FINISH, json={"state_token": "s"}, headers=with_cookies(jiaowu_start=browser)
    )
    assert asked(gateway) == {"state_token": "s", "browser_token": browser}
    assert finished.json["return_path"] == "/"
    assert finished.cookies["jiaowu_session"].value == NEXT
    assert NEXT not in finished.text


def test_the_description_tells_browsers_how() -> None:
    described = document(identity.ROUTES)["paths"]
    having = {
        path
        for path, item in described.items()
        for operation in item.values()
        if any(parameter["name"] == "Session-Cookie" for parameter in operation.get("parameters", ()))
    }
    assert having == {SESSIONS, REFRESH, SIGN_OUT, PASSWORD, STARTS, FINISH}
    operation = described[REFRESH]["post"]
    body = operation["requestBody"]
    assert (body["required"], "required" in body["content"]["application/json"]["schema"]) == (False, False)
    answer = operation["responses"]["200"]
    assert "Set-Cookie" in answer["headers"]
    assert set(answer["content"]["application/json"]["schema"]["required"]) >= {"access_token", "refresh_expires_at"}
    assert "refresh_token" not in answer["content"]["application/json"]["schema"]["required"]
    assert "cross_site_request" in operation["responses"]["403"]["$ref"]


def test_what_could_not_be_judged_leaves_no_trace(gateway: Gateway) -> None:
    def broken(*_: object) -> dict[str, Any]:
        raise ServiceError("internal_error")

    gateway.backend.answers["refresh_session"] = broken
    assert refresh(gateway, with_cookies(jiaowu_session=TOKEN)).cookies == {}
